"""What a name says of a model on a local server: which one it is, whether it chats, and how strong it probably is."""

import re

_QUANT = re.compile(
    r"[-_.:@](?:i?q\d[a-z0-9_]*|[bf]p?f?16|fp8|f32|int[48]|[48]bit|awq|gptq|mlx|gguf|exl2|w\da\d+)$", re.IGNORECASE
)
_NO_CHAT = re.compile(
    r"embed|rerank|\bbge\b|\b[em]?gte\b|\be5\b|minilm|\bjina\b|colbert|splade|whisper|parakeet|\b(?:asr|stt|tts)\b|kokoro|\bbark\b"
    r"|\bpiper\b|\bbert\b|\bt2[iv]\b|guardian|paraphrase"
    r"|speech|\baudio\b|musicgen|stable.?diffusion|\bsdxl\b|\bsd\d|\bflux\b|diffuser|\bclip\b|siglip|\bvae\b|\bdinov\d|moderation|reward"
    r"|sentence.t5|sentence.transformers|mpnet|\b(?:de|ro|distil|code|modern)(?:bert|berta)\w*\b|unixcoder|\binstructor\b"
    r"|\bzerank|\bnllb\b|\bstella\b|\bdistil large\b|\bggml (?:tiny|base|small|medium|large)\b|\bcanary\b|silero|\w*tts\b"
    r"|\bchatterbox\b|\bcsm\b|\bmoshi\b|\bdia\b|\bsam\d|\bclap\b|\bblip\d?\b|\bflorence\b|playground v\d|kandinsky|cogvideo"
    r"|\bsd turbo\b|dreamshaper|animagine|\bhidream\b|reader lm"
    r"|prompt.?guard|safeguard|llama.?guard|shield.?gemma|\bocr\b|(?<!seed.)\bimage\b|\bvideo\b"
)
"""Models for embeddings, ranking, speech, pictures and the like."""
_MIXTURE = re.compile(r"(?<![\w.])(\d+)x(\d+(?:\.\d+)?)b(?![a-z])")
_SIZE = re.compile(r"(?<![\w.])[e]?(\d+(?:\.\d+)?)([bm])(?![a-z])")
_ACTIVE = re.compile(r"(?<![\w.])a(\d+(?:\.\d+)?)b(?![a-z])")
_FOR_CODE = re.compile(r"cod(?:e|er|ing)|devstral|codestral|starcoder|\bswe\b|gpt oss")
_FOR_ELSE = re.compile(
    r"\b(?:base|pt|text|vl|vision|llava|moondream|math|med|medical|sql|roleplay|rp|uncensored|abliterated|translat\w*)\b"
)
USUAL_B = 4.0
"""Parameters, in thousands of millions, of a model whose name names none."""


def canonical(name: str) -> tuple[str, bool]:
    """The name a model goes by whatever server, path or file it is listed under, and whether its build is quantised.

    >>> canonical("/models/Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf")
    ('qwen2.5-coder-7b-instruct', True)
    >>> canonical("qwen2.5-coder:7b")
    ('qwen2.5-coder:7b', False)
    """
    short = name.strip().replace("\\", "/").rsplit("/", 1)[-1].lower()
    short = short.removesuffix(".gguf").removesuffix(":latest")
    quantised = False
    while match := _QUANT.search(short):
        short, quantised = short[: match.start()], True
    return short, quantised


def chats(name: str) -> bool:
    """Whether a model of this name answers in words."""
    return _NO_CHAT.search(_spaced(canonical(name)[0])) is None


def strength(name: str) -> float:
    """How strong a model that was not measured probably is, above 0 and below 1: larger ones more, of its size one for code
    more, one for something else less. Only good for putting names in order.

    >>> strength("qwen2.5-coder:7b") > strength("llama3.1:8b") > strength("qwen2.5-coder:1.5b")
    True
    """
    words = _spaced(canonical(name)[0])
    size = parameters_b(words)
    kind = 2.0 if _FOR_CODE.search(words) else 0.5 if _FOR_ELSE.search(words) else 1.0
    return 1 - 1 / (1 + size * kind / USUAL_B)


def parameters_b(name: str) -> float:
    """Parameters in thousands of millions, as the name says them; of a mixture the geometric mean of all and those at work."""
    words = _spaced(name)
    if mixture := _MIXTURE.search(words):
        each = float(mixture[2])
        return (int(mixture[1]) * each * 2 * each) ** 0.5
    sizes = (float(number) / (1000 if unit == "m" else 1) for number, unit in _SIZE.findall(_ACTIVE.sub(" ", words)))
    total = next(sizes, USUAL_B)
    active = _ACTIVE.search(words)
    return (total * float(active[1])) ** 0.5 if active else total


def _spaced(name: str) -> str:
    """In lower case, with a blank for what separates the words of a name."""
    return re.sub(r"[-_:@/]+", " ", name.lower())

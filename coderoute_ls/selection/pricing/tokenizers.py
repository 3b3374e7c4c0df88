"""How many tokens a text makes in each family of tokenizers, from the pieces that it is made of (`text.piece_counts`).

The weights are non-negative least squares over 785 passages of real files (Python, JavaScript, TypeScript, C, Perl, Markdown,
JSON, CSS, shell; 400 to 9,000 characters), one fit per published tokenizer; on 240 passages of files that were held out the
count is off by 2 to 5 per cent at the median and by 7 to 14 at the ninetieth. Claude's tokenizers of today are not published:
theirs is the published older one, scaled to what bills say. `OfferHealth.habits` learns the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

Weights = tuple[float, ...]
"""Tokens per piece, in the order of `text.piece_counts.Pieces`."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """One family's weights, and the tokens that wrap a request of one message."""

    name: str
    weights: Weights
    request: float
    """System marks and whatever the vendor puts in front of each request, measured on recorded exchanges."""
    output: float
    """Its tokens for one of GPT's, over code."""


_GPT: Weights = (0.936, 0.787, 0.027, 0.048, 0.202, 1.485, 0.292, 0.386, 0.53, 0.819, 0.37, 0.288)
_QWEN: Weights = (0.912, 0.659, 0.035, 0.028, 0.921, 0.837, 0.303, 0.357, 0.52, 0.828, 0.318, 0.301)
_DEEPSEEK: Weights = (0.973, 0.916, 0.021, 0.155, 0.247, 1.373, 0.335, 0.438, 0.422, 0.798, 0.709, 0.321)
_LLAMA: Weights = (0.908, 0.651, 0.035, 0.031, 0.201, 1.486, 0.306, 0.35, 0.565, 0.81, 0.312, 0.335)
_GEMMA: Weights = (1.017, 0.931, 0.0, 0.074, 0.84, 0.632, 0.143, 0.846, 1.209, 0.724, 1.029, 0.24)
_MISTRAL: Weights = (0.938, 0.799, 0.033, 0.242, 0.944, 0.858, 0.338, 0.35, 0.366, 0.935, 0.426, 0.557)
_CLAUDE: Weights = (0.983, 0.865, 0.013, 0.126, 0.184, 1.008, 0.177, 0.832, 1.142, 0.0, 0.949, 0.482)
_OLDER_CLAUDE = 1.108
"""Tokens of the published older tokenizer for one of GPT's, over the same code."""


def _scaled(weights: Weights, factor: float) -> Weights:
    return tuple(weight * factor for weight in weights)


FAMILIES: Mapping[str, Tokenizer] = {
    row.name: row
    for row in (
        Tokenizer("gpt", _GPT, 7, 1.0),
        Tokenizer("gpt-oss", _GPT, 70, 1.0),
        Tokenizer("claude", _scaled(_CLAUDE, 1.29 / _OLDER_CLAUDE), 10, 1.29),
        Tokenizer("claude-4.7", _scaled(_CLAUDE, 1.61 / _OLDER_CLAUDE), 10, 1.61),
        Tokenizer("gemini", _GEMMA, 1, 1.179),
        Tokenizer("qwen", _QWEN, 10, 1.037),
        Tokenizer("deepseek", _DEEPSEEK, 6, 1.063),
        Tokenizer("llama", _LLAMA, 12, 0.993),
        Tokenizer("mistral", _MISTRAL, 4, 1.091),
        Tokenizer("grok", _scaled(_GPT, 1.1), 150, 1.1),
        Tokenizer("other", _scaled(_GPT, 1.1), 8, 1.1),
    )
}
"""Eleven families. Those of models whose tokenizer is not published are GPT's, a tenth longer."""

_NAMES = (
    ("gpt-oss", "gpt-oss"), ("gpt", "gpt"), ("openai/", "gpt"), ("gemini", "gemini"), ("gemma", "gemini"), ("qwen", "qwen"),
    ("qwq", "qwen"), ("deepseek", "deepseek"), ("llama", "llama"), ("mistral", "mistral"), ("mixtral", "mistral"),
    ("codestral", "mistral"), ("devstral", "mistral"), ("ministral", "mistral"), ("magistral", "mistral"), ("grok", "grok"),
)  # fmt: skip
KINDS = len(_GPT)
"""Kinds of pieces that have a weight."""
_CLAUDE_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d+(?:[.-]\d+)?)(?!\d)")
_NEWER = 4.7


@lru_cache(maxsize=4096)
def tokenizer(model: str) -> Tokenizer:
    """The family of a model, by its name.

    >>> [tokenizer(name).name for name in ("anthropic/claude-opus-5.5", "anthropic/claude-3.7-sonnet", "google/gemma-3-27b-it")]
    ['claude-4.7', 'claude', 'gemini']
    """
    name = model.lower()
    if "claude" in name:
        version = _CLAUDE_VERSION.search(name)
        newer = version is None or float(version[1].replace("-", ".")) >= _NEWER
        return FAMILIES["claude-4.7" if newer else "claude"]
    return FAMILIES[next((family for part, family in _NAMES if part in name), "other")]


def tokens(weights: Weights, pieces: tuple[int, ...]) -> float:
    """Tokens of a text with these pieces."""
    return sum(weight * count for weight, count in zip(weights, pieces, strict=False))

"""What a call sends and will get, before a model is asked: what its prompt is made of, and how long its answer will be."""

from coderoute_ls.domain import Action, Prompt
from coderoute_ls.selection.pricing.tokenizers import FAMILIES, tokens
from coderoute_ls.text.piece_counts import Pieces, pieces

USUAL_REGION = 400
"""Tokens of a region that is not known, or of what is written where nothing is yet."""

UNSEEN_TOKENS = 32
"""What vendors add to any prompt, at most: the date, a note that the model may think. Recorded exchanges show 21."""


def expected_answer(action: Action, region: str, max_tokens: int) -> int:
    """Tokens of the visible answer, as GPT counts them: what the action usually says, and the region where that is rewritten."""
    if not action.answer_per_region:
        return min(action.median_output, max_tokens)
    known = tokens(FAMILIES["gpt"].weights, pieces(region)) if region.strip() else USUAL_REGION
    return min(_answer(action, known), max_tokens)


def usual_answer(action: Action) -> int:
    """Tokens of the action's answer about a region of usual size."""
    return _answer(action, USUAL_REGION)


def prompt_pieces(prompt: Prompt) -> Pieces:
    """What all texts of a prompt are made of."""
    texts = [prompt.system or prompt.system_words, *(message.text or message.words for message in prompt.messages)]
    if prompt.output is not None:
        texts.append(f"{prompt.output}")
    if (fim := prompt.fim) is not None:  # new with each key: nothing of it is worth keeping
        texts += [fim.prefix, fim.suffix, *(snippet.text for snippet in fim.snippets)]
        return pieces("\n".join(filter(None, texts)))
    if prompt.tools:
        texts.append("\n".join([tool.words for tool in prompt.tools]))
    return joined_pieces([text for text in texts if text])


KEPT = 4_096
"""Texts whose pieces are kept: a turn of a conversation brings all that was said before once more."""
_kept: dict[tuple[int, int], Pieces] = {}
"""By hash and length; no text is kept. Two that are taken for one would only be estimated alike."""


def joined_pieces(texts: list[str]) -> Pieces:
    """The pieces of the lines of all these texts, each of which begins on a line of its own."""
    if not texts:
        return Pieces()
    whole = Pieces(*map(sum, zip(*map(_counted, texts), strict=True)))
    between = sum([not text.endswith(("\n", "\r")) for text in texts[:-1]])
    return whole._replace(line_ends=whole.line_ends + between)


def _counted(text: str) -> Pieces:
    key = hash(text), len(text)
    if (found := _kept.get(key)) is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        found = _kept[key] = pieces(text)
    return found


def _answer(action: Action, region: float) -> int:
    return round(action.median_output + action.answer_per_region * region)

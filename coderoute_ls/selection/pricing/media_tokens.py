"""What a picture or a page costs in tokens: each vendor's own rule, as it documents it. Before anything was billed."""

import re
from collections.abc import Callable
from math import ceil, sqrt

USUAL_PIXELS = 750
"""Pixels for a token where no rule is known: Anthropic's rule, which is in the middle of the others."""
USUAL_MOST = 3_000


def picture_tokens(model: str, width: int, height: int) -> int:
    """Tokens of a picture of this many pixels for this model of the catalogue.

    >>> picture_tokens("anthropic/claude-sonnet-4-5", 4000, 3000), picture_tokens("openai/gpt-4.1", 4000, 3000)
    (1600, 765)
    """
    width, height = max(width, 1), max(height, 1)
    rule = next((rule for shape, rule in _RULES if shape.search(model.lower())), _by_pixels(USUAL_MOST))
    return rule(width, height)


def page_tokens(model: str) -> int:
    """Tokens of a page of a document: its text, and its picture where the vendor shows it to the model.

    >>> page_tokens("google/gemini-3-flash-preview"), page_tokens("anthropic/claude-sonnet-4-5")
    (560, 3850)
    """
    name = model.lower()
    if "gemini" in name:
        return 258 if re.search(r"gemini-[12]", name) else 560
    return 2_250 + picture_tokens(model, 1_240, 1_754)


def _by_pixels(most: int) -> Callable[[int, int], int]:
    return lambda width, height: min(ceil(width * height / USUAL_PIXELS), most)


def _tiles(base: int, each: int) -> Callable[[int, int], int]:
    """OpenAI: fitted into 2,048 pixels, the short side to 768, then tiles of 512."""

    def rule(width: int, height: int) -> int:
        scale = min(1.0, 2_048 / max(width, height))
        wide, high = width * scale, height * scale
        scale = min(1.0, 768 / min(wide, high))
        return base + each * ceil(wide * scale / 512) * ceil(high * scale / 512)

    return rule


def _patches(size: int, most: int, factor: float = 1.0, longest: int = 0) -> Callable[[int, int], int]:
    """Patches of so many pixels, shrunk until they are no more than ``most``."""

    def rule(width: int, height: int) -> int:
        scale = min(1.0, longest / max(width, height)) if longest else 1.0
        wide, high = width * scale, height * scale
        count = ceil(wide / size) * ceil(high / size)
        if count > most:
            shrink = sqrt(most * size * size / (wide * high))
            count = min(most, ceil(wide * shrink / size) * ceil(high * shrink / size))
        return ceil(count * factor)

    return rule


def _gemini(width: int, height: int) -> int:
    """Up to Gemini 2.5: small pictures are one tile, others tiles of at most 768 pixels."""
    if max(width, height) <= 384:
        return 258
    side = min(768, max(256, int(min(width, height) / 1.5)))
    return 258 * ceil(width / side) * ceil(height / side)


_TABLE: tuple[tuple[str, Callable[[int, int], int]], ...] = (
    (r"claude-(opus|sonnet)-(4[-.][7-9]|[5-9])|claude-fable", _by_pixels(4_784)),
    (r"claude", _by_pixels(1_600)),
    (r"gpt-(4\.1|5)-mini|gpt-5-mini", _patches(32, 1_536, 1.62)),
    (r"gpt-(4\.1|5)-nano", _patches(32, 1_536, 2.46)),
    (r"o4-mini", _patches(32, 1_536, 1.72)),
    (r"gpt-(5\.[4-9]|[6-9])", _patches(32, 2_500, longest=2_048)),
    (r"gpt-5", _tiles(70, 140)),
    (r"gpt|/o\d", _tiles(85, 170)),
    (r"gemini-[12]", _gemini),
    (r"gemini", _patches(1, 1, 1_120)),
    (r"qwen", _patches(32, 16_384)),
    (r"mistral|pixtral|devstral|magistral", _patches(28, 3_025, longest=1_540)),
    (r"kimi|moonshot|glm|minimax", _patches(28, 4_096)),
    (r"grok", _patches(448, 6, 256)),
)
_RULES = tuple((re.compile(shape), rule) for shape, rule in _TABLE)

"""Answers that have nothing of the region in them."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place, written
from coderoute_ls.text import words

_WORD = re.compile(r"\w")
_OTHER_WORDS = re.compile(
    r"(?i:transl|übersetz|tradu|vertaal|перев|перекл|翻|번역|replac|instead|ersetz|placeholder|lorem)"
    r"|\b(?:in|into|to|auf|ins|en|em|na|på) [A-ZÀ-Þ]"
)
"""What a user says who wants other words than there are. They only let an answer pass."""
_NO_BLANKS = "\u0e00"
"""From here on are the scripts that put no blanks between words."""
_FEW, _LONG, _STEM = 3, 4, 4
"""Words of a document that are enough to know an answer by; letters that such a word has, and those that its forms share."""


def is_unlike(lines: Sequence[str], place: Place) -> bool:
    """The region is several lines of code with several words, or a text, and the answer has not one word of it: it is about
    something else."""
    if place.surface != "replace" or any(line in place.known for line in lines if _WORD.search(line)):
        return False
    if place.prose:
        return _is_another_text(lines, place)
    if len(written(place.old, 2)) < 2:
        return False
    said = frozenset(word for line in lines for word in words(line))
    return not any(word in said for line in place.old for word in words(line)) and len(said) > 0


def _is_another_text(lines: Sequence[str], place: Place) -> bool:
    """Not one of the answer's words is in the text or in what the user said, who did not want it in other words."""
    old = "\n".join(place.old)
    if _OTHER_WORDS.search(place.instruction) or max(old, default="") >= _NO_BLANKS:
        return False
    known = _long_words(old)
    return len(known) >= _FEW and _stems(known | _long_words(place.instruction)).isdisjoint(_stems(_long_words("\n".join(lines))))


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in words(text) if len(word) >= _LONG)


def _stems(long_words: frozenset[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in long_words)

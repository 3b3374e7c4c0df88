"""Answers that have nothing of the region in them."""

import re
from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place, written
from coderoute_ls.text import words

_WORD = re.compile(r"\w")


def is_unlike(lines: Sequence[str], place: Place) -> bool:
    """The region is several lines of code with several words, and the answer has not one of these: it is about something else."""
    if place.prose or place.surface != "replace" or len(written(place.old, 2)) < 2:
        return False
    if any(line in place.known for line in lines if _WORD.search(line)):
        return False
    said = frozenset(word for line in lines for word in words(line))
    return not any(word in said for line in place.old for word in words(line)) and len(said) > 0

"""The exact intersection of two lists of globs, where ``*`` is any text and ``?`` one character."""

import itertools
import re
from fnmatch import fnmatchcase
from functools import lru_cache

MOST = 200
NOTHING = ("",)
"""A list that no name matches; the empty list stands for "all"."""


def intersection(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Globs that match a name exactly when both lists do; of lists that overlap in absurdly many ways only a part, for less
    allowed is safer than much time spent.
    """
    if not first or not second:
        return first or second
    pairs = itertools.product(map(_without_double_stars, first), map(_without_double_stars, second))
    met: dict[str, None] = {}
    for one, other in pairs:
        met.update(dict.fromkeys(sorted(_meet(one, other))))
        if len(met) >= MOST:
            break
    wide = [glob for glob in met if "*" in glob and "?" not in glob]
    kept = tuple(glob for glob in met if not any(other != glob and fnmatchcase(glob, other) for other in wide))
    return kept or NOTHING


def _without_double_stars(glob: str) -> str:
    return re.sub(r"\*+", "*", glob)


@lru_cache(maxsize=65_536)
def _meet(one: str, other: str) -> frozenset[str]:
    """All globs whose union is what both match. Each step takes the first character of one side, or lets a star end."""
    if not one or not other:
        rest = one + other
        return frozenset({""}) if not rest.strip("*") else frozenset()
    head, tail = one[0], one[1:]
    head2, tail2 = other[0], other[1:]
    if head == "*" and head2 == "*":
        return frozenset("*" + rest.removeprefix("*") for rest in _meet(tail, other) | _meet(one, tail2))
    if head == "*":
        return _meet(tail, other) | {head2 + rest for rest in _meet(one, tail2)}
    if head2 == "*":
        return _meet(other, one)
    if head2 in (head, "?"):
        return frozenset(head + rest for rest in _meet(tail, tail2))
    if head == "?":
        return frozenset(head2 + rest for rest in _meet(tail, tail2))
    return frozenset()

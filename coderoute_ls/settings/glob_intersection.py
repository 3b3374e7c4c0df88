"""The exact intersection of two lists of globs, where ``*`` is any text and ``?`` one character."""

import itertools
import re
from fnmatch import fnmatchcase
from functools import lru_cache

MOST = 200
MOST_WORK = 100_000
"""Pieces of globs that are put together for one intersection; hostile lists would take for ever."""
NOTHING = ("",)
"""A list that no name matches; the empty list stands for "all"."""


@lru_cache(maxsize=64)
def intersection(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Globs that match a name exactly when both lists do; of lists that overlap in absurdly many ways only a part, for less
    allowed is safer than much time spent.
    """
    if not first or not second:
        return first or second
    pairs = itertools.product(map(_without_double_stars, first), map(_without_double_stars, second))
    met: dict[str, None] = {}
    work = _Work()
    for one, other in pairs:
        met.update(dict.fromkeys(sorted(work.meet(one, other))))
        if len(met) >= MOST or work.left <= 0:
            break
    globs = [*met][:MOST]
    wide = [glob for glob in globs if "*" in glob and "?" not in glob]
    kept = tuple(glob for glob in globs if not any(other != glob and fnmatchcase(glob, other) for other in wide))
    return kept or NOTHING


def _without_double_stars(glob: str) -> str:
    return re.sub(r"\*+", "*", glob)


class _Work:
    """One intersection: what was found of pairs of rests, and how much may still be done."""

    def __init__(self) -> None:
        self.left = MOST_WORK
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def meet(self, one: str, other: str) -> frozenset[str]:
        """All globs whose union is what both match, or a part of them once the work is used up."""
        known = self._known.get((one, other))
        if known is None:
            known = self._step(one, other) if self.left > 0 else frozenset[str]()
            self.left -= len(known) + 1
            self._known[one, other] = known
        return known

    def _step(self, one: str, other: str) -> frozenset[str]:
        """Takes the first character of one side, or lets a star end."""
        if not one or not other:
            rest = one + other
            return frozenset({""}) if not rest.strip("*") else frozenset()
        head, tail = one[0], one[1:]
        head2, tail2 = other[0], other[1:]
        if head == "*" and head2 == "*":
            return frozenset("*" + rest.removeprefix("*") for rest in self.meet(tail, other) | self.meet(one, tail2))
        if head == "*":
            return self.meet(tail, other) | {head2 + rest for rest in self.meet(one, tail2)}
        if head2 == "*":
            return self.meet(other, one)
        if head2 in (head, "?"):
            return frozenset(head + rest for rest in self.meet(tail, tail2))
        if head == "?":
            return frozenset(head2 + rest for rest in self.meet(tail, tail2))
        return frozenset()

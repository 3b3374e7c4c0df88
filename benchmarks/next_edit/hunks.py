"""A file's way from one release to the next: its hunks in order, and what a suggestion is worth on that way."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from coderoute_ls.next_edit.by_example.tokens import tokens


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines ``first`` to ``end`` of the text as it is become ``new``; lines are without their endings."""

    first: int
    end: int
    new: tuple[str, ...]
    root: int = -1
    """Which hunk of the release this is, or is left of."""


def hunks(now: Sequence[str], then: Sequence[str]) -> list[Hunk]:
    """What is still to be done, top to bottom."""
    matcher = difflib.SequenceMatcher(None, now, then, autojunk=False)
    return [Hunk(i, j, tuple(then[a:b])) for tag, i, j, a, b in matcher.get_opcodes() if tag != "equal"]


def done(now: Sequence[str], hunk: Hunk) -> list[str]:
    return [*now[: hunk.first], *hunk.new, *now[hunk.end :]]


def shifted(todo: Sequence[Hunk]) -> list[Hunk]:
    """The hunks after the first one, once that is done."""
    added = len(todo[0].new) - (todo[0].end - todo[0].first)
    return [Hunk(hunk.first + added, hunk.end + added, hunk.new, hunk.root) for hunk in todo[1:]]


def exact(hunk: Hunk, first: int, end: int, new: Sequence[str], now: Sequence[str]) -> bool:
    """Whether lines ``first`` to ``end`` becoming ``new`` is this hunk, whole."""
    low, high = min(first, hunk.first), max(end, hunk.end)
    ours = [*now[low:first], *new, *now[end:high]]
    return ours == [*now[low : hunk.first], *hunk.new, *now[hunk.end : high]]


def on_the_way(hunk: Hunk, first: int, end: int, new: Sequence[str], now: Sequence[str]) -> bool:
    """Whether the change is a part of what the hunk does: every token that it writes and takes away is one the hunk does, too."""
    if first < hunk.first or end > hunk.end:
        return False
    before, after = "\n".join(now[hunk.first : hunk.end]), "\n".join([*now[hunk.first : first], *new, *now[end : hunk.end]])
    goal = "\n".join(hunk.new)
    if len(before) + len(goal) > 6_000:
        return False
    old, mid, wanted = tokens(before), tokens(after), tokens(goal)
    return _distance(old, mid) + _distance(mid, wanted) == _distance(old, wanted)


def _distance(one: Sequence[str], two: Sequence[str]) -> int:
    """Tokens to take away and to write, at least."""
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    row = [0] * (len(two) + 1)
    for a in one:
        last = 0
        for number, b in enumerate(two, 1):
            above = row[number]
            row[number] = last + 1 if a == b else max(above, row[number - 1])
            last = above
    return len(one) + len(two) - 2 * row[-1]


def near_or_in(hunk: Hunk, ours: Hunk, now: Sequence[str]) -> bool:
    """`on_the_way`, also where whole lines are written at the edge of the hunk."""
    if not (hunk.first - 1 <= ours.first <= hunk.end and ours.end <= hunk.end + 1):
        return False
    low, high = min(ours.first, hunk.first), max(ours.end, hunk.end)
    wide = Hunk(low, high, (*now[low : hunk.first], *hunk.new, *now[hunk.end : high]))
    return on_the_way(wide, ours.first, ours.end, ours.new, now)

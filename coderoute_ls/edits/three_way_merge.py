"""Two changes of the same lines in one: ours, and the user's."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coderoute_ls.edits.minimal_edits import changed_blocks


class Hunk(NamedTuple):
    """Lines ``begin`` up to, not including, ``end`` become ``lines``."""

    begin: int
    end: int
    lines: list[str]

    def meets(self, other: "Hunk") -> bool:
        """Both change the same line, or one adds lines in the middle of those that the other changes."""
        return max(self.begin, other.begin) < min(self.end, other.end) or self._splits(other) or other._splits(self)

    def _splits(self, other: "Hunk") -> bool:
        return self.begin == self.end and other.begin < self.begin < other.end


def merged(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], bool]:
    """``base`` with both changes, and whether they go together. Where they do not, ours counts.

    Whole lines that they add among lines we change stand behind those; lines that they only delete there are ours to decide.
    """
    changes, clean = [*_hunks(base, ours)], True
    mine = tuple(changes)
    for hunk in _hunks(base, theirs):
        against = [own for own in mine if own.meets(hunk)]
        if hunk in mine:
            continue
        if hunk.begin == hunk.end and against:
            changes.append(Hunk(against[0].end, against[0].end, hunk.lines))
        elif not against:
            changes.append(hunk)
        elif hunk.lines or not any(own.begin <= hunk.begin and hunk.end <= own.end for own in against):
            clean = False
    return _applied(base, changes), clean


def _applied(base: Sequence[str], changes: list[Hunk]) -> list[str]:
    result, at = list[str](), 0
    for hunk in sorted(changes, key=lambda hunk: (hunk.begin, hunk.end)):  # stable: of two insertions ours comes first
        result += [*base[at : hunk.begin], *hunk.lines]
        at = hunk.end
    return [*result, *base[at:]]


def _hunks(base: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """What was changed, line by line where as many lines came as went."""
    for begin, end, start, stop in changed_blocks(base, new):
        if end - begin != stop - start:
            yield Hunk(begin, end, list(new[start:stop]))
            continue
        for index in range(end - begin):
            if base[begin + index] != new[start + index]:
                yield Hunk(begin + index, begin + index + 1, [new[start + index]])

"""The last lines of an answer that are below the region already: the next function, the end of the class, the file's rest."""

import re
from bisect import bisect_left

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.line_matching import Matching
from coderoute_ls.edits.answer.target_region import Place, closes, width, without_blank_ends, written


class Outside(Exception):
    """The answer changes lines outside of the region."""


class RepeatedBelow:
    """How many of the answer's last lines are below the region already."""

    def __init__(self, lines: list[str], place: Place, base: int, headed: bool) -> None:
        self._lines = lines
        self._place = place
        self._base = base
        self._headed = headed
        _, below = place.around
        self._below, self._keys, self._places = below.lines, below.keys, below.places

    def size(self) -> int:
        mine = [line.strip() for line in self._lines]
        written = [n for n, key in enumerate(mine) if key]
        end = next((n for n in reversed(written) if not self._may_repeat(n)), -1)
        next_key = self._keys[0] if self._keys else ""
        for start in written[1:]:
            if start < end and (mine[start] != next_key or not self._is_below(start)):
                continue  # a later line is nowhere below
            line = self._lines[start]
            if not self._is_known(mine[start]) and strength(line, self._place.language) is Strength.NONE:
                continue
            if self._repeats(start) and self._is_whole(start):
                return len(self._lines) - start
        return 0

    def _is_known(self, key: str) -> bool:
        return key in self._place.keys or key in self._places

    def _may_repeat(self, n: int) -> bool:
        """Whether this line is below the region, or may stand for lines there."""
        line = self._lines[n]
        key = line.strip()
        return key in self._places or (key not in self._place.keys and strength(line, self._place.language) is not Strength.NONE)

    def _repeats(self, start: int) -> bool:
        """Whether all lines from here on are known, in order, and joined to the region."""
        at, free, matched = 0, False, 0
        for line in self._lines[start:]:
            key = line.strip()
            if not key:
                continue
            if not self._is_known(key) and strength(line, self._place.language) >= Strength.LIKELY:
                free = True
                continue
            found = self._find(line, at, free)
            if found is None:
                if matched and self._is_below(start):
                    raise Outside
                return False
            at, free, matched = found + 1, False, matched + 1
        return matched > 0

    def _is_whole(self, start: int) -> bool:
        """What comes before is all of the region: an elision there does not stand for the region's own last lines."""
        if strength(self._lines[start], self._place.language) is Strength.NONE:
            return True
        kept = without_blank_ends(self._lines[:start])
        matching = Matching(kept, self._place.old)
        end = matching.place(len(kept) - 1, -1)
        return end is None or end == matching.olds[-1]

    def _is_below(self, start: int) -> bool:
        """The lines from here on begin what is below: a definition there, by its first line."""
        line = self._lines[start]
        if not self._below or line.strip() != self._keys[0] or line.strip() in self._place.keys:
            return False
        return bool(re.search(r"\w\W+\w", line)) and not closes(line)

    def _find(self, line: str, at: int, free: bool) -> int | None:
        key = line.strip()
        outer = width(line) < self._base
        if at < len(self._below) and self._keys[at] == key and (outer == self._is_outer(self._below[at])):
            return None if at == 0 and self._ends_region(line) else at
        places = self._places.get(key, ())
        after = bisect_left(places, at)
        if after == len(places):
            return None
        if free and key in self._place.keys and not outer:
            return None  # after lines that are left out, it is the region's own
        if free or (closes(line) and outer and self._headed):
            return places[after]
        return None

    def _is_outer(self, below: str) -> bool:
        return width(below) < len(self._place.base.expandtabs(8))

    def _ends_region(self, line: str) -> bool:
        """The line is the region's own last one, and the answer has it only once."""
        last = next((text for text in reversed(self._place.old) if text.strip()), "")
        key = line.strip()
        said = written(self._lines)
        if closes(line) and said[-2:] == [said[-1]] * 2:
            return False  # the region has ended before
        return last.strip() == key and sum(1 for text in self._lines if text.strip() == key) <= sum(
            1 for text in self._place.old if text.strip() == key
        )

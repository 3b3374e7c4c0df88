"""Lines above or below the region that an answer repeats: a class around a method, the whole file, the next function.

They are trimmed where they are known to be the user's own: line by line, in order, and joined to the region. A line that nobody
knows between them is a change outside of the region, and no such answer fits.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.headers import headers
from coderoute_ls.edits.answer.lines.matching import Matching
from coderoute_ls.edits.answer.lines.similar import similar
from coderoute_ls.edits.answer.place import Place, width

_IMPORT = re.compile(
    r"(?:import|from|using|use|#include|#import|require|require_relative|package|namespace|<\?php|'use strict'|\"use)\b"
)
_ATTACHED = re.compile(r"@\w|#\[|\[\w|template\s*<")
_WORD = re.compile(r"\w")


class Outside(Exception):
    """The answer changes lines outside of the region."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The answer's own lines, and how many were trimmed above and below."""

    lines: list[str]
    above: int = 0
    below: int = 0


def trimmed(new: Sequence[str], place: Place) -> Trimmed:
    """The answer without what it repeats. Raises `Outside` where it changes something there."""
    lines = list(new)
    head = _Head(lines, place).size()
    base = next((width(line) for line in lines[head:] if line.strip()), 0)
    tail = _Tail(lines[head:], place, base, head > 0).size()
    kept = without_blank_ends(lines[head : len(lines) - tail])
    kept = without_blank_ends(_without_last_elision(kept, place, base))
    return Trimmed(kept, head, tail) if kept else Trimmed(lines)


def without_blank_ends(lines: Sequence[str]) -> list[str]:
    """The lines without blank ones at both ends."""
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    last = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 0)
    return list(lines[first:last])


def _without_last_elision(lines: list[str], place: Place, base: int) -> list[str]:
    """Without an elision at the end that stands for what is below the region: it is no deeper than the region, it stands
    apart, and the line before it is not one after which the region goes on."""
    last = len(lines) - 1
    if last < 2 or strength(lines[last], place.language) is Strength.NONE or lines[last].strip() in place.keys:
        return lines
    apart = not lines[last - 1].strip() or (
        strength(lines[last], place.language) is Strength.DOTS and width(lines[last - 1]) > width(lines[last])
    )
    if width(lines[last]) > base or not apart:
        return lines
    rest = without_blank_ends(lines[:last])
    matching = Matching(rest, place.old)
    end = matching.place(len(rest) - 1, -1)
    return rest if end is None or end == matching.olds[-1] else lines


class _Head:
    """How many of the answer's first lines stand above the region already."""

    def __init__(self, lines: list[str], place: Place) -> None:
        self._lines = lines
        self._place = place
        self._above = [line for line in place.above if line.strip()]
        self._headers = headers(place)

    def size(self) -> int:
        start = self._region_start()
        if start is not None:
            return self._walk(start)
        return self._enclosing(self._suffix())

    def _region_start(self) -> int | None:
        """Where the region's own first line stands in the answer; None where the answer begins with it, or has it not at all."""
        first = next((line for line in self._place.old if line.strip()), None)
        written = [n for n, line in enumerate(self._lines) if line.strip()]
        if first is None or not written:
            return None
        equal = [n for n in written if self._lines[n].strip() == first.strip()]
        alike = equal or [n for n in written if similar(self._lines[n], first) and self._lines[n].strip() not in self._known]
        if not alike or (alike[0] == written[0] and self._suffix() not in alike):
            return None
        return alike[0] if len(alike) == 1 else self._best(alike)

    def _best(self, places: list[int]) -> int | None:
        """Of several lines like the region's first, the one that most of the region's lines follow."""
        keys, size = self._place.keys, len(self._place.old) + 4
        scores = {n: sum(line.strip() in keys for line in self._lines[n : n + size] if line.strip()) for n in places}
        best, second = sorted(places, key=lambda n: -scores[n])[:2]
        return None if scores[best] == scores[second] else best

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(line.strip() for line in self._above)

    def _suffix(self) -> int:
        """The most first lines that are the last ones above the region, blank lines aside."""
        written = [n for n, line in enumerate(self._lines) if line.strip()]
        keys = [self._lines[n].strip() for n in written]
        above = [line.strip() for line in self._above]
        if not keys:
            return 0
        for start in range(max(0, len(above) - len(keys)), len(above)):
            count = len(above) - start
            if above[start] == keys[0] and above[start:] == keys[:count] and any(_WORD.search(key) for key in keys[:count]):
                return written[count] if count < len(written) else 0
        return 0

    def _enclosing(self, trimmed: int) -> int:
        """After what was trimmed: headers of what is around the region, with what the answer leaves out between them."""
        size = trimmed
        n = trimmed
        seen = False
        while n < len(self._lines):
            key = self._lines[n].strip()
            if not key or (seen and strength(key, self._place.language) is not Strength.NONE and key not in self._place.keys):
                n += 1
                continue
            if key not in self._headers:
                break
            seen = True
            n += 1
            size = n
        return n if seen and n < len(self._lines) else size

    def _walk(self, start: int) -> int:
        """Up from the region's first line: first the lines of the new text itself, then only known ones."""
        own, depth, at = start, width(self._lines[start]), len(self._above)
        outside = free = False
        below = start
        for n in range(start - 1, -1, -1):
            line = self._lines[n]
            if not line.strip():
                continue
            if self._stands_for_others(n, below, outside):
                outside = free = True
            elif (found := self._find(n, at, free, depth)) is not None:
                outside, free, at = True, False, found
            elif outside:
                raise Outside
            else:
                own = n
            below, depth = n, min(depth, width(line))
        return own if outside else 0

    def _stands_for_others(self, n: int, below: int, outside: bool) -> bool:
        """An elision; a comment that a blank line, or nothing but known lines, keeps apart from the code below; the file's
        name."""
        line = self._lines[n].strip()
        rank = strength(line, self._place.language)
        if line in self._known or rank is Strength.NONE:
            return False
        if rank >= Strength.LIKELY or outside or below > n + 1:
            return True
        name = self._place.document.uri.rpartition("/")[2]
        return bool(name) and line.rstrip("*/-> ").endswith(name)

    def _find(self, n: int, at: int, free: bool, depth: int) -> int | None:
        """The line above the region, before ``at``, that this line repeats; None where it is new, or stands there by chance."""
        line = self._lines[n]
        key = line.strip()
        if at and self._above[at - 1].strip() == key:
            return at - 1
        places = [m for m in range(at - 1, -1, -1) if self._above[m].strip() == key]
        if not places:
            return None
        if key in self._headers and width(line) < depth:
            return places[0]
        if free and not _ATTACHED.match(key):
            return places[0]
        if _IMPORT.match(key):
            return places[0]
        return places[0] if self._ends_definition(n, places[0]) else None

    def _ends_definition(self, n: int, place: int) -> bool:
        """Whether a definition ends here: the lines up to this one are a run of at least two that stand together above, down
        from a shallower first one, and nothing deeper follows there."""
        if place + 1 < len(self._above) and width(self._above[place + 1]) > width(self._above[place]):
            return False
        count = 0
        while n - count >= 0 and place - count >= 0:
            written = [line for line in self._lines[: n + 1] if line.strip()]
            if count >= len(written) or written[-1 - count].strip() != self._above[place - count].strip():
                break
            count += 1
        run = self._above[place - count + 1 : place + 1]
        return count >= 2 and any(width(line) < width(run[-1]) or not _WORD.search(run[-1]) for line in run[:-1])


class _Tail:
    """How many of the answer's last lines stand below the region already."""

    def __init__(self, lines: list[str], place: Place, base: int, headed: bool) -> None:
        self._lines = lines
        self._place = place
        self._base = base
        self._headed = headed
        self._below = [line for line in place.below if line.strip()]
        self._known = place.keys | frozenset(line.strip() for line in self._below)

    def size(self) -> int:
        written = [n for n, line in enumerate(self._lines) if line.strip()]
        for start in written[1:]:
            line = self._lines[start]
            if line.strip() not in self._known and strength(line, self._place.language) is Strength.NONE:
                continue
            if self._repeats(start) and self._is_whole(start):
                return len(self._lines) - start
        return 0

    def _repeats(self, start: int) -> bool:
        """Whether all lines from here on are known, in order, and joined to the region."""
        at, free, matched = 0, False, 0
        for line in self._lines[start:]:
            key = line.strip()
            if not key:
                continue
            if strength(line, self._place.language) >= Strength.LIKELY and key not in self._known:
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
        """The lines from here on begin what stands below: a definition there, by its first line."""
        line = self._lines[start]
        if not self._below or line.strip() != self._below[0].strip() or line.strip() in self._place.keys:
            return False
        return bool(re.search(r"\w\W+\w", line)) and not _closes(line)

    def _find(self, line: str, at: int, free: bool) -> int | None:
        key = line.strip()
        outer = width(line) < self._base
        if at < len(self._below) and self._below[at].strip() == key and (outer == self._is_outer(self._below[at])):
            return None if at == 0 and self._ends_region(line) else at
        places = [m for m in range(at, len(self._below)) if self._below[m].strip() == key]
        if not places:
            return None
        if free and key in self._place.keys and not outer:
            return None  # after lines that are left out, it is the region's own
        if free or (_closes(line) and outer and self._headed):
            return places[0]
        return None

    def _is_outer(self, below: str) -> bool:
        return width(below) < len(self._place.base.expandtabs(8))

    def _ends_region(self, line: str) -> bool:
        """The line is the region's own last one, and the answer has it only once."""
        last = next((text for text in reversed(self._place.old) if text.strip()), "")
        key = line.strip()
        return last.strip() == key and sum(1 for text in self._lines if text.strip() == key) <= sum(
            1 for text in self._place.old if text.strip() == key
        )


def _closes(line: str) -> bool:
    """Nothing but the end of a block."""
    return not _WORD.search(line) or line.strip().rstrip(";,") in {"end", "fi", "done", "esac"}

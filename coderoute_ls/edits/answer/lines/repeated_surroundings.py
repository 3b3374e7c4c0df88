"""Lines above or below the region that an answer repeats: a class around a method, the whole file, the next function.

They are trimmed where they are known to be the user's own: line by line, in order, and joined to the region. A line that nobody
knows between them is a change outside of the region, and no such answer fits.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.enclosing_headers import headers
from coderoute_ls.edits.answer.lines.framing_comments import IMPORT, adds_imports, names_file, unframed
from coderoute_ls.edits.answer.lines.line_matching import Matching
from coderoute_ls.edits.answer.lines.partial_answer import is_one_line
from coderoute_ls.edits.answer.lines.repeated_below import Outside, RepeatedBelow
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place, width, without_blank_ends, written
from coderoute_ls.edits.answer.used_names import bound

_ATTACHED = re.compile(r"@\w|#\[|\[\w|template\s*<")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The answer's own lines, and how many were trimmed above and below."""

    lines: list[str]
    above: int = 0
    below: int = 0


def trimmed(new: Sequence[str], place: Place) -> Trimmed:
    """The answer without what it repeats. Raises `Outside` where it changes something there."""
    lines = without_blank_ends(unframed(new, place))
    if adds_imports(lines, place):
        raise Outside
    head = _Head(lines, place).size()
    base = next((width(line) for line in lines[head:] if line.strip()), 0)
    tail = RepeatedBelow(lines[head:], place, base, head > 0).size()
    kept = without_blank_ends(lines[head : len(lines) - tail])
    kept = without_blank_ends(_without_last_elision(kept, place, base, head > 0))
    if not place.prose and _changes_beside(kept, place, around=bool(head or tail)):
        raise Outside
    return Trimmed(kept, head, tail) if kept else Trimmed(lines)


def _changes_beside(kept: Sequence[str], place: Place, *, around: bool) -> bool:
    """The first line is the one above the region, changed, or the last one the one below; where nothing else of what is
    ``around`` the region is repeated, only if both set the same."""
    said, above, below = written(kept), written(place.above), written(place.below, 1)
    pairs = [(said[0], above[-1])] if said and above else []
    pairs += [(said[-1], below[0])] if said and below else []
    return any(
        similar(line, other)
        and line.strip() != other.strip()
        and (around or not bound([line], place.language).isdisjoint(bound([other], place.language)))
        and not any(similar(line, old) for old in place.old)
        for line, other in pairs
        if _WORD.search(other)
    )


def _without_last_elision(lines: list[str], place: Place, base: int, headed: bool) -> list[str]:
    """Without an elision at the end that stands for what is below the region: it is no deeper than the region, it stands
    apart, and the line before it is not one after which the region goes on; or it is beside the region's definition in what
    the answer says to be around both."""
    last = len(lines) - 1
    if last < 2 or strength(lines[last], place.language) is Strength.NONE or lines[last].strip() in place.keys:
        return lines
    apart = not lines[last - 1].strip() or (
        strength(lines[last], place.language) is Strength.DOTS and width(lines[last - 1]) > width(lines[last])
    )
    if width(lines[last]) > base or not apart:
        return lines
    rest = without_blank_ends(lines[:last])
    if is_one_line(rest, place) or (headed and width(lines[last]) == base and any(width(line) > base for line in rest)):
        return rest
    matching = Matching(rest, place.old)
    end = matching.place(len(rest) - 1, -1)
    return rest if end is None or end == matching.olds[-1] else lines


class _Head:
    """How many of the answer's first lines are above the region already."""

    def __init__(self, lines: list[str], place: Place) -> None:
        self._lines = lines
        self._place = place
        above, _ = place.around
        self._above, self._keys, self._places = above.lines, above.keys, above.places
        self._mine = [line.strip() for line in lines]
        self._written = [n for n, key in enumerate(self._mine) if key]

    @cached_property
    def _headers(self) -> frozenset[str]:
        return headers(self._place)

    def size(self) -> int:
        start = self._region_start()
        if start is not None:
            return self._walk(start)
        return self._enclosing(self._suffix())

    def _region_start(self) -> int | None:
        """Where the region's own first line is in the answer; None where the answer begins with it, or has it not at all."""
        first = next((line for line in self._place.old if line.strip()), None)
        written = self._written
        if first is None or not written:
            return None
        key = first.strip()
        equal = [n for n, mine in enumerate(self._mine) if mine == key]
        alike = equal or [n for n in written if similar(self._lines[n], first) and self._lines[n].strip() not in self._places]
        suffix = self._suffix()
        if not alike or (alike[0] == written[0] and suffix not in alike):
            return None
        if suffix in alike or alike[0] < suffix:
            return suffix  # after all that is above
        return alike[0] if len(alike) == 1 else self._best(alike)

    def _best(self, places: list[int]) -> int | None:
        """Of several lines like the region's first, the one that most of the region's lines follow."""
        keys, size = self._place.keys, len(self._place.old) + 4
        scores = {n: sum(line.strip() in keys for line in self._lines[n : n + size] if line.strip()) for n in places}
        best, second = sorted(places, key=lambda n: -scores[n])[:2]
        return None if scores[best] == scores[second] else best

    def _suffix(self) -> int:
        """The most first lines that are the last ones above the region, blank lines aside."""
        written, above = self._written, self._keys
        if not written:
            return 0
        for start in self._places.get(self._lines[written[0]].strip(), ()):
            count = len(above) - start
            keys = [self._lines[n].strip() for n in written[:count]]
            if above[start:] == keys and any(_WORD.search(key) for key in keys):
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
            below = n
            if _WORD.search(line):  # a bracket alone belongs to the header above it
                depth = min(depth, width(line))
        if outside and width(self._lines[own]) > width(self._lines[start]):
            raise Outside  # it belongs to the definition above
        return own if outside else 0

    def _stands_for_others(self, n: int, below: int, outside: bool) -> bool:
        """An elision; a comment that a blank line, or nothing but known lines, keeps apart from the code below; the file's
        name."""
        line = self._lines[n].strip()
        rank = strength(line, self._place.language)
        if line in self._places or rank is Strength.NONE:
            return False
        if rank >= Strength.LIKELY or outside or below > n + 1:
            return True
        return names_file(line, self._place)

    def _find(self, n: int, at: int, free: bool, depth: int) -> int | None:
        """The line above the region, before ``at``, that this line repeats; None where it is new, or is there by chance."""
        line = self._lines[n]
        key = line.strip()
        if at and self._keys[at - 1] == key:
            return at - 1
        places = self._places.get(key, ())
        before = bisect_left(places, at)
        holds = width(line) < depth and key in self._headers
        if not before:
            return 0 if holds else None  # it may be further above than anybody looks
        nearest = places[before - 1]
        if holds:
            return nearest
        if free and not _ATTACHED.match(key):
            return nearest
        return nearest if IMPORT.match(key) or self._ends_definition(n, nearest) else None

    def _ends_definition(self, n: int, place: int) -> bool:
        """Whether a definition ends here: the lines up to this one are a run of at least two that stand together above, down
        from a shallower first one, and nothing deeper follows there."""
        if place + 1 < len(self._above) and width(self._above[place + 1]) > width(self._above[place]):
            return False
        written = self._written[: bisect_right(self._written, n)]
        count = 0
        while count <= place and count < len(written) and self._lines[written[-1 - count]].strip() == self._keys[place - count]:
            count += 1
        run = self._above[place - count + 1 : place + 1]
        return count >= 2 and any(width(line) < width(run[-1]) or not _WORD.search(run[-1]) for line in run[:-1])

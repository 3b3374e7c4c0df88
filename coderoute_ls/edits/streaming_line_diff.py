"""The streaming line diff: which of the old lines the answer has passed, decided line by line as it arrives.

What the user sees is always *answer so far + old lines not passed yet*, so the only decision is where that tail begins. A
line that is further down in the old text either means that everything up to there was dropped, or it is a new line
that happens to read the same (a blank line, a bracket): until the next lines tell, it is held back.
"""

from bisect import bisect_left
from collections.abc import Sequence

from coderoute_ls.text import common_prefix

_HELD = 6
"""Most lines held back undecided; then they count as new."""
_CANDIDATES = 4
"""Places further down that are tried for one line."""


class Alignment:
    """Old lines with their endings against an answer's lines without. ``eol`` ends the new ones."""

    def __init__(self, old: Sequence[str], eol: str) -> None:
        self._old = list(old)
        self._eol = eol
        self._tail = 0
        self._written: list[str] = []
        self._held: list[str] = []
        self._places: dict[str, list[int]] = {}
        for index, line in enumerate(self._old):
            self._places.setdefault(line.strip(), []).append(index)

    @property
    def lines(self) -> list[str]:
        """What the region should hold now, endings included."""
        return self._written + self._old[self._tail :]

    def feed(self, line: str) -> None:
        """One more line of the answer, complete and without its ending."""
        self._held.append(line)
        while self._held and self._place_first():
            pass

    def finish(self) -> None:
        """The answer is complete: what is left of the old lines goes."""
        for line in self._held:
            self._write(line)
        self._held.clear()
        self._tail = len(self._old)

    def _place_first(self) -> bool:
        """Decide on the first held line; False when that needs more lines."""
        line = self._held[0]
        key = line.strip()
        if self._at(self._tail) == key:
            self._pass(self._tail)
            return True
        undecided = False
        places = self._places.get(key, ())
        first = bisect_left(places, self._tail)
        for place in places[first : first + _CANDIDATES]:
            matched, weight = self._run(place)
            if weight >= 2 + (place - self._tail) // 16:
                self._pass(place)
                return True
            undecided = undecided or matched == len(self._held)
        if undecided and len(self._held) < _HELD:
            return False
        if self._tail < len(self._old) and _alike(key, self._old[self._tail].strip()):
            self._tail += 1
        self._write(self._held.pop(0))
        return True

    def _run(self, place: int) -> tuple[int, int]:
        """How many held lines are in the old text from ``place`` on, and how much that proves."""
        weight = 0
        for count, line in enumerate(self._held):
            key = line.strip()
            if self._at(place + count) != key:
                return count, weight
            if len(key) > 3:
                weight += 2 if len(self._places[key]) == 1 else 1
        return len(self._held), weight

    def _at(self, index: int) -> str | None:
        return self._old[index].strip() if index < len(self._old) else None

    def _pass(self, place: int) -> None:
        """The first held line is this old one, perhaps indented differently; the ones before it are dropped."""
        line, old = self._held.pop(0), self._old[place]
        self._tail = place + 1
        if old.rstrip("\r\n") == line or not (line.strip() or old.strip()):
            self._written.append(old)
        else:
            self._write(line)

    def _write(self, line: str) -> None:
        self._written.append(line + self._eol)


def _alike(new: str, old: str) -> bool:
    """Whether the new line is better seen as a change of the old one than as a line before it."""
    shorter, longer = sorted((len(new), len(old)))
    if not shorter:
        return False
    prefix = common_prefix(new, old)
    suffix = common_prefix(new[prefix:][::-1], old[prefix:][::-1])
    return 2 * (prefix + suffix) >= longer

"""The part of a streaming answer that may be shown: lines that certainly belong to the region's new text. The rest waits."""

import re
from collections.abc import Iterable
from enum import Enum, auto

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.edits.stream_filters.stream_filter import LineFilter

_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")


class _State(Enum):
    START = auto()
    """Nothing is known yet."""
    BLOCK = auto()
    """A fence has opened; the region's first line has not come."""
    SHOWN = auto()
    OVER = auto()
    """Something came that only the whole answer explains."""


class Preview(LineFilter):
    """``sure``: every line is. Lets lines through from the one on that is the region's first line, unchanged or changed. It
    stops for good at a second fence, at what may stand for other lines, and at lines that are around the region.
    """

    def __init__(self, place: Place, *, sure: bool = False) -> None:
        super().__init__()
        self._sure = sure
        self._place = place
        self._first = next((line for line in place.old if line.strip()), None)
        self._below = next((line.strip() for line in place.below if line.strip()), "")
        self._fenced = False
        self._blank = False
        alone = self._first is None and not any(line.strip() for line in place.above)
        self._state = _State.START if (self._first is not None or alone) and place.selection is None else _State.OVER

    def line(self, line: str) -> Iterable[str]:
        if self._sure:
            return (line,)
        if self._state is _State.OVER:
            return ()
        if _FENCE.match(line):
            return self._fence()
        if self._state is _State.SHOWN:
            return self._shown(line)
        if not line.strip() or not self._begins(line):
            return ()
        self._state = _State.SHOWN
        return (line,)

    def _fence(self) -> Iterable[str]:
        fresh = self._state is _State.START and not self._fenced
        self._fenced = True
        self._state = _State.BLOCK if fresh else _State.OVER
        return ()

    def _begins(self, line: str) -> bool:
        if self._first is None:
            return self._fenced
        return similar(line, self._first)

    def _shown(self, line: str) -> Iterable[str]:
        key = line.strip()
        blank, self._blank = self._blank, not key
        known = key in self._place.keys
        if not known and (strength(line, self._place.language) >= Strength.LIKELY or (key and key == self._below)):
            self._state = _State.OVER
            return ()
        if not self._fenced and not self._place.prose and blank and key and not known and not line[:1].isspace():
            self._state = _State.OVER  # words may follow code that no fence ends
            return ()
        return (line,)

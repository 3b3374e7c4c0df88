"""A model's answer while it streams, and whole: which lines it makes of the old ones."""

from collections.abc import Sequence

from coderoute_ls.edits.answer import Fit, Place, as_it_is, fit
from coderoute_ls.edits.answer_size_limit import Bounded
from coderoute_ls.edits.streaming_line_diff import Alignment
from coderoute_ls.edits.streaming_preview import AnswerPreview


class StreamedAnswer:
    """One answer for ``goal``. With ``shown`` false nothing is made of it before it is whole. ``trusted``: it is no model's; it
    holds the region's new text and nothing else.
    """

    def __init__(self, goal: Place, *, shown: bool, trusted: bool = False) -> None:
        self._goal = goal
        self._trusted = trusted
        self._bound = Bounded()
        self._pieces: list[str] = []
        self._preview = AnswerPreview(goal, sure=trusted) if shown else None
        self._alignment: Alignment | None = None
        self.whole: Fit | None = None
        """What has become of the answer, once it is whole."""

    @property
    def text(self) -> str:
        """What the model has said so far, as it came."""
        return "".join(self._pieces)

    @property
    def lines(self) -> list[str] | None:
        """What the region should hold now, endings included; None when it should hold the old lines."""
        return None if self._alignment is None else self._alignment.lines

    def feed(self, text: str, old: Sequence[str], eol: str) -> None:
        """The next piece, as it came, for a region of the lines ``old``. Raises `BoundExceeded`."""
        self._bound.count(text)
        self._pieces.append(text)
        if self._preview is None:
            return
        lines = self._preview.feed(text)
        if lines is None:
            self._preview = self._alignment = None
            return
        for line in lines:
            if self._alignment is None:
                self._alignment = Alignment(old, eol)
            self._alignment.feed(line)

    def fit(self) -> Fit:
        """What becomes of the answer as it is now, if that is all of it. Parses; may be called from a thread."""
        return as_it_is(self.text, self._goal) if self._trusted else fit(self.text, self._goal)

    def finish(self, whole: Fit, old: Sequence[str], eol: str) -> None:
        """Nothing more comes."""
        self.whole = whole
        self._preview = self._alignment = None
        if whole.lines is not None:
            self._alignment = Alignment(old, eol)
            for line in whole.lines:
                self._alignment.feed(line)
            self._alignment.finish()

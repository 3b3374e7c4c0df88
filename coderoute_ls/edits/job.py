"""Writing one answer into one document: what to send next, and what the editor's changes mean for it.

Nothing here waits, sends or decodes. The server feeds the answer, sends each `Flush` on its version, reports how the editor
took it, and passes on every change of the document.
"""

from dataclasses import dataclass, replace
from typing import Literal

from coderoute_ls.domain import Document, Position, Span, Surface, TextEdit
from coderoute_ls.edits.alignment import Alignment
from coderoute_ls.edits.answer import Fit, Place, as_it_is, fit
from coderoute_ls.edits.answer.region import gap_above, place_of, without_blank_ends
from coderoute_ls.edits.bounds import Bounded
from coderoute_ls.edits.minimal import line_edits, text_edit
from coderoute_ls.edits.pending_flush import PendingFlush
from coderoute_ls.edits.preview import AnswerPreview
from coderoute_ls.edits.rebase import Stretch, followed

Change = Literal["echo", "shifted", "stopped"]
"""What a change of the document meant: our own edit, the user's elsewhere, or the user's in our region."""


@dataclass(frozen=True, slots=True)
class Flush:
    """Edits to send, and the only version of the document on which they may be applied."""

    version: int
    edits: tuple[TextEdit, ...]


class EditJob:
    """The region of one job, from its first line of answer to its end.

    ``region`` are whole lines (`Document.whole_lines`), or an empty span at the start of a line or at the document's end.
    ``selection`` is what the user selected, where that is a part of a line; ``unit`` one level of indentation where the document
    does not say.
    """

    def __init__(
        self,
        document: Document,
        region: Span,
        surface: Surface = "replace",
        *,
        selection: Span | None = None,
        unit: str = "",
    ) -> None:
        self._document = document
        self._surface: Surface = surface
        (first, begin), (last, stop) = region
        lead = region.empty and begin > 0 and region.end == document.end
        if (begin or (stop and region.end != document.end)) and not lead:
            raise ValueError(f"not whole lines: {region}")
        self._place = Stretch(first, last + (stop > 0))
        if surface == "replace":
            self._place = Stretch(*without_blank_ends(document, *self._place))
        self._original = list(document.lines[self._place.first : self._place.last])
        self._lead = self._original if lead else []
        self._gap = gap_above(document, *self._place, appended=lead) if surface == "new_file" else []
        self._shown = self._original
        self._open_end = self._place.last == len(document.lines)
        self._flight: PendingFlush | None = None
        self._sent = document.version
        self._refused: int | None = None
        self._stopped = False
        goal = place_of(document, *self._place, surface=surface, unit=unit, appended=lead)
        self._goal = replace(goal, selection=selection)
        self._begin_answer()

    def _begin_answer(self) -> None:
        """Another answer for the region as it was at the start."""
        self._bound = Bounded()
        self._pieces: list[str] = []
        self._fit: Fit | None = None
        self._trusted = False
        self._begin_preview()
        self._delivered = False

    def _begin_preview(self) -> None:
        self._preview = AnswerPreview(self._goal, sure=self._trusted) if self._surface != "insert" else None
        self._alignment: Alignment | None = None

    def asked_for(self, instruction: str) -> None:
        """What the user wants, in their words."""
        self._goal = replace(self._goal, instruction=instruction)

    def trust(self) -> None:
        """The next answer is no model's: it holds the region's new text and nothing else."""
        self._trusted = True
        self._begin_preview()

    # -- the answer ---------------------------------------------------------------------------------------------------

    def feed(self, text: str) -> None:
        """The next piece of the model's answer, as it came. Raises `BoundExceeded` when the answer is beyond all measure."""
        self._bound.count(text)
        self._pieces.append(text)
        if self._preview is None:
            return
        lines = self._preview.feed(text)
        if lines is None:
            self._begin_preview()
            self._preview = None
            return
        for line in lines:
            if self._alignment is None:
                self._alignment = self._fresh()
            self._alignment.feed(line)

    def fit(self) -> Fit:
        """What becomes of the answer as it is now, if that is all of it. Parses; may be called from a thread."""
        return as_it_is(self.answer, self._goal) if self._trusted else fit(self.answer, self._goal)

    def finish(self, whole: Fit | None = None) -> None:
        """The answer is complete, and ended well; ``whole`` is its `fit`, where that has been made. One that does not fit
        leaves the region as it was."""
        self._fit = whole or self.fit()
        self._preview = self._alignment = None
        if self._fit.lines is not None:
            self._alignment = self._fresh()
            for line in self._fit.lines:
                self._alignment.feed(line)
            self._alignment.finish()

    def refuse(self, problem: str) -> None:
        """The answer did not end well: the region is to be as it was."""
        self._fit, self._preview, self._alignment = Fit(None, problem), None, None

    def take_back(self) -> None:
        """Forget the answer: the next flush restores the region, and another answer may be fed."""
        self._begin_answer()

    def _fresh(self) -> Alignment:
        return Alignment([] if self._lead else self._original, self._document.eol)

    @property
    def place(self) -> Place:
        """Where the answer goes, as it was at the start."""
        return self._goal

    @property
    def answer(self) -> str:
        """What the model has said so far, as it came."""
        return "".join(self._pieces)

    @property
    def problem(self) -> str:
        """Why a complete answer is not written; "" when it is."""
        return self._fit.problem if self._fit is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out of the answer and the user should know."""
        return self._fit.notes if self._fit is not None else ()

    @property
    def wanted(self) -> list[str]:
        """The lines the region should hold now, endings included."""
        if self._alignment is None:
            return self._original
        lines = self._lead + self._gap + self._alignment.lines
        if not self._open_end:
            return lines
        # The region holds the document's last line, which has no ending.
        ended = [line if line.endswith(("\n", "\r")) else line + self._document.eol for line in lines]
        return [*ended[:-1], ended[-1].rstrip("\r\n")] if ended else [""]

    # -- the editor ---------------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """The newest version that was seen."""
        return self._document

    @property
    def region(self) -> Span:
        """Where the region is in `document`, as far as is known."""
        stretch = self._place
        if self._flight is not None:
            stretch = self._flight.echoed or self._flight.untouched or stretch
        end = Position(stretch.last, 0) if stretch.last < len(self._document.lines) else self._document.end
        return Span(Position(stretch.first, 0), end)

    @property
    def text(self) -> str:
        """What the region is known to hold, in the editor."""
        return "".join(self._shown)

    @property
    def original(self) -> str:
        """What it held at the start."""
        return "".join(self._original)

    @property
    def touched(self) -> bool:
        """Something of the answer stands in the editor, or is on its way there."""
        return self._delivered or self._flight is not None or self._shown != self._original

    @property
    def changes(self) -> bool:
        """The whole answer is another text than the region held at the start."""
        return self.wanted != self._original

    @property
    def undone(self) -> bool:
        """The editor's own undo has brought the text back: where the region was, its old lines stand, and the line that followed
        them."""
        place, document = self._place, self._document
        if not self.changes or self._shown != self.wanted:
            return False
        last = place.first + len(self._original)
        here = list(document.lines[place.first : last])
        follows = self._goal.document.lines[self._goal.last : self._goal.last + 1]
        now = list(document.lines[place.first : place.first + len(self._shown)])
        return here == self._original and list(document.lines[last : last + 1]) == list(follows) and now != self._shown

    @property
    def settled(self) -> bool:
        """The editor shows all that is wanted, and nothing is on its way."""
        return self._flight is None and self._shown == self.wanted

    @property
    def complete(self) -> bool:
        """The whole answer has stood in the editor, whatever the user has made of it since."""
        return self._delivered or (self._fit is not None and self.settled)

    @property
    def stopped(self) -> bool:
        """The user typed inside the region, or closed the document: nothing more will be written there."""
        return self._stopped

    @property
    def blocked(self) -> bool:
        """The editor refused the last flush on the very version it was made for."""
        return self._refused == self._document.version

    def try_again(self) -> None:
        """Offer the editor once more what it refused: it may have been busy."""
        self._refused = None

    def abandon(self) -> None:
        """The document is gone: nothing more is to be written."""
        self._flight, self._stopped = None, True

    def next_flush(self) -> Flush | None:
        """What to send now; None while one is on its way, when nothing is to be written, and after the job was stopped.

        After taking one, call `answered` when the editor has, and `on_change` for each of its changes.
        """
        if self._stopped or self._flight is not None or self.blocked:
            return None
        wanted, first = self.wanted, self._place.first
        if wanted == self._shown:
            return None
        # A line before the answer, in its region for want of an ending, only gets that.
        edits = (text_edit(first, self._shown, "".join(wanted)),) if self._lead else line_edits(self._shown, wanted, first)
        self._flight = PendingFlush(edits, first, self._shown, wanted, self._place)
        self._sent = self._document.version
        return Flush(self._sent, edits)

    def answered(self, applied: bool) -> None:
        """How the editor took the flush. May come before or after the change that it causes."""
        flight = self._flight
        if flight is None:
            return
        if applied:
            flight.applied = True
            self._judge(flight)
            return
        self._flight = None
        self._refused = self._sent
        if flight.untouched is None:
            self._stopped = True
        else:
            self._place = flight.untouched

    def on_change(self, document: Document, edits: tuple[TextEdit, ...]) -> Change:
        """The document changed, by anyone. ``edits`` as the editor reported them, each on the text the one before left."""
        before, self._document = self._document, document
        flight = self._flight
        if self._stopped:
            return "stopped"
        if flight is None:
            place = followed(self._place, self._shown, before, document, edits)
            self._stopped = place is None
            self._place = place or self._place
            return "shifted" if place else "stopped"
        flight.on_change(before, document, edits)
        return self._judge(flight)

    def _judge(self, flight: PendingFlush) -> Change:
        """What is known of the flush by now."""
        if flight.lost:
            self._delivered = self._fit is not None and flight.seen and flight.wanted == self.wanted
            self._flight, self._stopped = None, True
            return "stopped"
        if flight.landed and flight.echoed is not None:
            self._place, self._shown, self._flight = flight.echoed, flight.wanted, None
        return "shifted" if flight.echoed is None else "echo"

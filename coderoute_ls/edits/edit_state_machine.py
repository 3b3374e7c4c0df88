"""The state of one edit that streams: what to send next, and what the editor's changes mean for it.

Nothing here waits, sends or decodes. The server feeds the answer, sends each `Flush` on its version, reports how the editor
took it, and passes on every change of the document.
"""

from dataclasses import dataclass, replace
from typing import Literal

from coderoute_ls.domain import Document, Position, Span, Surface, TextEdit
from coderoute_ls.edits.answer import Fit, Place
from coderoute_ls.edits.answer.region_trimming import gap_above, place_of, without_blank_ends
from coderoute_ls.edits.minimal_edits import line_edits, text_edit
from coderoute_ls.edits.pending_flush import PendingFlush
from coderoute_ls.edits.region_rebase import Stretch, span_of, stretch_of
from coderoute_ls.edits.region_versions import Standing
from coderoute_ls.edits.streamed_answer import StreamedAnswer

Change = Literal["echo", "shifted", "stopped"]
"""What a change of the document meant: our own edit, the user's elsewhere, or the user's in our region."""


@dataclass(frozen=True, slots=True)
class Flush:
    """Edits to send, and the only version of the document on which they may be applied."""

    version: int
    edits: tuple[TextEdit, ...]


class EditStateMachine:
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
        place, lead = stretch_of(document, region)
        if surface == "replace":
            place = Stretch(*without_blank_ends(document, *place))
        original = list(document.lines[place.first : place.last])
        self._now = Standing(place, original, original)
        self._known = [(original, original)]
        self._open_end = place.last == len(document.lines)
        self._lead = original if lead else []
        self._gap = gap_above(document, *place, appended=lead) if surface == "new_file" else []
        self._flight: PendingFlush | None = None
        self._sent = document.version
        self._refused: int | None = None
        self._stopped = self._waits = self._closed = False
        goal = place_of(document, *place, surface=surface, unit=unit, appended=lead)
        self._goal = replace(goal, selection=selection)
        self._begin_answer()

    def _begin_answer(self, *, trusted: bool = False) -> None:
        """Another answer for the region as it was at the start."""
        self._said = StreamedAnswer(self._goal, shown=self._surface != "insert", trusted=trusted)
        self._delivered = self._left = False

    def asked_for(self, instruction: str) -> None:
        """What the user wants, in their words."""
        self._goal = replace(self._goal, instruction=instruction)
        self._begin_answer()

    def trust(self) -> None:
        """The next answer is no model's: it holds the region's new text and nothing else."""
        self._begin_answer(trusted=True)

    # -- the answer ---------------------------------------------------------------------------------------------------

    def feed(self, text: str) -> None:
        """The next piece of the model's answer, as it came. Raises `BoundExceeded` when the answer is beyond all measure."""
        self._said.feed(text, self._old, self._document.eol)

    def fit(self) -> Fit:
        """What becomes of the answer as it is now, if that is all of it. Parses; may be called from a thread."""
        return self._said.fit()

    def finish(self, whole: Fit | None = None) -> None:
        """The answer is complete, and ended well; ``whole`` is its `fit`, where that has been made. One that does not fit
        leaves the region as it was."""
        self._said.finish(whole or self.fit(), self._old, self._document.eol)

    def refuse(self, problem: str) -> None:
        """The answer did not end well: the region is to be as it was."""
        self.finish(Fit(None, problem))

    def take_back(self, *, whole: bool = False) -> None:
        """Forget the answer: the next flush restores the region, and another answer may be fed. ``whole``: also where the user
        has changed lines of the answer; what they typed in those goes with them.
        """
        self._begin_answer()
        if whole:
            self._now = replace(self._now, torn=False)

    @property
    def _old(self) -> list[str]:
        """The lines that the answer replaces."""
        return [] if self._lead else self._now.original

    @property
    def place(self) -> Place:
        """Where the answer goes, as it was at the start."""
        return self._goal

    @property
    def answer(self) -> str:
        """What the model has said so far, as it came."""
        return self._said.text

    @property
    def problem(self) -> str:
        """Why a complete answer is not written; "" when it is."""
        return self._said.whole.problem if self._said.whole is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out of the answer and the user should know."""
        return self._said.whole.notes if self._said.whole is not None else ()

    @property
    def wanted(self) -> list[str]:
        """The lines the region should hold now, endings included."""
        said = self._said.lines
        if said is None or (self._stopped and not self._delivered):
            return self._now.original
        lines = self._lead + self._gap + said
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
        return span_of(self._document, self.standing.place)

    @property
    def standing(self) -> Standing:
        """What is in the region and what would be without the answer, as far as is known."""
        return self._now if self._flight is None else self._flight.likely

    @property
    def touched(self) -> bool:
        """Something of the answer is in the editor, or is on its way there."""
        return self._delivered or self._flight is not None or self._now.lines != self._now.original

    @property
    def changes(self) -> bool:
        """The whole answer is another text than the region held at the start."""
        return self.wanted != self._now.original

    @property
    def undone(self) -> bool:
        """The editor's own undo has brought the text back."""
        return self._delivered and self._now.lines == self._now.original and self.changes

    @property
    def settled(self) -> bool:
        """The editor shows all that is to be written by now, and nothing is on its way."""
        return self._flight is None and (self._at_rest or self._waiting or self._now.lines == self.wanted)

    @property
    def complete(self) -> bool:
        """The whole answer has been in the editor, whatever the user has made of it since."""
        return self._delivered or (self._said.whole is not None and not self._stopped and self.settled)

    @property
    def stopped(self) -> bool:
        """The user typed inside the region, or closed the document: nothing more of the answer is written, and what was
        written is taken back."""
        return self._stopped

    @property
    def closed(self) -> bool:
        """The document is not open: nothing can be written."""
        return self._closed

    @property
    def torn(self) -> bool:
        """A part of the answer is in the document and cannot be taken back without what the user typed in its lines."""
        return self._now.torn

    @property
    def _at_rest(self) -> bool:
        """Nothing may be written, whatever is wanted."""
        return self._closed or self._left or self._now.torn

    @property
    def _waiting(self) -> bool:
        """A formatter is at work in the region: the answer is written once it is whole."""
        return self._waits and self._said.lines is not None and self._said.whole is None and not self._stopped

    @property
    def blocked(self) -> bool:
        """The editor refused the last flush on the very version it was made for."""
        return self._refused == self._document.version

    def try_again(self) -> None:
        """Offer the editor once more what it refused: it may have been busy."""
        self._refused = None

    def abandon(self) -> None:
        """The document is gone: nothing more is to be written."""
        self._delivered = self.complete
        self._now = replace(self.standing, touch="")
        self._flight, self._stopped, self._closed = None, True, True

    def reopened(self, document: Document) -> None:
        """The document is back, as it was when it was closed or otherwise."""
        self._closed, goal = False, self._goal
        if [*document.lines] == [*goal.document.lines]:  # nothing of all that was saved
            original = self._known[0][1]
            self._document = document
            self._stand(Standing(Stretch(goal.first, goal.last), original, original, "words"))
            return
        self.on_change(document, (TextEdit(Span(Position(0, 0), self._document.end), document.text),))

    def next_flush(self) -> Flush | None:
        """What to send now; None while one is on its way, and when nothing is to be written.

        After taking one, call `answered` when the editor has, and `on_change` for each of its changes.
        """
        if self._flight is not None or self._at_rest or self._waiting or self.blocked:
            return None
        wanted, (first, _), shown = self.wanted, self._now.place, self._now.lines
        if wanted == shown:
            return None
        # A line before the answer, in its region for want of an ending, only gets that.
        edits = (text_edit(first, shown, "".join(wanted)),) if self._lead else line_edits(shown, wanted, first)
        self._flight = PendingFlush(edits, self._now, wanted)
        self._known.append((wanted, self._now.original))
        self._sent = self._document.version
        return Flush(self._sent, edits)

    def answered(self, applied: bool) -> None:
        """How the editor took the flush. May come before or after the change that it causes."""
        if (flight := self._flight) is None:
            return
        if applied:
            flight.applied = True
            self._land(flight)
            return
        self._flight = None
        self._refused = self._sent
        self._stand(flight.untouched)

    def on_change(self, document: Document, edits: tuple[TextEdit, ...]) -> Change:
        """The document changed, by anyone. ``edits`` as the editor reported them, each on the text the one before left."""
        before, flight = self._document, self._flight
        if flight is None:
            now = self._now.after(before, document, edits, self._known)
            self._delivered = self._delivered or bool(now.touch and self.complete)
            self._document = document
            self._stand(now)
            return "stopped" if now.touch == "words" else "shifted"
        self._document = document
        flight.on_change(before, document, edits, self._known)
        self._land(flight)
        return "stopped" if flight.likely.touch == "words" else "shifted" if flight.echoed is None else "echo"

    def _land(self, flight: PendingFlush) -> None:
        """Once it is known what became of the flush, the next may be made."""
        if (landed := flight.landed(self._document)) is None:
            return
        self._flight = None
        if landed.touch:
            self._delivered = self._said.whole is not None and not self._stopped and flight.wanted == self.wanted
        self._stand(landed)

    def _stand(self, now: Standing) -> None:
        """The region is known again. What others did to it counts once."""
        if now.touch:
            self._known.append((now.lines, now.original))
            self._left = self._delivered
            self._waits = True
            # The last line above an answer at a document's end would be written again as it was.
            self._stopped = self._stopped or now.touch == "words" or bool(self._lead)
        self._now = replace(now, touch="")
        self._open_end = now.place.last == len(self._document.lines)

"""One answer on its way into one document: what to send next, and what the editor's changes mean for it.

Nothing here waits, sends or decodes. The server feeds the answer, sends each `Flush` on its version, reports how the editor
took it, and passes on every change of the document.
"""

from dataclasses import dataclass
from typing import Literal

from coderoute_ls.domain import Document, Position, Span, Surface, TextEdit
from coderoute_ls.edits.alignment import Alignment
from coderoute_ls.edits.clean import Cleaner
from coderoute_ls.edits.flight import PendingFlush
from coderoute_ls.edits.minimal import line_edits, text_edit
from coderoute_ls.edits.rebase import Stretch, followed
from coderoute_ls.text import indent_unit, indentation

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
    """

    def __init__(self, document: Document, region: Span, surface: Surface = "replace") -> None:
        self._document = document
        self._surface: Surface = surface
        (first, begin), (last, stop) = region
        lead = region.empty and begin > 0 and region.end == document.end
        if (begin or (stop and region.end != document.end)) and not lead:
            raise ValueError(f"not whole lines: {region}")
        self._place = Stretch(first, last + (stop > 0))
        if surface == "replace":
            self._place = _without_blank_ends(document, self._place)
        self._original = list(document.lines[self._place.first : self._place.last])
        self._lead = self._original if lead else []
        self._gap = self._blank_lines() if surface == "new_file" else []
        self._shown = self._original
        self._open_end = self._place.last == len(document.lines)
        self._flight: PendingFlush | None = None
        self._sent = document.version
        self._refused: int | None = None
        self._stopped = False
        self._unit = indent_unit(tuple(document.lines[:400]))
        self._base = self._indentation()
        self._begin_answer()

    def _begin_answer(self) -> None:
        """Another answer for the region as it was at the start."""
        old = [] if self._lead else self._original
        self._clean = Cleaner(self._surface, self._document.language, old, base=self._base, unit=self._unit)
        self._alignment: Alignment | None = None
        self._finished = False
        self._delivered = False

    def _blank_lines(self) -> list[str]:
        """What keeps more tests apart from what stands above them."""
        above = self._document.line(self._place.last - 1 if self._lead else self._place.first - 1)
        count = 0 if not above.strip() or above.rstrip().endswith("{") else 2 if self._document.language == "python" else 1
        return [self._document.eol] * count

    def _indentation(self) -> str:
        """What the answer's first line starts with: as the region does, else as what stands after it."""
        if self._lead:
            return ""
        inside = next((line for line in self._original if line.strip()), None)
        if inside is not None:
            return indentation(inside)
        following = self._document.lines[self._place.last : self._place.last + 20]
        below = next((line for line in following if line.strip()), "")
        # Before the end of a block is inside the block.
        return indentation(below) + (self._unit if below.lstrip().startswith(("}", ")", "]")) else "")

    # -- the answer ---------------------------------------------------------------------------------------------------

    def feed(self, text: str) -> None:
        """The next piece of the model's answer, as it came. Raises `BoundExceeded` when the answer is beyond all measure."""
        self._take(self._clean.feed(text))

    def finish(self) -> None:
        """The answer is complete. One without content leaves the region as it was."""
        self._take(self._clean.finish())
        if self._alignment is not None:
            self._alignment.finish()
        self._finished = True

    def take_back(self) -> None:
        """Forget the answer: the next flush restores the region, and another answer may be fed."""
        self._begin_answer()

    def _take(self, lines: list[str]) -> None:
        for line in lines:
            if self._alignment is None:
                self._alignment = Alignment([] if self._lead else self._original, self._document.eol)
            self._alignment.feed(line)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the clean-up took out and the user should know."""
        return self._clean.notes

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
    def settled(self) -> bool:
        """The editor shows all that is wanted, and nothing is on its way."""
        return self._flight is None and self._shown == self.wanted

    @property
    def complete(self) -> bool:
        """The whole answer has stood in the editor, whatever the user has made of it since."""
        return self._delivered or (self._finished and self.settled)

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
            self._delivered = self._finished and flight.seen and flight.wanted == self.wanted
            self._flight, self._stopped = None, True
            return "stopped"
        if flight.landed and flight.echoed is not None:
            self._place, self._shown, self._flight = flight.echoed, flight.wanted, None
        return "shifted" if flight.echoed is None else "echo"


def _without_blank_ends(document: Document, place: Stretch) -> Stretch:
    """Blank lines around the code stay out of it; a region of nothing but blank lines is kept whole."""
    written = [number for number in range(*place) if document.lines[number].strip()]
    return Stretch(written[0], written[-1] + 1) if written else place

"""A written edit under review: hunks that are kept or rejected one by one, and followed through whatever is typed meanwhile.

Nothing here sends anything: `rejection` gives the edits, and only what the editor reports afterwards changes a hunk's state. So
the editor's own undo of a rejection opens the hunk again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits.minimal_edits import line_edits
from coderoute_ls.edits.region_rebase import Stretch
from coderoute_ls.edits.review.hunks import Hunk, hunks_of
from coderoute_ls.edits.review.line_changes import blocks_of

_REMEMBERED = 50
"""Earlier texts of the region that are recognised when the editor's undo brings them back."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How an edit stands: numbers of hunks, and the lines that are changed by those that are not rejected."""

    kept: int = 0
    rejected: int = 0
    lines: int = 0


class _Text(NamedTuple):
    """What the region held once, and where in it the hunks' lines were."""

    lines: tuple[str, ...]
    places: tuple[Stretch, ...]


class ReviewedEdit:
    """``document`` holds the ``written`` lines from line ``first`` on, where the ``original`` ones stood."""

    def __init__(self, document: Document, first: int, original: Sequence[str], written: Sequence[str]) -> None:
        self.document = document
        self.hunks = hunks_of(original, written, first)
        self._known: list[_Text] = []
        if self.hunks:
            self._remember()
            begin = self.hunks[0].place.first  # of both texts
            end = len(original) - (first + len(written) - self.hunks[-1].place.last)
            self._known.append(_Text(tuple(original[begin - first : end]), _taken_back(self.hunks)))

    @property
    def undecided(self) -> bool:
        return any(hunk.undecided for hunk in self.hunks)

    @property
    def decided(self) -> bool:
        """Some hunk was kept or rejected."""
        return any(not hunk.undecided for hunk in self.hunks)

    @property
    def tally(self) -> Tally:
        states = [hunk.state for hunk in self.hunks]
        standing = sum(hunk.size for hunk in self.hunks if hunk.state != "rejected")
        return Tally(states.count("kept"), states.count("rejected"), standing)

    def hunk(self, number: int) -> Hunk | None:
        return self.hunks[number] if 0 <= number < len(self.hunks) else None

    # -- decisions --------------------------------------------------------------------------------------------------------

    def keep(self, numbers: Collection[int] | None = None) -> None:
        """Keep these hunks, or all that are undecided. The text stays as it is."""
        self.hunks = tuple(
            replace(hunk, state="kept") if hunk.undecided and (numbers is None or hunk.id in numbers) else hunk
            for hunk in self.hunks
        )

    def rejection(self, numbers: Collection[int] | None = None, *, changed: bool = False) -> tuple[TextEdit, ...]:
        """The edits of `document` that bring the old lines of these hunks back, or of all that are undecided. ``changed``: also
        of those that somebody has changed; what they changed goes with them."""
        states = ("open", "changed") if changed else ("open",)
        wanted = [hunk for hunk in self.hunks if hunk.state in states and (numbers is None or hunk.id in numbers)]
        return tuple(chain.from_iterable(self._restored(hunk) for hunk in wanted))

    def _restored(self, hunk: Hunk) -> tuple[TextEdit, ...]:
        first, last = hunk.place
        return line_edits(self.document.lines[first:last], hunk.old, first)

    # -- the editor -------------------------------------------------------------------------------------------------------

    def on_change(self, document: Document, edits: tuple[TextEdit, ...]) -> bool:
        """The document changed, by anyone. ``edits`` in order, each on the text the one before left. True when some hunk moved
        or has another state."""
        before, was = self.document, self.hunks
        self.document = document
        if not was:
            return False
        hunks, inside = was, False
        for block in blocks_of(before, edits):
            inside = inside or not (block.end < hunks[0].place.first or block.begin > hunks[-1].place.last)
            hunks = tuple(hunk.after(block) for hunk in hunks)
        if not inside and hunks == was:
            return False
        hunks = tuple(_judged(hunk, document) for hunk in hunks)
        hunks = (self._returned(before, document) if inside else None) or hunks
        self.hunks = hunks
        if [hunk.state for hunk in hunks] != [hunk.state for hunk in was] and all(hunk.state != "changed" for hunk in hunks):
            self._remember()
        return hunks != was

    def _returned(self, before: Document, now: Document) -> tuple[Hunk, ...] | None:
        """The hunks, where the region holds again what it held once and nothing else has changed: the editor's undo and redo may
        replace all of it at once."""
        first, last = self.hunks[0].place.first, self.hunks[-1].place.last
        grown = len(now.lines) - len(before.lines)
        for text in reversed(self._known):
            end = first + len(text.lines)
            if (
                end == last + grown
                and tuple(now.lines[first:end]) == text.lines
                and [*now.lines[:first]] == [*before.lines[:first]]
                and [*now.lines[end:]] == [*before.lines[last:]]
            ):
                placed = zip(self.hunks, text.places, strict=True)
                hunks = (replace(hunk, place=place.moved(first)) for hunk, place in placed)
                return tuple(_judged(hunk, now) for hunk in hunks)
        return None

    def _remember(self) -> None:
        first, last = self.hunks[0].place.first, self.hunks[-1].place.last
        places = tuple(hunk.place.moved(-first) for hunk in self.hunks)
        self._known = [*self._known[1 - _REMEMBERED :], _Text(tuple(self.document.lines[first:last]), places)]


def _judged(hunk: Hunk, document: Document) -> Hunk:
    """The hunk as it is now. Where the user has taken the file's end away, there is no place that lines could come back to."""
    if hunk.place.first >= len(document.lines):
        return replace(hunk, state="kept")
    return hunk.judged(document.lines[hunk.place.first : hunk.place.last])


def _taken_back(hunks: tuple[Hunk, ...]) -> tuple[Stretch, ...]:
    """Where the hunks' old lines stand once all are taken back, counted from the first."""
    places: list[Stretch] = []
    shift = -hunks[0].place.first
    for hunk in hunks:
        at = hunk.place.first + shift
        places.append(Stretch(at, at + len(hunk.old)))
        shift += len(hunk.old) - len(hunk.new)
    return tuple(places)

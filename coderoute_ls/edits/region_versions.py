"""What is in a region, and what would be there without the answer: both are carried over each change of the document."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits.region_rebase import Stretch, followed, regrown
from coderoute_ls.edits.three_way_merge import merged

Known = Sequence[tuple[list[str], list[str]]]
"""What a region held before, each with what it would have held without the answer."""
Touch = Literal["", "layout", "words"]
"""What somebody else changed in the region: nothing, only blanks and line ends as formatters do, or more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The region at one version of the document."""

    place: Stretch
    lines: list[str]
    """What it holds, line endings included."""
    original: list[str]
    """What it would hold if nothing of the answer had been written: the old lines, with all that the user changed in them."""
    touch: Touch = ""
    torn: bool = False
    """The user changed lines of the answer, so that it cannot be taken back without a loss."""

    def after(self, before: Document, now: Document, edits: tuple[TextEdit, ...], known: Known = ()) -> "Standing":
        """The region after a change that is not ours. The editor's own undo brings back lines that are
        ``known``.
        """
        if (returned := self._returned(before, now, known)) is not None:
            return returned
        moved = followed(self.place, self.lines, before, now, edits)
        if moved is not None:
            return replace(self, place=moved)
        first, last = self.place
        grown, place = regrown(self.place, before, now, edits)
        above, below = before.lines[grown.first : first], before.lines[last : grown.last]
        base = [*above, *self.lines, *below]
        return self.changed(base, [*above, *self.original, *below], place, now)

    def _returned(self, before: Document, now: Document, known: Known) -> "Standing | None":
        """The region, where the whole document is again what it was with other lines in it."""
        first, last = self.place
        added = len(now.lines) - len(before.lines)
        for lines, original in reversed(known):
            end = first + len(lines)
            if (
                end == last + added
                and lines != self.lines
                and [*now.lines[first:end]] == lines
                and [*now.lines[:first]] == [*before.lines[:first]]
                and [*now.lines[end:]] == [*before.lines[last:]]
            ):
                return Standing(Stretch(first, end), lines, original, "words")
        return None

    def changed(self, base: list[str], original: list[str], place: Stretch, now: Document) -> "Standing":
        """The region once ``base`` became what is at ``place`` now."""
        theirs = list(now.lines[place.first : place.last])
        if theirs == base:
            return replace(self, place=place, lines=theirs, original=original)
        # Lines from beside the region are no part of the answer: where they came along, it cannot be written over all.
        layout = base == self.lines and _without_blanks(base) == _without_blanks(theirs)
        whole, clean = merged(*(_ended(lines, now.eol) for lines in (base, original, theirs)))
        if place.last == len(now.lines):  # the document's last line has no ending
            whole = [*whole[:-1], whole[-1].rstrip("\r\n")] if whole else [""]
        touch: Touch = "layout" if layout and self.touch != "words" else "words"
        return Standing(place, theirs, whole, touch, self.torn or not (clean or layout))


def _ended(lines: list[str], eol: str) -> list[str]:
    return [line if line.endswith(("\n", "\r")) else line + eol for line in lines]


def _without_blanks(lines: list[str]) -> str:
    return "".join("".join(lines).split())

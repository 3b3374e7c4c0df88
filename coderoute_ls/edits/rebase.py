"""Where a range of lines moves when the user edits around it; None when the user edited inside it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coderoute_ls.domain import Document, Position, TextEdit
from coderoute_ls.edits.minimal import common_ends
from coderoute_ls.text import line_starts


class Stretch(NamedTuple):
    """Lines ``first`` up to, not including, ``last``."""

    first: int
    last: int

    def moved(self, lines: int) -> "Stretch":
        return Stretch(self.first + lines, self.last + lines)


def shifted(stretch: Stretch, edits: Iterable[TextEdit]) -> Stretch | None:
    """After these edits, each made on the text that the one before it left."""
    for (start, end), text in ((edit.span, edit.text) for edit in edits):
        added = len(line_starts(text)) - 1 - (end.line - start.line)
        joins = not text.endswith(("\n", "\r")) if text else start.character > 0
        if end.line < stretch.first or (end == (stretch.first, 0) and not joins):
            stretch = stretch.moved(added)
        elif start.line < stretch.last:
            return None
    return stretch


def outside(stretch: Stretch, before: Sequence[str], after: Sequence[str]) -> Stretch | None:
    """After whatever turned one text into the other, if that lies on one side of the stretch."""
    head, tail = common_ends(before, after)
    if head >= stretch.last:
        return stretch
    if len(before) - tail <= stretch.first:
        return stretch.moved(len(after) - len(before))
    return None


def untouched_ends(count: int, edits: Iterable[TextEdit]) -> tuple[int, int]:
    """How many lines at the start and at the end of a text of ``count`` lines these edits leave as they are, at least; each is
    made on the text that the one before it left.
    """
    head = tail = count
    margin = 1  # an edit may join "\r" and "\n" to one line ending
    for (start, end), text in ((edit.span, edit.text) for edit in edits):
        head, tail = min(head, start.line), min(tail, count - 1 - end.line)
        count += len(line_starts(text)) - 1 - (end.line - start.line)
        margin += 1
    return max(0, head - margin), max(0, tail - margin)


def followed(
    stretch: Stretch, lines: Sequence[str], before: Document, after: Document, edits: tuple[TextEdit, ...]
) -> Stretch | None:
    """Where the stretch, which holds ``lines``, is after a change of the document; None when the change touched it."""
    whole = len(edits) == 1 and edits[0].span == (Position(0, 0), before.end)
    # An editor that sends the whole text with every change leaves it to us to see what has changed.
    moved = outside(stretch, before.lines, after.lines) if whole else shifted(stretch, edits)
    return moved if moved is not None and [*after.lines[moved.first : moved.last]] == lines else None

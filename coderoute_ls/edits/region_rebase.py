"""Where a range of lines moves when the user edits around it; None when the user edited inside it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits.minimal_edits import changed_blocks, common_ends
from coderoute_ls.text import common_prefix, line_starts


class Stretch(NamedTuple):
    """Lines ``first`` up to, not including, ``last``."""

    first: int
    last: int

    def moved(self, lines: int) -> "Stretch":
        return Stretch(self.first + lines, self.last + lines)


def stretch_of(document: Document, region: Span) -> tuple[Stretch, bool]:
    """The lines of a region, and whether it is the end of a last line that goes on. Raises ValueError when they are not whole."""
    (first, begin), (last, stop) = region
    lead = region.empty and begin > 0 and region.end == document.end
    if (begin or (stop and region.end != document.end)) and not lead:
        raise ValueError(f"not whole lines: {region}")
    return Stretch(first, last + (stop > 0)), lead


def span_of(document: Document, stretch: Stretch) -> Span:
    """The lines as a region: to the start of the line behind them, or to the document's end."""
    end = Position(stretch.last, 0) if stretch.last < len(document.lines) else document.end
    return Span(Position(stretch.first, 0), end)


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


def changed_characters(before: Sequence[str], after: Sequence[str]) -> int:
    """How many characters went or came, at most, from the first that changed to the last."""
    head, tail = common_ends(before, after)
    old, new = ("".join(lines[head : len(lines) - tail]) for lines in (before, after))
    start = common_prefix(old, new)
    return len(old) + len(new) - 2 * (start + common_prefix(old[start:][::-1], new[start:][::-1]))


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
    whole = _is_whole(before, edits)
    # An editor that sends the whole text with every change leaves it to us to see what has changed.
    moved = outside(stretch, before.lines, after.lines) if whole else shifted(stretch, edits)
    return moved if moved is not None and [*after.lines[moved.first : moved.last]] == lines else None


def regrown(stretch: Stretch, before: Document, after: Document, edits: tuple[TextEdit, ...]) -> tuple[Stretch, Stretch]:
    """The stretch after a change inside it: first with the lines beside it that the same change took along, as it was before,
    then what became of these lines.
    """
    first, last = grown_first, grown_last = stretch
    now_first, now_last = stretch
    for begin, end, start, stop in _blocks(before, after, edits):
        added = (stop - start) - (end - begin)
        if begin < first < end:
            grown_first, now_first = begin, start
        elif end <= first:
            now_first += added
        if begin < last < end:
            grown_last, now_last = end, stop
        elif end <= last and not begin == end == last:
            now_last += added
    return Stretch(grown_first, grown_last), Stretch(now_first, max(now_first, now_last))


def _blocks(before: Document, after: Document, edits: tuple[TextEdit, ...]) -> Iterator[tuple[int, int, int, int]]:
    """The lines that changed, as (begin, end) before and (start, stop) after."""
    if len(edits) == 1 and not _is_whole(before, edits):
        ((start, end), text) = edits[0].span, edits[0].text
        stop = end.line + 1
        if start.character == end.character == 0 and (not text or text.endswith(("\n", "\r"))):
            stop = end.line  # whole lines
        added = len(line_starts(text)) - 1 - (end.line - start.line)
        yield start.line, stop, start.line, stop + added
        return
    head, tail = untouched_ends(len(before.lines), edits)
    old, new = (document.lines[head : len(document.lines) - tail] for document in (before, after))
    # Lines that differ in blanks alone count as the same: a formatter may have moved all of them.
    for begin, end, start, stop in changed_blocks([_key(line) for line in old], [_key(line) for line in new]):
        yield head + begin, head + end, head + start, head + stop


def _key(line: str) -> str:
    return "".join(line.split())


def _is_whole(before: Document, edits: tuple[TextEdit, ...]) -> bool:
    return len(edits) == 1 and edits[0].span == (Position(0, 0), before.end)

"""Which lines a change of a document replaced, one block after the other."""

from collections.abc import Iterator
from typing import NamedTuple

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits.minimal_edits import changed_blocks
from coderoute_ls.edits.region_rebase import untouched_ends
from coderoute_ls.text import split_lines


class Block(NamedTuple):
    """Lines ``begin`` up to, not including, ``end`` of the text that the block before it left became ``lines``."""

    begin: int
    end: int
    lines: list[str]

    @property
    def added(self) -> int:
        """By how many lines the text grew; negative where it shrank."""
        return len(self.lines) - (self.end - self.begin)


def blocks_of(before: Document, edits: tuple[TextEdit, ...]) -> Iterator[Block]:
    """The blocks of a change, in an order in which each can be made on the text that the one before it left. Lines that an edit
    only touches at their ends are in no block."""
    head, tail = untouched_ends(len(before.lines), edits)
    lines = list(before.lines[head : len(before.lines) - tail])
    for edit in edits:
        (first, begin), (last, stop) = edit.span
        first, last = first - head, last - head
        whole = begin == stop == 0 and (not edit.text or edit.text.endswith(("\n", "\r")))
        if whole and not (first > 0 and lines[first - 1].endswith("\r") and (edit.text or lines[last]).startswith("\n")):
            new = split_lines(edit.text)[:-1]
            yield from _blocks(head + first, lines[first:last], new)
            lines[first:last] = new
            continue
        joined = lines[first][:begin] + edit.text + lines[last][stop:]
        if begin == 0 and first > 0 and joined.startswith("\n") and lines[first - 1].endswith("\r"):
            first -= 1  # the two have become one line ending
            joined = lines[first] + joined
        new = split_lines(joined)
        if new[-1] == "" and (last + 1 < len(lines) or tail):
            new.pop()  # the line behind begins there
        old = lines[first : last + 1]
        lines[first : last + 1] = new
        yield from _blocks(head + first, old, new)


def _blocks(first: int, old: list[str], new: list[str]) -> Iterator[Block]:
    """What differs in these lines, of which ``old`` begins in line ``first``."""
    for begin, end, start, stop in changed_blocks(old, new):
        yield Block(first + begin, first + end, new[start:stop])
        first += (stop - start) - (end - begin)

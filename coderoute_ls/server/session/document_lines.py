"""The lines of a document as an immutable sequence that shares structure: an edit costs the lines it touches, a snapshot nothing.

Lines are kept in small blocks. Replacing a stretch rebuilds the blocks at its ends and the short list of blocks; all other
blocks are shared with every snapshot taken before.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import overload

from coderoute_ls.domain import Position, Span
from coderoute_ls.text import split_lines

BLOCK = 256
"""Lines per block: small enough to rebuild in microseconds, large enough that a million lines make 4,000 blocks."""


class Lines(Sequence[str]):
    """Immutable sequence of lines in blocks; `replaced` gives a new one."""

    __slots__ = ("_blocks", "_starts", "_length", "size")  # noqa: RUF023  (the order of construction)

    def __init__(self, blocks: Iterable[tuple[str, ...]], size: int) -> None:
        self._blocks = tuple(blocks)
        *self._starts, self._length = accumulate(map(len, self._blocks), initial=0)
        self.size = size
        """Characters of all lines together."""

    @classmethod
    def of(cls, text: str) -> "Lines":
        return cls(_blocks(split_lines(text)), len(text))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            if step != 1:
                return [self[i] for i in range(start, stop, step)]
            return self._run(start, stop)
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        number = bisect_right(self._starts, index) - 1
        return self._blocks[number][index - self._starts[number]]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks)

    def _run(self, start: int, stop: int) -> list[str]:
        lines: list[str] = []
        number = max(0, bisect_right(self._starts, start) - 1)
        while number < len(self._blocks) and (begin := self._starts[number]) < stop:
            lines += self._blocks[number][max(0, start - begin) : stop - begin]
            number += 1
        return lines

    def replaced(self, span: Span, text: str) -> "Lines":
        """New lines where ``span`` (clamped positions) holds ``text`` instead."""
        (first, begin), (last, stop) = span
        size = self.size + len(text) - self._characters(span)
        joined = self[first][:begin] + text + self[last][stop:]
        if begin == 0 and first > 0 and joined.startswith("\n") and self[first - 1].endswith("\r"):
            first -= 1  # "\r" before and "\n" after the cut have become one line ending
            joined = self[first] + joined
        lines = split_lines(joined)
        if last + 1 < self._length:
            lines.pop()  # the stretch ended with a line ending: the "" behind it is no line of its own
        head = bisect_right(self._starts, first) - 1
        tail = bisect_right(self._starts, last) - 1
        middle = [
            *self._blocks[head][: first - self._starts[head]],
            *lines,
            *self._blocks[tail][last + 1 - self._starts[tail] :],
        ]
        return Lines((*self._blocks[:head], *_blocks(middle), *self._blocks[tail + 1 :]), size)

    def _characters(self, span: Span) -> int:
        """How many there are in a span."""
        (first, begin), (last, stop) = span
        return stop - begin if first == last else sum(map(len, self._run(first, last))) - begin + stop


def _blocks(lines: list[str]) -> Iterator[tuple[str, ...]]:
    """Cut into blocks of about `BLOCK` lines; a stretch up to twice that stays whole, so typing does not cut for ever."""
    if len(lines) <= 2 * BLOCK:
        if lines:
            yield tuple(lines)
        return
    for at in range(0, len(lines), BLOCK):
        yield tuple(lines[at : at + BLOCK])


def whole(lines: Sequence[str]) -> Span:
    """The span of all of it."""
    return Span(Position(0, 0), Position(len(lines) - 1, len(lines[-1])))

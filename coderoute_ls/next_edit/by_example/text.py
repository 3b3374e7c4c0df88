"""One document as the search sees it: lines joined by ``\\n``, whatever ends them in the document."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from coderoute_ls.domain import Position
from coderoute_ls.next_edit.by_example.code_parts import code_parts


class Offsets:
    """Lines of a text by offset, and back."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._size = len(text)

    def line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def start(self, line: int) -> int:
        """Where a line begins; the end of the text past the last one."""
        return self._starts[line] if line < len(self._starts) else self._size


class Text:
    """A document's text with offsets, and which parts of it are code."""

    def __init__(self, uri: str, language: str, lines: Sequence[str]) -> None:
        self.uri = uri
        self.language = language
        joined = "".join(lines)
        self.lines = joined.split("\n") if "\r" not in joined else [line.rstrip("\r\n") for line in lines]
        self.text = "\n".join(self.lines) if "\r" in joined else joined
        self.offsets = Offsets(self.text)

    def part(self, offset: int) -> str:
        """``code``, ``string`` or ``comment``."""
        return code_parts(self.language, self.text).at(offset)

    def position(self, offset: int) -> Position:
        line = self.offsets.line(offset)
        return Position(line, offset - self.offsets.start(line))

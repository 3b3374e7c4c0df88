"""Text as every package sees it: frozen documents, positions in code points, spans and edits.

Inside the package a position is always (line, code points into that line). Only ``server/rpc/positions.py`` knows the encodings
that editors negotiate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Position(NamedTuple):
    """A place between two characters: zero-based line, and code points from the start of that line."""

    line: int
    character: int


class Span(NamedTuple):
    """A stretch of a document, end exclusive; empty when both ends are the same."""

    start: Position
    end: Position

    @property
    def empty(self) -> bool:
        return self.start == self.end

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """True when the two share a character, or one is an empty span strictly inside the other."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Document:
    """One version of one file, as it was when the message arrived.

    ``lines`` keep their endings (``\\n``, ``\\r\\n`` or ``\\r``); there is always at least one line, and the last one has no
    ending (it is ``""`` when the text ends with a newline). Join them to get the text back.
    """

    uri: str
    language: str
    """The editor's languageId, for example ``python`` or ``typescriptreact``."""
    version: int
    lines: Sequence[str]
    path: str = ""
    """Absolute file path, or "" when the document is not a file."""
    named_path: str = ""
    """The absolute path in the address of a document that is not a file, as in ``git:/w/a.py``."""

    @property
    def rules_path(self) -> str:
        """The path whose ignore rules hold for the document."""
        return self.path or self.named_path

    @cached_property
    def text(self) -> str:
        return "".join(self.lines)

    @cached_property
    def size(self) -> int:
        """Characters. Lines that know it say it, others are counted once."""
        known: object = getattr(self.lines, "size", None)
        return known if isinstance(known, int) else sum(map(len, self.lines))

    @cached_property
    def eol(self) -> str:
        """The line ending of the first line that has one; ``\\n`` when none has."""
        first = self.lines[0]
        for ending in ("\r\n", "\n", "\r"):
            if first.endswith(ending):
                return ending
        return "\n"

    def line(self, number: int) -> str:
        """The line without its ending; "" past the end."""
        return self.lines[number].rstrip("\r\n") if 0 <= number < len(self.lines) else ""

    @property
    def end(self) -> Position:
        last = len(self.lines) - 1
        return Position(last, len(self.lines[last]))

    def clamp(self, position: Position) -> Position:
        """The nearest real position: past the last line is the end, past a line's end is before its ending."""
        line, character = position
        if line < 0:
            return Position(0, 0)
        if line >= len(self.lines):
            return self.end
        return Position(line, max(0, min(character, len(self.line(line)))))

    def slice(self, span: Span) -> str:
        (first, begin), (last, stop) = self.clamp(span.start), self.clamp(span.end)
        if first == last:
            return self.lines[first][begin:stop]
        middle = "".join(self.lines[first + 1 : last])
        return self.lines[first][begin:] + middle + self.lines[last][:stop]

    def whole_lines(self, span: Span) -> Span:
        """The span widened to the lines it touches, endings included: from the start of a line to the start of another, or
        to the end of the document. A span that ends before a line's first character does not touch that line.
        """
        start, end = self.clamp(span.start), self.clamp(span.end)
        last = end.line - 1 if end.character == 0 and end.line > start.line else end.line
        return Span(Position(start.line, 0), Position(last + 1, 0) if last + 1 < len(self.lines) else self.end)

    def before(self, position: Position, limit: int) -> str:
        """At most ``limit`` characters that end at ``position``, without joining the whole document."""
        line, character = self.clamp(position)
        text = self.lines[line][max(0, character - limit) : character]
        count = 0
        while len(text) < limit and line > 0:
            count = max(2 * count, _lines_of(limit - len(text)))  # twice as many each time: lines may be short
            first = max(0, line - count)
            text = "".join(self.lines[first:line]) + text
            line = first
        return text[max(0, len(text) - limit) :]

    def after(self, position: Position, limit: int) -> str:
        """At most ``limit`` characters that start at ``position``."""
        line, character = self.clamp(position)
        text = self.lines[line][character : character + limit]
        line += 1
        count = 0
        while len(text) < limit and line < len(self.lines):
            count = max(2 * count, _lines_of(limit - len(text)))
            last = line + count
            text += "".join(self.lines[line:last])
            line = last
        return text[:limit]


def _lines_of(chars: int) -> int:
    """About as many lines as so many characters make; at least one."""
    return 1 + chars // 32


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace ``span`` by ``text``; an insertion when the span is empty."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of another place that is shown to the model: where it is from, and why it was taken."""

    path: str
    text: str
    kind: str = "file"
    """``edit`` (a recent change), ``open`` (an open file), ``definition``, ``style``, ``test`` or ``file``."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    span: Span
    message: str
    source: str = ""
    code: str = ""
    severity: int = 1

"""Where an answer would go, as the gate, the stop rules and the filters see it; and the answer on its way through them."""

from dataclasses import dataclass
from functools import cached_property

from coderoute_ls.domain import Document, Position
from coderoute_ls.text import indent_unit, indentation

_NEIGHBOURS = 60
"""Lines looked at on each side: repetition, indentation, overlap."""


@dataclass(frozen=True)
class Cursor:
    """A cursor in a document."""

    document: Document
    position: Position
    multiline: bool = False
    """Several lines may be suggested here."""
    least: int = 4
    """Fewest characters worth showing."""

    @property
    def language(self) -> str:
        return self.document.language

    @property
    def eol(self) -> str:
        return self.document.eol

    @cached_property
    def line(self) -> str:
        return self.document.line(self.position.line)

    @cached_property
    def left(self) -> str:
        """The cursor's line up to the cursor."""
        return self.line[: self.position.character]

    @cached_property
    def right(self) -> str:
        """The cursor's line from the cursor on, without its ending."""
        return self.line[self.position.character :]

    @cached_property
    def above(self) -> list[str]:
        """Lines before the cursor's, nearest last, without endings."""
        first = max(0, self.position.line - _NEIGHBOURS)
        return [line.rstrip("\r\n") for line in self.document.lines[first : self.position.line]]

    @cached_property
    def below(self) -> list[str]:
        """Lines after the cursor's, without endings."""
        first = self.position.line + 1
        return [line.rstrip("\r\n") for line in self.document.lines[first : first + _NEIGHBOURS]]

    @property
    def sees_end(self) -> bool:
        """`below` goes to the end of the document."""
        return self.position.line + 1 + _NEIGHBOURS >= len(self.document.lines)

    @cached_property
    def indent(self) -> str:
        """Indentation of the cursor's line."""
        return indentation(self.left)

    @cached_property
    def unit(self) -> str:
        """One level of indentation in this file."""
        return indent_unit([*self.above, self.line, *self.below])


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer on its way through the filters: ``text`` goes in at the cursor and replaces the ``replaces`` characters after
    it on the same line. ``cut``: the model has not finished, so its last line may be half a line."""

    text: str
    replaces: int = 0
    cut: bool = False

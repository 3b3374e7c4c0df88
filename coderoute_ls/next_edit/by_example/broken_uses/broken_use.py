"""What every trace is found from, and what it gives."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.text import Text

LIKELY, SURE = 0.8, 0.9


@dataclass(frozen=True)
class Evidence:
    """One past edit and the document in which its uses are looked for."""

    edit: PastEdit
    text: Text
    edits: Sequence[PastEdit]
    """All last edits: a type that the document does not show may be in one of them."""
    cursor: int
    """The user's line."""

    @cached_property
    def old(self) -> str:
        return "\n".join(self.edit.old)

    @cached_property
    def new(self) -> str:
        return "\n".join(self.edit.new)

    @property
    def here(self) -> bool:
        """The edit is in this document, at a known place."""
        return self.edit.uri == self.text.uri and self.edit.line >= 0

    @cached_property
    def all_new(self) -> str:
        """The document, and what the last edits wrote."""
        return "\n".join([self.text.text, *("\n".join(edit.new) for edit in self.edits)])

    def touched(self, offset: int) -> bool:
        """Whether the place lies in the lines that the edit left."""
        return self.here and self.edit.line <= self.text.offsets.line(offset) < self.edit.end

    def code(self, pattern: str, *, also_strings: bool = False) -> Iterator[re.Match[str]]:
        """Places in code that the edit did not write itself; the start of the match has to be code."""
        for match in re.finditer(pattern, self.text.text, re.MULTILINE):
            part = self.text.part(match.start())
            if not self.touched(match.start()) and (part == "code" or (also_strings and part == "string")):
                yield match

    def place(self, span: tuple[int, int], new: str, rule: str, why: str, probability: float = LIKELY) -> Place:
        return Place(*span, new, probability, why, rule, f"{rule} {why}")


Trace = Callable[[Evidence], Iterator[Place]]


def word(name: str) -> str:
    """A pattern for this whole name."""
    return rf"(?<![\w$]){re.escape(name)}(?![\w$])"


def block_end(text: Text, line: int) -> int:
    """The line behind the block that this line opens, by indentation."""
    lines = text.lines
    depth = len(lines[line]) - len(lines[line].lstrip())
    at = line + 1
    while at < len(lines):
        bare = lines[at].strip()
        inside = len(lines[at]) - len(lines[at].lstrip()) > depth
        if bare and not inside and not bare.startswith((")", "]", "{")):
            return at + 1 if bare.startswith(("}", "end")) else at
        at += 1
    return at


def opening_line(text: Text, line: int, pattern: re.Pattern[str]) -> int:
    """The nearest line above that is less deep and matches; -1 where there is none."""
    lines = text.lines
    depth = len(lines[line]) - len(lines[line].lstrip())
    for at in range(line - 1, -1, -1):
        bare = lines[at].strip()
        deep = len(lines[at]) - len(lines[at].lstrip())
        if bare and deep < depth:
            if pattern.search(lines[at]):
                return at
            depth = deep
    return -1

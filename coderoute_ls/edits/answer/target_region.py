"""Where an answer goes: the region's lines, what is around them, and how the file is written. A snapshot: frozen, no
version."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from coderoute_ls import syntax
from coderoute_ls.domain import Document, Position, Span, Surface
from coderoute_ls.syntax.code_or_prose import knows_words
from coderoute_ls.syntax.prose_and_markup import is_prose
from coderoute_ls.text import indentation, words

SEEN = 1000
"""Lines above and below the region that an answer is compared with."""
PARSED = 1 << 15
"""Characters of the file that are parsed around the region."""
TAB = 8
"""Columns of a tab where an indentation is only compared with another."""


@dataclass(frozen=True)
class Place:
    """``first`` up to, not including, ``last`` are the lines of the region in ``document``."""

    document: Document
    first: int
    last: int
    surface: Surface = "replace"
    unit: str = "    "
    """One level of indentation, as the file writes it; "" when that is unknown: then the answer's own steps stay."""
    base: str = ""
    """Indentation of the region's code."""
    selection: Span | None = None
    """What is selected, where it starts or ends inside a line."""
    instruction: str = ""
    """What the user asked for, in words; "" where the action says all."""
    appended: bool = False
    """The region is the document's last line, which has no ending: the answer goes below it."""

    @cached_property
    def _code(self) -> Document:
        """The document, or the script of a page that the region is in."""
        return syntax.script_around(self.document, self.first) or self.document

    @property
    def language(self) -> str:
        return self._code.language

    @cached_property
    def prose(self) -> bool:
        """The content of the document is words, not code."""
        return is_prose(self.language, self.document.path)

    @cached_property
    def knows_words(self) -> bool:
        """There is a grammar, and it takes words for an error."""
        return not self.prose and knows_words(self.language)

    @cached_property
    def old(self) -> list[str]:
        """The region's lines, without endings."""
        return [] if self.appended else plain(self.document.lines[self.first : self.last])

    @cached_property
    def above(self) -> list[str]:
        """The lines before it, at most so many; blank ones too."""
        return plain(self.document.lines[max(0, self.first - SEEN) : self.last if self.appended else self.first])

    @cached_property
    def below(self) -> list[str]:
        return plain(self.document.lines[self.last : self.last + SEEN])

    @cached_property
    def known(self) -> frozenset[str]:
        """The region's lines as they are."""
        return frozenset(self.old)

    @cached_property
    def old_keys(self) -> list[str]:
        """Each line of the region without blanks around it."""
        return [line.strip() for line in self.old]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The region's lines without blanks around them."""
        return frozenset(self.old_keys)

    @cached_property
    def around(self) -> tuple["Stretch", "Stretch"]:
        """What is written above and below the region."""
        return Stretch(self.above), Stretch(self.below)

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of `near`."""
        return frozenset(words(self.near))

    @cached_property
    def near(self) -> str:
        """The text around the region and in it: what the model was shown, or might have been."""
        return "\n".join((*self.above[-200:], *self.old, *self.below[:200]))

    @cached_property
    def _window(self) -> tuple[list[str], list[str]]:
        """Lines above and below the region that are parsed with it: all, else so many that begin and end at the margin."""
        code = self._code
        if code.size <= PARSED:
            return plain(code.lines[: self.first]), plain(code.lines[self.last :])
        before = code.before(Position(self.first, 0), PARSED // 2).split("\n")
        after = code.after(Position(self.last, 0), PARSED // 2).split("\n")
        head = next((n for n, line in enumerate(before) if n and line.strip() and not indentation(line)), len(before) - 1)
        tail = next((n for n in range(len(after) - 1, 0, -1) if after[n].strip() and not indentation(after[n])), 0)
        return before[head:-1], after[:tail]

    def in_place(self, lines: Sequence[str]) -> str:
        """The text that is parsed, with these lines as the region."""
        above, below = self._window
        kept = plain(self.document.lines[self.first : self.last]) if self.appended else []
        return "\n".join((*above, *kept, *lines, *below))

    def errors(self, lines: Sequence[str]) -> int | None:
        """How many errors the parser finds in the file with these lines as the region; None when that cannot be known."""
        return syntax.errors(self.language, self.in_place(lines))

    def definitions(self, lines: Sequence[str]) -> list[syntax.Definition]:
        """The definitions that begin in these lines when they are the region."""
        first = len(self._window[0]) + (self.last - self.first if self.appended else 0)
        found = syntax.definitions(self.language, self.in_place(lines))
        return [one for one in found if first <= one.name_span.start.line < first + len(lines)]

    def row(self, line: int) -> int:
        """The number of a line of the region, of a line number in a definition's spans."""
        return line - len(self._window[0])

    @cached_property
    def errors_before(self) -> int | None:
        return self.errors(self.old)

    @cached_property
    def definitions_before(self) -> list[syntax.Definition]:
        """The definitions of the region as it is."""
        return self.definitions(self.old)

    def parse_ahead(self) -> None:
        """Parse the file as it is, so that only the answer has to be parsed when it is there."""
        _ = self.errors_before, self.definitions_before, self.names, self.around, self.keys, self.known

    def breaks(self, lines: Sequence[str]) -> bool:
        """Whether these lines bring a syntax error into the file that was not there."""
        now = self.errors(lines)
        if not now:
            return False
        before = self.errors_before
        return before is not None and now > before


class Stretch:
    """The lines of a text that are not blank; ``keys`` without blanks around them, ``places`` where each of those is."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = written(lines)
        self.keys = [line.strip() for line in self.lines]
        self.places: dict[str, list[int]] = {}
        for n, key in enumerate(self.keys):
            self.places.setdefault(key, []).append(n)


def plain(lines: Sequence[str]) -> list[str]:
    """Lines without their endings."""
    return [line.rstrip("\r\n") for line in lines]


def width(line: str) -> int:
    """Columns of a line's indentation."""
    return len(indentation(line).expandtabs(TAB))


def written(lines: Iterable[str], most: int | None = None) -> list[str]:
    """The lines that are not blank; the first ``most`` of them."""
    if most is None:
        return [line for line in lines if line and not line.isspace()]
    return list(islice((line for line in lines if line and not line.isspace()), most))


def without_blank_ends(lines: Sequence[str]) -> list[str]:
    """The lines without blank ones at both ends."""
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    last = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 0)
    return list(lines[first:last])


def closes(line: str) -> bool:
    """Nothing but the end of a block."""
    return not re.search(r"\w", line) or line.strip().rstrip(";,") in {"end", "fi", "done", "esac"}

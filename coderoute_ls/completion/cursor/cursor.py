"""The cursor, as suppression, the stop rules and the filters see it; and the answer that passes through them."""

from dataclasses import dataclass, replace
from functools import cached_property

from coderoute_ls.completion.cursor.enclosing_definition import enclosing_definition
from coderoute_ls.domain import Document, Position
from coderoute_ls.ignore import find, secrets_in
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.syntax.block_openers import has_recipes
from coderoute_ls.syntax.brackets import Scan, open_closers, scan, strays
from coderoute_ls.syntax.comment_and_string_marks import knows_language
from coderoute_ls.syntax.default_indentation import customary_unit
from coderoute_ls.syntax.language_names import common_name, section_language
from coderoute_ls.syntax.lexical_state import lead_of
from coderoute_ls.syntax.prose_and_markup import is_markup, is_prose
from coderoute_ls.text import indent_unit, indentation, words

_NEIGHBOURS = 60
"""Lines looked at on each side: repetition, indentation, overlap."""
_REACH = 2_000
"""Characters of a line next to the cursor that rules about lines look at."""
_SEEN = 20_000
"""Characters in which brackets are looked for on each side of the cursor: a line may have megabytes."""


@dataclass(frozen=True)
class Cursor:
    """A cursor in a document."""

    document: Document
    position: Position
    multiline: bool = False
    """Several lines may be suggested here."""
    min_chars: int = 1
    """A shorter answer is not shown."""

    def over_lines(self, several: bool) -> "Cursor":
        """The same cursor where several lines may be suggested, or not. What was found out about its place holds."""
        if several == self.multiline:
            return self
        same = replace(self, multiline=several)
        same.__dict__.update({name: found for name, found in self.__dict__.items() if name not in same.__dict__})
        return same

    @cached_property
    def language(self) -> str:
        """The language at the cursor: of the script in a page, and of a file that the editor calls plain text, by its ending."""
        language = common_name(self.document.language)
        if is_markup(language):
            return section_language(language, "\n".join([*self.above, self.left]))
        ending = self.document.path.rpartition(".")[2].lower()
        return ending if language in ("plaintext", "text", "") and knows_language(ending) else language

    @property
    def prose(self) -> bool:
        """The document is words for people, brackets in it are signs."""
        return is_prose(self.language, self.document.path)

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
    def near_left(self) -> str:
        """The end of `left`: all of it but in lines that are data."""
        return self.left[-_REACH:]

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
    def keys_above(self) -> list[str]:
        """`above`, without blanks around each line."""
        return [line.strip() for line in self.above]

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
    def secret_near(self) -> bool:
        """The cursor's line looks like a credential, or is inside a key block."""
        line = self.left[-_REACH:] + self.right[:_REACH]
        if secrets_in(line):
            return True
        around = [*(above[:_REACH] for above in self.above), line, *(below[:_REACH] for below in self.below)]
        at = len(self.above)
        start = sum(map(len, around[:at])) + at
        if any(secret.start <= start + len(line) and secret.end >= start for secret in find("\n".join(around))):
            return True
        opened = next((line for line in reversed(around[:at]) if "-----BEGIN" in line or "-----END" in line), "")
        closes = next((line for line in around[at:] if "-----BEGIN" in line or "-----END" in line), "")
        return "-----BEGIN" in opened and "-----END" not in opened and "-----END" in closes

    @cached_property
    def section(self) -> tuple[str, str] | None:
        """The text before and after the cursor of the top-level definition that it is in; None where that cannot be parsed."""
        # the script of a page is only a part of what is around
        if grammar_of(self.language) is None or is_markup(common_name(self.document.language)):
            return None
        return enclosing_definition(self.document.lines, self.position.line, self.left)

    def parses_with(self, text: str) -> bool:
        """Whether that definition is free of syntax errors with the text at the cursor. False where nobody can say."""
        if self.section is None:
            return False
        before, after = self.section
        return parses(self.language, before + text + self.right + after) is True

    @cached_property
    def indent(self) -> str:
        """Indentation of the cursor's line."""
        return indentation(self.left)

    @cached_property
    def known_unit(self) -> str:
        """One level of indentation, by the file or by the language's custom; "" where neither says."""
        if has_recipes(self.language):
            return "\t"
        lines = [*self.above, self.line, *self.below]
        if not any(line[:1] in (" ", "\t") and line.strip() for line in lines):
            lines = [line.rstrip("\r\n") for line in self.document.lines[:400]]
        if any(line[:1] in (" ", "\t") and line.strip() for line in lines):
            return indent_unit(lines)
        custom = customary_unit(self.language)
        if not custom and (self.indent.startswith("\t") or len(self.indent) in (2, 4)):
            return "\t" if self.indent.startswith("\t") else self.indent
        return custom

    @cached_property
    def unit(self) -> str:
        """One level of indentation in this file; four blanks where nothing says."""
        return self.known_unit or indent_unit(())

    @cached_property
    def near(self) -> str:
        """What is around the cursor: names and lines that an answer may know."""
        after = "\n".join([self.right[:_SEEN], *self.below])
        return self.text_before + after[:_SEEN]

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of `near`."""
        return frozenset(words(self.near))

    # brackets

    @cached_property
    def before(self) -> Scan:
        """The brackets before the cursor, and what the cursor is in; ``since`` is negative where that began further up."""
        return _behind(scan(self.language, self.lead + self.text_before), len(self.lead))

    @cached_property
    def lead(self) -> str:
        """The opening of the string or comment in which `text_before` begins; "" where it begins in code."""
        first = max(0, self.position.line - _NEIGHBOURS)
        cut = len(self.text_before) == _SEEN
        if not first or cut or self.prose or is_markup(common_name(self.document.language)):
            return ""
        return lead_of(self.language, self.document.lines, first)

    @cached_property
    def text_before(self) -> str:
        """The lines before the cursor's and the cursor's up to the cursor."""
        return "\n".join([*self.above, self.left])[-_SEEN:]

    @cached_property
    def tail(self) -> str:
        """The text from where the string or comment began that the cursor is in; "" in code."""
        since = len(self.lead) + self.before.since
        return (self.lead + self.text_before)[since:]

    @cached_property
    def wanted(self) -> list[str]:
        """Closers that the text still needs at the cursor, innermost first: what is open on the left and not closed on the right.
        A window shows only the inner ones of both, so they are compared as far as both go."""
        after = "\n".join([self.right, *self.below])
        to_the_end = self.sees_end and len(after) <= _SEEN
        shift = len(self.tail)
        found = scan(self.language, self.tail + after[:_SEEN]).brackets
        closed_after = [char for at, char in strays(found) if at >= shift]
        opened = self.opened
        for count in range(len(opened) + 1):
            rest = opened[count:]
            if to_the_end and len(rest) > len(closed_after):
                continue
            if all(a == b for a, b in zip(rest, closed_after, strict=False)):
                return opened[:count]
        return opened

    @cached_property
    def opened(self) -> list[str]:
        """Closers of what is open before the cursor, innermost first."""
        return open_closers(self.before.brackets)

    def scan(self, text: str) -> Scan:
        """A text put in at the cursor: its brackets with their offsets in it, and what its end lies in."""
        found = scan(self.language, self.tail + text)
        return _behind(found, len(self.tail)) if self.tail else found

    def brackets_of(self, text: str) -> tuple[tuple[int, str], ...]:
        """The brackets that count in a text put in at the cursor, with their offsets in it."""
        return self.scan(text).brackets

    def unclosed(self, text: str) -> list[str]:
        """Closers that a text put in at the cursor leaves open, innermost first."""
        return open_closers(self.brackets_of(text))


def _behind(found: Scan, shift: int) -> Scan:
    """What a scan found behind its first characters, with offsets from there on."""
    kept = tuple((at - shift, char) for at, char in found.brackets if at >= shift)
    return Scan(kept, found.inside, found.since - shift, found.torn - shift)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer between two filters: ``text`` goes in at the cursor and replaces the ``replaces`` characters after
    it on the same line. ``cut``: the model has not finished, so its last line may be half a line."""

    text: str
    replaces: int = 0
    cut: bool = False
    since: int | None = None
    """Columns of the line above from which the answer said everything again: it ends with that line's block."""

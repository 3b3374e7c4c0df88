"""The top-level definition around the cursor, and whether it parses with an answer in it."""

import re
from collections.abc import Sequence

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.syntax.language_names import common_name
from coderoute_ls.syntax.prose_and_markup import is_markup

_MOST_LINES = 400
"""A longer definition is not parsed: it would cost more than it is worth."""
_CLOSING = re.compile(r"[)\]}]|(?:end|else|elif|elseif|elsif|until|except|finally|rescue|ensure)\b")
"""What goes on with the block above, or ends it."""
_BLANKS = frozenset({"", " ", "\t", "\n", "\r"})
"""What a line begins with that is indented or empty."""


def parses_at(cursor: Cursor, text: str, replaces: int) -> bool:
    """Whether the definition is free of syntax errors with the text at the cursor, over so many characters after it. False where
    nobody can say."""
    section = section_of(cursor)
    if section is None:
        return False
    before, after = section
    return parses(cursor.language, before + text + cursor.right[replaces:] + after) is True


def section_of(cursor: Cursor) -> tuple[str, str] | None:
    """The text before and after the cursor of the top-level definition that it is in, found by indentation; None when it is
    too long, or the language has no grammar. Lines end with ``\\n``."""
    # the script of a page is only a part of what is around
    if grammar_of(cursor.language) is None or is_markup(common_name(cursor.document.language)):
        return None
    line = cursor.position.line
    lines = cursor.document.lines
    above = lines[max(0, line - _MOST_LINES) : line]
    first = next((number for number in reversed(range(len(above))) if _top(above[number])), None if line > _MOST_LINES else 0)
    if first is None:
        return None
    room = _MOST_LINES - (len(above) - first)
    below = lines[line + 1 : line + 1 + room]
    last = next((number for number, text in enumerate(below) if _top(text)), None)
    if last is None and line + 1 + room < len(lines):
        return None
    return _joined([*above[first:], cursor.left]), _joined(["", *below[:last]]).rstrip()


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip("\r\n") for line in lines)


def _top(line: str) -> bool:
    return line[:1] not in _BLANKS and bool(line.strip()) and not _CLOSING.match(line)

"""The top-level definition around the cursor, and whether it parses with an answer in it."""

import re

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.syntax.language_names import common_name
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import indentation

_MOST_LINES = 400
"""A longer definition is not parsed: it would cost more than it is worth."""
_CLOSING = re.compile(r"[)\]}]|(?:end|else|elif|elseif|elsif|until|except|finally|rescue|ensure)\b")
"""What goes on with the block above, or ends it."""


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
    document, line = cursor.document, cursor.position.line
    first, last = line, line + 1
    while first > 0 and not (first < line and _top(document.line(first))):
        first -= 1
    while last < len(document.lines) and (not _top(document.line(last)) or _CLOSING.match(document.line(last))):
        last += 1
    if last - first > _MOST_LINES:
        return None
    before = [*(document.line(number) for number in range(first, line)), cursor.left]
    return "\n".join(before), "\n".join(["", *(document.line(number) for number in range(line + 1, last))])


def _top(line: str) -> bool:
    return bool(line.strip()) and not indentation(line) and not _CLOSING.match(line)

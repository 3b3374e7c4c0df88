"""The text of the top-level definition around a place, found by indentation."""

import re
from collections.abc import Sequence

from coderoute_ls.text import with_endings

_MOST_LINES = 400
"""A longer definition is not parsed: it would cost more than it is worth."""
_CLOSING = re.compile(r"[)\]}]|(?:end|else|elif|elseif|elsif|until|except|finally|rescue|ensure)\b")
"""What goes on with the block above, or ends it."""
_BLANKS = frozenset({"", " ", "\t", "\n", "\r"})
"""What a line begins with that is indented or empty."""


def enclosing_definition(lines: Sequence[str], line: int, left: str) -> tuple[str, str] | None:
    """What of it is before and after the cursor, which is in this line behind ``left``; None when it is too long. Lines end with
    ``\\n``."""
    above = lines[max(0, line - _MOST_LINES) : line]
    first = next((number for number in reversed(range(len(above))) if _top(above[number])), None if line > _MOST_LINES else 0)
    if first is None:
        return None
    room = _MOST_LINES - (len(above) - first)
    below = lines[line + 1 : line + 1 + room]
    last = next((number for number, text in enumerate(below) if text[:1] not in _BLANKS and _top(text)), None)
    if last is None and line + 1 + room < len(lines):
        return None
    return _joined(above[first:]) + left, _joined(["\n", *below[:last]]).rstrip()


def _joined(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return with_endings(text, "\n") if "\r" in text else text


def _top(line: str) -> bool:
    return line[:1] not in _BLANKS and bool(line.strip()) and not _CLOSING.match(line)

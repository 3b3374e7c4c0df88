"""When an answer is complete although the model goes on: every token after that is thrown away, so stop reading."""

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.text import indentation

_CLOSING_WORDS = frozenset({"end", "fi", "done", "esac"})
MOST_LINES = 24
"""A ghost text longer than this is not read before it is accepted."""


def complete_at(text: str, cursor: Cursor, since: int | None = None) -> int | None:
    """The length at which an answer that begins like this is complete, or None when it may go on. Only complete lines are
    judged; lines end with ``\\n``."""
    lines = text.split("\n")
    return _block_end(lines, cursor, since) if cursor.multiline else _first_line_end(lines)


def _first_line_end(lines: list[str]) -> int | None:
    """The end of the first line that says something. A leading empty line is the model's way of going to the next line."""
    at = 0
    for line in lines[:-1]:
        at += len(line)
        if line.strip():
            return at
        at += 1
    return None


def _block_end(lines: list[str], cursor: Cursor, since: int | None) -> int | None:
    if not any(line.strip() for line in lines):
        return None
    at = len(lines[0])
    depth = _columns(cursor.indent)
    following = next((line.strip() for line in cursor.below if line.strip()), "")
    blank, said = 0, bool(lines[0].strip())
    for number, line in enumerate(lines[1:-1], 1):
        before = at
        at += 1 + len(line)
        if number >= MOST_LINES:
            return before
        if not line.strip():
            blank += 1
            if blank >= 2:
                return before
            continue
        blank = 0
        columns = _columns(indentation(line))
        closes = line.strip()[0] in ")]}" or line.strip() in _CLOSING_WORDS
        if cursor.prose:
            pass
        elif since is not None:
            if columns <= since:
                return at if closes else before
        elif columns < depth:
            return at if closes and columns == _opener_columns(cursor) else before
        elif columns == depth and cursor.left.strip() and not _is_item(line, cursor):
            # what the cursor's line opens holds nothing, or it opened nothing: one line, as in the middle of a block
            return at if closes or not said else before
        said = True
        if following and line.strip() == following and len(following) > 3:
            return before
    return None


def _is_item(line: str, cursor: Cursor) -> bool:
    """A list under its key: it need not be deeper."""
    return line.lstrip().startswith("- ") and cursor.left.rstrip().endswith(":")


def _opener_columns(cursor: Cursor) -> int:
    """Indentation of the line that opens the block which the cursor's line is in."""
    depth = _columns(cursor.indent)
    above = (_columns(indentation(line)) for line in reversed(cursor.above) if line.strip())
    return next((columns for columns in above if columns < depth), 0)


def _columns(blanks: str) -> int:
    return len(blanks.expandtabs(4))

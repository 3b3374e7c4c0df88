"""One line or several: several where a block begins or a line is empty, one in the middle of a line."""

from typing import Literal

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.syntax.block_openers import may_open_block


def several(cursor: Cursor, wanted: Literal["auto", "always", "never"]) -> bool:
    """Whether several lines may be suggested here."""
    if wanted != "auto":
        return wanted == "always"
    if cursor.right.strip(" \t)]}\"'`;,"):
        return False
    if cursor.left.strip():
        return may_open_block(cursor.language, cursor.near_left) and (cursor.prose or not _in_words(cursor))
    return cursor.prose or not _in_words(cursor)


def _in_words(cursor: Cursor) -> bool:
    """In a comment or a string: prose goes on for a line, not for a block."""
    return cursor.before.inside != ""

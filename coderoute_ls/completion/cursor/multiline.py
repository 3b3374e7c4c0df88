"""One line or several: several where a block begins or a line is empty, one in the middle of a line."""

from typing import Literal

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.syntax.layout import may_open_block


def several(place: Cursor, wanted: Literal["auto", "always", "never"]) -> bool:
    """Whether several lines may be suggested here."""
    if wanted != "auto":
        return wanted == "always"
    if place.right.strip(" \t)]}\"'`;,"):
        return False
    if place.left.strip():
        return may_open_block(place.language, place.near_left) and (place.prose or not _in_words(place))
    return place.prose or not _in_words(place)


def _in_words(place: Cursor) -> bool:
    """In a comment or a string: prose goes on for a line, not for a block."""
    return place.before.inside != ""

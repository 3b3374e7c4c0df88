"""A suggestion must be worth looking at: no blanks at its end, and not too short."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor

MIN_CHARS = 4
"""Fewer characters than this are not worth a look, unless the user asked for a suggestion by hand."""


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Drop trailing blanks, and everything when fewer than `Cursor.min_chars` characters are left."""
    text = candidate.text.rstrip()
    return replace(candidate, text=text) if len(text.strip()) >= cursor.min_chars else None

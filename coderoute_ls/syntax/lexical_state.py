"""What a line of a document begins in: code, or a string or comment that an earlier line opened.

A document is read from its start, in pieces whose result is remembered: a key costs the pieces that it touches.
"""

from collections.abc import Sequence
from functools import lru_cache

from coderoute_ls.syntax.brackets import scan

_PIECE = 128
"""Lines read at one time."""
_MOST_LINES = 20_000
"""Further down it is not known what a line begins in: it counts as code."""
_BEFORE = 2
"""Characters in front of an opening that belong to it, as the ``r#`` of Rust."""
_LONGEST = 400
"""Characters kept of the line that opens a string or a comment."""
_SURE = ('"""', "'''", "/*", "<!--", "{-", "(*", "<#", "--[[")
"""Openings that are seldom taken for one where they are none."""


def lead_of(language: str, lines: Sequence[str], number: int) -> str:
    """The line that opened the string or comment in which a line begins, from its opening on; "" where the line begins in code.
    In front of the line's text it makes the lexer read that right.

    Of an opening that is also written for other ends, as a quote, it is believed only where the document ends in code with it:
    one that was misread changes all that follows.
    """
    if number > _MOST_LINES:
        return ""
    lead = _read(language, lines, 0, number, "")
    if not lead or any(lead.startswith(_SURE, at) for at in range(_BEFORE + 1)):
        return lead
    if len(lines) > _MOST_LINES or _read(language, lines, number, len(lines), lead):
        return ""
    return lead


def _read(language: str, lines: Sequence[str], first: int, last: int, lead: str) -> str:
    for at in range(first, last, _PIECE):
        lead = _after(language, "".join(lines[at : min(at + _PIECE, last)]), lead)
    return lead


@lru_cache(maxsize=512)
def _after(language: str, text: str, lead: str) -> str:
    """What the line behind a text begins in."""
    whole = lead + text
    found = scan(language, whole)
    if not found.inside or found.since == len(whole):
        return ""
    if found.inside == "comment" and "\n" not in whole[found.since :]:
        return ""
    line = whole[max(0, whole.rfind("\n", 0, found.since) + 1, found.since - _BEFORE) :].partition("\n")[0]
    return line[:_LONGEST].rstrip("\\") + "\n"

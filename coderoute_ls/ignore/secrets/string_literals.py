"""String literals whose text is lines of their own: ``"DB_PASSWORD=walnutpepper"``, ``"[db]\\npassword = walnutpepper\\n"``."""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coderoute_ls.text.lazy_regex import LatePattern

_LITERAL = LatePattern(
    r"(?:(?<!\w)|(?<=\b[bBrRuUfFLN])|(?<=\b[bBrRfF][bBrRfF]))(?P<quote>\\?[\"'`])"
    r"(?P<text>(?=[^\r\n]{0,400}[ :=\\])(?:\\[^\r\n]|(?!(?P=quote))[^\\\r\n]){8,400})(?P=quote)"
)
_ESCAPED = LatePattern(
    r"\\(?:x(?P<byte>[0-9a-fA-F]{2})|(?P<code>u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|u\{[0-9a-fA-F]{1,6}\})|(?P<char>.))"
)
_CONTROL = {"n": "\n", "r": "\n", "t": "\t"}


class Literal(NamedTuple):
    """What a string literal says."""

    text: str
    """Without its escapes."""
    places: Sequence[int]
    """Where in the line each of its characters is, and where it ends."""


def literals(line: str) -> Iterator[Literal]:
    """The literals of a line that are long enough for a name and a value, and in which something parts them."""
    for match in _LITERAL.finditer(line):
        start, end = match.span("text")
        if "\\" not in match["text"]:
            yield Literal(match["text"], range(start, end + 1))
            continue
        text: list[str] = []
        places: list[int] = []
        at = start
        for escaped in _ESCAPED.finditer(line, start, end):
            text += (*line[at : escaped.start()], _said(escaped))
            places += range(at, escaped.start() + 1)
            at = escaped.end()
        yield Literal("".join((*text, line[at:end])), [*places, *range(at, end + 1)])


def _said(escaped: re.Match[str]) -> str:
    char = escaped["char"]
    if char:
        return _CONTROL.get(char, char)
    code = int(escaped["byte"] or escaped["code"].strip("uU{}"), 16)
    return chr(code) if code <= sys.maxunicode else "\ufffd"

"""Code as tokens: words, numbers, punctuation with the blank before them, and line breaks that carry the change of indent.

One tokeniser serves every language. A line's tokens start with the break that leads to it, so that a line can be replaced
without touching the others; blank lines have no tokens of their own, they are counted in the next break.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

TAB = 4
"""Columns of a tab in an indentation: tabs and four blanks learn from each other."""

LONG = 10_000
"""Characters from which on a line was not written by hand: it is not read, and nothing is drafted in it."""

FILE_START = "\n^"
"""Stands before the first line of every file, and separates files."""

_TOKEN = re.compile(r" ?(?:[^\W\d]\w*|\d\w*|[-+*/%=<>!&|^~:?]+|[^\w\s])|\s+")
_TYPED = re.compile(r"(?: ?(?:[^\W\d]\w*|\d\w*)| )\Z")


def columns(line: str) -> int:
    """Width of the indentation; a tab counts `TAB` columns in every place."""
    width = 0
    for char in line:
        if char == " ":
            width += 1
        elif char == "\t":
            width += TAB
        else:
            break
    return width


def words(text: str) -> list[str]:
    """The tokens of a piece of one line without its indentation, trailing blanks dropped."""
    return _TOKEN.findall(text.strip())


def line_break(blank: int, change: int) -> str:
    """The token that leads to a line: how many blank lines before it (0, 1 or more), how many columns further in."""
    return f"\n{'.' * min(blank, 2)}{change:+d}"


def is_break(token: str) -> bool:
    return token[0] == "\n"


def context_key(token: str) -> str:
    """What counts of a token when contexts are compared: the blank before it and the number of blank lines do not."""
    if token[0] == "\n":
        return token if token == FILE_START else "\n" + token.lstrip("\n.")
    return token.strip(" ") or " "


def line_tokens(lines: Sequence[str], indent: int, blank: int) -> Iterator[list[str]]:
    """For each line its tokens, none for a blank one. ``indent`` is that of the last line with text before these, ``blank`` the
    number of blank lines since."""
    for line in lines:
        text = line.strip()
        if not text:
            blank += 1
            yield []
            continue
        depth = columns(line)
        tokens = _TOKEN.findall(text) if len(text) < LONG else []
        tokens.insert(0, line_break(blank, depth - indent))
        indent, blank = depth, 0
        yield tokens


def file_tokens(lines: Iterable[str]) -> list[str]:
    """All tokens of a file, with its start sign."""
    tokens = [FILE_START]
    for line in line_tokens(list(lines), 0, 0):
        tokens += line
    return tokens


def typed_part(before: str) -> str:
    """The end of what is before the cursor that may be the beginning of a token: a blank, letters, digits."""
    match = _TYPED.search(before)
    return match.group() if match else ""

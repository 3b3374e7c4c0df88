"""Code as tokens: words, numbers, blanks, line ends, and every other character by itself. Joined they are the text again."""

import re
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d][\w$]*|\d[\w.]*|\n|[^\S\n]+|[^\w\s]|.", re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w$]*\Z")


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[str, ...]:
    """The text's tokens, blanks included."""
    return tuple(_TOKEN.findall(text))


@lru_cache(maxsize=4096)
def is_word(token: str) -> bool:
    """A name or a keyword."""
    return _WORD.match(token) is not None


def is_blank(token: str) -> bool:
    """Blanks or a line end."""
    return token.isspace()


def boundary(text: str, at: int) -> bool:
    """Whether a token may begin or end at this offset: no word or number goes on across it."""
    if at <= 0 or at >= len(text):
        return True
    return not (_continues(text[at - 1]) and _continues(text[at]))


def _continues(char: str) -> bool:
    return char == "_" or char.isalnum()

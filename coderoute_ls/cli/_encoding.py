"""Printing to a terminal or a pipe that cannot encode every character: Windows' code pages, ``LANG=C``."""

import codecs
import io
import sys

PLAIN = {
    "—": "-", "–": "-", "─": "-", "│": "|", "┤": "|", "└": "+", "┌": "+", "…": "...", "→": "->", "←": "<-", "×": "x", "÷": "/",
    "±": "+/-", "≤": "<=", "≥": ">=", "≈": "~", "·": "-", "•": "*", "●": "*", "○": "o", "◆": "#", "✓": "+", "✗": "x", "█": "#",
    "«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for a character that cannot be printed; a question mark for all others."""
HANDLER = "coderoute_ls.plain"


def print_everywhere() -> None:
    """From now on no character that cannot be printed ends the program."""
    codecs.register_error(HANDLER, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not knows_every_character(stream.encoding):
            stream.reconfigure(errors=HANDLER)


def knows_every_character(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(PLAIN.get(character, "?") for character in error.object[error.start : error.end]), error.end

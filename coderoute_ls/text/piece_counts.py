"""What a text is made of, counted for estimating tokens: words, humps, digits, signs, line ends, indents.

A tokenizer cuts text along these seams whatever its vocabulary is, so each family of tokenizers gets by with one weight per
kind (`selection.pricing.tokenizers`). The counts say nothing about what the text says.
"""

from itertools import starmap
from operator import add
from typing import NamedTuple


class Pieces(NamedTuple):
    """How often each kind of piece occurs."""

    words: int = 0
    """Runs of ASCII letters."""
    humps: int = 0
    """Capitals behind a small letter: ``fooBar`` has one."""
    letters: int = 0
    capitals: int = 0
    """Capitals behind a capital."""
    digits: int = 0
    numbers: int = 0
    """Runs of digits."""
    signs: int = 0
    """Characters that are neither letters, digits, blanks nor line ends."""
    sign_runs: int = 0
    line_ends: int = 0
    """Runs of them: an empty line adds none."""
    indents: int = 0
    """Lines that begin with blanks."""
    underscores: int = 0
    other_bytes: int = 0
    """Bytes of characters beyond ASCII, in UTF-8."""

    def plus(self, other: "Pieces") -> "Pieces":
        """The pieces of two texts together."""
        return Pieces(*starmap(add, zip(self, other, strict=True)))


_SMALL, _CAPITAL, _DIGIT, _BLANK, _END, _UNDERSCORE, _OTHER, _SIGN = range(1, 9)


def _kind(code: int) -> int:
    char = chr(code)
    if code >= 128:
        return _OTHER
    if char.isalpha():
        return _SMALL if char.islower() else _CAPITAL
    if char.isdigit():
        return _DIGIT
    return {" ": _BLANK, "\t": _BLANK, "\n": _END, "\r": _END, "_": _UNDERSCORE}.get(char, _SIGN)


_KINDS = bytes(map(_kind, range(256)))


def _mask(*kinds: int) -> bytes:
    return bytes(kind in kinds for kind in range(256))


_MASKS = tuple(map(_mask, (_SMALL, _CAPITAL, _DIGIT, _SIGN, _END, _BLANK)))


def pieces(text: str) -> Pieces:
    """The pieces of a text. Linear: where a kind occurs is one long number with a bit in each byte, and runs are counted in a few
    steps over the whole of it.
    """
    kinds = bytes((_END,)) + text.encode("utf-8", "replace").translate(_KINDS)
    small, capital, digit, sign, end, blank = (int.from_bytes(kinds.translate(mask), "little") for mask in _MASKS)
    letter = small | capital
    return Pieces(
        words=_starts(letter),
        humps=((small << 8) & capital).bit_count(),
        letters=letter.bit_count(),
        capitals=((capital << 8) & capital).bit_count(),
        digits=digit.bit_count(),
        numbers=_starts(digit),
        signs=sign.bit_count(),
        sign_runs=_starts(sign),
        line_ends=_starts(end) - 1,  # the one in front of the text
        indents=((end << 8) & blank).bit_count(),
        underscores=kinds.count(_UNDERSCORE),
        other_bytes=kinds.count(_OTHER),
    )


def _starts(mask: int) -> int:
    """How often characters of a kind begin."""
    return (mask & ~(mask << 8)).bit_count()

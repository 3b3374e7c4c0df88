"""Characters beyond U+FFFF that a server cut in two: JSON spells them as two surrogates, and each may come in its own event."""

_HIGH = range(0xD800, 0xDC00)
LOST = "\N{REPLACEMENT CHARACTER}"


class SurrogateJoiner:
    """Feed it the pieces of one text; it gives them back with whole characters only."""

    def __init__(self) -> None:
        self.held = ""
        """A first half that waits for its second one."""

    def feed(self, piece: str) -> str:
        """The piece with its halves joined. A first half at its end waits for the next piece."""
        if not self.held and piece.isascii():
            return piece
        text = self.held + piece
        self.held = text[-1] if text and ord(text[-1]) in _HIGH else ""
        return _whole(text.removesuffix(self.held) if self.held else text)

    def close(self) -> str:
        """What was held back: half a character that nothing completes."""
        lost, self.held = (LOST if self.held else ""), ""
        return lost


def joined(text: str) -> str:
    """A whole text with its halves joined, and what has no other half replaced."""
    return text if text.isascii() else _whole(text)


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text

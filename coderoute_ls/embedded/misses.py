"""How many drafts for the line being typed were not taken: the more, the less the next one is to be believed."""


class Misses:
    """Follows one cursor. Ask `before` with every request, tell `offered` every draft that was given."""

    def __init__(self) -> None:
        self._place: tuple[str, int] = ("", -1)
        self._promised = ""
        """The line up to the end of the last draft; "" when there is none to be taken or missed."""
        self._count = 0

    def before(self, uri: str, line: int, text: str) -> int:
        """Drafts missed on this line since one was taken; ``text`` is what stands before the cursor now."""
        if (uri, line) != self._place:
            self._place, self._promised, self._count = (uri, line), "", 0
        elif self._promised and text.startswith(self._promised):
            self._promised, self._count = "", 0
        elif self._promised and not self._promised.startswith(text):
            self._promised, self._count = "", self._count + 1
        return self._count

    def offered(self, text: str, draft: str) -> None:
        """``draft`` was offered after ``text``. Another one than before, and the one before was missed."""
        if self._promised and self._promised != text + draft:
            self._count += 1
        self._promised = text + draft

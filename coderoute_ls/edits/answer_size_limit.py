"""The longest answer that is accepted."""

from coderoute_ls.errors import BoundExceeded

MOST_CHARS = 1 << 20
"""A longer answer is no answer: the largest output any model sells is far below a mebibyte of text."""


class Bounded:
    """Counts an answer's characters."""

    def __init__(self) -> None:
        self._chars = 0

    def count(self, text: str) -> None:
        """Raises `BoundExceeded` when the answer is beyond all measure."""
        self._chars += len(text)
        if self._chars > MOST_CHARS:
            raise BoundExceeded(f"The answer is longer than {MOST_CHARS:,} characters; it was dropped.", after_text=True)

"""Reads one HTTP/1.1 answer from its bytes, as a client: its head, and the pieces of its body.

Small and strict: an answer that could be read in two ways is refused. RFC 9112; no I/O.
"""

import re
from collections.abc import Mapping

MAX_HEAD = 64 << 10
"""Bytes of a head, and of what follows a body's last chunk."""
MAX_CHUNK_LINE = 4 << 10
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: |$)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;|$)")
_LENGTH = re.compile(r"[0-9]{1,15}")
_SWITCHING = 101
_WITHOUT_BODY = frozenset({204, 304})


class Broken(ConnectionError):
    """The connection ended too early, or what came is no answer."""


class AnswerParser:
    """Feed it what arrives, and `end` when nothing more will; take pieces of the body as they come."""

    def __init__(self, *, has_body: bool = True) -> None:
        """``has_body``: False for the answer to a HEAD, which announces a body that does not come."""
        self.status = 0
        """0 until the head has come."""
        self.headers: Mapping[str, str] = {}
        """By their names in lower case; those that came twice are joined by a comma."""
        self.over = False
        """All of it has come."""
        self.reusable = False
        """Another request may go the same way once this answer is over."""
        self._has_body = has_body
        self._buffer = b""
        self._chunked = False
        self._left: int | None = None
        """Bytes still to come of the body, or of a chunk; None: until the connection ends."""
        self._chunk_end = False
        """The line end behind a chunk is still due."""
        self._trailer = False

    def feed(self, data: bytes) -> bytes:
        """What of the body these bytes bring. Raises `Broken`."""
        if self.over:
            self.reusable = False  # it says more than it was asked
            return b""
        if self.status and self._left is None and not self._chunked:
            return data
        self._buffer = self._buffer + data if self._buffer else data
        if not self.status and not self._head():
            return b""
        pieces: list[bytes] = []
        while not self.over and self._step(pieces):
            pass
        if self.over and self._buffer:
            self.reusable = False
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def end(self) -> None:
        """The connection has ended. Raises `Broken` where something was still due."""
        self.reusable = False
        if self.over:
            return
        if not self.status or self._chunked or self._left is not None:
            raise Broken("the connection ended before the answer did")
        self.over = True

    def _head(self) -> bool:
        """Read the head, once all of it is there; what is told before it (1xx) is passed over."""
        while not self.status:
            end = _HEAD_END.search(self._buffer)
            if end is None:
                if len(self._buffer) > MAX_HEAD:
                    raise Broken("a head that does not end")
                return False
            head, self._buffer = self._buffer[: end.start()], self._buffer[end.end() :]
            self._read_head(head)
        return True

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.replace(b"\r\n", b"\n").split(b"\n")
        told = _STATUS.match(first)
        if told is None:
            raise Broken("no HTTP answer")
        status = int(told[2])
        if status == _SWITCHING:
            raise Broken("another protocol")
        if status < 200:
            return
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not _NAME.fullmatch(name):
                raise Broken("a line of the head that is no header")
            key, said = name.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")
            headers[key] = f"{headers[key]}, {said}" if key in headers else said
        self.headers = headers
        self.reusable = told[1] == b"1" and "close" not in _words(headers.get("connection", ""))
        self._frame(status, headers)
        self.status = status

    def _frame(self, status: int, headers: Mapping[str, str]) -> None:
        """How the body ends."""
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if not self._has_body or status in _WITHOUT_BODY:
            self.over = True
        elif coding is not None:
            if _words(coding) != ["chunked"]:
                raise Broken("a transfer encoding that was not asked for")
            self._chunked, self._left = True, 0
            self.reusable = self.reusable and length is None
        elif length is not None:
            told = set(_words(length))
            if len(told) != 1 or not _LENGTH.fullmatch(one := told.pop()):
                raise Broken("a length that is none")
            self._left = int(one)
            self.over = not self._left
        else:
            self.reusable = False

    def _step(self, pieces: list[bytes]) -> bool:
        """One step through what has come of the body; False where more must come first."""
        if self._left:
            if not self._buffer:
                return False
            piece, self._buffer = self._buffer[: self._left], self._buffer[self._left :]
            self._left -= len(piece)
            pieces.append(piece)
            if not self._left:
                self.over, self._chunk_end = not self._chunked, self._chunked
            return True
        if self._left is None:
            pieces.append(self._buffer)
            self._buffer = b""
            return False
        return self._chunk_line()

    def _chunk_line(self) -> bool:
        """A line between chunks, or behind the last one."""
        line, end, rest = self._buffer.partition(b"\n")
        if not end:
            if len(self._buffer) > MAX_CHUNK_LINE:
                raise Broken("a line between chunks that does not end")
            return False
        self._buffer, line = rest, line.removesuffix(b"\r")
        if self._chunk_end:
            if line:
                raise Broken("a chunk longer than it said")
            self._chunk_end = False
        elif self._trailer:
            self.over = not line
        elif (told := _SIZE.match(line)) is None:
            raise Broken("a chunk without a size")
        else:
            self._left = int(told[1], 16)
            self._trailer = not self._left
        return True


def _words(value: str) -> list[str]:
    return [word for part in value.lower().split(",") if (word := part.strip())]

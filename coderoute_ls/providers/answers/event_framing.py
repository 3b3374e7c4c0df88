"""Cuts a body into events as it arrives, on bytes: server-sent events, JSON lines, or one JSON document.

Content types lie, so the first byte that is not blank decides: ``{`` or ``[`` opens a JSON document, whatever was promised.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from coderoute_ls.errors import BoundExceeded

Event = tuple[bytes, bytes]
"""Name of the event ("" mostly) and its data."""

MAX_LINE = 1 << 20
_BOM = b"\xef\xbb\xbf"


class Framer(ABC):
    """Feed it the body in any pieces; it gives the events that are complete. `close` gives what the end of the body completes."""

    @abstractmethod
    def feed(self, chunk: bytes) -> Iterator[Event]: ...

    @abstractmethod
    def close(self) -> Iterator[Event]: ...


class Lines:
    """Complete lines out of pieces, without their ends (LF, CRLF or CR). Raises BoundExceeded past the bound."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\n" not in chunk:
            self._keep(chunk)
            return []
        lines = chunk.split(b"\n")
        if self._parts:
            lines[0] = b"".join((*self._parts, lines[0]))
            self._parts.clear()
            self._size = 0
        self._keep(lines.pop())
        return lines

    def close(self) -> bytes:
        """The last line, that nothing ended."""
        rest = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return rest

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._size += len(piece)
            if self._size > MAX_LINE:
                raise BoundExceeded("A line of the answer is longer than 1 MiB.")
            self._parts.append(piece)


class SseFramer(Framer):
    """Server-sent events, with three liberties: an ``error`` field is an event of its own (old llama.cpp), so is a line that is
    bare JSON, and an event that the end of the body cuts off before its blank line still counts.
    """

    def __init__(self) -> None:
        self._lines = Lines()
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        for line in self._lines.feed(chunk):
            if line.startswith(b"data: ") and not self._data:
                self._data.append(line[6:])
            elif line:
                yield from self._field(line)
            elif self._data:
                yield self._take()
            else:
                self._name = b""

    def close(self) -> Iterator[Event]:
        line = self._lines.close()
        if line:
            yield from self._field(line)
        if self._data:
            yield self._take()

    def _take(self) -> Event:
        event = self._name, self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._name = b""
        self._data = []
        self._size = 0
        return event

    def _field(self, line: bytes) -> Iterator[Event]:
        line = line.removeprefix(_BOM)
        if line[:1] == b"{":
            yield b"", line
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value)
            if self._size > MAX_LINE:
                raise BoundExceeded("An event of the answer is longer than 1 MiB.")
            self._data.append(value)
        elif name == b"event":
            self._name = value
        elif name == b"error":
            yield b"error", value


class JsonLinesFramer(Framer):
    """One JSON document a line; blank lines between them are nothing."""

    def __init__(self) -> None:
        self._lines = Lines()

    def feed(self, chunk: bytes) -> Iterator[Event]:
        for line in self._lines.feed(chunk):
            if line and not line.isspace():
                yield b"", line

    def close(self) -> Iterator[Event]:
        line = self._lines.close()
        if line and not line.isspace():
            yield b"", line

"""Splits JSON documents that follow each other in a body, as they arrive: each is complete at its last bracket."""

import re
from collections.abc import Iterator

from coderoute_ls.errors import BoundExceeded
from coderoute_ls.providers.answers.event_framing import Event, Framer

MAX_DOCUMENT = 8 << 20
"""Most bytes of an answer that is one JSON document."""
DOCUMENT = b"\x00document"
"""Name of the event that holds a document; no server can send it."""
_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')


class JsonDocuments(Framer):
    """One JSON document over the whole body, or several behind each other. Looks only at brackets and strings."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        start = at = 0
        if self._escaped:
            self._escaped, at = False, min(1, len(chunk))
        while (found := (_INSIDE if self._in_string else _OUTSIDE).search(chunk, at)) is not None:
            at = found.end()
            match found.group():
                case b'"':
                    self._in_string = not self._in_string
                case b"\\":
                    self._escaped, at = at >= len(chunk), at + 1
                case b"{" | b"[":
                    self._depth += 1
                case _:
                    self._depth -= 1
                    if self._depth <= 0:
                        self._keep(chunk[start:at])
                        yield self._take()
                        start = at
        self._keep(chunk[start:])

    def close(self) -> Iterator[Event]:
        if self._parts:
            yield self._take()

    def _keep(self, piece: bytes) -> None:
        if not self._parts:
            piece = piece.lstrip()
        if not piece:
            return
        self._size += len(piece)
        if self._size > MAX_DOCUMENT:
            raise BoundExceeded("The answer is larger than 8 MiB.")
        self._parts.append(piece)

    def _take(self) -> Event:
        document = b"".join(self._parts)
        self._parts.clear()
        self._size = self._depth = 0
        self._in_string = False
        return DOCUMENT, document

"""Amazon's binary event stream (``application/vnd.amazon.eventstream``): messages with headers, a payload and two check sums.

Layout, big-endian: total length, headers' length, CRC-32 of these eight bytes, headers, payload, CRC-32 of all before it. A
header is its name's length in one byte, the name, a type, and a value whose length the type tells.
"""

import struct
from collections.abc import Iterator, Mapping
from zlib import crc32

import orjson

from coderoute_ls.errors import BoundExceeded, ProviderUnavailable
from coderoute_ls.providers.answers.event_framing import Event, Framer
from coderoute_ls.providers.json_access import as_object

MAX_MESSAGE = 1 << 20
_PRELUDE, _SUM = 12, 4
_FIXED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of a header's value by its type: true, false, byte, short, integer, long, timestamp, UUID."""
_BYTES, _TEXT = 6, 7
"""Types whose value says its own length in two bytes."""


class EventStreamFramer(Framer):
    """Events by their ``:event-type``; an exception or error becomes the event ``error``. Raises ProviderUnavailable for a
    message whose sums are wrong, and BoundExceeded for one that is too long. What the end of the body cuts off is dropped.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Event]:
        self._buffer += chunk
        while (message := self._take()) is not None:
            yield _event(*message)

    def close(self) -> Iterator[Event]:
        self._buffer.clear()
        return iter(())

    def _take(self) -> tuple[Mapping[str, str], bytes] | None:
        """Headers and payload of the next whole message."""
        buffer = self._buffer
        if len(buffer) < _PRELUDE:
            return None
        total, head, prelude_sum = struct.unpack_from(">III", buffer)
        if crc32(buffer[: _PRELUDE - _SUM]) != prelude_sum or total < _PRELUDE + head + _SUM:
            raise _damaged()
        if total > MAX_MESSAGE:
            raise BoundExceeded("A message of the answer is longer than 1 MiB.")
        if len(buffer) < total:
            return None
        message = bytes(buffer[:total])
        del buffer[:total]
        if crc32(message[:-_SUM]) != int.from_bytes(message[-_SUM:]):
            raise _damaged()
        return _headers(message[_PRELUDE : _PRELUDE + head]), message[_PRELUDE + head : -_SUM]


def _headers(data: bytes) -> Mapping[str, str]:
    """The headers that hold text, by name."""
    found: dict[str, str] = {}
    place = 0
    try:
        while place < len(data):
            start = place + 1
            name = data[start : start + data[place]].decode("utf-8", "replace")
            place = start + data[place] + 1
            kind = data[place - 1]
            if kind in (_BYTES, _TEXT):
                length = struct.unpack_from(">H", data, place)[0]
                place += 2
                if kind == _TEXT:
                    found[name] = data[place : place + length].decode("utf-8", "replace")
            else:
                length = _FIXED[kind]
            place += length
    except (IndexError, KeyError, struct.error):
        raise _damaged() from None
    if place != len(data):
        raise _damaged()
    return found


def _event(headers: Mapping[str, str], payload: bytes) -> Event:
    match headers.get(":message-type", "event"):
        case "event":
            return headers.get(":event-type", "").encode(), payload
        case "exception":
            kind = headers.get(":exception-type", "")
        case _:
            kind = headers.get(":error-code", "")
    try:
        said: object = orjson.loads(payload)
    except orjson.JSONDecodeError:
        said = {"message": headers.get(":error-message", "") or payload.decode("utf-8", "replace")}
    return b"error", orjson.dumps({"error": {"type": kind, **as_object(said)}})


def _damaged() -> ProviderUnavailable:
    return ProviderUnavailable("The answer was damaged on its way: a message of its event stream does not match its sum.")

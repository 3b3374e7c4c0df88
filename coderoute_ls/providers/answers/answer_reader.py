"""Reads one answer from its bytes: finds out what it is, cuts it into events, and hands them to the dialect's decoder."""

from collections.abc import Callable, Iterator
from typing import Literal

import orjson

from coderoute_ls.domain import Delta
from coderoute_ls.errors import BoundExceeded, ProviderUnavailable
from coderoute_ls.providers.answers.aws_event_stream import EventStreamFramer
from coderoute_ls.providers.answers.event_framing import Event, Framer, JsonLinesFramer, SseFramer
from coderoute_ls.providers.dialect import Decoder
from coderoute_ls.providers.json_access import as_object, is_list, is_object

MAX_ANSWER = 4 << 20
"""Most characters of text and reasoning in one answer, whatever was asked for."""
MAX_DOCUMENT = 8 << 20
"""Most bytes of an answer that is one JSON document."""
MIN_ANSWER = 64 << 10
CHARS_PER_TOKEN = 16
_HEARTBEATS = frozenset({b"ping", b"heartbeat", b"keepalive"})
_OPENERS = b"{["


class AnswerReader:
    """Feed it the body in any pieces; it yields the deltas. The decoder holds finish reason and usage afterwards.

    Raises `ProviderError`: what the stream says failed, BoundExceeded, or ProviderUnavailable for what is no answer at all.
    """

    def __init__(self, decoder: Decoder, framing: Literal["sse", "lines", "aws"], max_tokens: int) -> None:
        self._decoder = decoder
        self._framing = framing
        self.limit = min(MAX_ANSWER, max(MIN_ANSWER, max_tokens * CHARS_PER_TOKEN))
        """Most characters of the answer."""
        self._left = self.limit
        self._framer: Framer | None = None

    def feed(self, chunk: bytes) -> Iterator[Delta]:
        """The deltas that this piece completes."""
        if self._framer is None:
            chunk = chunk.lstrip()  # OpenRouter and DeepSeek send blank lines before JSON, Doubleword before the first event
            if not chunk:
                return
            self._framer = self._recognise(chunk[0])
        for event in self._framer.feed(chunk):
            delta = self._decode(event, _parse(event[1], self._nonsense))
            if delta is not None:
                yield delta

    def close(self) -> Iterator[Delta]:
        """The deltas that the end of the body completes. What it cuts in two is dropped: the finish will be ``incomplete``."""
        for event in () if self._framer is None else self._framer.close():
            parsed = _parse(event[1], lambda: None)
            delta = None if parsed is None else self._decode(event, parsed)
            if delta is not None:
                yield delta

    def _recognise(self, first: int) -> Framer:
        if first == ord("<"):
            raise ProviderUnavailable(
                f"{self._decoder.vendor.name} answered with a web page: is its base URL right, or a proxy in between?",
                provider=self._decoder.vendor.id,
            )
        if self._framing == "lines":
            return JsonLinesFramer()
        if first in _OPENERS:
            return _Document()
        return EventStreamFramer() if self._framing == "aws" else SseFramer()

    def _decode(self, event: Event, parsed: object) -> Delta | None:
        decoder = self._decoder
        if parsed is DONE:
            decoder.ended = True
            return None
        if event[0] == b"error":
            decoder.fail(parsed)
        if not is_object(parsed):
            if is_list(parsed) and event[0] == _DOCUMENT:
                return self._chunks(parsed)
            if event[0] in _HEARTBEATS or parsed is None:
                return None
            raise self._nonsense()
        if parsed.get("error"):
            decoder.fail(parsed)
        if event[0] == _DOCUMENT:
            decoder.ended = True
            delta = decoder.whole(parsed)
        else:
            delta = decoder.event(event[0].decode("utf-8", "replace") if event[0] else "", parsed)
        if delta is not None:
            self._left -= len(delta.text) + len(delta.reasoning)
            if self._left < 0:
                raise self.too_large()
        return delta

    def _chunks(self, items: list[object]) -> Delta:
        """A whole stream sent as one array (Gemini without ``alt=sse``)."""
        deltas = [delta for item in items if (delta := self._decode((b"", b""), as_object(item))) is not None]
        return Delta("".join(delta.text for delta in deltas), "".join(delta.reasoning for delta in deltas))

    def too_large(self) -> BoundExceeded:
        """The error for an answer that does not end."""
        vendor = self._decoder.vendor
        return BoundExceeded(f"{vendor.name} sent more than was asked for; the answer was stopped.", provider=vendor.id)

    def _nonsense(self) -> ProviderUnavailable:
        vendor = self._decoder.vendor
        return ProviderUnavailable(f"{vendor.name} sent something that is no answer of its API.", provider=vendor.id)


DONE = object()
"""What ``[DONE]`` parses to."""
_DOCUMENT = b"\x00document"
"""Name of the one event of a whole document; no server can send it."""


class _Document(Framer):
    """One JSON document over the whole body."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        self._size += len(chunk)
        if self._size > MAX_DOCUMENT:
            raise BoundExceeded("The answer is larger than 8 MiB.")
        self._parts.append(chunk)
        return iter(())

    def close(self) -> Iterator[Event]:
        yield _DOCUMENT, b"".join(self._parts)


def _parse(data: bytes, otherwise: Callable[[], Exception | None]) -> object:
    try:
        parsed: object = orjson.loads(data)
    except orjson.JSONDecodeError:
        if data.strip() == b"[DONE]":
            return DONE
        error = otherwise()
        if error is not None:
            raise error from None
        return None
    return parsed

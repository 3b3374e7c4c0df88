"""Reads one answer from its bytes: finds out what it is, cuts it into events, and hands them to the dialect's decoder.

An odd event that can hold nothing of the answer (empty data, ``ping``, a number) is skipped and counted. One that may have held
a part of it, and cannot be read, ends the answer as a failure: text that is missing in silence is worse than none.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

import orjson

from coderoute_ls.domain import Delta, Finish, StreamEvent
from coderoute_ls.errors import BoundExceeded, ProviderError, ProviderUnavailable
from coderoute_ls.providers.answers.aws_event_stream import EventStreamFramer
from coderoute_ls.providers.answers.event_framing import Event, Framer, JsonLinesFramer, SseFramer
from coderoute_ls.providers.answers.json_documents import DOCUMENT, JsonDocuments
from coderoute_ls.providers.answers.surrogates import SurrogateJoiner, joined
from coderoute_ls.providers.dialect import Decoder, Said
from coderoute_ls.providers.json_access import as_object, is_list, is_object

MAX_ANSWER = 4 << 20
"""Most characters of text and reasoning in one answer, whatever was asked for."""
MIN_ANSWER = 64 << 10
CHARS_PER_TOKEN = 16
_BOM = b"\xef\xbb\xbf"
_OPENERS = b"{["
_TELLING = (b"content", b"text", b"delta", b"parts", b"response", b"reasoning", b"thinking", b"error", b"message")
"""What the source of an event that holds a part of an answer has in it."""


class AnswerReader:
    """Feed it the body in any pieces; it yields the events. The decoder holds finish reason and usage afterwards.

    Raises `ProviderError`: what the stream says failed, BoundExceeded, or ProviderUnavailable for what is no answer at all.
    """

    def __init__(self, decoder: Decoder, framing: Literal["sse", "lines", "aws"], max_tokens: int) -> None:
        self._decoder = decoder
        self._framing = framing
        self.limit = min(MAX_ANSWER, max(MIN_ANSWER, max_tokens * CHARS_PER_TOKEN))
        """Most characters of the answer."""
        self._left = self.limit
        self._framer: Framer | None = None
        self._start = b""
        self._skipped = 0
        self._good = False
        """Something of the dialect has come."""
        self._text, self._reasoning = SurrogateJoiner(), SurrogateJoiner()
        self._beside: dict[tuple[int, str], SurrogateJoiner] = {}
        """For the other answers, and for the arguments of calls."""

    def feed(self, chunk: bytes) -> Iterator[StreamEvent]:
        """The events that this piece completes."""
        if self._framer is None:
            chunk = self._beginning(chunk)
            if not chunk:
                return
            self._framer = self._recognise(chunk[0])
        decoder = self._decoder
        for event in self._framer.feed(chunk):
            for part in _apart(event) if b"\n" in event[1] else (event,):
                if decoder.over:
                    return
                said = self._decode(part)
                if said is None:
                    continue
                if isinstance(said, Delta):
                    if (delta := self._kept(said)) is not None:
                        yield delta
                else:
                    yield from self._several(said)

    def close(self) -> Iterator[StreamEvent]:
        """The events that the end of the body completes. What it cuts in two is dropped: the finish will be ``incomplete``."""
        for event in () if self._framer is None or self._decoder.over else self._framer.close():
            for part in _apart(event):
                if _parse(part[1]) is not _UNREADABLE and (said := self._decode(part)) is not None:
                    yield from self._several([said] if isinstance(said, Delta) else said)
        if self._skipped and not self._good:
            raise self._nonsense()
        rest = Delta(self._text.close(), self._reasoning.close())
        if rest.text or rest.reasoning:
            yield rest

    def finish(self) -> Finish:
        """How the answer ended, at the end of the body."""
        finish = self._decoder.finish()
        return replace(finish, skipped=self._skipped) if self._skipped else finish

    def too_large(self) -> BoundExceeded:
        """The error for an answer that does not end."""
        vendor = self._decoder.vendor
        return BoundExceeded(f"{vendor.name} sent more than was asked for; the answer was stopped.", provider=vendor.id)

    def _beginning(self, chunk: bytes) -> bytes:
        """The first bytes that say what it is; OpenRouter and DeepSeek send blank lines first, some a byte order mark."""
        self._start += chunk
        start = self._start.lstrip()
        if _BOM.startswith(start):
            return b""
        self._start = b""
        return start.removeprefix(_BOM).lstrip()

    def _recognise(self, first: int) -> Framer:
        if first == ord("<"):
            raise ProviderUnavailable(
                f"{self._decoder.vendor.name} answered with a web page: is its base URL right, or a proxy in between?",
                provider=self._decoder.vendor.id,
            )
        if self._framing == "lines":
            return JsonLinesFramer()
        if first in _OPENERS:
            return JsonDocuments()
        return EventStreamFramer() if self._framing == "aws" else SseFramer()

    def _several(self, events: list[StreamEvent]) -> Iterator[StreamEvent]:
        """Of several events those that say something, their characters whole and counted."""
        for event in events:
            if not isinstance(event, Delta):
                if (kept := self._other(event)) is not None:
                    yield kept
            elif not event.choice:
                if (delta := self._kept(event)) is not None:
                    yield delta
            else:
                text = self._joined((event.choice, "text"), event.text)
                reasoning = self._joined((event.choice, "reasoning"), event.reasoning)
                if text or reasoning:
                    yield Delta(text, reasoning, event.choice)

    def _other(self, event: StreamEvent) -> StreamEvent | None:
        """An event beside text, its characters whole; None where all of it waits for the other half of one."""
        from coderoute_ls.domain.conversation import Refusal, ToolCallEnd, ToolCallPiece

        match event:
            case ToolCallPiece():
                text = self._joined((event.choice, event.id), event.arguments)
                return replace(event, arguments=text) if text else None
            case ToolCallEnd():
                return replace(event, arguments=joined(event.arguments))
            case Refusal():
                text = self._joined((event.choice, "refusal"), event.text)
                return replace(event, text=text) if text else None
            case _:
                return event

    def _joined(self, key: tuple[int, str], text: str) -> str:
        joiner = self._beside.get(key)
        if joiner is None:
            joiner = self._beside[key] = SurrogateJoiner()
        text = joiner.feed(text)
        self._spend(len(text))
        return text

    def _spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise self.too_large()

    def _kept(self, delta: Delta) -> Delta | None:
        text, reasoning = delta.text, delta.reasoning
        if self._text.held or not text.isascii():
            text = self._text.feed(text)
        if reasoning or self._reasoning.held:
            reasoning = self._reasoning.feed(reasoning)
        self._spend(len(text) + len(reasoning))
        if text is delta.text and reasoning is delta.reasoning:
            return delta if text or reasoning else None
        return Delta(text, reasoning) if text or reasoning else None

    def _decode(self, event: Event) -> Said:
        name, data = event
        decoder = self._decoder
        try:
            parsed: object = orjson.loads(data)
        except orjson.JSONDecodeError:
            parsed = _parse(data)
            if parsed is _DONE:
                decoder.done()
                return None
        if name == b"error":
            decoder.fail(data.decode("utf-8", "replace") if parsed is _UNREADABLE else parsed)
        if is_object(parsed):
            if decoder.complains(parsed):
                decoder.fail(parsed)
            if parsed:
                self._good = True
            if not name:
                return decoder.event("", parsed)
            if name != DOCUMENT or decoder.is_event(parsed):
                return decoder.event("" if name == DOCUMENT else name.decode("utf-8", "replace"), parsed)
            decoder.ended = True
            delta = decoder.whole(parsed)
            decoder.over = decoder.reason is not None
            return delta
        if is_list(parsed) and name == DOCUMENT:
            return self._chunks(parsed)
        if parsed is _UNREADABLE and data.lstrip(b" \xef\xbb\xbf")[:1] in b"{[" and any(word in data for word in _TELLING):
            raise self._nonsense()
        self._skipped += 1
        return None

    def _chunks(self, items: list[object]) -> Said:
        """A whole stream sent as one array (Gemini without ``alt=sse``)."""
        parts: list[StreamEvent] = []
        for item in map(as_object, items):
            if self._decoder.complains(item):
                self._decoder.fail(item)
            self._good = self._good or bool(item)
            if (said := self._decoder.event("", item)) is not None:
                parts += [said] if isinstance(said, Delta) else said
        self._decoder.over = self._decoder.ended
        return parts

    def _nonsense(self) -> ProviderError:
        vendor = self._decoder.vendor
        return ProviderUnavailable(f"{vendor.name} sent something that is not an answer of its API.", provider=vendor.id)


_DONE, _UNREADABLE = object(), object()


def _apart(event: Event) -> Iterable[Event]:
    """The event of several lines, or the several ones that it is where a server sends no blank line between them."""
    name, data = event
    if name == DOCUMENT or not data or _parse(data) is not _UNREADABLE:
        return (event,)
    lines = data.splitlines()
    return (event,) if _parse(lines[0]) is _UNREADABLE else [(name, line) for line in lines]


def _parse(data: bytes) -> object:
    """The JSON of an event, also where it says NaN or cuts a character in two, which strict readers refuse."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        text = data.decode().removeprefix("data:").strip("\ufeff \t\r\n")  # some proxies frame what is framed
        return _DONE if text.upper() == "[DONE]" else json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return _UNREADABLE

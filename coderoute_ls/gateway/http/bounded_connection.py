"""One caller's connection, given up where the caller does not go on: it began a request and stopped, or it does not read."""

import asyncio
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from coderoute_ls.gateway.http.request_body import Bounds


class BoundedConnection(H11Protocol):
    """Uvicorn's connection with two bounds that it lacks. The end of a connection reaches whoever answers on it as a caller that
    hung up: the vendor's connection closes, and what was used is booked.
    """

    def __init__(self, bounds: Bounds, **parts: Any) -> None:
        super().__init__(**parts)
        self._bounds = bounds
        self._unread: asyncio.TimerHandle | None = None
        self._unfinished: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(cast("asyncio.Transport", GatheredWrites(transport, self.loop)))
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        cast("GatheredWrites", self.transport).send()
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop(self._unread)
        self._stop(self._unfinished)
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Give what was begun its time: a head, or what is left of a body after the answer. The end of either stops the clock."""
        seconds = self._time_for_the_rest()
        if seconds is None:
            self._stop(self._unfinished)
            self._unfinished = None
        elif self._unfinished is None:
            self._unfinished = self.loop.call_later(seconds, self.transport.abort)

    def _time_for_the_rest(self) -> float | None:
        """None where the caller is not the one that is waited for."""
        if self.cycle is None:  # pyright: ignore[reportUnnecessaryComparison]
            return self._bounds.head_seconds
        if not self.cycle.response_complete:
            return None
        if self.conn.their_state is h11.SEND_BODY:
            return self._bounds.body_seconds
        return self._bounds.head_seconds if self.conn.trailing_data[0] else None

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self._bounds.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop(self._unread)
        self._unread = None
        super().resume_writing()


class GatheredWrites:
    """A transport that sends what is written within one turn of the event loop as one piece: the head of an answer with its body,
    and the events of one packet of the vendor's. For the rest it is the transport that it is given.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.send)
        self._held.append(data)

    def close(self) -> None:
        """Close once all that was written is sent."""
        self.send()
        self._transport.close()

    def send(self) -> None:
        """Send now what was written."""
        held, self._held = self._held, []
        if held:
            self._transport.write(b"".join(held))

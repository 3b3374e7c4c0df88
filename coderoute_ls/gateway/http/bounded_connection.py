"""One caller's connection, given up where the caller does not go on: it began a request and stopped, or it does not read."""

import asyncio
from typing import Any

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
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
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

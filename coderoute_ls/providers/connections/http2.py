"""Cancelling over HTTP/2. Closing a stream there, httpcore tells the server nothing, and the model would go on writing at the
user's expense; so the stream is reset by hand (RFC 9113, 6.4). Over HTTP/1.1 closing the connection says it all.
"""

import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from coderoute_ls.domain import Dispatch

CANCEL = 8
MAX_RESETS = 50
"""httpcore still counts a reset stream as open, and servers allow about a hundred: then the connection is replaced."""


class Resets:
    """What one client knows of its HTTP/2 connection, learned from httpcore's trace: the socket, and how much was reset on it."""

    def __init__(self) -> None:
        self.count = 0
        self.network: Any = None

    @property
    def worn_out(self) -> bool:
        """The client should be replaced as soon as its last stream is over."""
        return self.count >= MAX_RESETS


class Watch:
    """Follows one request; pass it as the ``trace`` extension."""

    def __init__(self, resets: Resets, dispatch: Dispatch | None = None) -> None:
        self._resets = resets
        self._stream_id: int | None = None
        self.dispatch = dispatch or Dispatch()
        self.connected = False
        """A connection was opened for it; else it goes over one that was kept."""

    async def __call__(self, name: str, info: Mapping[str, Any]) -> None:
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._resets.network = info["return_value"]
        elif name.endswith("connect_tcp.started"):
            self.connected = True
        elif name == "http11.send_request_headers.started":
            self.dispatch.left = True
        elif name == "http2.send_request_headers.started":
            self._stream_id = info["stream_id"]
            self.dispatch.left = True

    @property
    def multiplexed(self) -> bool:
        """The request went over HTTP/2, so its connection outlives it."""
        return self._stream_id is not None

    def broke(self, error: Exception) -> None:
        """The connection broke before a byte came back: a kept one had been closed by its server before it got the request; or a
        proxy kept the request."""
        if type(error).__name__ == "ProxyError":
            self.dispatch.left = False
        if not (self.connected or self.multiplexed or isinstance(error, TimeoutError) or "Timeout" in type(error).__name__):
            self.dispatch.left = False

    async def reset(self) -> None:
        """Tell the server that nobody listens any more; nothing where the request did not go over HTTP/2."""
        if self._stream_id is None or self._resets.network is None:
            return
        self._resets.count += 1
        # the connection may be gone already, and then there is nothing to tell
        with suppress(Exception):
            await self._resets.network.write(reset_frame(self._stream_id))


def reset_frame(stream_id: int) -> bytes:
    """RST_STREAM with error code CANCEL: length, type, flags, stream, code."""
    return struct.pack(">HBBBII", 0, 4, 3, 0, stream_id, CANCEL)

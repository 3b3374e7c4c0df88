"""HTTP/1.1 to model servers on this machine, where a keystroke feels each tenth of a millisecond: bytes on a socket.

What a request over httpx costs there is mostly its objects, its pool, its locks and its checkpoints. Nothing of httpx is loaded.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import quote, urlsplit

from coderoute_ls.providers.connections.http1_answer import AnswerParser, Broken
from coderoute_ls.providers.connections.http2 import Watch
from coderoute_ls.providers.connections.loopback import create_connection

HIGH_WATER = 1 << 18
"""Bytes of a body that wait to be taken before no more are read."""
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e]|^[ \t]|[ \t]$")
_PATH, _QUERY = "/%:@!$&'()*+,;=-._~", "/%:@!$&'()*+,;=-._~?"


class Unreached(ConnectionError):
    """Nobody listens there."""


class Silent(TimeoutError):
    """Nothing came for too long."""


class _Place(NamedTuple):
    host: str
    port: int
    target: str
    authority: str


@lru_cache(maxsize=64)
def _place(url: str) -> _Place:
    """Raises ValueError."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    return _Place(parts.hostname or "", parts.port or 80, target, parts.netloc.rpartition("@")[2])


def request_bytes(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """The request as it goes over the wire. Raises ValueError for what HTTP cannot carry."""
    place = _place(url)
    lines = [f"{method} {place.target} HTTP/1.1", f"host: {place.authority}"]
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or _UNSENDABLE.search(value):
            raise ValueError("a header that cannot be sent")
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("ascii") + (body or b"")


class LoopbackTransport:
    """The connections to one origin; one that was idle for ``keepalive_s`` is not used again."""

    def __init__(self, keepalive_s: float) -> None:
        self._keepalive_s = keepalive_s
        self._idle: list[_Connection] = []

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect_s: float,
        read_s: float,
        watch: Watch,
    ) -> "LoopbackAnswer":
        """Send a request and give its answer, the body unread. Raises `Unreached`, `Silent`, `Broken`, and ValueError for what
        HTTP cannot carry.
        """
        request = request_bytes(method, url, headers, body)
        connection = self._take()
        if connection is None:
            connection = await _connect(_place(url), connect_s)
            watch.connected = True  # it cannot have been closed while it was not used
        try:
            watch.dispatch.left = True
            connection.send(request, has_body=method != "HEAD")
            await connection.head(read_s)
        except BaseException:
            watch.connected = watch.connected or connection.heard
            connection.close()
            raise
        return LoopbackAnswer(self, connection, read_s)

    def _take(self) -> "_Connection | None":
        """The connection that was used last, if it can be used again."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and now - connection.used < self._keepalive_s:
                return connection
            connection.close()
        return None

    def give_back(self, connection: "_Connection") -> None:
        """Keep it for the next request where its answer was read to the end; close it otherwise, and with it those that are kept
        from a time of more requests at once: the one that was used last is always taken first, so nothing else would."""
        now = asyncio.get_running_loop().time()
        while self._idle and now - self._idle[0].used >= self._keepalive_s:
            self._idle.pop(0).close()
        if connection.next_cycle():
            self._idle.append(connection)
        else:
            connection.close()

    async def aclose(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()


class LoopbackAnswer:
    """An answer whose body is still to come. Closing it gives the connection back."""

    def __init__(self, owner: LoopbackTransport, connection: "_Connection", read_s: float) -> None:
        self.status_code = connection.answer.status
        self.headers = connection.answer.headers
        self._owner = owner
        self._connection: _Connection | None = connection
        self._read_s = read_s

    @property
    def arrived(self) -> bool:
        """All of it is here: reading it to its end waits for nothing."""
        return self._connection is None or self._connection.answer.over

    @property
    def stream(self) -> AsyncGenerator[bytes, None]:
        return self._pieces()

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        while self._connection is not None and (piece := await self._connection.piece(self._read_s)) is not None:
            yield piece

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._owner.give_back(connection)


class _Connection(asyncio.Protocol):
    """One request after the other."""

    def __init__(self) -> None:
        self.used = 0.0
        """When its last answer was over, on the event loop's clock."""
        self.heard = False
        """Something of the answer has come, so that the server has the request."""
        self.answer = AnswerParser()
        self._pieces: deque[bytes] = deque()
        self._waiting = 0
        """Bytes in them."""
        self._news: asyncio.Future[None] | None = None
        self._idle = True
        self._ended = False
        self._error: Exception | None = None
        self._transport: asyncio.Transport

    # -- what the event loop calls ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        if self._idle:  # nobody asked
            self.close()
            return
        self.heard = True
        try:
            piece = self.answer.feed(data)
        except Broken as error:
            self._error = error
            self.close()
        else:
            if piece:
                self._pieces.append(piece)
                self._waiting += len(piece)
                if self._waiting > HIGH_WATER:
                    self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._idle and self._error is None:
            try:
                self.answer.end()
            except Broken as error:
                self._error = error
        self._ended = True
        self._wake()

    # -- what a request calls --------------------------------------------------------------------------------------------

    @property
    def usable(self) -> bool:
        return not (self._ended or self._transport.is_closing())

    def send(self, request: bytes, *, has_body: bool) -> None:
        """In one write, which does not wait until it is read: the answer says whether it was."""
        self.answer, self._idle, self.heard = AnswerParser(has_body=has_body), False, False
        self._transport.write(request)

    async def head(self, read_s: float) -> None:
        """Wait for the answer's head."""
        while not self.answer.status:
            await self._more(read_s)

    async def piece(self, read_s: float) -> bytes | None:
        """The next piece of the body, which has to come within so many seconds; None at its end."""
        while not self._pieces:
            if self.answer.over and self._error is None:
                return None
            await self._more(read_s)
        piece = self._pieces.popleft()
        if self._waiting > HIGH_WATER >= self._waiting - len(piece):
            self._transport.resume_reading()
        self._waiting -= len(piece)
        return piece

    async def _more(self, read_s: float) -> None:
        """Wait until something has come."""
        if self._error is not None:
            raise self._error
        if self._ended:
            raise Broken("the connection has ended")
        loop = asyncio.get_running_loop()
        news = self._news = loop.create_future()
        timer = loop.call_later(read_s, _time_out, news)
        try:
            await news
        finally:
            timer.cancel()
            self._news = None

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def next_cycle(self) -> bool:
        """Get ready for another request; False where that is not possible."""
        if not (self.usable and self.answer.over and self.answer.reusable) or self._pieces:
            return False
        self._idle, self.used = True, asyncio.get_running_loop().time()
        return True

    def close(self) -> None:
        self._transport.abort()


def _time_out(news: "asyncio.Future[None]") -> None:
    if not news.done():
        news.set_exception(Silent())


async def _connect(place: _Place, connect_s: float) -> _Connection:
    try:
        async with asyncio.timeout(connect_s):
            return await create_connection(_Connection, place.host, place.port)
    except (TimeoutError, OSError) as error:
        raise Unreached(str(error)) from error

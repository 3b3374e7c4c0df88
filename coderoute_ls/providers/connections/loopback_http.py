"""HTTP/1.1 to model servers on this machine, where a keystroke feels each tenth of a millisecond: h11 on asyncio's own streams.

Half of what a request over httpx's transport costs there is its pool, its locks and its checkpoints.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import cast

import h11
import httpx

from coderoute_ls.providers.connections.http2 import Watch
from coderoute_ls.providers.connections.loopback import open_connection

_PIECE = 1 << 16


class LoopbackTransport(httpx.AsyncBaseTransport):
    """The connections to one origin; one that was idle for ``keepalive_s`` is not used again. Raises what httpx's own does."""

    def __init__(self, keepalive_s: float) -> None:
        self._keepalive_s = keepalive_s
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        limits = cast("Mapping[str, float]", request.extensions["timeout"])
        watch = cast("Watch | None", request.extensions.get("trace"))
        connection = self._take()
        if connection is None:
            connection = await _connect(request.url, limits["connect"])
            if watch is not None:
                watch.connected = True  # it cannot have been closed while it was not used
        try:
            if watch is not None:
                watch.dispatch.left = True
            connection.send(request)
            head = await connection.head(limits["read"])
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status_code, headers=head.headers.raw_items(), stream=_Body(self, connection, limits["read"]), request=request
        )

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
        """Keep it for the next request where its answer was read to the end; close it otherwise."""
        if connection.next_cycle():
            self._idle.append(connection)
        else:
            connection.close()

    async def aclose(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()


class _Connection:
    """One request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.used = 0.0
        """When its last answer was over, on the event loop's clock."""
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)

    @property
    def usable(self) -> bool:
        return not (self._reader.at_eof() or self._reader.exception() or self._writer.is_closing())

    def send(self, request: httpx.Request) -> None:
        """Head and body in one write. The write does not wait until it is read: the answer says whether it was."""
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        parts = [self._http.send(event) for event in (head, h11.Data(data=request.content), h11.EndOfMessage())]
        self._writer.write(b"".join(part for part in parts if part))

    async def head(self, read_s: float) -> h11.Response:
        while not isinstance(event := await self.event(read_s), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("the answer ended before it began")
        return event

    async def event(self, read_s: float) -> object:
        """The next part of the answer, which has to come within so many seconds."""
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(read_s):
                    self._http.receive_data(await self._reader.read(_PIECE))
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return event

    def next_cycle(self) -> bool:
        """Get ready for another request; False where that is not possible."""
        if not self.usable or self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        self.used = asyncio.get_running_loop().time()
        return True

    def close(self) -> None:
        self._writer.transport.abort()


class _Body(httpx.AsyncByteStream):
    """An answer's body; closing it gives the connection back."""

    def __init__(self, owner: LoopbackTransport, connection: _Connection, read_s: float) -> None:
        self._owner = owner
        self._connection = connection
        self._read_s = read_s
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._connection.event(self._read_s), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._owner.give_back(self._connection)


async def _connect(url: httpx.URL, connect_s: float) -> _Connection:
    try:
        async with asyncio.timeout(connect_s):
            return _Connection(*await open_connection(url.host, url.port or 80))
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error

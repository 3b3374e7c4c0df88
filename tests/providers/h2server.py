"""An HTTP/2 server of a few lines, to see what a client tells it when it loses interest."""

import asyncio
from typing import Self

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event, StreamEnded, StreamReset


class Http2Server:
    """Speaks HTTP/2 with prior knowledge on loopback. Requests and resets arrive in queues, answers are sent by the test."""

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0
        self.requests: asyncio.Queue[tuple[_Connection, int]] = asyncio.Queue()
        """Complete requests: connection and stream id."""
        self.resets: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
        """Stream id and error code of every reset."""
        self._open: set[_Connection] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Connection(self, self._open), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in list(self._open):
            connection.transport.abort()
            await connection.gone.wait()
        await self._server.wait_closed()


class _Connection(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, server: Http2Server, connections: set["_Connection"]) -> None:
        self.gone = asyncio.Event()
        self._server = server
        self._connections = connections
        self._h2 = H2Connection(H2Configuration(client_side=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)
        self._server.connections += 1
        self._h2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        for event in self._h2.receive_data(data):
            self._heard(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self.gone.set()

    def start(self, stream: int) -> None:
        self._h2.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream")])
        self._flush()

    def send(self, stream: int, data: bytes, *, end: bool = False) -> None:
        self._h2.send_data(stream, data, end_stream=end)
        self._flush()

    def _heard(self, event: Event) -> None:
        if isinstance(event, StreamEnded):
            self._server.requests.put_nowait((self, event.stream_id))
        elif isinstance(event, StreamReset):
            self._server.resets.put_nowait((event.stream_id, int(event.error_code)))

    def _flush(self) -> None:
        self.transport.write(self._h2.data_to_send())

"""The scripted provider: a real HTTP/1.1 server on loopback that answers only what, and only when, the test says.

::

    async with ScriptedProvider() as server:
        ...  # something posts to server.url
        request = await server.request()  # the next request, in order of arrival
        await request.start()  # status line and headers
        await request.text("def f():")  # one streamed piece, in the dialect of the request's path
        await request.finish()  # finish reason, usage, end sign, end of body

HEAD requests (a client opening its connection ahead) are answered by the server itself and only counted.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Self, cast

import orjson

Json = dict[str, object]
USAGE: Json = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class ScriptedRequest:
    """One request and the handle to answer it. Header names are lower case; ``json`` is {} when the body is not an object."""

    def __init__(self, connection: "_Connection", method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        try:
            parsed: object = orjson.loads(body)
        except orjson.JSONDecodeError:
            parsed = None
        self.json: Json = parsed if isinstance(parsed, dict) else {}
        self._connection = connection
        self._chunked = False
        self.answered = False
        """The whole answer has been sent."""

    async def start(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send the status line and headers; the body follows in chunks."""
        sent = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **(headers or {})}
        self._chunked = sent["transfer-encoding"] == "chunked"
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        await self._connection.write(f"HTTP/1.1 {status} Scripted\r\n{lines}\r\n".encode("latin-1"))

    async def send(self, data: bytes) -> None:
        """Send a piece of the body. Raises ConnectionResetError when the client has gone."""
        if data:
            await self._connection.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def end(self) -> None:
        """End the body; the connection stays open for the next request."""
        if self._chunked:
            await self._connection.write(b"0\r\n\r\n")
        self._done()

    async def abort(self) -> None:
        """Kill the connection in the middle of whatever it was doing."""
        self._connection.abort()
        self._done()

    async def respond(self, status: int = 200, body: bytes | Json = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer at once; an object goes as JSON."""
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        await self._connection.write(f"HTTP/1.1 {status} Scripted\r\n{lines}\r\n".encode("latin-1") + data)
        self._done()

    async def event(self, payload: Json | bytes) -> None:
        """Send one server-sent event."""
        await self.send(b"data: %b\n\n" % (payload if isinstance(payload, bytes) else orjson.dumps(payload)))

    async def text(self, piece: str) -> None:
        """Stream a piece of the answer."""
        await self.event(self._chunk(piece, None))

    async def reasoning(self, piece: str) -> None:
        """Stream a piece of the model's reasoning (chat only)."""
        await self.event({**self._chunk("", None), "choices": [{"index": 0, "delta": {"reasoning_content": piece}}]})

    async def finish(self, reason: str = "stop", usage: Json | None = None) -> None:
        """Stream the finish reason, the usage and the end sign, and end the body."""
        await self.event(self._chunk("", reason))
        await self.event({"id": "scripted", "model": self.model, "choices": [], "usage": USAGE if usage is None else usage})
        await self.event(b"[DONE]")
        await self.end()

    async def answer(self, text: str, usage: Json | None = None) -> None:
        """The whole answer in one go: start, text, finish."""
        await self.start()
        await self.text(text)
        await self.finish(usage=usage)

    async def closed(self) -> None:
        """Return when the client has closed the connection."""
        await self._connection.gone.wait()

    @property
    def model(self) -> str:
        """The model's name as the request has it."""
        return str(self.json.get("model", ""))

    def _chunk(self, piece: str, reason: str | None) -> Json:
        if self.path.endswith("/chat/completions"):
            delta: Json = {"content": piece} if piece or reason is None else {}
            choice: Json = {"index": 0, "delta": delta, "finish_reason": reason}
        else:
            choice = {"index": 0, "text": piece, "finish_reason": reason}
        return {"id": "scripted", "model": self.model, "choices": [choice]}

    def _done(self) -> None:
        self.answered = True
        self._connection.finished()


class _Connection(asyncio.Protocol):
    """One client connection: cuts requests out of the bytes, one at a time."""

    def __init__(self, server: "ScriptedProvider") -> None:
        self.gone = asyncio.Event()
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._current: ScriptedRequest | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass
        self._transport = transport
        self._server.adopt(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._parse()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.gone.set()
        self._writable.set()
        self.finished()
        self._server.release(self)

    async def write(self, data: bytes) -> None:
        """Write once there is room; raises ConnectionResetError when the client has gone."""
        await self._writable.wait()
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the client has closed the connection")
        self._transport.write(data)
        await asyncio.sleep(0)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def finished(self) -> None:
        """The current request is over; the next one, if it is here already, may begin."""
        if self._current is not None:
            self._current = None
            self._server.leave()
            self._parse()

    def _parse(self) -> None:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if self._current is not None or not separator:
            return
        request_line, *header_lines = head.decode("latin-1").split("\r\n")
        method, path, _ = request_line.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in header_lines)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        if method == "HEAD" and self._transport is not None:
            self._server.prepared.append(headers)
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            self._parse()
            return
        self._current = ScriptedRequest(self, method, path, headers, rest[:length])
        self._server.enter(self._current)


class ScriptedProvider:
    """The server. ``url`` is its origin; give a vendor ``url + "/v1"`` as base URL. With ``tls`` it speaks HTTPS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.url = ""
        self.in_flight = 0
        self.max_in_flight = 0
        self.accepted = 0
        """Connections that were ever opened."""
        self.prepared: list[Mapping[str, str]] = []
        """Headers of the HEAD requests that opened a connection ahead."""
        self.log: list[Json] = []
        """Bodies of all requests, in order."""
        self._requests: asyncio.Queue[ScriptedRequest] = asyncio.Queue()
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0, ssl=self._tls)
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._connections):
            connection.abort()
            await connection.gone.wait()
        await self._server.wait_closed()

    async def request(self) -> ScriptedRequest:
        """The next request that nobody has taken yet; waits for it."""
        return await self._requests.get()

    @property
    def untaken(self) -> int:
        """Requests that arrived and that no test has taken."""
        return self._requests.qsize()

    @property
    def connections(self) -> int:
        """Open connections, idle ones included."""
        return len(self._connections)

    def adopt(self, connection: _Connection) -> None:
        self.accepted += 1
        self._connections.add(connection)

    def release(self, connection: _Connection) -> None:
        self._connections.discard(connection)

    def enter(self, request: ScriptedRequest) -> None:
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        self.log.append(request.json)
        self._requests.put_nowait(request)

    def leave(self) -> None:
        self.in_flight -= 1

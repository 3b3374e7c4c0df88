"""Callers that ask a gateway again and again, and take next to nothing of the processor themselves."""

import asyncio
import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class _Caller(asyncio.Protocol):
    """Sends the same request as soon as its answer is whole, until the time is over."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request = request
        self._until = until
        self._heard = b""
        self.answered = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not found or length is None or len(body) < int(length[1]):
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            self._failed(RuntimeError(f"The gateway answered {self._heard[:400]!r}"))
            return
        self._heard = b""
        self.answered += 1
        if time.perf_counter() < self._until:
            self._transport.write(self._request)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def _failed(self, error: Exception) -> None:
        self._transport.close()
        if not self.ended.done():
            self.ended.set_exception(error)


def post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request that keeps its connection."""
    split = urlsplit(url)
    given = {"host": split.netloc, "content-type": "application/json", "content-length": str(len(body)), **headers}
    lines = [f"POST {split.path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def answered(url: str, headers: Mapping[str, str], body: bytes, seconds: float, at_once: int) -> int:
    """How many requests were answered with 200. Raises RuntimeError at another answer."""
    split, request, until = urlsplit(url), post(url, headers, body), time.perf_counter() + seconds
    host, port, loop = split.hostname, split.port, asyncio.get_running_loop()
    assert host is not None and port is not None
    made = [await loop.create_connection(lambda: _Caller(request, until), host, port) for _ in range(at_once)]
    await asyncio.gather(*(caller.ended for _, caller in made))
    return sum(caller.answered for _, caller in made)

"""HTTP as `providers` uses it: one pool of connections per origin, kept alive, opened ahead; verified, bounded, not redirected.

httpx and the certificate store cost 140 ms, so both are loaded on first use, and in a thread; this machine needs neither.
"""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from coderoute_ls.domain import Dispatch
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed, ProviderError
from coderoute_ls.providers.base_url import origin
from coderoute_ls.providers.connections.connection_failure_messages import connection_error, proxy_refused, too_slow, unsendable
from coderoute_ls.providers.connections.content_encoding import BodyDecoding
from coderoute_ls.providers.connections.http2 import Resets, Watch
from coderoute_ls.providers.connections.proxies import proxy_for
from coderoute_ls.text.loopback import is_loopback

if TYPE_CHECKING:
    import httpx

    from coderoute_ls.providers.connections.httpx_connections import HttpxConnections
    from coderoute_ls.providers.connections.loopback_http import LoopbackAnswer, LoopbackTransport

CONNECT_S = 5.0
READ_S = 30.0
"""First byte, and silence between two pieces."""
KEEPALIVE_S = 120.0
"""A connection outlives the pauses of somebody who thinks while typing; the server usually closes it first."""
PREPARE_EVERY_S = 20.0


def _is_near(url: str) -> bool:
    """On this machine: opening a connection costs nothing, and no proxy has a say."""
    return is_loopback(urlsplit(url).hostname or "")


@dataclass(slots=True)
class _Line:
    """The connections to one origin: when they were last used, and how many answers are open on them."""

    connections: "LoopbackTransport | HttpxConnections"
    proxy: str | None = None
    used: float = 0.0
    open: int = 0
    resets: Resets = field(default_factory=Resets)


@dataclass(slots=True)
class Transport:
    """All connections. ``transport`` replaces the network in tests; ``clock`` is monotonic seconds; ``environ`` names proxies and
    certificates; ``near`` says of a URL whether it is on this machine.
    """

    transport: "httpx.AsyncBaseTransport | None" = None
    clock: Callable[[], float] = time.monotonic
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    near: Callable[[str], bool] = _is_near
    _lines: dict[str, _Line] = field(default_factory=dict[str, _Line])
    _opening: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    """Connections being opened ahead, one at a time per origin."""
    _context: ssl.SSLContext | None = None

    def prepare(self, url: str) -> None:
        """Open a connection to this URL's origin in the background, unless one was used a moment ago. Sends no key."""
        line = self._lines.get(origin(url))
        if line is None or self.clock() - line.used > PREPARE_EVERY_S:
            self._start(url)

    def _start(self, url: str) -> None:
        where = origin(url)
        if where not in self._opening:
            self._opening[where] = task = asyncio.get_running_loop().create_task(self._open(url))
            task.add_done_callback(lambda _: self._opening.pop(where))

    async def prepared(self) -> None:
        """Return when no connection is being opened ahead any more."""
        await asyncio.gather(*self._opening.values())

    async def _open(self, url: str) -> None:
        # whatever goes wrong here is told when a request goes the same way
        with suppress(Exception):
            line = await self._line(url)
            line.used, watch = self.clock(), Watch(line.resets)
            limits = {"connect_s": CONNECT_S, "read_s": READ_S}
            answer = await line.connections.ask("HEAD", origin(url) + "/", {}, None, **limits, watch=watch)
            _ = [piece async for piece in _body_of(answer)]
            await answer.aclose()  # a connection serves again once its answer was read

    @asynccontextmanager
    async def send(
        self,
        vendor: Vendor,
        url: str,
        headers: Mapping[str, str],
        *,
        post: bytes | None = None,
        wait_s: float = READ_S,
        dispatch: Dispatch | None = None,
    ) -> AsyncGenerator["Answer", None]:
        """POST these bytes, or GET without them, and give the answer with its body unread; it has to begin within ``wait_s``.
        Leaving the block before the body's end closes the stream at once. ``dispatch`` is told when the request leaves. Raises
        ConnectionFailed, whatever the libraries below raise, in words that repeat neither address nor header.
        """
        try:
            line = await self._line(url)
        except ConnectionFailed as error:
            error.provider = vendor.id
            raise
        except ValueError:
            raise unsendable(vendor) from None
        watch, method = Watch(line.resets, dispatch), "GET" if post is None else "POST"
        line.used = self.clock()
        line.open += 1
        answer = None
        try:
            response = await _answered(
                line, vendor, method=method, url=url, headers=headers, post=post, wait_s=wait_s, watch=watch
            )
            answer = Answer(vendor, response)
            if answer.status == 407:
                watch.dispatch.left = False
                raise proxy_refused(vendor, line.proxy, 407)
            yield answer
        finally:
            if answer is None or not answer.over:
                await watch.reset()
            if answer is not None:
                await answer.close()
            line.open -= 1
            if (answer is None or not answer.over) and not watch.multiplexed and not self.near(url):
                # the connection went with the answer; the next keystroke should find another one open
                self._start(url)
            if line.resets.worn_out:
                await self._retire(url, line)

    async def _retire(self, url: str, line: _Line) -> None:
        """Let new requests open connections of their own; these close with the last stream."""
        if self._lines.get(origin(url)) is line:
            del self._lines[origin(url)]
        if not line.open:
            await line.connections.aclose()

    async def _line(self, url: str) -> _Line:
        where = origin(url)
        line = self._lines.get(where)
        if line is None:
            if self.transport is not None or not self._on_loopback(url):
                self._context = await asyncio.to_thread(_load, self._context, url.startswith("https:"), self.environ)
            proxy = proxy_for(url, self.environ)
            line = self._lines.setdefault(where, _Line(self._connections(url, proxy), proxy))
        return line

    def _on_loopback(self, url: str) -> bool:
        return self.near(url) and url.startswith("http:")

    def _connections(self, url: str, proxy: str | None) -> "LoopbackTransport | HttpxConnections":
        if self.transport is None and self._on_loopback(url):
            from coderoute_ls.providers.connections.loopback_http import LoopbackTransport

            return LoopbackTransport(KEEPALIVE_S)
        from coderoute_ls.providers.connections.httpx_connections import HttpxConnections, over_the_network

        return over_the_network(self._context, proxy, KEEPALIVE_S) if self.transport is None else HttpxConnections(self.transport)

    async def close(self) -> None:
        """Close every connection and stop what was being opened."""
        opening = list(self._opening.values())
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        for line in self._lines.values():
            await line.connections.aclose()
        self._lines.clear()


async def _answered(
    line: _Line,
    vendor: Vendor,
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    post: bytes | None,
    wait_s: float,
    watch: Watch,
) -> "LoopbackAnswer | httpx.Response":
    try:
        async with asyncio.timeout(wait_s):
            read_s = max(wait_s, READ_S)
            return await line.connections.ask(method, url, headers, post, connect_s=CONNECT_S, read_s=read_s, watch=watch)
    except TimeoutError:
        raise too_slow(vendor, started=False) from None
    except Exception as error:  # httpx's errors, and what h11, h2, ssl and anyio let through
        watch.broke(error)
        raise connection_error(vendor, error, proxy=line.proxy) from None


def _load(context: ssl.SSLContext | None, secure: bool, environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """Load the HTTP client, and the certificates where they are needed. Raises ConnectionFailed."""
    # its command line, which it would load with all of rich: 40 ms and 5 MB
    cast("dict[str, object]", sys.modules).setdefault("httpx._main", None)
    from coderoute_ls.providers.connections.certificates import certificates

    import_module("httpx")  # here and not in the event loop
    import_module("httpcore")  # what httpx loads with its first transport: 60 ms
    return certificates(environ) if secure and context is None else context


class Answer:
    """A response whose body is still to come. Iterate it once: pieces as they arrive, decompressed within bounds."""

    def __init__(self, vendor: Vendor, response: "LoopbackAnswer | httpx.Response") -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._vendor = vendor
        self._response = response
        self.over = False
        """The body was read to its end."""

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """Raises ConnectionFailed, ProviderUnavailable."""
        try:
            body = BodyDecoding(self._vendor, self.headers.get("content-encoding", ""))
            async for piece in _body_of(self._response):
                if body.plain:
                    yield piece
                else:
                    for part in body.feed(piece):
                        yield part
            for part in body.rest():
                yield part
        except ProviderError:
            raise
        except Exception as error:  # httpx's errors, and what h11, h2, ssl and anyio let through
            raise connection_error(self._vendor, error, started=True) from None
        self.over = True

    @property
    def arrived(self) -> bool:
        """All of it is known to be here: reading it to its end waits for nothing."""
        return self.over or getattr(self._response, "arrived", False)

    async def close(self) -> None:
        """Give the connection back; or close it, where the body was not read to its end."""
        await self._response.aclose()


def _body_of(response: "LoopbackAnswer | httpx.Response") -> AsyncIterable[bytes]:
    stream: object = response.stream
    assert isinstance(stream, AsyncIterable)
    return cast("AsyncIterable[bytes]", stream)


async def read_at_most(answer: Answer, limit: int) -> bytes:
    """The body up to so many bytes; what is beyond is not read."""
    parts: list[bytes] = []
    size = 0
    async with aclosing(aiter(answer)) as pieces:
        async for piece in pieces:
            parts.append(piece)
            size += len(piece)
            if size >= limit:
                break
    return b"".join(parts)[:limit]

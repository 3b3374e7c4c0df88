"""HTTP as this room uses it: one pool of connections per origin, kept alive and opened ahead; verified, bounded, not redirected.

httpx and the certificate store cost 140 ms, so both are loaded on first use, and in a thread.
"""

import asyncio
import ssl
import sys
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from coderoute_ls.domain import Dispatch
from coderoute_ls.errors import ConnectionFailed, DeadlineExceeded, ProviderUnavailable
from coderoute_ls.providers.http2 import Resets, Watch
from coderoute_ls.providers.vendors import Vendor

if TYPE_CHECKING:
    import httpx

CONNECT_S = 5.0
READ_S = 30.0
"""First byte, and silence between two pieces."""
KEEPALIVE_S = 120.0
"""A connection outlives the pauses of somebody who thinks while typing; the server usually closes it first."""
PREPARE_EVERY_S = 20.0
MAX_INFLATED_STEP = 1 << 20
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def origin(url: str) -> str:
    """Scheme, host and port: what a key belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _is_near(url: str) -> bool:
    """On this machine: opening a connection costs nothing, and no proxy has a say."""
    return urlsplit(url).hostname in _LOOPBACK


@dataclass(slots=True)
class _Line:
    """The connections to one origin: when they were last used, and how many answers are open on them. httpx's transport, without
    its client around it: cookies, redirects and hooks, which nobody wants here, would cost a keystroke a tenth of a millisecond.
    """

    connections: "httpx.AsyncBaseTransport"
    used: float = 0.0
    open: int = 0
    resets: Resets = field(default_factory=Resets)


@dataclass(slots=True)
class Transport:
    """All connections. ``transport`` replaces the network in tests; ``clock`` is monotonic seconds."""

    transport: "httpx.AsyncBaseTransport | None" = None
    clock: Callable[[], float] = time.monotonic
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
        with suppress(ConnectionFailed):
            line = await self._line(url)
            import httpx  # loaded by now

            line.used = self.clock()
            request = httpx.Request("HEAD", origin(url) + "/", extensions=_extensions(Watch(line.resets), READ_S))
            with suppress(httpx.HTTPError):
                answer = await line.connections.handle_async_request(request)
                await answer.aread()  # a connection serves again once its answer was read

    @asynccontextmanager
    async def send(
        self, vendor: Vendor, url: str, headers: Mapping[str, str], *,
        post: bytes | None = None, wait_s: float = READ_S, dispatch: Dispatch | None = None,
    ) -> AsyncGenerator["Answer", None]:  # fmt: skip
        """POST these bytes, or GET without them, and give the answer with its body unread; it has to begin within ``wait_s``.
        Leaving it before the body's end closes the stream. ``dispatch`` is told when it leaves. Raises ConnectionFailed."""
        line = await self._line(url)
        import httpx  # loaded by now

        watch = Watch(line.resets, dispatch)
        limits = _extensions(watch, max(wait_s, READ_S))
        try:
            method = "GET" if post is None else "POST"
            request = httpx.Request(method, _parsed(url), headers=dict(headers), content=post, extensions=limits)
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            sentence = f"The address or a header of {vendor.name} cannot be sent: {error}."
            raise ConnectionFailed(sentence, provider=vendor.id) from None
        line.used = self.clock()
        line.open += 1
        answer = None
        try:
            answer = Answer(vendor, await _begin(vendor, line.connections, request, wait_s))
            yield answer
        finally:
            if answer is None or not answer.over:
                await watch.reset()
            if answer is not None:
                await answer.close()
            line.open -= 1
            if (answer is None or not answer.over) and not watch.multiplexed and not _is_near(url):
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
            self._context = await asyncio.to_thread(_load, self._context, url.startswith("https:"))
            line = self._lines.setdefault(where, _Line(self.transport or self._connections(url)))
        return line

    def _connections(self, url: str) -> "httpx.AsyncBaseTransport":
        import httpx

        if _is_near(url) and url.startswith("http:"):
            from coderoute_ls.providers.loopback_http import LoopbackTransport

            return LoopbackTransport(KEEPALIVE_S)
        try:
            return httpx.AsyncHTTPTransport(
                # a plain http origin needs no certificates; one that would verify nothing fails closed
                verify=self._context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                http2=True,
                limits=httpx.Limits(keepalive_expiry=KEEPALIVE_S),
                proxy=_proxy(url),
            )
        except (ImportError, ValueError) as error:
            raise ConnectionFailed(f"The proxy named in the environment cannot be used: {error}.") from None

    async def close(self) -> None:
        """Close every connection and stop what was being opened."""
        opening = list(self._opening.values())
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        for line in self._lines.values():
            await line.connections.aclose()
        self._lines.clear()


@lru_cache(maxsize=64)
def _parsed(url: str) -> "httpx.URL":
    """Raises httpx.InvalidURL."""
    import httpx

    return httpx.URL(url)


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for this address; none for this machine."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if _is_near(url) or proxy_bypass(parts.netloc):
        return None
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _extensions(watch: Watch, read_s: float) -> dict[str, Any]:
    """What goes along with a request: its limits in seconds, and who watches it."""
    return {"timeout": {"connect": CONNECT_S, "read": read_s, "write": READ_S, "pool": READ_S}, "trace": watch}


async def _begin(
    vendor: Vendor, connections: "httpx.AsyncBaseTransport", request: "httpx.Request", wait_s: float
) -> "httpx.Response":
    import httpx

    try:
        async with asyncio.timeout(wait_s):
            return await connections.handle_async_request(request)
    except httpx.HTTPError as error:
        request.extensions["trace"].broke(error)
        raise connection_error(vendor, error) from None
    except TimeoutError:
        raise too_slow(vendor, started=False) from None


def _load(context: ssl.SSLContext | None, secure: bool) -> ssl.SSLContext | None:
    """Load the HTTP client, and the certificates where they are needed: certifi's, or ``SSL_CERT_FILE`` / ``SSL_CERT_DIR``."""
    # its command line, which it would load with all of rich: 40 ms and 5 MB
    cast("dict[str, object]", sys.modules).setdefault("httpx._main", None)
    import httpx

    return httpx.create_ssl_context() if secure and context is None else context


class Answer:
    """A response whose body is still to come. Iterate it once: pieces as they arrive, decompressed within bounds."""

    def __init__(self, vendor: Vendor, response: "httpx.Response") -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._vendor = vendor
        self._response = response
        self.over = False
        """The body was read to its end."""

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """Raises ConnectionFailed, ProviderUnavailable."""
        import httpx

        name, encoding = self._vendor.name, self.headers.get("content-encoding", "identity").strip().lower()
        stream = self._response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        try:
            if encoding == "identity":
                async for piece in stream:
                    yield piece
            elif encoding in ("gzip", "x-gzip", "deflate"):
                async with aclosing(_inflate(self._vendor, stream)) as inflated:
                    async for piece in inflated:
                        yield piece
            else:
                raise ProviderUnavailable(
                    f"{name} answered in an encoding nobody asked for ({encoding}).", provider=self._vendor.id
                )
        except httpx.HTTPError as error:
            raise connection_error(self._vendor, error, started=True) from None
        self.over = True

    async def close(self) -> None:
        """Give the connection back; or close it, where the body was not read to its end."""
        await self._response.aclose()


async def _inflate(vendor: Vendor, pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Decompress step by step: a bomb meets the reader's bounds long before it fills the memory."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        async for piece in pieces:
            data = piece
            while data:
                yield inflater.decompress(data, MAX_INFLATED_STEP)
                data = inflater.unconsumed_tail
    except zlib.error:
        raise ProviderUnavailable(f"{vendor.name} sent a damaged compressed answer.", provider=vendor.id) from None


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


def connection_error(vendor: Vendor, error: "httpx.HTTPError", *, started: bool = False) -> ConnectionFailed:
    """Our error for what went wrong below HTTP."""
    import httpx

    name, where = vendor.name, origin(vendor.base_url) if vendor.base_url else ""
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        remedy = f"is {name} running?" if vendor.local else "is the network, or a proxy, in the way?"
        reason = " (its certificate was not accepted)" if "certificate" in str(error).lower() else ""
        return ConnectionFailed(f"No connection to {name} at {where}{reason}: {remedy}", provider=vendor.id)
    if isinstance(error, httpx.TimeoutException):
        return too_slow(vendor, started=started)
    if started:
        return ConnectionFailed(f"The connection to {name} was lost in the middle of its answer.", provider=vendor.id)
    return ConnectionFailed(f"The connection to {name} failed before it answered.", provider=vendor.id)


def too_slow(vendor: Vendor, *, started: bool) -> DeadlineExceeded:
    """The error for silence, before the answer or in the middle of it."""
    what = "went silent in the middle of its answer" if started else "did not begin to answer in time"
    return DeadlineExceeded(f"{vendor.name} {what}; try again, or choose a faster model.", provider=vendor.id)

"""HTTP as `providers` uses it: one pool of connections per origin, kept alive, opened ahead; verified, bounded, not redirected.

httpx and the certificate store cost 140 ms, so both are loaded on first use, and in a thread.
"""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
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
    """The connections to one origin: when they were last used, and how many answers are open on them. httpx's transport, without
    its client around it: cookies, redirects and hooks, which nobody wants here, would cost a keystroke a tenth of a millisecond.
    """

    connections: "httpx.AsyncBaseTransport"
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
            import httpx  # loaded by now

            line.used = self.clock()
            request = httpx.Request("HEAD", origin(url) + "/", extensions=_extensions(Watch(line.resets), READ_S))
            answer = await line.connections.handle_async_request(request)
            await answer.aread()  # a connection serves again once its answer was read

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
        import httpx  # loaded by now

        watch = Watch(line.resets, dispatch)
        limits = _extensions(watch, max(wait_s, READ_S))
        try:
            method = "GET" if post is None else "POST"
            request = httpx.Request(method, _parsed(url), headers=dict(headers), content=post, extensions=limits)
        except Exception:  # httpx.InvalidURL, UnicodeError, ValueError, …: their words repeat the value
            raise unsendable(vendor) from None
        line.used = self.clock()
        line.open += 1
        answer = None
        try:
            answer = Answer(vendor, await _begin(vendor, line, request, wait_s))
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
            near = self.near(url) and url.startswith("http:")
            self._context = await asyncio.to_thread(_load, self._context, url.startswith("https:"), near, self.environ)
            proxy = proxy_for(url, self.environ)
            line = self._lines.setdefault(where, _Line(self.transport or self._connections(url, proxy), proxy))
        return line

    def _connections(self, url: str, proxy: str | None) -> "httpx.AsyncBaseTransport":
        import httpx

        if self.near(url) and url.startswith("http:"):
            from coderoute_ls.providers.connections.loopback_http import LoopbackTransport

            return LoopbackTransport(KEEPALIVE_S)
        try:
            if proxy is not None and not urlsplit(proxy).hostname:
                raise ValueError
            return httpx.AsyncHTTPTransport(
                # a plain http origin needs no certificates; one that would verify nothing fails closed
                verify=self._context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                http2=True,
                limits=httpx.Limits(keepalive_expiry=KEEPALIVE_S),
                # a proxy that speaks TLS is believed by the same certificates
                proxy=proxy and httpx.Proxy(proxy, ssl_context=self._context if proxy.startswith("https:") else None),
            )
        except ImportError:
            raise ConnectionFailed(
                "The proxy named in the environment cannot be used: SOCKS needs `pip install httpx[socks]`.", scope="request"
            ) from None
        except Exception:  # httpx.InvalidURL and ValueError repeat the value, which may hold a password
            raise ConnectionFailed(
                "The proxy named in the environment cannot be used: it must be http://HOST:PORT, https:// or socks5://.",
                scope="request",
            ) from None

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


def _extensions(watch: Watch, read_s: float) -> dict[str, Any]:
    """What goes along with a request: its limits in seconds, and who watches it."""
    return {"timeout": {"connect": CONNECT_S, "read": read_s, "write": READ_S, "pool": READ_S}, "trace": watch}


async def _begin(vendor: Vendor, line: _Line, request: "httpx.Request", wait_s: float) -> "httpx.Response":
    try:
        async with asyncio.timeout(wait_s):
            return await line.connections.handle_async_request(request)
    except TimeoutError:
        raise too_slow(vendor, started=False) from None
    except Exception as error:  # httpx's errors, and what h11, h2, ssl and anyio let through
        watch: Watch = request.extensions["trace"]
        watch.broke(error)
        if isinstance(error, import_module("httpx").ProxyError):
            watch.dispatch.left = False  # it stayed at the proxy
        raise connection_error(vendor, error, proxy=line.proxy) from None


def _load(context: ssl.SSLContext | None, secure: bool, near: bool, environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """Load the HTTP client, and the certificates where they are needed. Raises ConnectionFailed."""
    # its command line, which it would load with all of rich: 40 ms and 5 MB
    cast("dict[str, object]", sys.modules).setdefault("httpx._main", None)
    from coderoute_ls.providers.connections.certificates import certificates

    import_module("httpx")  # here and not in the event loop
    if not near:
        import_module("httpcore")  # what httpx loads with its first transport: 60 ms
    return certificates(environ) if secure and context is None else context


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

        stream = self._response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        try:
            body = BodyDecoding(self._vendor, self.headers.get("content-encoding", ""))
            async for piece in stream:
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

    async def close(self) -> None:
        """Give the connection back; or close it, where the body was not read to its end."""
        await self._response.aclose()


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

"""The connections to one origin over httpx's transport, without its client around it: cookies, redirects and hooks, which nobody
wants here, would cost a keystroke a tenth of a millisecond.
"""

import ssl
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

import httpx

from coderoute_ls.errors import ConnectionFailed
from coderoute_ls.providers.connections.http2 import Watch


class HttpxConnections:
    """Raises what httpx raises, and what lies below it."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

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
    ) -> httpx.Response:
        """Send a request and give its answer, the body unread."""
        limits = {"connect": connect_s, "read": read_s, "write": read_s, "pool": read_s}
        told = {"timeout": limits, "trace": watch}
        request = httpx.Request(method, _parsed(url), headers=dict(headers), content=body, extensions=told)
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    """Raises httpx.InvalidURL."""
    return httpx.URL(url)


def over_the_network(context: ssl.SSLContext | None, proxy: str | None, keepalive_s: float) -> HttpxConnections:
    """Through this proxy, if there is one, verified by this context. Raises ConnectionFailed for a proxy that cannot be used."""
    try:
        if proxy is not None and not urlsplit(proxy).hostname:
            raise ValueError
        transport = httpx.AsyncHTTPTransport(
            # a plain http origin needs no certificates; one that would verify nothing fails closed
            verify=context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            http2=True,
            limits=httpx.Limits(keepalive_expiry=keepalive_s),
            # a proxy that speaks TLS is believed by the same certificates
            proxy=proxy and httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None),
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
    return HttpxConnections(transport)

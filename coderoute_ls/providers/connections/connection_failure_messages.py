"""One sentence for each failure below HTTP. A library's own words are not repeated: they may hold an address or a key."""

import re
from typing import TYPE_CHECKING

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed, DeadlineExceeded
from coderoute_ls.providers.base_url import origin, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_CERTIFICATE: "Mapping[str, str]" = {
    "hostname mismatch|not valid for|ip address mismatch": "it is for another host: is the address right?",
    "expired": "it has expired: is this machine's clock right?",
    "certificate": "if your company's proxy decrypts connections, name its certificate file in SSL_CERT_FILE",
}
"""What the TLS library says about a certificate, and what to do."""

_UNKNOWN_HOST = re.compile(r"name or service not known|nodename nor servname|getaddrinfo failed|name resolution|no address assoc")


def connection_error(vendor: Vendor, error: Exception, *, started: bool = False, proxy: str | None = None) -> ConnectionFailed:
    """Our error for this one: of httpx, of what lies below it, or of `loopback_http`. ``started``: a part of the answer was
    there."""
    from coderoute_ls.providers.connections import loopback_http

    match error:
        case loopback_http.Unreached():
            return ConnectionFailed(_unreached(vendor, str(error).lower(), proxy), provider=vendor.id)
        case loopback_http.Silent():
            return too_slow(vendor, started=started)
        case loopback_http.Broken():
            return _lost(vendor, started=started)
        case ValueError():
            return unsendable(vendor)
        case _:
            return _of_httpx(vendor, error, started=started, proxy=proxy)


def _of_httpx(vendor: Vendor, error: Exception, *, started: bool, proxy: str | None) -> ConnectionFailed:
    import httpx  # its error came: it is loaded

    match error:
        case httpx.ProxyError():
            status = re.match(r"\d{3}", str(error))
            return proxy_refused(vendor, proxy, int(status[0]) if status else None)
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return ConnectionFailed(_unreached(vendor, str(error).lower(), proxy), provider=vendor.id)
        case httpx.TimeoutException():
            return too_slow(vendor, started=started)
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return unsendable(vendor)
        case _:
            return _lost(vendor, started=started)


def _lost(vendor: Vendor, *, started: bool) -> ConnectionFailed:
    if started:
        return ConnectionFailed(f"The connection to {vendor.name} was lost in the middle of its answer.", provider=vendor.id)
    return ConnectionFailed(f"The connection to {vendor.name} failed before it answered.", provider=vendor.id)


def _unreached(vendor: Vendor, words: str, proxy: str | None) -> str:
    where = origin(vendor.base_url) if vendor.base_url else "its address"
    for pattern, remedy in _CERTIFICATE.items():
        if re.search(pattern, words):
            return f"No connection to {vendor.name} at {where}: its certificate was not accepted; {remedy}."
    if "wrong_version_number" in words or "wrong version number" in words or "record_layer_failure" in words:
        return f"No connection to {vendor.name} at {where}: the server does not use TLS; should the address begin with http://?"
    if _UNKNOWN_HOST.search(words) and proxy is None:
        return f"No connection to {vendor.name} at {where}: this host name is not known; is it right, and is there a network?"
    if proxy is not None:
        return f"No connection to {vendor.name} through the proxy {shown(proxy)}: is it right, or should NO_PROXY name the host?"
    if vendor.local:
        return f"No connection to {vendor.name} at {where}: is {vendor.name} running?"
    return f"No connection to {vendor.name} at {where}: does the network or a proxy block it?"


def proxy_refused(vendor: Vendor, proxy: str | None, status: int | None) -> ConnectionFailed:
    """The error for a proxy that does not let the request through."""
    name = f"The proxy {shown(proxy)}" if proxy else "A proxy"
    if status == 407:
        told = f"{name} on the way to {vendor.name} asks for a name and a password (407): put them into https_proxy."
    else:
        code = f" ({status})" if status else ""
        told = f"{name} let no connection to {vendor.name} through{code}: allow the host there, or name it in NO_PROXY."
    return ConnectionFailed(told, provider=vendor.id, status=status)


def unsendable(vendor: Vendor) -> ConnectionFailed:
    """The error for an address or header that HTTP cannot carry."""
    return ConnectionFailed(
        f"The address or a header of {vendor.name} cannot be sent: correct its base_url, headers or key.", provider=vendor.id
    )


def too_slow(vendor: Vendor, *, started: bool) -> DeadlineExceeded:
    """The error for silence, before the answer or in the middle of it."""
    what = "went silent in the middle of its answer" if started else "did not begin to answer in time"
    return DeadlineExceeded(f"{vendor.name} {what}; try again, or choose a faster model.", provider=vendor.id)

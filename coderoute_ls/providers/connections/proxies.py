"""Which proxy an address is asked through: what the environment names, or the system where the environment names none."""

import sys
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from coderoute_ls.text.loopback import is_loopback

_USUAL_PORTS = {"http": 80, "https": 443}


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy for this address as a URL, None for a direct connection. This machine is always asked directly."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    named = _named(environ)
    if not named and sys.platform in ("win32", "darwin"):
        return _of_the_system(parts.scheme, host)
    if bypassed(host, parts.port or _USUAL_PORTS.get(parts.scheme, 0), _either(environ, "no_proxy")):
        return None
    proxy = named.get(parts.scheme) or named.get("all")
    return _with_scheme(proxy) if proxy else None


def _named(environ: Mapping[str, str]) -> dict[str, str]:
    names = ("http", "https", "all")
    # a web server hands a request's "Proxy" header to its programs as HTTP_PROXY
    safe = {name: value for name, value in environ.items() if name != "HTTP_PROXY" or "REQUEST_METHOD" not in environ}
    return {name: value for name in names if (value := _either(safe, f"{name}_proxy"))}


def _either(environ: Mapping[str, str], name: str) -> str:
    """The variable in small letters, which goes first even where it is empty, or in capitals."""
    return environ.get(name, environ.get(name.upper(), "")).strip()


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _of_the_system(scheme: str, host: str) -> str | None:
    from urllib.request import getproxies, proxy_bypass

    named = getproxies()
    proxy = named.get(scheme) or named.get("all")
    return None if not proxy or proxy_bypass(host) else _with_scheme(proxy)


def bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether this list says to ask the host directly. It knows ``*``, names with the names below them (also ``.name`` and
    ``*.name``), addresses, networks (``10.0.0.0/8``, ``10.*``), ``<local>`` for names without a dot, each with or without a
    port, separated by commas, semicolons or blanks.
    """
    host = host.lower().rstrip(".").partition("%")[0]
    return any(_covers(entry, host, port) for entry in _entries(no_proxy))


def _entries(no_proxy: str) -> Iterator[str]:
    for entry in no_proxy.replace(";", ",").replace(",", " ").split():
        _, url, host = entry.strip("\"'").lower().rpartition("://")
        yield host.partition("/")[0] if url else host  # behind an address alone a slash begins a network


def _covers(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if entry == "<local>":
        return "." not in host and _address(host) is None
    name, only = _with_port(entry)
    if only is not None and only != port:
        return False
    if (address := _address(host)) is not None:
        return _covers_address(name, address)
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _with_port(entry: str) -> tuple[str, int | None]:
    """The entry without its port, and the port; an IPv6 address has one only behind brackets."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        network, _, port = rest.partition(":")
        return name + network, int(port) if port.isdecimal() else None
    name, colon, port = entry.rpartition(":")
    return (name, int(port)) if colon and port.isdecimal() and ":" not in name else (entry, None)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _covers_address(name: str, address: IPv4Address | IPv6Address) -> bool:
    """An address, a network, or the beginning of an address before a star."""
    if name.endswith(".*"):
        return str(address).startswith(name[:-1].partition("*")[0])
    try:
        network = ip_network(name, strict=False)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any(one is not None and one.version == network.version and one in network for one in (address, mapped))

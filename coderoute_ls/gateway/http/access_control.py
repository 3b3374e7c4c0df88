"""Who may ask: callers with the token, at an address of this machine, and no web page. Pure."""

import hmac
import re
from collections.abc import Collection, Mapping

from coderoute_ls.gateway.caller_error import CallerError

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def admit(headers: Mapping[str, str], token: str, hosts: Collection[str] = LOOPBACK_NAMES) -> None:
    """Raise `CallerError` unless the request may be answered. ``headers``: names in lower case. ``hosts``: as `check_place`."""
    check_place(headers, hosts)
    if not any(hmac.compare_digest(said.encode(), token.encode()) for said in keys_in(headers)):
        message = "The gateway's token is missing or wrong. `coderoute-ls gateway --token` prints it; send it as the API key."
        raise CallerError(401, "authentication", message, headers={"www-authenticate": "Bearer"})


def check_place(headers: Mapping[str, str], hosts: Collection[str]) -> None:
    """Raise `CallerError` for what web pages send. ``hosts``: names that this gateway goes by; any other in ``Host`` is one that
    somebody pointed at this machine (DNS rebinding).
    """
    if _host(headers.get("host", "")) not in hosts:
        raise CallerError(403, "permission", "The Host header names no address of this gateway.")
    origin = headers.get("origin", "")
    if (origin and _host(origin.partition("://")[2]) not in hosts) or headers.get("sec-fetch-site", "none") not in _SAME_SITE:
        raise CallerError(403, "permission", "Web pages may not ask this gateway.")


_SAME_SITE = ("none", "same-origin")


_AUTHORITY = re.compile(r"(?:\[(?P<number>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::[0-9]{1,5})?")


def _host(value: str) -> str:
    """The name in a Host header or in the authority of an address, without its port; "" where there is more or less than that:
    readers that cut elsewhere would see another name."""
    found = _AUTHORITY.fullmatch(value)
    return "" if found is None else (found["number"] or found["name"]).lower().removesuffix(".")


def keys_in(headers: Mapping[str, str]) -> tuple[str, ...]:
    """As the clients of each format send it. One that is logged in elsewhere may send that login beside it."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    return (bearer.strip() if scheme.lower() == "bearer" else "", headers.get("x-api-key", ""), headers.get("api-key", ""))

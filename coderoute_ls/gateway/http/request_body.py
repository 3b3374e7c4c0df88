"""The body of a request, read within bounds of size and time, and its JSON."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from coderoute_ls.gateway.caller_error import CallerError, invalid

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of one caller's request is taken."""

    body_bytes: int = 32 * 1024 * 1024
    """Pictures travel in it as text; vendors take about as much."""
    head_seconds: float = 30.0
    """From a connection, or from the first byte of a later request, to the end of its head."""
    body_seconds: float = 30.0
    """From its first byte to its last; and for what is left of it after it was refused, which is thrown away."""
    write_seconds: float = 60.0
    """In which a caller must take what waits for it, 64 KiB at most; one that does not read is given up."""
    at_once: int = 64
    """Requests that are answered at the same time."""


class Disconnected(Exception):
    """The caller has hung up: no caller is there to be told."""


async def read_body(receive: Receive, headers: Mapping[str, str], bounds: Bounds) -> bytes:
    """All of it. Raises `CallerError` where it is too large, too slow or encoded, `Disconnected` where the caller hung up."""
    if headers.get("content-encoding", "").lower() not in ("identity", ""):
        message = "The gateway takes no compressed body: send it without Content-Encoding."
        raise CallerError(415, "invalid_request", message)
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > bounds.body_bytes:
        raise _too_large(bounds)
    try:
        async with asyncio.timeout(bounds.body_seconds):
            return await _all(receive, bounds)
    except TimeoutError:
        message = f"The request's body took longer than {bounds.body_seconds:.0f} seconds."
        raise CallerError(408, "timeout", message) from None


async def _all(receive: Receive, bounds: Bounds) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += cast("bytes", message.get("body", b""))
        if len(body) > bounds.body_bytes:
            raise _too_large(bounds)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(bounds: Bounds) -> CallerError:
    most = bounds.body_bytes // (1024 * 1024)
    message = f"The request is larger than {most} MiB. Send smaller pictures, or fewer."
    return CallerError(413, "too_large", message)


_DEEP = 200
"""Brackets below which nothing can be nested too deeply to be written again."""


def json_object(body: bytes) -> dict[str, object]:
    """The body as a JSON object. Raises `CallerError`."""
    try:
        parsed: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid(f"The body is no valid JSON (line {error.lineno}, column {error.colno}).") from None
    if not isinstance(parsed, dict):
        raise invalid("The body must be a JSON object.")
    if body.count(b"{") + body.count(b"[") > _DEEP:
        try:
            orjson.dumps(parsed)
        except TypeError:  # what is read can be nested deeper than what is written
            raise invalid("The body's JSON is nested too deeply.") from None
    return cast("dict[str, object]", parsed)


def check_once(body: bytes) -> None:
    """Raise `CallerError` where an object has a key twice: which one a vendor believes is not known, so what was checked here
    might not be what is obeyed there."""

    def once(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise invalid(f"The body has the key {key[:80]!r} twice in one object.", key[:80])
            seen.add(key)

    json.loads(body, object_pairs_hook=once)

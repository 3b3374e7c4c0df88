"""Addresses of this machine. ``localhost`` is both of its addresses, whatever the resolver says: a server may use one only."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

P = TypeVar("P", bound=asyncio.Protocol)
T = TypeVar("T")


async def open_connection(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to this host; to ``localhost`` over version 4, else version 6. Raises OSError."""
    return await _over_either_version(asyncio.open_connection, host, port)


async def create_connection(kind: Callable[[], P], host: str, port: int) -> P:
    """The same, with a protocol of this kind."""

    async def connect(host: str, port: int) -> P:
        return (await asyncio.get_running_loop().create_connection(kind, host, port))[1]

    return await _over_either_version(connect, host, port)


async def _over_either_version(connect: Callable[[str, int], Awaitable[T]], host: str, port: int) -> T:
    if host.lower().rstrip(".") != "localhost":
        return await connect(host, port)
    try:
        return await connect("127.0.0.1", port)
    except OSError:
        return await connect("::1", port)

"""Addresses of this machine. ``localhost`` is both of its addresses, whatever the resolver says: a server may use one only."""

import asyncio


async def open_connection(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to this host; to ``localhost`` over version 4, else version 6. Raises OSError."""
    if host.lower().rstrip(".") != "localhost":
        return await asyncio.open_connection(host, port)
    try:
        return await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return await asyncio.open_connection("::1", port)

"""``serve --tcp``: one editor over a loopback socket, let in by a token in its ``initialize`` request.

Whoever else runs programs on this machine can connect to a port; only who was given the token is served.
"""

import asyncio
import hmac
import ipaddress
import json
import re
import socket
from collections.abc import Callable
from typing import cast

import click

from coderoute_ls.server.backend import Backend
from coderoute_ls.server.rpc.framing import framed

TOKEN_VARIABLE = "CODEROUTE_TOKEN"  # noqa: S105
LARGEST_GREETING = 4 << 20
PATIENCE_S = 2.0
"""Time to say the first message; nobody else is let in meanwhile."""

Json = dict[str, object]


def address(value: str) -> tuple[str, int]:
    """Host and port of ``[HOST:]PORT``. Raises click.BadParameter for one that is not on this machine."""
    host, _, port = value.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or int(port) > 65_535:
        raise click.BadParameter("must be [HOST:]PORT", param_hint="--tcp")
    try:
        near = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise click.BadParameter(f"{host} is not this machine's loopback: other machines are not served", param_hint="--tcp")
    return host, int(port)


async def serve_tcp(at: tuple[str, int], token: str, build: Callable[[], Backend], listening: Callable[[int], None]) -> int:
    """Serve the first editor that knows the token, until it is done; returns the exit code. ``listening`` is told the port."""
    from coderoute_ls.server.language_server import serve  # the LSP library, which no other command loads

    loop = asyncio.get_running_loop()
    with socket.create_server(at, family=socket.AF_INET6 if ":" in at[0] else socket.AF_INET) as listener:
        listener.setblocking(False)
        listening(cast("tuple[str, int]", listener.getsockname())[1])
        while True:
            connection, _ = await loop.sock_accept(listener)
            received = await _knock(connection, token)
            if received is not None:
                break
            connection.close()
    reader, writer = await asyncio.open_connection(sock=connection)
    reader.feed_data(received)  # a client sends nothing more before it has its answer
    return await serve(build(), reader, writer)


async def _knock(connection: socket.socket, token: str) -> bytes | None:
    """The first message, as it came, when it holds the token."""
    loop = asyncio.get_running_loop()
    received = b""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (message := _message(received)) is None:
                piece = await loop.sock_recv(connection, 1 << 16)
                received += piece
                if not piece or len(received) > LARGEST_GREETING:
                    return None
            if hmac.compare_digest(_token(message).encode(), token.encode()):
                return received
            said = (
                f"Wrong token: send the server's as initializationOptions.token (it is in ${TOKEN_VARIABLE}, or on its stderr)."
            )
            answer = json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "error": {"code": -32600, "message": said}}).encode()
            await loop.sock_sendall(connection, framed(answer))
    except (TimeoutError, OSError, ValueError):
        pass
    return None


def _message(received: bytes) -> Json | None:
    """The first message, once it is complete. Raises ValueError on what is none."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    length = re.search(rb"(?i)^content-length: *(\d{1,8}) *$", head, re.MULTILINE)
    if length is None:
        raise ValueError("no length")
    if len(body) < int(length[1]):
        return None
    return _table(json.loads(body[: int(length[1])]))


def _token(message: Json) -> str:
    """``params.initializationOptions.token``, or "" where there is none."""
    token = _table(_table(message.get("params")).get("initializationOptions")).get("token")
    return token if isinstance(token, str) else ""


def _table(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}

"""``serve --tcp``: one editor over a loopback socket, let in by a token in its ``initialize`` request.

Other users of this machine can connect to a port; only a client with the token is served.
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
SHORTEST_TOKEN, LONGEST_TOKEN = 16, 512
LARGEST_GREETING = 1 << 20
LONGEST_HEADER = 4 * 1024
PATIENCE_S = 2.0
"""Time to say the first message."""
GUESS_S = 0.2
"""Seconds until a wrong token is answered: with `MOST_WAITING` at once that is 80 guesses a second, out of at least 2^95."""
MOST_WAITING = 16

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


def checked(token: str) -> str:
    """The token that the user chose. Raises click.BadParameter for one that can be guessed, or that no editor could send."""
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        wish = f"must have {SHORTEST_TOKEN} to {LONGEST_TOKEN} plain characters; leave it out and one is made"
        raise click.BadParameter(wish, param_hint=TOKEN_VARIABLE)
    return token


async def serve_tcp(
    at: tuple[str, int],
    token: str,
    build: Callable[[], Backend],
    listening: Callable[[int], None],
    *,
    patience_s: float = PATIENCE_S,
) -> int:
    """Serve the first editor that knows the token, until it is done; returns the exit code. ``listening`` is told the port;
    ``patience_s``: seconds that a connection has to say its first message.
    """
    from coderoute_ls.server.language_server import serve  # the LSP library, which no other command loads

    with socket.create_server(at, family=socket.AF_INET6 if ":" in at[0] else socket.AF_INET) as listener:
        listener.setblocking(False)
        listening(cast("tuple[str, int]", listener.getsockname())[1])
        connection, received = await _first_admitted(listener, token, patience_s)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio leaves a socket as it is that names no protocol
    reader, writer = await asyncio.open_connection(sock=connection)
    reader.feed_data(received)  # a client sends nothing more before it has its answer
    return await serve(build(), reader, writer)


async def _first_admitted(listener: socket.socket, token: str, patience_s: float) -> tuple[socket.socket, bytes]:
    """The first connection whose first message holds the token, and that message. Several are read at the same time, so that
    a slow one does not block others; when there are too many, the oldest is closed."""
    loop = asyncio.get_running_loop()
    waiting: dict[asyncio.Task[bytes | None], socket.socket] = {}
    accepting = loop.create_task(loop.sock_accept(listener))
    try:
        while True:
            await asyncio.wait({accepting, *waiting}, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in waiting if task.done()]:
                connection = waiting.pop(task)
                if (received := task.result()) is not None:
                    return connection, received
                connection.close()
            if accepting.done():
                connection, _ = accepting.result()
                connection.setblocking(False)
                if len(waiting) >= MOST_WAITING:
                    next(iter(waiting)).cancel()
                waiting[loop.create_task(_admitted(connection, token, patience_s))] = connection
                accepting = loop.create_task(loop.sock_accept(listener))
    finally:
        accepting.cancel()
        for task, connection in waiting.items():
            task.cancel()
            connection.close()
        await asyncio.gather(accepting, *waiting, return_exceptions=True)


async def _admitted(connection: socket.socket, token: str, patience_s: float) -> bytes | None:
    """The first message, as it came, when it holds the token; else None."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            received, body = await _first_message(connection)
            message = _table(json.loads(body))
            if hmac.compare_digest(_token(message).encode(), token.encode()):
                return received
            await asyncio.sleep(GUESS_S)
            said = (
                f"Wrong token: send the server's as initializationOptions.token (it is in ${TOKEN_VARIABLE}, or on its stderr)."
            )
            request_id = message.get("id")
            answer = json.dumps(
                {
                    "jsonrpc": "2.0",
                    "id": request_id if isinstance(request_id, int | str) else None,
                    "error": {"code": -32600, "message": said},
                }
            ).encode()
            await loop.sock_sendall(connection, framed(answer))
    except (TimeoutError, OSError, ValueError, RecursionError, asyncio.CancelledError):
        pass
    return None


async def _first_message(connection: socket.socket) -> tuple[bytes, bytes]:
    """All that came, and the body of the first message. Raises ValueError on what is none or too long."""
    loop = asyncio.get_running_loop()
    received, start, whole = bytearray(), 0, LONGEST_HEADER
    while not start or len(received) < whole:
        piece = await loop.sock_recv(connection, 1 << 16)
        received += piece
        if not start and (end := received.find(b"\r\n\r\n", 0, LONGEST_HEADER)) >= 0:
            length = re.search(rb"(?i)^content-length: *(\d{1,8}) *$", received[:end].replace(b"\r", b""), re.MULTILINE)
            if length is None or int(length[1]) > LARGEST_GREETING:
                raise ValueError("no length, or too much")
            start = end + 4
            whole = start + int(length[1])
        if not piece or (not start and len(received) > LONGEST_HEADER):
            raise ValueError("no message")
    return bytes(received), bytes(received[start:whole])


def _token(message: Json) -> str:
    """``params.initializationOptions.token``, or "" where there is none."""
    token = _table(_table(message.get("params")).get("initializationOptions")).get("token")
    return token if isinstance(token, str) and len(token) <= LONGEST_TOKEN else ""


def _table(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}

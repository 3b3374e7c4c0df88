"""Serving the gateway on a loopback port until it is told to stop."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import cast

import uvicorn

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.asgi_app import SERVICE, application
from coderoute_ls.gateway.http.bounded_connection import BoundedConnection

GRACE_S = 5
"""Seconds in which running answers may come to their end when the gateway stops."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `ConfigurationError` where it is taken.

    Its protocol is named: only then does asyncio set TCP_NODELAY on what it accepts. Without it the second piece of an answer
    waits for the caller's delayed acknowledgement of the first, 40 ms on Linux.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":  # Windows would let another program take the port over
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"Port {port} of {host} cannot be used ({error.strerror}). Choose another with --port, or stop what uses it, "
        message += "be it an editor's server with `gateway.enable`."
        raise ConfigurationError(message) from error
    return listener


async def answers_at(port: int) -> bool:
    """Whether a gateway of ours listens at this loopback port, such as that of another process."""
    question = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(_PROBE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(question)
                return SERVICE.encode() in await reader.read(4_096)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


_PROBE_S = 2.0


class Host(uvicorn.Server):
    """Ends with the process, in order. Uvicorn would raise SIGTERM once more as soon as its last answer is served, which ends the
    process before the ledger has what is booked behind that.
    """

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals[:] = [each for each in self._captured_signals if each != signal.SIGTERM]


class _Guest(uvicorn.Server):
    """Leaves the signals to the process that it is a part of."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def serve(
    gateway: Gateway,
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    *,
    signals: bool = True,
    grace_s: int = GRACE_S,
) -> None:
    """Answer until cancelled, or, with ``signals``, until the process is told to end (SIGINT, SIGTERM). Then running answers
    have ``grace_s`` seconds; what was used by those that are cut is booked before this returns.
    """
    server = (Host if signals else _Guest)(configuration(gateway, grace_s))
    serving = asyncio.ensure_future(server.serve([listener]))
    try:
        ready()
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


def configuration(gateway: Gateway, grace_s: int = GRACE_S) -> uvicorn.Config:
    """How HTTP is served: nothing is logged, no header tells of the server. A head of which 64 KiB
    have come without its end is refused; one that comes in a single packet may be as large as that, 256 KiB."""
    connection = cast("type[asyncio.Protocol]", partial(BoundedConnection, gateway.bounds))
    return uvicorn.Config(
        application(gateway),
        http=connection,
        log_config=None,
        log_level="critical",  # what goes wrong in our own code is logged there; an answer that is cut at the end is no error
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
        loop="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=grace_s,
        h11_max_incomplete_event_size=64 * 1024,
    )

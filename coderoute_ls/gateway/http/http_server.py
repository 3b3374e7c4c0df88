"""Serving the gateway on a loopback port until it is told to stop."""

import asyncio
import socket
import sys
from collections.abc import Callable

import uvicorn

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.asgi_app import application

GRACE_S = 5
"""Seconds in which running answers may come to their end when the gateway stops."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `ConfigurationError` where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # Windows would let another program take the port over
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"Port {port} of {host} cannot be used ({error.strerror}). Choose another with --port, or stop what uses it."
        raise ConfigurationError(message) from error
    return listener


async def serve(gateway: Gateway, listener: socket.socket, ready: Callable[[], None] = lambda: None) -> None:
    """Answer until cancelled, or until the process is told to end (SIGINT, SIGTERM)."""
    server = uvicorn.Server(configuration(gateway))
    serving = asyncio.ensure_future(server.serve([listener]))
    try:
        ready()
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def configuration(gateway: Gateway) -> uvicorn.Config:
    """How HTTP is served: nothing is logged, no header tells of the server, a head is at most 64 KiB."""
    return uvicorn.Config(
        application(gateway),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
        loop="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=64 * 1024,
    )

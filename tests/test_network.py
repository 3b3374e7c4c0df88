"""The suite's own promise: no test reaches anything but loopback."""

import asyncio
import socket

import pytest


def test_a_connection_to_a_public_address_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="nothing but loopback"):
        outside.connect(("192.0.2.1", 443))


def test_a_datagram_to_a_public_address_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside, pytest.raises(AssertionError, match="nothing but loopback"):
        outside.sendto(b"", ("192.0.2.1", 53))


async def test_a_public_name_is_not_even_resolved() -> None:
    with pytest.raises(AssertionError, match="nothing but loopback"):
        await asyncio.open_connection("example.invalid", 443)


async def test_loopback_stays_open() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()

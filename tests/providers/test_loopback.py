"""Connections to model servers on this machine."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from coderoute_ls.providers.connections.http2 import Resets, Watch
from coderoute_ls.providers.connections.loopback_http import Broken, LoopbackTransport, Silent, Unreached
from tests.support.provider import ScriptedProvider


@asynccontextmanager
async def here(keepalive_s: float = 60.0) -> AsyncGenerator[tuple[ScriptedProvider, LoopbackTransport]]:
    async with ScriptedProvider() as server:
        transport = LoopbackTransport(keepalive_s)
        yield server, transport
        await transport.aclose()


async def asked(transport: LoopbackTransport, url: str, read_s: float = 5.0) -> bytes:
    watch = Watch(Resets())
    answer = await transport.ask("POST", f"{url}/v1/completions", {}, b"{}", connect_s=5.0, read_s=read_s, watch=watch)
    try:
        return b"".join([piece async for piece in answer.stream])
    finally:
        await answer.aclose()


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with here() as (server, transport):
        for text in (b"one", b"two", b""):
            answer = asyncio.create_task(asked(transport, server.url))
            await (await server.request()).respond(200, text)
            assert await answer == text
        assert server.accepted == 1


async def test_requests_at_the_same_time_have_connections_of_their_own() -> None:
    async with here() as (server, transport):
        answers = [asyncio.create_task(asked(transport, server.url)) for _ in range(3)]
        for request in [await server.request() for _ in answers]:
            await request.respond(200, b"fine")
        assert await asyncio.gather(*answers) == [b"fine"] * 3
        assert server.accepted == 3


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    async with here() as (server, transport):
        answer = asyncio.create_task(asked(transport, server.url))
        request = await server.request()
        await request.respond(200, b"one")
        await answer
        await request.abort()
        for _ in range(10):  # turns of the event loop, until both ends know
            await asyncio.sleep(0)
        answer = asyncio.create_task(asked(transport, server.url))
        await (await server.request()).respond(200, b"two")
        assert await answer == b"two"
        assert server.accepted == 2


async def test_a_connection_that_was_idle_for_long_is_not_used_again() -> None:
    async with here(keepalive_s=0.0) as (server, transport):
        for _ in range(2):
            answer = asyncio.create_task(asked(transport, server.url))
            await (await server.request()).respond(200, b"fine")
            await answer
        assert server.accepted == 2


async def test_connections_from_a_time_of_more_requests_do_not_stay_open() -> None:
    async with here(keepalive_s=0.0) as (server, transport):
        answers = [asyncio.create_task(asked(transport, server.url)) for _ in range(3)]
        requests = [await server.request() for _ in answers]
        for request in requests:
            await request.respond(200, b"fine")
        await asyncio.gather(*answers)
        await asyncio.gather(*(request.closed() for request in requests[:-1]))
        assert server.connections == 1


async def test_giving_up_closes_the_connection_whatever_had_come() -> None:
    async with here() as (server, transport):
        for begun in (False, True):
            answer = asyncio.create_task(asked(transport, server.url))
            request = await server.request()
            if begun:
                await request.start()
            answer.cancel()
            await request.closed()
            await asyncio.wait([answer])
        assert server.connections == 0


async def test_each_thing_that_goes_wrong_has_its_own_error() -> None:
    async with here() as (server, transport):
        with pytest.raises(Silent):
            await asked(transport, server.url, read_s=0.01)
        await server.request()
        for begun in (False, True):
            answer = asyncio.create_task(asked(transport, server.url))
            request = await server.request()
            if begun:
                await request.start()
                await request.send(b"half")
            await request.abort()
            await asyncio.wait([answer])
            assert isinstance(answer.exception(), Broken)
        url = server.url
    with pytest.raises(Unreached):
        await asked(LoopbackTransport(60.0), url)


async def test_a_body_that_ends_with_its_connection_is_read_to_that_end() -> None:
    ended = asyncio.Semaphore(0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end")
        writer.close()
        await writer.wait_closed()
        ended.release()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    transport = LoopbackTransport(60.0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert [await asked(transport, url) for _ in range(2)] == [b"to the end"] * 2
    await transport.aclose()
    for _ in range(2):
        await ended.acquire()
    server.close()

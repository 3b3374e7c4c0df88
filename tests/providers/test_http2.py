"""Over HTTP/2 a cancelled answer is reset, at every stage, and the other answers on its connection go on."""

import asyncio

import httpx

from coderoute_ls.providers.connections.http2 import MAX_RESETS
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, KEY, listen, offer, vendor
from tests.providers.h2server import Http2Server

CANCEL = 8
TEXT = b'data: {"choices":[{"index":0,"delta":{"content":"%b"}}]}\n\n'
END = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


def client_over_http2(url: str) -> ProviderClient:
    prior_knowledge = httpx.AsyncHTTPTransport(http1=False, http2=True)
    return ProviderClient({"test": vendor(url)}, {"test": KEY}.get, Transport(prior_knowledge))


async def test_an_answer_arrives_over_http2() -> None:
    async with Http2Server() as server:
        client = client_over_http2(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        connection, stream = await server.requests.get()
        connection.start(stream)
        connection.send(stream, TEXT % b"hello" + END, end=True)
        assert (await heard).text == "hello"
        assert server.resets.empty()
        await client.close()


async def test_a_cancelled_answer_is_reset_while_another_goes_on() -> None:
    async with Http2Server() as server:
        client = client_over_http2(server.url)
        kept = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        connection, first = await server.requests.get()
        connection.start(first)
        dropped = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        _, second = await server.requests.get()
        connection.start(second)
        connection.send(second, TEXT % b"unwanted")
        dropped.cancel()
        assert await server.resets.get() == (second, CANCEL)
        connection.send(first, TEXT % b"wanted" + END, end=True)
        assert (await kept).text == "wanted"
        assert server.connections == 1
        await client.close()


async def test_an_answer_that_has_not_begun_is_reset_too() -> None:
    async with Http2Server() as server:
        client = client_over_http2(server.url)
        dropped = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        _, stream = await server.requests.get()
        dropped.cancel()
        assert await server.resets.get() == (stream, CANCEL)
        await client.close()


async def test_a_worn_connection_is_replaced_before_the_server_refuses() -> None:
    async with Http2Server() as server:
        client = client_over_http2(server.url)
        for _ in range(3 * MAX_RESETS):
            dropped = asyncio.create_task(listen(client.stream(offer(), CHAT)))
            await server.requests.get()
            dropped.cancel()
            await server.resets.get()
            await asyncio.wait([dropped])
        assert server.connections == 3
        await client.close()

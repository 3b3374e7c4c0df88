"""A caller that hangs up ends the vendor's work as well, and pays for what was used."""

import asyncio
import gc
import socket

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.provider_client import ProviderClient
from tests.engine.support import CHEAP
from tests.gateway.support import TOKEN, able, serving
from tests.support.provider import ScriptedProvider

BODY = b'{"model":"coderoute","stream":true,"messages":[{"role":"user","content":"Hello"}]}'


async def test_the_vendors_connection_closes_with_the_callers() -> None:
    async with ScriptedProvider() as vendor:
        client = ProviderClient({"cheap": Vendor("cheap", "Cheap", "openai-chat", f"{vendor.url}/v1")}, lambda _: "key")
        async with serving({}, (able(CHEAP),), upstream=client) as served:
            for begun in (False, True):
                reader, writer = await _hang_on(served.url)
                request = await vendor.request()
                if begun:
                    await request.start()
                    await request.text("half of it")
                    await reader.readuntil(b"half of it")
                writer.close()
                await request.closed()
        await client.close()
        booked = served.world.ledger.rows
        assert len(booked) == 2 and all(row.billed_usd > 0 for row in booked)


async def test_callers_that_hang_up_leave_nothing_behind() -> None:
    async with ScriptedProvider() as vendor:
        client = ProviderClient({"cheap": Vendor("cheap", "Cheap", "openai-chat", f"{vendor.url}/v1")}, lambda _: "key")
        async with serving({}, (able(CHEAP),), upstream=client) as served:
            counted: list[int] = []
            for _ in range(3):
                for _ in range(20):
                    _, writer = await _hang_on(served.url)
                    request = await vendor.request()
                    writer.close()
                    await request.closed()
                gc.collect()
                counted.append(len(asyncio.all_tasks()))
            assert counted[-1] <= counted[0] + 2
        await client.close()


async def _hang_on(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request that is sent, on a connection of its own."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), family=socket.AF_INET)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
    writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)
    return reader, writer

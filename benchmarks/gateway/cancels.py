"""Callers that hang up: how soon the vendor's connection is closed, what is booked, what is left behind."""

import asyncio
import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from benchmarks.gateway.load import body
from benchmarks.gateway.processes import TOKEN, Gateway, closings

CANCELS = 1_000
WARM = 20


async def measure(gateway: Gateway, port: int) -> dict[str, Any]:
    """From the caller's close to the vendor seeing the connection closed, in milliseconds."""
    seen = closings(port)
    for _ in range(WARM):
        await _once(gateway, seen)
    counted, before = await _counted(gateway), gateway.told()
    times = sorted([await _once(gateway, seen) for _ in range(CANCELS)])
    after, told = await _counted(gateway), gateway.told()
    return {
        "cancels": CANCELS,
        "p50_ms": times[CANCELS // 2],
        "p99_ms": times[CANCELS * 99 // 100],
        "booked": after["cancelled"] - counted["cancelled"],
        "cost_usd": after["usd"] - counted["usd"],
        "in_progress": after["in progress"],
        **{f"more_{name}": told[name] - before[name] for name in told},
    }


async def _once(gateway: Gateway, seen: Any) -> float:
    """One request that is hung up after its first token."""
    address = urlsplit(gateway.arm.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    content = orjson.dumps(body(gateway.arm, "hang", stream=True))
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
    writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content)
    await reader.readuntil(b"token")
    began = time.perf_counter_ns()
    writer.close()
    closed = int(await asyncio.to_thread(seen.readline))
    await writer.wait_closed()
    return (closed - began) / 1e6


async def _counted(gateway: Gateway) -> dict[str, float]:
    """What the gateway's own metrics say."""
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        url = gateway.arm.url.removesuffix("/v1")
        text = (await client.get(f"{url}/metrics", headers={"authorization": f"Bearer {TOKEN}"})).text

    def total(pattern: str) -> float:
        return sum(float(value) for value in re.findall(rf"^{pattern} (\S+)$", text, re.MULTILINE))

    return {
        "cancelled": total(r'coderoute_calls_total\{[^}]*finish="cancelled"[^}]*\}'),
        "usd": total(r"coderoute_cost_usd_total\{[^}]*\}"),
        "in progress": total("coderoute_requests_in_progress"),
    }

"""What goes through an arm: requests at an even pace, as many as it takes, and one long stream."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from benchmarks.gateway.processes import Arm, memory_mb

PER_SECOND = 20
REQUESTS = 400
WARM = 40
AT_ONCE = 16
SATURATED_S = 5.0
TOKENS = 5_000
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": f"tool_{number}",
            "description": "Reads or changes a file of the project. " * 5,
            "parameters": {"type": "object", "properties": {"path": {"type": "string"}, "lines": {"type": "integer"}}},
        },
    }
    for number in range(20)
]
TURNS = [
    {"role": "user" if number % 2 == 0 else "assistant", "content": "A paragraph of what was said. " * 20} for number in range(9)
]


def body(arm: Arm, word: str = "Go on.", **more: Any) -> dict[str, Any]:
    """A conversation of an agent, about 10,000 characters."""
    return {"model": arm.model, "messages": [*TURNS, {"role": "user", "content": word}], "tools": TOOLS, **more}


@asynccontextmanager
async def client(arm: Arm) -> AsyncGenerator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(
        base_url=arm.url, headers=dict(arm.headers), trust_env=False, verify=False, timeout=None, limits=limits
    ) as made:
        yield made


async def measure(arm: Arm) -> dict[str, Any]:
    """Times in milliseconds, requests and tokens a second, memory afterwards in MB."""
    async with client(arm) as asking:
        for _ in range(WARM):
            (await asking.post("/chat/completions", json=body(arm))).raise_for_status()
        times = sorted(await _paced(asking, arm))
        return {
            **{f"p{share}_ms": times[min(int(len(times) * share / 100), len(times) - 1)] for share in (50, 95, 99)},
            "requests_per_s": await _saturated(asking, arm),
            "tokens_per_s": await _streamed(asking, arm),
            "mb": memory_mb(arm),
        }


async def _paced(asking: httpx.AsyncClient, arm: Arm) -> list[float]:
    """Milliseconds of each request, from its start to its whole answer."""

    async def once() -> float:
        began = time.perf_counter()
        (await asking.post("/chat/completions", json=body(arm, max_tokens=2))).raise_for_status()
        return 1000 * (time.perf_counter() - began)

    started = time.perf_counter()
    running: list[asyncio.Task[float]] = []
    for number in range(REQUESTS):
        await asyncio.sleep(max(started + number / PER_SECOND - time.perf_counter(), 0))
        running.append(asyncio.create_task(once()))
    return await asyncio.gather(*running)


async def _saturated(asking: httpx.AsyncClient, arm: Arm) -> float:
    until, done = time.perf_counter() + SATURATED_S, 0

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < until:
            (await asking.post("/chat/completions", json=body(arm, max_tokens=2))).raise_for_status()
            done += 1

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return done / SATURATED_S


async def _streamed(asking: httpx.AsyncClient, arm: Arm) -> float:
    """Tokens a second of the best of three streams: what the client reads as bytes, so that its own work is small. 0 where a
    stream was not whole."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        told = 0
        async with asking.stream("POST", "/chat/completions", json=body(arm, max_tokens=TOKENS, stream=True)) as response:
            if response.status_code != 200:
                print(f"{arm.name} did not stream: {response.status_code} {(await response.aread())[:200]!r}")
                return 0.0
            async for piece in response.aiter_bytes():
                told += piece.count(b" token")
        if told < TOKENS - ROUNDING:
            print(f"{arm.name} lost tokens: {told} of {TOKENS}")
            return 0.0
        best = max(best, told / (time.perf_counter() - began))
    return best


ROUNDING = 100
"""Tokens that may be cut in two between pieces, and are then not counted."""

"""An hour of several agents, without its pauses: memory, files and tasks of the gateway must stay as they are."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import httpx

from benchmarks.gateway.load import TOOLS, body, client
from benchmarks.gateway.processes import NAME, Gateway

AGENTS = 6
SAMPLES = 20
MOST_TURNS = 60
MANY_TOOLS = [
    {**tool, "function": {**tool["function"], "name": f"{tool['function']['name']}_{n}"}} for n in range(15) for tool in TOOLS
]
BURST = 20
PATHS = ("/chat/completions", "/messages", "/responses")


async def measure(gateway: Gateway, seconds: float) -> dict[str, Any]:
    """Samples over the time, and the growth from the third tenth on."""
    statuses: dict[int, int] = {}
    until = time.perf_counter() + seconds
    samples: list[dict[str, Any]] = []
    before = gateway.told()
    async with client(gateway.arm) as asking:
        agents = [asyncio.create_task(_agent(asking, gateway, until, random.Random(n), statuses)) for n in range(AGENTS)]
        for _ in range(SAMPLES):
            await asyncio.sleep(seconds / SAMPLES)
            samples.append(await asyncio.to_thread(gateway.told))
        await asyncio.gather(*agents)
    rest = await asyncio.to_thread(gateway.told)
    early, late = samples[SAMPLES * 3 // 10], samples[-1]
    figures: dict[str, Any] = {
        "seconds": seconds,
        "requests": sum(statuses.values()),
        "statuses": dict(sorted(statuses.items())),
        "mb": [round(sample["mb"], 1) for sample in samples],
        "grown_mb": late["mb"] - early["mb"],
        "files": [sample["files"] for sample in samples],
        "tasks": [sample["tasks"] for sample in samples],
        "files_before_and_after": (before["files"], rest["files"]),
    }
    grown = ", ".join(f"{early[name]:.0f} to {late[name]:.0f} {name}" for name in ("mb", "files", "tasks"))
    told = f"{figures['requests']:,} requests in {seconds:.0f} s {figures['statuses']}"
    print(f"soak: {told}; from the third tenth on {grown}")
    print(f"soak: a request in progress holds two files, its caller's socket and its vendor's: {max(figures['files'])} at most")
    print(f"soak: {before['files']} files before the first caller, {rest['files']} once the last one has gone")
    return figures


async def _agent(
    asking: httpx.AsyncClient, gateway: Gateway, until: float, chance: random.Random, statuses: dict[int, int]
) -> None:
    turns: list[dict[str, Any]] = []
    while time.perf_counter() < until:
        if len(turns) >= MOST_TURNS:
            turns = []
        turns.append({"role": "user", "content": "More of it, please. " * chance.randint(1, 200)})
        turns.append({"role": "assistant", "content": "Well, token"})
        async for status in _step(asking, gateway, chance, turns):
            statuses[status] = statuses.get(status, 0) + 1


async def _step(
    asking: httpx.AsyncClient, gateway: Gateway, chance: random.Random, turns: list[dict[str, Any]]
) -> AsyncGenerator[int]:
    """What one agent does next; the status of each answer, 0 for one that was hung up."""
    said = {**body(gateway.arm, max_tokens=chance.randint(1, 400)), "stream": chance.random() < 0.7}
    said["messages"] = [*turns, {"role": "user", "content": "Go on."}]
    match chance.choices(("turn", "tools", "burst", "cancel", "overflow", "fail", "other format"), (8, 2, 1, 3, 1, 2, 4))[0]:
        case "tools":
            yield (await asking.post("/chat/completions", json={**said, "tools": MANY_TOOLS})).status_code
        case "burst":
            for response in await asyncio.gather(*(asking.post("/chat/completions", json=said) for _ in range(BURST))):
                yield response.status_code
        case "cancel":
            hanging = {**said, "stream": True, "messages": [*turns, {"role": "user", "content": "hang"}]}
            async with asking.stream("POST", "/chat/completions", json=hanging) as response:
                async for _ in response.aiter_bytes():
                    break
            yield 0
        case "overflow":
            yield (await asking.post("/chat/completions", json=_pinned(said, turns, "long"))).status_code
        case "fail":
            word = chance.choice(("fail", "busy", "cut"))
            with suppress(httpx.HTTPError):
                yield (await asking.post("/chat/completions", json=_pinned(said, turns, word))).status_code
        case "other format":
            path = chance.choice(PATHS[1:])
            words: dict[str, Any] = {"messages": said["messages"], "max_tokens": 100}
            if path == "/responses":
                words = {"input": said["messages"]}
            yield (await asking.post(path, json={"model": "coderoute", "stream": said["stream"], **words})).status_code
        case _:
            yield (await asking.post("/chat/completions", json=said)).status_code


def _pinned(said: dict[str, Any], turns: list[dict[str, Any]], word: str) -> dict[str, Any]:
    """To the vendor that is asked to fail: its failures must not take the other one away."""
    return {**said, "model": f"flaky/{NAME}", "messages": [*turns, {"role": "user", "content": word}]}

"""How fast a stream is read: ours beside raw httpx and beside the official SDKs, on the same bytes in the same run.

``python -m benchmarks providers`` (the SDKs are measured where they are installed: ``pip install openai anthropic``).
"""

import asyncio
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from coderoute_ls.domain import Delta, Message, Offer, Prompt

TOKENS = 20_000
RUNS = 5
PACED_TOKENS = 1_000
PACE_S = 0.001
WORD = "token "


# --- the server: a process of its own, that writes as fast as it is read -----------------------------------------------------


def _chat(word: str) -> bytes:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return _sse({**chunk, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})


def _anthropic(word: str) -> bytes:
    payload = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    return _sse(payload, "content_block_delta")


def _sse(payload: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(payload)}\n\n".encode()


_USAGE = {"prompt_tokens": 1, "completion_tokens": TOKENS, "total_tokens": TOKENS + 1}
_CHAT_END = (
    _sse(
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        }
    )
    + _sse({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": _USAGE})
    + b"data: [DONE]\n\n"
)
_ANTHROPIC_START = _sse(
    {
        "type": "message_start",
        "message": {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        },
    },
    "message_start",
) + _sse({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}, "content_block_start")
_ANTHROPIC_END = (
    _sse({"type": "content_block_stop", "index": 0}, "content_block_stop")
    + _sse(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": TOKENS},
        },
        "message_delta",
    )
    + _sse({"type": "message_stop"}, "message_stop")
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Every token is an HTTP chunk of its own. The first says when it was sent, in nanoseconds of the machine's clock."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        body = json.loads(await reader.readexactly(length) or b"{}")
        paced = body.get("temperature") == 1.0
        messages = b"/messages" in head
        encode = _anthropic if messages else _chat
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        if messages:
            writer.write(_chunk(_ANTHROPIC_START))
        await writer.drain()
        writer.write(_chunk(encode(f"{time.perf_counter_ns()} ")))
        token = _chunk(encode(WORD))
        for index in range(PACED_TOKENS if paced else TOKENS):
            writer.write(token)
            if paced:
                await asyncio.sleep(PACE_S)
            elif index % 64 == 0:
                await writer.drain()
        writer.write(_chunk(_ANTHROPIC_END if messages else _CHAT_END) + b"0\r\n\r\n")
        await writer.drain()
    writer.close()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _server() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# --- the contestants: each reads one stream and returns its pieces ----------------------------------------------------------


@dataclass
class Seen:
    """Pieces of one stream; the first says when it was sent."""

    pieces: int = 0
    lag_ms: float = 0.0

    def take(self, text: str) -> None:
        if not self.pieces:
            self.lag_ms = (time.perf_counter_ns() - int(text)) / 1e6
        self.pieces += 1


Reader = Callable[[Seen, bool], Awaitable[None]]
_BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "go"}], "stream": True, "max_tokens": 100_000}


def _paced(paced: bool) -> dict[str, Any]:
    return {"temperature": 1.0 if paced else 0.0}


def raw_lines(port: int) -> Reader:
    """The floor: httpx's own lines and the standard library's JSON."""
    import httpx

    client = httpx.AsyncClient()

    async def read(seen: Seen, paced: bool) -> None:
        async with client.stream("POST", f"http://127.0.0.1:{port}/chat/completions", json=_BODY | _paced(paced)) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and (text := choices[0]["delta"].get("content")):
                        seen.take(text)

    return read


def ours(port: int, dialect: str) -> Reader:
    """The provider client as the engine uses it."""
    from coderoute_ls.providers.configured_vendors import Vendor
    from coderoute_ls.providers.provider_client import ProviderClient

    client = ProviderClient({"bench": Vendor("bench", "Bench", dialect, f"http://127.0.0.1:{port}")}, lambda _: None)
    offer = Offer("bench/m", "m", "bench", "m", dialect)

    async def read(seen: Seen, paced: bool) -> None:
        prompt = Prompt(messages=(Message("user", "go"),), max_tokens=100_000, temperature=1.0 if paced else 0.0)
        async with aclosing(client.stream(offer, prompt)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    seen.take(event.text)

    return read


def openai_sdk(port: int) -> Reader:
    client: Any = import_module("openai").AsyncOpenAI(base_url=f"http://127.0.0.1:{port}", api_key="x")

    async def read(seen: Seen, paced: bool) -> None:
        stream: Any = await client.chat.completions.create(**_BODY, **_paced(paced))
        async for chunk in stream:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                seen.take(text)

    return read


def anthropic_sdk(port: int) -> Reader:
    client: Any = import_module("anthropic").AsyncAnthropic(base_url=f"http://127.0.0.1:{port}", api_key="x")

    async def read(seen: Seen, paced: bool) -> None:
        stream: Any = await client.messages.create(**_BODY, extra_body=_paced(paced))
        async for event in stream:
            if event.type == "content_block_delta":
                seen.take(event.delta.text)

    return read


# --- the measurement --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """Medians over the runs."""

    tokens_per_s: float
    cpu_us_per_token: float
    first_lag_ms: float
    cpu_us_per_token_at_pace: float


async def _measure(readers: dict[str, Reader]) -> dict[str, Result]:
    """All contestants take turns, so that a noisy minute hits all of them."""
    rates: dict[str, list[tuple[float, float, float]]] = {name: [] for name in readers}
    paces: dict[str, list[float]] = {name: [] for name in readers}
    for read in readers.values():
        await read(Seen(), False)  # warm
    for _ in range(RUNS):
        for name, read in readers.items():
            seen = Seen()
            wall, cpu = time.perf_counter(), time.process_time()
            await read(seen, False)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert seen.pieces == TOKENS + 1, f"{name} lost tokens: {seen.pieces}"
            rates[name].append((TOKENS / wall, cpu / TOKENS * 1e6, seen.lag_ms))
    for _ in range(2):
        for name, read in readers.items():
            seen = Seen()
            cpu = time.process_time()
            await read(seen, True)
            paces[name].append((time.process_time() - cpu) / PACED_TOKENS * 1e6)
    found: dict[str, Result] = {}
    for name in readers:
        fast, cpu, lag = (statistics.median(column) for column in zip(*rates[name], strict=True))
        found[name] = Result(fast, cpu, lag, statistics.median(paces[name]))
    return found


def _import_ms(code: str) -> float:
    """Wall time that an import adds to a bare interpreter."""

    def spawn(what: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", what], check=True)
        return (time.perf_counter() - start) * 1000

    return statistics.median(spawn(code) for _ in range(3)) - statistics.median(spawn("import asyncio, json") for _ in range(3))


IMPORTS = {
    "ours, at start": "import coderoute_ls.providers.provider_client",
    "ours, first request": "import coderoute_ls.providers.provider_client, httpx, h2",
    "openai": "import openai",
    "anthropic": "import anthropic",
}


def run() -> dict[str, Any]:
    """All figures; prints a table."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.providers", "--serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())

    async def measure() -> dict[str, Result]:
        readers = {
            "raw httpx lines": raw_lines(port),
            "ours": ours(port, "openai-chat"),
            "ours, anthropic": ours(port, "anthropic-messages"),
        }
        if importlib.util.find_spec("openai"):
            readers["openai SDK"] = openai_sdk(port)
        if importlib.util.find_spec("anthropic"):
            readers["anthropic SDK"] = anthropic_sdk(port)
        return await _measure(readers)

    try:
        results = asyncio.run(measure())
    finally:
        server.terminate()
        server.wait()
    imports = {
        name: _import_ms(code)
        for name, code in IMPORTS.items()
        if importlib.util.find_spec(code.split()[-1].split(",")[0].split(".")[0])
    }
    print(f"{'':22}{'tokens/s':>10}{'CPU µs/token':>14}{'at pace':>9}{'first lag ms':>14}")
    for name, result in results.items():
        print(
            f"{name:22}{result.tokens_per_s:>10,.0f}{result.cpu_us_per_token:>14.1f}{result.cpu_us_per_token_at_pace:>9.0f}"
            f"{result.first_lag_ms:>14.2f}"
        )
    for name, milliseconds in imports.items():
        print(f"import {name:22}{milliseconds:>8.0f} ms")
    return {"streams": {name: vars(result) for name, result in results.items()}, "import_ms": imports}


if __name__ == "__main__":
    job: Coroutine[Any, Any, None] | None = _server() if "--serve" in sys.argv else None
    if job is not None:
        asyncio.run(job)
    else:
        run()

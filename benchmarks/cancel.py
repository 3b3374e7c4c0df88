"""How soon a cancelled request is gone: from ``task.cancel()`` to the server, another process, seeing the connection closed.

``python -m benchmarks cancel``
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from coderoute_ls.domain import Message, Offer, Prompt

CANCELS = 1_000
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_TOKEN = b'data: {"choices":[{"index":0,"delta":{"content":"token "}}]}\n\n'


class _Endless(asyncio.Protocol):
    """Answers a request with one token and nothing more; says when the client has gone."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST"):
            self._transport.write(_HEAD + b"%x\r\n%b\r\n" % (len(_TOKEN), _TOKEN))

    def connection_lost(self, exc: Exception | None) -> None:
        print(time.perf_counter_ns(), flush=True)


async def _server() -> None:
    server = await asyncio.get_running_loop().create_server(_Endless, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _cancels(port: int, seen: asyncio.StreamReader) -> tuple[list[float], int, int]:
    """Milliseconds of every cancel; then how many tasks and open files there are more than before."""
    from coderoute_ls.providers.configured_vendors import Vendor
    from coderoute_ls.providers.provider_client import ProviderClient

    client = ProviderClient({"bench": Vendor("bench", "Bench", "openai-chat", f"http://127.0.0.1:{port}")}, lambda _: None)
    offer = Offer("bench/m", "m", "bench", "m", "openai-chat")
    prompt = Prompt(messages=(Message("user", "go"),))

    async def read(first: asyncio.Event) -> None:
        async with aclosing(client.stream(offer, prompt)) as events:
            async for _ in events:
                first.set()

    async def once() -> float:
        first = asyncio.Event()
        task = asyncio.create_task(read(first))
        await first.wait()
        start = time.perf_counter_ns()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return (int(await seen.readline()) - start) / 1e6

    await once()
    tasks, files = len(asyncio.all_tasks()), _open_files()
    times = [await once() for _ in range(CANCELS)]
    more_tasks, more_files = len(asyncio.all_tasks()) - tasks, _open_files() - files
    await client.close()
    return times, more_tasks, more_files


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


async def _measure() -> dict[str, Any]:
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.cancel", "--serve", stdout=subprocess.PIPE)
    assert server.stdout is not None
    port = int(await server.stdout.readline())
    try:
        times, tasks, files = await _cancels(port, server.stdout)
    finally:
        server.terminate()
        await server.wait()
    ordered = sorted(times)
    return {
        "median_ms": statistics.median(times),
        "p99_ms": ordered[int(len(ordered) * 0.99)],
        "cancels": len(times),
        "leaked_tasks": tasks,
        "leaked_files": files,
    }


def run() -> dict[str, Any]:
    """All figures; prints them in one line."""
    result = asyncio.run(_measure())
    print(
        f"cancel to closed: median {result['median_ms']:.2f} ms, p99 {result['p99_ms']:.2f} ms over {result['cancels']} cancels; "
        f"{result['leaked_tasks']} tasks and {result['leaked_files']} files leaked"
    )
    return result


if __name__ == "__main__":
    job: Coroutine[Any, Any, None] | None = _server() if "--serve" in sys.argv else None
    if job is not None:
        asyncio.run(job)
    else:
        run()

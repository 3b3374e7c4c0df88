"""Where a request's time goes inside of the gateway: each stage alone, in a process that does nothing else."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.gateway.load import body
from benchmarks.gateway.processes import TOKEN, direct, with_tools
from benchmarks.loopback import KEY

ROUNDS = 300


def measure() -> dict[str, float]:
    """Microseconds, the median of `ROUNDS`; prints them."""
    import os

    from coderoute_ls.storage import HOME_VARIABLE

    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "config"
        config.mkdir()
        (config / "config.toml").write_text(with_tools(9), "utf-8")
        os.environ |= {HOME_VARIABLE: home, KEY: "bench-key-of-no-value"}
        figures = asyncio.run(_measured())
        del os.environ[HOME_VARIABLE], os.environ[KEY]
    print("stages, µs: " + ", ".join(f"{name} {value:.0f}" for name, value in figures.items()))
    return figures


async def _measured() -> dict[str, float]:
    from coderoute_ls.app.application import Application
    from coderoute_ls.domain import Delta
    from coderoute_ls.gateway.faces.chat_completions import FACE
    from coderoute_ls.gateway.faces.face import WhoAnswers
    from coderoute_ls.gateway.http.access_control import admit

    async def dismiss(question: str, choices: tuple[str, ...]) -> None:
        del question, choices

    application = Application()
    await application.start(dismiss)
    gateway = application.gateway(TOKEN)
    content = orjson.dumps({**body(direct(9)), "model": "coderoute"})
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {TOKEN}"}
    request = FACE.decode(content, headers)
    call = gateway.call(request, headers)
    writer = FACE.writer(request, WhoAnswers("d", "bench/m", 1))
    delta = Delta(" token")
    stages: dict[str, Callable[[], Any]] = {
        "admitted": lambda: admit(headers, TOKEN),
        "decoded": lambda: FACE.decode(content, headers),
        "made a call of": lambda: gateway.call(request, headers),
        "searched for secrets": lambda: gateway.secrets(call),
        "decided": lambda: gateway.engine.choose(call),
        "a token written": lambda: writer.event(delta),
    }
    figures = {name: _median(stage) for name, stage in stages.items()}
    await application.close()
    return figures


def _median(stage: Callable[[], Any]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        stage()
        times.append(1e6 * (time.perf_counter() - began))
    return statistics.median(times)

"""Start-up: from spawn to ``initialize`` answered, and to the first completion answered; idle memory.

``python -m benchmarks start``. The servers are spawned in turns (A B C D A B …), so that a noisy machine is noisy for all; the
floor is a Python that only reads and writes. "With a model": one on loopback that answers at once, beside a bare pygls server
that relays to it over httpx. Memory is the server's own; the built-in engine's child comes on top.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import loopback
from benchmarks.driving import Spawned, children_mb

ROUNDS = 20

BARE = """
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "0")
@server.feature(lsp.TEXT_DOCUMENT_COMPLETION)
def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
    return lsp.CompletionList(is_incomplete=False, items=[lsp.CompletionItem("x")])
server.start_io()
"""
RELAY = """
import os
import httpx
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
server = LanguageServer("relay", "0")
client = httpx.AsyncClient()
@server.feature(lsp.TEXT_DOCUMENT_COMPLETION)
async def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
    text = ""
    async with client.stream("POST", os.environ["RELAYED"], json={"prompt": "x"}) as answer:
        async for line in answer.aiter_lines():
            text += line
    return lsp.CompletionList(is_incomplete=False, items=[lsp.CompletionItem(text[:20])])
server.start_io()
"""
READER = """
import sys
sys.stdin.buffer.readline()
sys.stdout.buffer.write(b'Content-Length: 2\\r\\n\\r\\n{}')
sys.stdout.flush()
sys.stdin.buffer.read()
"""
OURS = [sys.executable, "-m", "coderoute_ls", "serve"]


@dataclass
class Server:
    """One kind of server, and what its starts gave: ms to ``initialize``, ms to the first completion, MB, MB of its children."""

    name: str
    command: list[str]
    settings: str = ""
    environ: dict[str, str] = field(default_factory=dict[str, str])
    starts: list[tuple[float, float, float, float]] = field(default_factory=list[tuple[float, float, float, float]])

    def start(self, home: Path) -> None:
        (home / "config").mkdir(parents=True, exist_ok=True)
        (home / "config" / "config.toml").write_text(self.settings)
        server = Spawned(self.command, home, self.environ)
        server.say({"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}})
        initialized = server.answered(1)
        server.say({"method": "initialized", "params": {}})
        document = {"uri": "file:///start.py", "languageId": "python", "version": 1, "text": "import os\n\nos.pa\n"}
        server.say({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        place = {"textDocument": {"uri": document["uri"]}, "position": {"line": 2, "character": 5}}
        server.say({"id": 2, "method": "textDocument/completion", "params": {**place, "context": {"triggerKind": 1}}})
        first = server.answered(2)
        time.sleep(0.8)  # what starts a moment later belongs to an idle server, too
        self.starts.append((initialized, first, server.memory_mb(), children_mb(server.pid)))
        server.end()

    @property
    def medians(self) -> tuple[float, ...]:
        return tuple(statistics.median(column) for column in zip(*self.starts, strict=True))


def _paired(ours: Server, other: Server, column: int) -> float:
    return statistics.median(a[column] / b[column] for a, b in zip(ours.starts, other.starts, strict=True))


def _floor() -> float:
    reader = Spawned([sys.executable, "-c", READER], Path())
    reader.say({})
    try:
        return reader.answered(None)
    finally:
        reader.end()


def run(rounds: int = ROUNDS) -> dict[str, object]:
    """Prints the figures and returns them."""
    with tempfile.TemporaryDirectory() as home, loopback.provider() as port:
        typed = "[inline]\ndebounce_ms = 0\n"
        bare = Server("bare pygls", [sys.executable, "-c", BARE])
        ours = Server("ours", OURS)
        engine = Server("ours, some setting", OURS, "[embedded]\nenable = true\n")
        plain = Server("the same, built-in engine off", OURS, "[embedded]\nenable = false\n")
        relayed = {"RELAYED": f"http://127.0.0.1:{port}/v1/completions"}
        relay = Server("bare pygls + httpx, a model", [sys.executable, "-c", RELAY], environ=relayed)
        modelled = Server("ours, a model", OURS, typed + loopback.settings(port), {loopback.KEY: "bench-key-of-no-value"})
        servers = (bare, ours, engine, plain, relay, modelled)
        for server in servers:
            server.start(Path(home) / server.name)
            server.starts.clear()
        floor: list[float] = []
        for _ in range(rounds):
            for server in servers:
                server.start(Path(home) / server.name)
            floor.append(_floor())
    print(f"{'':32}{'initialize':>12}{'first answer':>14}{'idle MB':>10}{'+ children':>12}")
    print(f"{'python that reads and writes':32}{statistics.median(floor):9.0f} ms")
    figures: dict[str, object] = {"python_floor_ms": statistics.median(floor)}
    for server in servers:
        initialized, first, memory, children = server.medians
        print(f"{server.name:32}{initialized:9.0f} ms{first:11.0f} ms{memory:10.1f}{children:12.1f}")
        figures[server.name] = {
            "initialize_ms": initialized, "first_completion_ms": first, "idle_mb": memory, "children_mb": children
        }  # fmt: skip
    ratios = {
        "first_completion_ratio": _paired(ours, bare, 1),
        "first_completion_of_a_model_ratio": _paired(modelled, relay, 1),
        "initialize_with_engine_ratio": _paired(engine, plain, 0),
    }
    print(f"first answer, ours / bare pygls, paired: {ratios['first_completion_ratio']:.2f}")
    print(f"first answer of a model, ours / bare pygls + httpx, paired: {ratios['first_completion_of_a_model_ratio']:.2f}")
    print(f"initialize with / without the built-in engine, paired: {ratios['initialize_with_engine_ratio']:.3f}")
    return {**figures, **ratios}

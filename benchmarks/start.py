"""Start-up: from spawn to ``initialize`` answered, and to the first completion answered; idle memory.

``python -m benchmarks start``. Ours and a bare pygls server are spawned in turns (A B A B …), so that a noisy machine is
noisy for both; the floor is a Python that only reads and writes. Targets (performance.md): ``initialize`` ≤ 60 ms, first
completion ≤ 0.85 × bare pygls, idle ≤ 60 MB.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.driving import Spawned

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
READER = """
import sys
sys.stdin.buffer.readline()
sys.stdout.buffer.write(b'Content-Length: 2\\r\\n\\r\\n{}')
sys.stdout.flush()
sys.stdin.buffer.read()
"""
OURS = [sys.executable, "-m", "coderoute_ls", "serve"]


def _round(command: list[str], home: Path) -> tuple[float, float, float]:
    """Milliseconds to ``initialize``, to the first completion, and MB a moment later."""
    server = Spawned(command, home)
    server.say({"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}})
    initialized = server.answered(1)
    server.say({"method": "initialized", "params": {}})
    document = {"uri": "file:///start.py", "languageId": "python", "version": 1, "text": "import os\n\nos.pa\n"}
    server.say({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    place = {"textDocument": {"uri": document["uri"]}, "position": {"line": 2, "character": 5}}
    server.say({"id": 2, "method": "textDocument/completion", "params": {**place, "context": {"triggerKind": 1}}})
    first = server.answered(2)
    time.sleep(0.5)
    memory = server.memory_mb()
    server.end()
    return initialized, first, memory


def _floor() -> float:
    reader = Spawned([sys.executable, "-c", READER], Path())
    reader.say({})
    try:
        return reader.answered(None)
    finally:
        reader.end()


def run(rounds: int = ROUNDS) -> dict[str, object]:
    """Prints the figures and returns them."""
    ours: list[tuple[float, float, float]] = []
    bare: list[tuple[float, float, float]] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        _round(OURS, Path(home))
        for _ in range(rounds):
            ours.append(_round(OURS, Path(home)))
            bare.append(_round([sys.executable, "-c", BARE], Path(home)))
            floor.append(_floor())
    figures: dict[str, object] = {"python_floor_ms": statistics.median(floor)}
    print(f"{'':32}{'initialize':>12}{'first answer':>14}{'idle MB':>10}")
    print(f"{'python that reads and writes':32}{statistics.median(floor):9.0f} ms")
    for name, rows in (("bare pygls", bare), ("ours", ours)):
        initialized, first, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:32}{initialized:9.0f} ms{first:11.0f} ms{memory:10.1f}")
        figures[name] = {"initialize_ms": initialized, "first_completion_ms": first, "idle_mb": memory}
    ratio = statistics.median(a[1] / b[1] for a, b in zip(ours, bare, strict=True))
    print(f"{'ours / bare pygls, paired':32}{'':12}{ratio:14.2f}")
    return {**figures, "first_completion_ratio": ratio}

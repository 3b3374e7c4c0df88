"""The real server on stdio with a loopback provider that answers at once: what is left is what we add.

``python -m benchmarks.ghost_text_server``
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import loopback
from benchmarks.ghost_text_typing import Typed, functions
from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor, items_of

KEYS = 400
KEYS_WITH_ALL = 200
"""With the debounce, which takes its time."""
DEBOUNCE_MS = 75
SETTLED_S = 2.0
"""After so long what a start does in the background, which is measured elsewhere, is over."""
DOCUMENTS = 20
TYPED_KEYS = 2_500
"""Ten minutes at the mean gap of 0.239 s."""
_HELPERS = "".join(f"def helper_{number}(prices, discounts):\n    return prices, {number}\n\n\n" for number in range(40))
_FUNCTIONS = "".join(f"def function_{number}(prices, discounts):\n    return prices\n\n\n" for number in range(80))


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds, megabytes, shares. ``asked`` and ``typed``: an editor that waits by itself, and no built-in engine. ``all``:
    every feature on; the debounce's 75 ms are taken off, what its timer takes beyond them is not.
    """

    asked_p50_ms: float
    asked_p99_ms: float
    all_p50_ms: float
    all_p99_ms: float
    typed_p50_ms: float
    typed_p99_ms: float
    raw_httpx_p50_ms: float
    raw_httpx_p99_ms: float
    raw_httpx_paused_p50_ms: float
    raw_httpx_paused_p99_ms: float
    """With the debounce's pause before each request: what ``all`` is to be compared with."""
    asked_cpu_ms: float
    all_cpu_ms: float
    typed_cpu_ms: float
    """CPU of the server alone: it hardly depends on what else the machine does."""
    cpu_ms_per_key: float
    peak_mb: float
    keys: int


@asynccontextmanager
async def _editor(port: int, home: Path, *, embedded: bool, debounce: bool) -> AsyncGenerator[tuple[Editor, int]]:
    """An editor and the server's process id. It shows the status line and asks for other files and the ledger, as by default;
    without ``debounce`` it is one that waits by itself.
    """
    (home / "config").mkdir(parents=True)
    (home / "helpers.py").write_text(_HELPERS)
    settings = f"\n[embedded]\nenable = {str(embedded).lower()}\n\n[inline]\ndebounce_ms = {DEBOUNCE_MS}\n"
    async with loopback.edited(port, home, home, settings, "benchmark" if debounce else "Neovim") as editor:
        await asyncio.sleep(SETTLED_S)
        yield editor


class _Cursor:
    """A place in an open buffer where keys go."""

    def __init__(self, buffer: Buffer, place: Position) -> None:
        self.buffer = buffer
        self.place = place

    async def key(self, editor: Editor, text: str) -> tuple[float, str]:
        """Type and ask; milliseconds from the first byte sent to the answer read, and its text. What an editor does before it
        speaks is not counted."""
        at = self.buffer.position(self.place)
        changes = self.buffer.apply([{"range": {"start": at, "end": at}, "newText": text}])
        *_, last = text.split("\n")
        begins = self.place if last == text else Position(self.place.line + 1, 0)
        self.place = Position(begins.line, begins.character + len(last))
        document = {"uri": self.buffer.uri, "version": self.buffer.version}
        where = {"textDocument": {"uri": self.buffer.uri}, "position": self.buffer.position(self.place)}
        began = time.perf_counter()
        editor.peer.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        answer = editor.peer.send("textDocument/inlineCompletion", where | {"context": {"triggerKind": 2}})
        items = items_of(await answer.result)
        return (time.perf_counter() - began) * 1000, items[0]["insertText"] if items else ""


async def _asked(editor: Editor, cursor: _Cursor, keys: int) -> list[float]:
    """Each key is the letter of a word that was not suggested: each is a request. Words and lines are as long as in code."""
    chance, times = random.Random(3), list[float]()
    for number in range(keys):
        key = "\n    " if number % 40 == 39 else " " if number % 8 == 7 else chance.choice("bdfghjk")
        elapsed, text = await cursor.key(editor, key)
        if text:
            times.append(elapsed)
    return times


async def _typed_through(editor: Editor, cursor: _Cursor) -> list[float]:
    """Each key is the next letter of what is suggested: none is a request."""
    times: list[float] = []
    while len(times) < KEYS:
        _, text = await cursor.key(editor, " = ")
        for letter in text[:-1]:
            elapsed, rest = await cursor.key(editor, letter)
            assert rest
            times.append(elapsed)
    return times


async def _raw(port: int, keys: int, pause_s: float = 0.0) -> list[float]:
    """The floor: httpx alone, asking the same provider for the same bytes, after a pause each time: what was idle is slower."""
    import httpx

    body = {"model": "m", "prompt": "x" * 6_000, "suffix": "y" * 2_000, "stream": True, "max_tokens": 256}
    times: list[float] = []
    async with httpx.AsyncClient() as client:
        for _ in range(keys):
            await asyncio.sleep(pause_s)
            began = time.perf_counter()
            async with client.stream("POST", f"http://127.0.0.1:{port}/v1/completions", json=body) as response:
                async for _line in response.aiter_lines():
                    pass
            times.append((time.perf_counter() - began) * 1000)
    return times


async def _long_session(editor: Editor, pid: int) -> tuple[float, int]:
    """CPU seconds and keys of typing into twenty documents by turns."""
    chosen: list[Typed] = functions(DOCUMENTS)[:DOCUMENTS]
    cursors: list[tuple[_Cursor, list[str]]] = []
    for number, function in enumerate(chosen):
        document, cursor = function.document("", 1)
        buffer = editor.open(f"file:///bench/{number}/{function.path}", document.text, function.language)
        cursors.append((_Cursor(buffer, cursor), [key for key in function.body if key not in "\r\n"]))
    before, typed = _cpu_s(pid), 0
    while typed < TYPED_KEYS:
        cursor, keys = cursors[typed // 25 % len(cursors)]
        await cursor.key(editor, keys[typed % len(keys)])
        typed += 1
    return _cpu_s(pid) - before, typed


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _p(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


async def measure() -> Measured:
    """All figures; prints them."""
    with loopback.provider() as port, tempfile.TemporaryDirectory() as folder:
        async with _editor(port, Path(folder) / "a", embedded=False, debounce=False) as (editor, pid):
            buffer = editor.open("file:///bench/main.py", _FUNCTIONS + "other\nvalue\n")
            asked = _Cursor(buffer, Position(321, 5))
            await _asked(editor, asked, 8)
            started = _cpu_s(pid)
            times = await _asked(editor, asked, KEYS)
            between = _cpu_s(pid)
            typed = await _typed_through(editor, _Cursor(buffer, Position(320, 5)))
            ended = _cpu_s(pid)
        async with _editor(port, Path(folder) / "b", embedded=True, debounce=True) as (editor, pid):
            waited, cpu_all = await _with_all(editor, pid, Path(folder) / "b")
        async with _editor(port, Path(folder) / "c", embedded=True, debounce=False) as (editor, pid):
            cpu, keys = await _long_session(editor, pid)
            peak = _peak_mb(pid)
        raw = await _raw(port, KEYS)
        raw_paused = await _raw(port, KEYS_WITH_ALL, DEBOUNCE_MS / 1000)
    found = Measured(
        *(_p(times, 0.5), _p(times, 0.99), _p(waited, 0.5), _p(waited, 0.99)),
        *(_p(typed, 0.5), _p(typed, 0.99), _p(raw, 0.5), _p(raw, 0.99), _p(raw_paused, 0.5), _p(raw_paused, 0.99)),
        asked_cpu_ms=round(1000 * (between - started) / KEYS, 2),
        all_cpu_ms=round(1000 * cpu_all / KEYS_WITH_ALL, 2),
        typed_cpu_ms=round(1000 * (ended - between) / len(typed), 2),
        cpu_ms_per_key=round(1000 * cpu / keys, 2),
        peak_mb=round(peak, 1),
        keys=keys,
    )
    rows = (
        ("asked, no built-in engine, no debounce", found.asked_p50_ms, found.asked_p99_ms),
        ("raw httpx, no server", found.raw_httpx_p50_ms, found.raw_httpx_p99_ms),
        (f"asked, every feature on, less {DEBOUNCE_MS} ms of debounce", found.all_p50_ms, found.all_p99_ms),
        (f"raw httpx after {DEBOUNCE_MS} ms without work", found.raw_httpx_paused_p50_ms, found.raw_httpx_paused_p99_ms),
        ("typed through", found.typed_p50_ms, found.typed_p99_ms),
    )
    print("\nreal server, provider that answers at once: keystroke to answer, p50 and p99 in ms")
    for name, p50, p99 in rows:
        print(f"  {name:<48}{p50:6.2f} {p99:6.2f}")
    print(f"  the server's CPU a key: {found.asked_cpu_ms}, with all {found.all_cpu_ms}, typed through {found.typed_cpu_ms} ms")
    print(f"  {keys} keys in {DOCUMENTS} documents: {found.cpu_ms_per_key} ms CPU a key, peak {found.peak_mb} MB")
    assert len(times) > 0.9 * KEYS, "requests were not answered"
    assert len(waited) > 0.9 * KEYS_WITH_ALL, "requests were not answered"
    return found


async def _with_all(editor: Editor, pid: int, folder: Path) -> tuple[list[float], float]:
    """Times without the debounce, and CPU seconds, of keys in a file of the workspace that imports from another one, with a
    third one open."""
    editor.open((folder / "other.py").as_uri(), _FUNCTIONS)
    text = "from helpers import helper_1, helper_2\n\n" + _FUNCTIONS + "value = helper_1\n"
    cursor = _Cursor(editor.open((folder / "main.py").as_uri(), text), Position(322, 16))
    await _asked(editor, cursor, 20)
    started = _cpu_s(pid)
    times = await _asked(editor, cursor, KEYS_WITH_ALL)
    return [time - DEBOUNCE_MS for time in times], _cpu_s(pid) - started


if __name__ == "__main__":
    print(asdict(asyncio.run(measure())))

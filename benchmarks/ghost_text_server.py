"""The real server on stdio with a loopback provider that answers at once: what is left is what we add.

``python -m benchmarks.ghost_text_server``
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.ghost_text_typing import Typed, functions
from coderoute_ls.cli.demo_editor import Buffer, Editor, items_of
from coderoute_ls.domain import Position
from coderoute_ls.state import HOME_VARIABLE

KEYS = 400
DOCUMENTS = 20
TYPED_KEYS = 2_500
"""Ten minutes at the mean gap of 0.239 s."""
_ANSWER = (
    b'data: {"id":"b","model":"m","choices":[{"index":0,"text":"compute_all(prices, discounts)","finish_reason":null}]}\n\n'
    b'data: {"id":"b","model":"m","choices":[{"index":0,"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)
_REPLY = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    + f"{len(_ANSWER):x}\r\n".encode()
    + _ANSWER
    + b"\r\n0\r\n\r\n"
)
_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"inlineCompletion": {}, "synchronization": {}},
    "workspace": {"configuration": True, "workspaceFolders": True},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds, megabytes, shares."""

    asked_p50_ms: float
    asked_p99_ms: float
    typed_p50_ms: float
    typed_p99_ms: float
    raw_httpx_p50_ms: float
    raw_httpx_p99_ms: float
    asked_cpu_ms: float
    typed_cpu_ms: float
    """CPU of the server alone: it hardly depends on what else the machine does."""
    cpu_ms_per_key: float
    peak_mb: float
    keys: int


class _Model(asyncio.Protocol):
    """Answers every POST in one write, as soon as its body is complete."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            lower = head.lower()
            length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in lower else 0
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._transport.write(_REPLY if head.startswith(b"POST") else b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Model, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def _model() -> AsyncGenerator[int]:
    """The provider, a process of its own; its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.ghost_text_server", "--serve", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _editor(port: int, home: Path, embedded: str) -> AsyncGenerator[tuple[Editor, int]]:
    """An editor that waits by itself (so there is no debounce in the figures) and the server's process id."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(
        f"[embedded]\nenable = {embedded}\n\n"
        f'[providers.bench]\ndialect = "openai-chat"\nbase_url = "http://127.0.0.1:{port}/v1"\nkey_env = "BENCH_KEY"\n'
        'models = [{ id = "m", coding = 0.9, completion = 0.9, input = 0.01, output = 0.01, context = 128000, max_output = 32000,'
        ' fim = "openai-completions" }]\n'
    )
    pipe = asyncio.subprocess.PIPE
    environ = {**os.environ, HOME_VARIABLE: str(home), "BENCH_KEY": "bench-key-of-no-value"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coderoute_ls", "serve", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ
    )
    assert server.stdin is not None
    assert server.stdout is not None
    editor = Editor(server.stdout, server.stdin, _CAPABILITIES, folders=[home], name="Neovim")
    try:
        await editor.initialize()
        yield editor, server.pid
        await editor.exit()
        await server.wait()
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


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


async def _asked(editor: Editor, cursor: _Cursor) -> list[float]:
    """Each key is the letter of a word that was not suggested: each is a request. Words and lines are as long as in code."""
    chance, times = random.Random(3), list[float]()
    for number in range(KEYS):
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


async def _raw(port: int) -> list[float]:
    """The floor: httpx alone, asking the same provider for the same bytes."""
    import httpx

    body = {"model": "m", "prompt": "x" * 6_000, "suffix": "y" * 2_000, "stream": True, "max_tokens": 256}
    times: list[float] = []
    async with httpx.AsyncClient() as client:
        for _ in range(KEYS):
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
    text = "".join(f"def function_{number}(prices, discounts):\n    return prices\n\n\n" for number in range(80))
    async with _model() as port:
        with tempfile.TemporaryDirectory() as folder:
            async with _editor(port, Path(folder) / "a", "false") as (editor, pid):
                buffer = editor.open("file:///bench/main.py", text + "other\nvalue\n")
                asked = _Cursor(buffer, Position(321, 5))
                for letter in "abcdefgh":
                    await asked.key(editor, letter)
                started = _cpu_s(pid)
                times = await _asked(editor, asked)
                between = _cpu_s(pid)
                typed = await _typed_through(editor, _Cursor(buffer, Position(320, 5)))
                ended = _cpu_s(pid)
            async with _editor(port, Path(folder) / "b", "true") as (editor, pid):
                cpu, keys = await _long_session(editor, pid)
                peak = _peak_mb(pid)
            raw = await _raw(port)
    found = Measured(
        *(_p(times, 0.5), _p(times, 0.99), _p(typed, 0.5), _p(typed, 0.99), _p(raw, 0.5), _p(raw, 0.99)),
        asked_cpu_ms=round(1000 * (between - started) / KEYS, 2),
        typed_cpu_ms=round(1000 * (ended - between) / len(typed), 2),
        cpu_ms_per_key=round(1000 * cpu / keys, 2),
        peak_mb=round(peak, 1),
        keys=keys,
    )
    print(f"\nreal server, provider that answers at once ({KEYS} keys each; medians and p99 in ms)")
    print(f"  keystroke to answer, asked:         {found.asked_p50_ms:6.2f} {found.asked_p99_ms:6.2f}")
    print(f"  keystroke to answer, typed through: {found.typed_p50_ms:6.2f} {found.typed_p99_ms:6.2f}")
    print(f"  the server's CPU a key: asked {found.asked_cpu_ms}, typed through {found.typed_cpu_ms} ms")
    print(f"  raw httpx, no server:               {found.raw_httpx_p50_ms:6.2f} {found.raw_httpx_p99_ms:6.2f}")
    print(f"  {keys} keys in {DOCUMENTS} documents: {found.cpu_ms_per_key} ms CPU a key, peak {found.peak_mb} MB")
    assert len(times) > 0.9 * KEYS, "requests were not answered"
    return found


if __name__ == "__main__":
    if "--serve" in sys.argv:
        asyncio.run(_serve())
    else:
        print(asdict(asyncio.run(measure())))

"""Keystrokes from language server to language server: ours, with every feature on, beside the smallest server that does the same.

``python -m benchmarks keystrokes``

The floor is bare pygls with an httpx relay to the same provider, and no feature at all. Both are real processes on stdio. The
provider answers at once where time is measured, never where cancelling is, and after 300 ms for the fifty keys. Targets
(performance.md): added to the model's own time ≤ 2.5 ms, p99 ≤ 6; cancel reaches the socket in ≤ 2 ms; fifty keys at 20 ms are
all answered with ≤ 2 requests in flight; a key that types what was suggested ≤ 1 ms, without a request.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from benchmarks import loopback, peers
from coderoute_ls.lsp_client.json_rpc_peer import Answer
from coderoute_ls.lsp_client.scripted_editor import Editor, items_of
from coderoute_ls.storage import HOME_VARIABLE

KEYS = 300
CANCELS = 100
BURST, GAP_S, MODEL_S = 50, 0.020, 0.300
WAIT_S = 0.075
"""Between a key and the request for it, in an editor that waits by itself."""
URI = "file:///bench/main.py"
TEXT = "".join(f"def function_{number}(prices, discounts):\n    return prices\n\n\n" for number in range(80))
LINE = TEXT.count("\n")
RELAY = """
import json, os, httpx
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "0")
client = httpx.AsyncClient()
@server.feature(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, lsp.InlineCompletionOptions())
async def complete(params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList:
    document = server.workspace.get_text_document(params.text_document.uri)
    at, text = document.offset_at_position(params.position), ""
    before, after = document.source[max(0, at - 6000):at], document.source[at:at + 2000]
    body = {"model": "m", "prompt": before, "suffix": after, "stream": True, "max_tokens": 256}
    async with client.stream("POST", os.environ["BENCH_URL"] + "/completions", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                text += json.loads(line[6:])["choices"][0]["text"]
    return lsp.InlineCompletionList([lsp.InlineCompletionItem(text)])
server.start_io()
"""
ASKING = "\n[inline]\nprefetch = false\n\n[embedded]\nanswer_alone = false\n"
"""Ask for every key, and for nothing else: the built-in engine soon knows what this provider says, and would spare it."""
DECIDING = "\n[inline]\nprefetch = false\n"
"""As shipped: the built-in engine's draft may spare the request, so that it is waited for before anything is asked."""
DRAFTED = "ours, draft waited for"
OURS = [sys.executable, "-m", "coderoute_ls", "serve"]
TABBY = "tabby-agent"
TABBY_SETTINGS = """[server]
endpoint = "http://127.0.0.1:{port}"
token = "auth_00000000000000000000000000000000"
[anonymousUsageTracking]
disable = true
[completion.debounce]
mode = "fixed"
interval = 0
"""
TABBY_SAYS = json.dumps({"id": "b", "choices": [{"index": 0, "text": loopback.GHOST}]}).encode()


class Provider:
    """The provider, on the editor's own loop: what it sees has the editor's clock."""

    def __init__(self) -> None:
        self.manner: Literal["at once", "later", "never"] = "at once"
        self.asked = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self.spoke = asyncio.Event()
        """The first token of a request that is never finished was written."""
        self.left = asyncio.Event()
        """Whoever asked that has hung up."""
        self.left_at = 0.0

    async def serve(self) -> tuple[asyncio.Server, int]:
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0)
        return server, server.sockets[0].getsockname()[1]


class _Connection(loopback.Model):
    """One connection to it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._waiting = False

    def answer(self, head: bytes) -> None:
        provider = self._provider
        if not head.startswith(b"POST"):
            super().answer(head)
            return
        provider.asked += 1
        self._count(1)
        if provider.manner == "at once":
            self._finish(head)
        elif provider.manner == "later":
            asyncio.get_running_loop().call_later(MODEL_S, self._finish, head)
        else:
            self.transport.write(loopback.FIRST_TOKEN)
            provider.spoke.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting:
            self._count(-1)
            self._provider.left_at = time.perf_counter()
            self._provider.left.set()

    def _finish(self, head: bytes) -> None:
        if not self._waiting:
            return
        self._count(-1)
        if b'"segments"' in self.body:
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(TABBY_SAYS)
            self.transport.write(head + TABBY_SAYS)
        else:
            super().answer(head)

    def _count(self, change: int) -> None:
        self._waiting = change > 0
        self._provider.in_flight += change
        self._provider.most_in_flight = max(self._provider.most_in_flight, self._provider.in_flight)


class Typist:
    """An editor at one server; types at the end of a line of its own and asks after each key."""

    def __init__(self, editor: Editor, method: str) -> None:
        self._peer = editor.peer
        self._method = method
        self._line = LINE
        self._character = 0
        self._version = 1

    def open(self) -> None:
        item = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT + "\n" * 400}
        self._peer.notify("textDocument/didOpen", {"textDocument": item})

    def key(self, text: str) -> Answer:
        """Type and ask."""
        self.type(text)
        return self.ask()

    def type(self, text: str) -> None:
        place = {"line": self._line, "character": self._character}
        self._version += 1
        self._character += len(text)
        change = {"range": {"start": place, "end": place}, "text": text}
        document = {"uri": URI, "version": self._version}
        self._peer.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def ask(self) -> Answer:
        after = {"line": self._line, "character": self._character}
        params: dict[str, Any] = {"textDocument": {"uri": URI}, "position": after, "context": {"triggerKind": 2}}
        return self._peer.send(self._method, params)

    def next_line(self) -> None:
        self._line, self._character = self._line + 1, 0

    def cancel(self, answer: Answer) -> None:
        self._peer.cancel(answer)

    async def timed(self, text: str) -> tuple[float, str]:
        """Milliseconds to the answer of one key, and the text in it."""
        began = time.perf_counter()
        items = items_of(await self.key(text).result)
        elapsed = 1000 * (time.perf_counter() - began)
        return elapsed, (items[0].get("insertText") or items[0]["textEdit"]["newText"]) if items else ""


@asynccontextmanager
async def typist(
    command: list[str],
    port: int,
    home: Path,
    name: str,
    method: str = "textDocument/inlineCompletion",
    *,
    more: str = ASKING,
) -> AsyncGenerator[Typist]:
    """At a server process of its own."""
    for settings, text in (
        (home / "config" / "config.toml", loopback.settings(port) + more),
        (home / ".tabby-client" / "agent" / "config.toml", TABBY_SETTINGS.format(port=port)),
    ):
        settings.parent.mkdir(parents=True)
        settings.write_text(text)
    url = f"http://127.0.0.1:{port}/v1"
    environ = {**os.environ, HOME_VARIABLE: str(home), loopback.KEY: "bench-key-of-no-value", "BENCH_URL": url}
    if command[0] == "node":
        environ["HOME"] = str(home)
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ
    )
    assert server.stdin is not None
    assert server.stdout is not None
    editor = Editor(server.stdout, server.stdin, loopback.CAPABILITIES, name=name)
    try:
        await editor.initialize()
        made = Typist(editor, method)
        made.open()
        await asyncio.sleep(2)
        yield made
    finally:
        server.kill()
        await server.wait()


async def _asked(typists: dict[str, Typist], port: int) -> dict[str, list[float]]:
    """Each key starts a word that nothing was suggested for: each is a request; the servers and a bare client by turns."""
    import httpx

    body = {"model": "m", "prompt": "x" * 6_000, "suffix": "y" * 2_000, "stream": True, "max_tokens": 256}
    chance = random.Random(3)
    times: dict[str, list[float]] = {name: [] for name in ("httpx alone", *typists)}
    async with httpx.AsyncClient() as client:
        for number in range(KEYS + 20):
            letter = chance.choice("bdfghjk")
            began = time.perf_counter()
            async with client.stream("POST", f"http://127.0.0.1:{port}/v1/completions", json=body) as response:
                async for _ in response.aiter_lines():
                    pass
            taken = {"httpx alone": 1000 * (time.perf_counter() - began)}
            for name, one in typists.items():
                if number % 12 == 11:  # a long row of random letters would be taken for a secret
                    one.next_line()
                taken[name], text = await one.timed(letter)
                assert text, f"{name} did not answer"
            if number >= 20:  # the first load what they need
                for name, milliseconds in taken.items():
                    times[name].append(milliseconds)
    return times


async def _waited(typists: dict[str, Typist]) -> dict[str, list[float]]:
    """As editors do it: the request comes `WAIT_S` after the key. Milliseconds from the request to the answer."""
    chance = random.Random(4)
    times: dict[str, list[float]] = {name: [] for name in typists}
    for number in range(KEYS // 3):
        for name, one in typists.items():
            if number % 12 == 11:
                one.next_line()
            one.type(chance.choice("bdfghjk"))
            await asyncio.sleep(WAIT_S)
            began = time.perf_counter()
            await one.ask().result
            times[name].append(1000 * (time.perf_counter() - began))
    return times


async def _typed_through(provider: Provider, one: Typist) -> tuple[list[float], int]:
    """Each key is the next letter of what is suggested. Returns the times, and how often the provider was asked all the same."""
    times: list[float] = []
    asked = 0
    while len(times) < KEYS:
        one.next_line()
        _, text = await one.timed("total = ")
        before = provider.asked
        for letter in text[:-1]:
            elapsed, rest = await one.timed(letter)
            assert rest, "nothing is suggested any more"
            times.append(elapsed)
        asked += provider.asked - before
    return times, asked


async def _cancelled(provider: Provider, one: Typist) -> list[float]:
    """Milliseconds from the editor's cancel to the provider's end of the connection."""
    provider.manner = "never"
    times: list[float] = []
    for number in range(CANCELS):
        one.next_line()
        provider.spoke.clear()
        provider.left.clear()
        answer = one.key(f"value_{number} = ")
        answer.result.add_done_callback(lambda done: done.exception())
        async with asyncio.timeout(10):
            await provider.spoke.wait()
            began = time.perf_counter()
            one.cancel(answer)
            await provider.left.wait()
        times.append(1000 * (provider.left_at - began))
    return times


async def _burst(provider: Provider, one: Typist) -> dict[str, int]:
    """Fifty keys at 20 ms, nobody cancels: how many were answered within five seconds, and what the provider saw."""
    provider.manner = "later"
    provider.asked = provider.most_in_flight = 0
    one.next_line()
    answers: list[Answer] = []
    chance = random.Random(5)
    for number in range(BURST):
        answers.append(one.key(" " if number % 8 == 7 else chance.choice("bdfghjk")))
        await asyncio.sleep(GAP_S)
    done, _ = await asyncio.wait([answer.result for answer in answers], timeout=5)
    return {"answered": len(done), "upstream": provider.asked, "in_flight": provider.most_in_flight}


async def _measure(folder: Path) -> dict[str, Any]:
    provider = Provider()
    server, port = await provider.serve()
    figures: dict[str, Any] = {"bare pygls + httpx relay": {}, "ours": {}, DRAFTED: {}}
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(typist([sys.executable, "-c", RELAY], port, folder / "relay", "Neovim"))
        ours = await stack.enter_async_context(typist(OURS, port, folder / "ours", "Neovim"))
        drafted = await stack.enter_async_context(typist(OURS, port, folder / "drafted", "Neovim", more=DECIDING))
        waiting = await stack.enter_async_context(typist(OURS, port, folder / "vscode", "bench"))
        typists = {"bare pygls + httpx relay": relay, "ours": ours, DRAFTED: drafted}
        if found := peers.folder():
            command = ["node", str(peers.tabby_agent(found)), "--lsp", "--stdio"]
            tabby = typist(command, port, folder / "tabby", "bench", "textDocument/completion")
            figures[TABBY], typists[TABBY] = {}, await stack.enter_async_context(tabby)
        times = await _asked(typists, port)
        alone = statistics.median(times["httpx alone"])
        figures["httpx_alone_ms"] = alone
        for name in typists:
            added = sorted(milliseconds - alone for milliseconds in times[name])
            figures[name] |= {"added_p50_ms": statistics.median(added), "added_p99_ms": added[int(0.99 * len(added))]}
        for name, milliseconds in (await _waited(typists)).items():
            figures[name]["waited_ms"] = statistics.median(milliseconds)
        typed, asked = await _typed_through(provider, ours)
        figures["ours"] |= {"typed_ms": statistics.median(typed), "typed_requests": asked}
        floor = [(await relay.timed("x"))[0] for _ in range(KEYS)]
        figures["bare pygls + httpx relay"] |= {"typed_ms": statistics.median(floor), "typed_requests": len(floor)}
        for name, one in {"bare pygls + httpx relay": relay, "ours": ours}.items():
            figures[name]["cancel_ms"] = statistics.median(await _cancelled(provider, one))
        for name, one in {"bare pygls + httpx relay": relay, "ours": waiting}.items():
            figures[name] |= await _burst(provider, one)
    server.close()
    return figures


def run() -> dict[str, Any]:
    """Prints the figures and returns them."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder)))
    columns = {
        "added p50, ms": "added_p50_ms",
        "p99, ms": "added_p99_ms",
        "75 ms after the key, ms": "waited_ms",
        "typed through, ms": "typed_ms",
        "cancel, ms": "cancel_ms",
        "of fifty keys answered": "answered",
        "asked upstream": "upstream",
        "in flight": "in_flight",
    }
    print(f"{'':26}" + "".join(f"{title:>{len(title) + 2}}" for title in columns))
    for name, row in figures.items():
        if not isinstance(row, dict):
            continue
        cells = (f"{row[key]:.2f}".removesuffix(".00") if key in row else "-" for key in columns.values())
        print(f"{name:26}" + "".join(f"{cell:>{len(title) + 2}}" for cell, title in zip(cells, columns, strict=True)))
    typed = figures["ours"]["typed_requests"]
    print(f"httpx alone, subtracted: {figures['httpx_alone_ms']:.2f} ms; requests while typing through: {typed}")
    return figures


if __name__ == "__main__":
    run()

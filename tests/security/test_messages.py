"""No message ends a session on stdio, and SIGTERM ends it in order: on the real process.

A release is checked with ``FUZZ_MESSAGES=20000 FUZZ_FRAMES=100`` (``make test-long``).
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.server.rpc import framing
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.session import NOBODY_LOCAL

pytestmark = pytest.mark.slow
SERVE = [sys.executable, "-P", "-m", "coderoute_ls", "serve"]
MESSAGES = int(os.environ.get("FUZZ_MESSAGES", "1000"))
FRAMES = int(os.environ.get("FUZZ_FRAMES", "30"))
METHODS = (
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/inlineCompletion",
    "textDocument/completion", "textDocument/codeAction", "workspace/executeCommand", "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "workspace/textDocumentContent",
    "window/workDoneProgress/cancel", "$/cancelRequest", "$/setTrace", "coderoute/userSettings", "initialize", "initialized", "",
)  # fmt: skip
KEYS = (
    "textDocument", "uri", "version", "text", "languageId", "position", "line", "character", "range", "start", "end", "context",
    "contentChanges", "changes", "event", "added", "removed", "command", "arguments", "settings", "coderoute", "id", "token",
    "type", "triggerKind", "diagnostics", "only", "action", "items", "processId", "capabilities",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**70, -0.5, 1e308, "", "x", "file:///a.py", "untitled:1", "\ud800", "%",
    "a" * 5_000, "coderoute.run", "coderoute.why", "refactor", "file:///\0", "file://[", [], {},
)  # fmt: skip


def framed(message: object) -> bytes:
    body = (
        message
        if isinstance(message, bytes)
        else orjson.dumps({"jsonrpc": "2.0", **message})
        if isinstance(message, dict)
        else b""
    )
    return framing.framed(body)


INITIALIZE = framed({"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None}})
PROBE = framed({"id": "alive", "method": "textDocument/codeAction", "params": 0})
END = framed({"id": "end", "method": "shutdown"}) + framed({"method": "exit"})


class Noise:
    """Messages that nobody sends, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def value(self, depth: int = 0) -> object:
        chance = self._random.random()
        if depth > 5 or chance < 0.5:
            return self._random.choice(VALUES)
        size = self._random.randint(0, 4)
        if chance < 0.7:
            return [self.value(depth + 1) for _ in range(size)]
        return {self._random.choice(KEYS): self.value(depth + 1) for _ in range(size)}

    def message(self) -> bytes:
        chance = self._random.random()
        if chance < 0.05:
            return framed(
                self._random.choice(
                    [b"", b"{", b"[" * 100_000, b'{"a":' * 5_000, b"[]", b"null", b"\xff\xfe", b'"x"', b"9" * 5_000]
                )
            )
        message: dict[str, object] = {"jsonrpc": self._random.choice(["2.0", "2.0", "2.0", 2, None])}
        if chance < 0.9:
            message["method"] = self._random.choice(METHODS) if self._random.random() < 0.95 else self.value()
        if self._random.random() < 0.6:
            message["id"] = self._random.choice([1, "x", None, 5, 10**30, [], {}, True, 0.5]) if chance < 0.8 else self.value()
        message[self._random.choice(["params", "params", "params", "result", "error"])] = self.value()
        try:
            return framed(orjson.dumps(message))
        except (orjson.JSONEncodeError, TypeError):
            import json

            return framed(json.dumps(message).encode("utf-8", "surrogatepass"))

    def frame(self) -> bytes:
        number = self._random.randint(0, 99)
        return self._random.choice([
            b"Content-Length: -5\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length:\r\n\r\n", b"\r\n\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"Content-Length: 99999999999999999999\r\n\r\n", b"Content-Length: 999999999999\r\n\r\n", b"x: y\r\n\r\n{}",
            b"Content-Length: 3\r\n\r\n{}", b'Content-Length: 2\r\n\r\n{"jsonrpc":"2.0"}', b"\0" * number + b"\n", b"\xff\xfe\n",
            b"x" * (3 << 20) + b"\n", b"Content-Length: 2\n\n{}", b"Content-Length: 2\r\nContent-Length: 7\r\n\r\n{} {} {",
            bytes(self._random.randrange(256) for _ in range(number)) + b"\n",
        ])  # fmt: skip


@asynccontextmanager
async def serving(home: Path, command: list[str] = SERVE) -> AsyncGenerator[asyncio.subprocess.Process]:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(NOBODY_LOCAL)
    environ = {**child_environment(os.environ), HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1"}
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ, cwd=home
    )
    try:
        yield server
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


async def until(server: asyncio.subprocess.Process, wanted: bytes) -> None:
    """Read what the server says until it says this. Fails when it hangs up."""
    assert server.stdout is not None
    seen = b""
    async with asyncio.timeout(110):
        while wanted not in seen:
            piece = await server.stdout.read(1 << 16)
            assert piece, "the server hung up"
            seen = seen[-200:] + piece


async def send(server: asyncio.subprocess.Process, data: bytes) -> None:
    assert server.stdin is not None
    server.stdin.write(data)
    await server.stdin.drain()


async def test_no_message_ends_the_session(tmp_path: Path) -> None:
    noise = Noise(20)
    async with serving(tmp_path) as server:
        await send(server, INITIALIZE)
        await until(server, b'"id":1')
        for _ in range(0, MESSAGES, 100):
            await send(server, b"".join(noise.message() for _ in range(100)) + PROBE)
            await until(server, b'"alive"')
        await send(server, END)
        await until(server, b'"end"')
        assert await server.wait() == 0


@pytest.mark.parametrize("first", [True, False], ids=["before initialize", "after it"])
async def test_no_broken_frame_ends_the_session(tmp_path: Path, first: bool) -> None:
    noise = Noise(21)
    async with serving(tmp_path) as server:
        if not first:
            await send(server, INITIALIZE)
            await until(server, b'"id":1')
        for _ in range(FRAMES):
            await send(server, noise.frame() + PROBE * 2)
            await until(server, b'"alive"')
        if first:
            await send(server, INITIALIZE)
            await until(server, b'"id":1')
        await send(server, END)
        await until(server, b'"end"')
        assert await server.wait() == 0


@pytest.mark.parametrize("body", [b'{"id":1,"method":"initialize","params":' + b"[" * 200_000, b"[" * 200_000, b'"' * 9])
async def test_no_first_message_ends_the_process(tmp_path: Path, body: bytes) -> None:
    async with serving(tmp_path) as server:
        await send(server, framed(body) + INITIALIZE)
        await until(server, b'"id":1')
        await send(server, END)
        assert await server.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
async def test_the_systems_wish_ends_it_in_order(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        await send(server, INITIALIZE + framed({"method": "initialized", "params": {}}) + PROBE)
        await until(server, b'"alive"')
        server.send_signal(signal.SIGTERM)
        assert await server.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no modes")
async def test_what_we_write_is_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    shell = ["/bin/sh", "-c", 'umask 0; exec "$@"', "sh", *SERVE]
    async with serving(tmp_path / "home", shell) as server:
        await send(server, INITIALIZE + framed({"method": "initialized", "params": {}}) + PROBE)
        await until(server, b'"alive"')
        await send(server, END)
        assert await server.wait() == 0
    written = [path for path in (tmp_path / "home").rglob("*") if "config" not in path.relative_to(tmp_path / "home").parts]
    assert written
    assert [path for path in written if path.stat().st_mode & 0o077] == []

"""A provider on loopback that answers at once, in a process of its own: what is left of a figure is ours.

``python -m benchmarks.loopback`` prints its port and serves until it is ended.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from coderoute_ls.lsp_client.scripted_editor import Editor
from coderoute_ls.storage import HOME_VARIABLE

KEY = "BENCH_KEY"
"""Environment variable of its key."""
GHOST = "compute_all(prices, discounts)"
"""What it says to a fill-in-the-middle question."""
REWRITTEN = '```python\ndef total(prices, discounts):\n    """Add them up."""\n    return sum(prices) - sum(discounts)\n```\n'
"""What it says to a chat."""


def settings(port: int) -> str:
    """TOML that makes it the only model there is."""
    return (
        f'[providers.bench]\ndialect = "openai-chat"\nbase_url = "http://127.0.0.1:{port}/v1"\nkey_env = "{KEY}"\n'
        'models = [{ id = "m", coding = 0.9, completion = 0.9, input = 0.01, output = 0.01, context = 128000, max_output = 32000,'
        ' fim = "openai-completions" }]\n'
    )


@contextmanager
def provider() -> Generator[int]:
    """Its port, while it runs."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.loopback"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "inlineCompletion": {},
        "synchronization": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
    "window": {"workDoneProgress": True},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True},
    },
    "experimental": {"coderoute": {"jobs": True, "status": True}},
}


@asynccontextmanager
async def edited(
    port: int, home: Path, folder: Path, settings_more: str = "", name: str = "Neovim"
) -> AsyncGenerator[tuple[Editor, int]]:
    """An editor at the real server process, everything on, with this provider; and the server's process id. By default the
    editor waits by itself after a key, as Neovim does, so that the server does not.
    """
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(settings(port) + settings_more)
    pipe = asyncio.subprocess.PIPE
    environ = {**os.environ, HOME_VARIABLE: str(home), KEY: "bench-key-of-no-value"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coderoute_ls", "serve", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ
    )
    assert server.stdin is not None
    assert server.stdout is not None
    editor = Editor(server.stdout, server.stdin, CAPABILITIES, folders=[folder], name=name)
    try:
        await editor.initialize()
        yield editor, server.pid
        await editor.exit()
        await server.wait()
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


def reply(*events: dict[str, object]) -> bytes:
    body = b"".join(b"data: %b\n\n" % json.dumps({"id": "b", "model": "m", **event}).encode() for event in events)
    body += b"data: [DONE]\n\n"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


_FIM = reply(
    {"choices": [{"index": 0, "text": GHOST, "finish_reason": None}]},
    {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]},
)
_CHAT = reply(
    {"choices": [{"index": 0, "delta": {"content": REWRITTEN}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
)


FIRST_TOKEN = reply({"choices": [{"index": 0, "text": GHOST, "finish_reason": None}]}).rpartition(b"data: [DONE]")[0]
"""An answer that begins and does not go on."""


class Model(asyncio.Protocol):
    """Answers every POST in one write, as soon as its body is complete."""

    _buffer = b""
    body = b""
    """Of the request that is being answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

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
            self.body, self._buffer = rest[:length], rest[length:]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        """A request with this head was read."""
        if not head.startswith(b"POST"):
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        else:
            self.transport.write(_CHAT if b"/chat/" in head.partition(b"\r\n")[0] else _FIM)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())

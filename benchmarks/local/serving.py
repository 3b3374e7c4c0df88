"""A real model served by the child that users get, behind a relay that notes what each request made llama.cpp read, and the real
server process with an editor."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coderoute_ls.child_process.spawn import spawn
from coderoute_ls.cli._demo_server import CAPABILITIES
from coderoute_ls.lsp_client.scripted_editor import Editor
from coderoute_ls.providers.local_model.model_files import ModelServer
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE

CONTEXT = 8_192


@dataclass(slots=True)
class Relayed:
    """One request as it went by."""

    path: str
    body: dict[str, Any]
    began: float
    first_s: float | None = None
    """Seconds to the first token."""
    read: int | None = None
    """Tokens of the prompt that were read, by llama.cpp's own count;"""
    kept: int = 0
    """and those that were in its cache."""
    ended_s: float | None = None


@dataclass(slots=True)
class Relay:
    """Passes requests on to the child, and keeps what went by."""

    child: ModelServer
    address: str = ""
    key: str = ""
    port: int = 0
    requests: list[Relayed] = field(default_factory=list[Relayed])

    @property
    def pid(self) -> int:
        """Of the child."""
        return self.child.pid or 0

    @property
    def server(self) -> list[str]:
        """The command of the real server, with this relay in front of the child that serves the model file."""
        return [sys.executable, "-P", str(Path(__file__).with_name("serve_relayed.py")), str(self.port)]

    def asked(self, since: int = 0) -> list[Relayed]:
        """Requests for completions."""
        return [request for request in self.requests[since:] if request.path == "/v1/completions"]

    def acted(self, since: int = 0) -> list[Relayed]:
        """Everything that is asked for an action: its prompt is read in pieces."""
        return [request for request in self.requests[since:] if request.path != "/v1/completions"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up = None
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            length = next((int(line.partition(":")[2]) for line in head if line.lower().startswith("content-length")), 0)
            body: dict[str, Any] = json.loads(await reader.readexactly(length)) if length else {}
            seen = Relayed(path, dict(body), time.perf_counter())
            if method == "POST":
                self.requests.append(seen)
                body["timings_per_token"] = True
            up = await self._pass(seen, method, json.dumps(body).encode() if length else b"", reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for end in (writer, up):
                if end is not None:
                    end.close()

    async def _pass(
        self, seen: Relayed, method: str, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> asyncio.StreamWriter:
        parts = urlsplit(self.address)
        down, up = await asyncio.open_connection(parts.hostname, parts.port)
        up.write(
            f"{method} {seen.path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {self.key}\r\nconnection: close\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        gone = asyncio.create_task(reader.read(1))
        pump = asyncio.create_task(self._pump(seen, down, writer))
        await asyncio.wait({gone, pump}, return_when=asyncio.FIRST_COMPLETED)
        for task in (gone, pump):
            task.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await pump
        seen.ended_s = time.perf_counter() - seen.began
        return up

    async def _pump(self, seen: Relayed, down: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await down.read(1 << 16):
            if seen.read is None and b'"timings":' in piece:
                seen.first_s = time.perf_counter() - seen.began
                told = json.loads(piece[piece.index(b'"timings":') + 10 :].split(b"}")[0] + b"}")
                seen.read, seen.kept = told["prompt_n"], told["cache_n"]
            writer.write(piece)
            await writer.drain()


class ModelServerBefore(ModelServer):
    """One request at a time, all cores, batches of 2,048 tokens."""

    def command(self) -> list[str]:
        return [sys.executable, str(Path(__file__).with_name("child_before.py"))]


@asynccontextmanager
async def relayed(model: Path, context: int = CONTEXT, *, before: bool = False) -> AsyncGenerator[Relay]:
    """The model, loaded, behind a relay on a port of its own. ``before``: as it was served until November 2026."""
    child = (ModelServerBefore if before else ModelServer)(model, context=context)
    try:
        async with child.lease() as (address, key):
            relay = Relay(child, address, key)
            server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
            relay.port = server.sockets[0].getsockname()[1]
            yield relay
            server.close()
    finally:
        await child.close()


def settings(relay: Relay, fim: str, *, score: float = 0.9, more: str = "") -> str:
    """A config.toml in which this model's file is the only one, of whatever kind its holes are."""
    said = f'id = "smollm2-135m", coding = {score}, completion = {score}, fim = "{fim}", context = {relay.child.context}'
    return f'{more}[providers.local]\nmodel_path = "{relay.child.path}"\nmodels = [{{ {said} }}]\n'


def _write(config: str, home: Path, folder: Path) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(config, "utf-8")


@asynccontextmanager
async def edited(config: str, home: Path, folder: Path, command: list[str]) -> AsyncGenerator[Editor]:
    """The real server process with these settings, and an editor that waits as long as it takes."""
    _write(config, home, folder)
    with (home / "server.log").open("wb") as log:
        environ = {**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1"}
        process = await spawn(command, stderr=log.fileno(), environ=environ)
    assert process.stdin is not None and process.stdout is not None
    try:
        editor = Editor(process.stdout, process.stdin, CAPABILITIES, folders=[folder])
        editor.consents = True
        await editor.initialize()
        yield editor
        await editor.exit()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

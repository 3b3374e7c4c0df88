"""The real process on stdio: the main job once, clean output, and the right ends."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.storage import HOME_VARIABLE
from tests.embedded.tiny_model import write_tiny_model
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.processes import ends
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, NOBODY_LOCAL, vendor

pytestmark = pytest.mark.slow
NO_PREFETCH = "\n[inline]\nprefetch = false\n"
SERVE = (sys.executable, "-m", "coderoute_ls", "serve")


def environment(home: Path, user: str = "") -> Mapping[str, str]:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(user + NOBODY_LOCAL)
    return {**os.environ, HOME_VARIABLE: str(home), KEY: "sk-scripted-0123456789abcdef"}


@asynccontextmanager
async def process(home: Path, user: str = "") -> AsyncGenerator[tuple[asyncio.subprocess.Process, ScriptedEditor]]:
    """The server as an editor starts it. The scripted editor fails on any byte that is no LSP message."""
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*SERVE, stdin=pipe, stdout=pipe, env=environment(home, user))
    assert server.stdin is not None
    assert server.stdout is not None
    editor = ScriptedEditor(server.stdout, server.stdin, generic())
    try:
        yield server, editor
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def test_ghost_text_and_refactor_work_and_shutdown_ends_with_zero(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, process(tmp_path, vendor(provider) + NO_PREFETCH) as (server, editor):
        await editor.initialize()
        buffer = editor.open("file:///a.py", "def add(a, b):\n    return ")
        asked = editor.inline(buffer, Position(1, 11), invoked=False)
        await (await provider.request()).answer("a + b")
        assert (await asked.result)["items"][0]["insertText"] == "a + b"
        started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 11)))
        await (await provider.request()).answer("def add(a: int, b: int) -> int:\n    return a + b")
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == "def add(a: int, b: int) -> int:\n    return a + b"
        await editor.exit()
        assert await server.wait() == 0


async def test_exit_without_shutdown_ends_with_one(tmp_path: Path) -> None:
    async with process(tmp_path) as (server, editor):
        await editor.initialize()
        editor.peer.notify("exit", None)
        assert await server.wait() == 1


async def test_the_end_of_standard_input_ends_the_process_while_a_job_runs(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, process(tmp_path, vendor(provider)) as (server, editor):
        await editor.initialize()
        buffer = editor.open("file:///a.py", "def add(a, b):\n    return 1\n")
        await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 0)))
        request = await provider.request()
        editor.peer.hang_up()
        assert await server.wait() == 1
        await request.closed()


async def test_the_server_ends_when_the_editor_process_dies(tmp_path: Path) -> None:
    """Its standard input stays open here, as it does when an editor's helper process inherited it."""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    async with process(tmp_path) as (server, editor):
        await editor.initialize(parent=parent.pid)
        parent.kill()
        await parent.wait()
        assert await server.wait() == 1


def test_without_pipes_it_says_what_it_is_for() -> None:
    done = subprocess.run(SERVE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "coderoute-ls demo" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_nothing_is_left_of_a_model_file_when_the_server_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra [local]")
    write_tiny_model(tmp_path / "tiny.gguf", context=32_768)
    user = f'[embedded]\nenable = false\n[providers.local]\nmodel_path = "{tmp_path / "tiny.gguf"}"\n'
    async with process(tmp_path, user) as (server, editor):
        await editor.initialize()
        buffer = editor.open("file:///a.py", "def f(x):\n    return x\n")
        job = await editor.run("explain", buffer, Span(Position(0, 0), Position(2, 0)))
        assert (await editor.finished(job.job)).outcome == "applied"
        (child,) = children(server.pid, "coderoute_ls.providers.local_model.model_server")
        end = ends(child)
        server.kill()
        async with asyncio.timeout(60):
            await end


def children(parent: int, module: str) -> list[int]:
    """Processes that this one started, running this module."""
    found = [int(number) for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return [number for number in found if module.encode() in Path(f"/proc/{number}/cmdline").read_bytes()]

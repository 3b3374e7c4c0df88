"""An editor on Windows: the server on its pipes, ghost text, a refactoring, the end; and the commands that a user types."""

import asyncio
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.storage import HOME_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, NOBODY_LOCAL, vendor
from tests.windows.installed import PATIENCE_S, need_windows, run, start, windows_path, windows_uri

pytestmark = [pytest.mark.editors, pytest.mark.timeout(600)]

log = logging.getLogger(__name__)
SLOW = "\n[inline]\nprefetch = false\nsoft_deadline_ms = 60000\nhard_deadline_ms = 60000\n"
READERS = "".join(
    f"def read_{name}(path):\n    with open(path, encoding='utf-8') as stream:\n        return parse_{name}(stream.read())\n\n\n"
    for name in ("json", "toml", "yaml", "csv", "xml")
)


def environment(home: Path, user: str = "") -> Mapping[str, str]:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(user + NOBODY_LOCAL)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # a cold start costs much
    return {**kept, HOME_VARIABLE: windows_path(home), KEY: "sk-scripted-0123456789abcdef"}


class WindowsFolder:
    """A folder as an editor on Windows names it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.path = path

    def as_uri(self) -> str:
        return windows_uri(self.path)


@asynccontextmanager
async def server(environ: Mapping[str, str], *folders: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, ScriptedEditor]]:
    """The server there, and an editor that has shaken hands with it."""
    need_windows()
    process = await start("serve", environ=environ)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())  # a pipe that nobody reads would stop it
    shown = [WindowsFolder(folder) for folder in folders]
    editor = ScriptedEditor(process.stdout, process.stdin, generic(), folders=shown)  # pyright: ignore[reportArgumentType]
    try:
        async with asyncio.timeout(PATIENCE_S):
            await editor.initialize()
            yield process, editor
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        log.info("%s", (await said).decode("utf-8", "replace"))


ANSWERS = {"/v1/completions": "a + b", "/v1/chat/completions": "def add(a: int, b: int) -> int:\n    return a + b"}


async def answer_all(provider: ScriptedProvider) -> None:
    """Also what is asked twice, because the first answer took long while the server was still loading."""
    while True:
        request = await provider.request()
        with suppress(ConnectionError):
            await request.answer(ANSWERS[request.path])


async def test_ghost_text_and_refactor_work_and_shutdown_ends_with_zero(tmp_path: Path) -> None:
    source = tmp_path / "work" / "sums.py"
    source.parent.mkdir()
    source.write_text("def add(a, b):\n    return ")
    async with ScriptedProvider() as provider:
        answering = asyncio.create_task(answer_all(provider))
        async with server(environment(tmp_path / "home", vendor(provider) + SLOW), source.parent) as (process, editor):
            buffer = editor.open(windows_uri(source), source.read_text())
            answer = await editor.inline(buffer, Position(1, 11)).result
            assert answer["items"][0]["insertText"] == "a + b"
            started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 11)))
            assert (await editor.finished(started.job)).outcome == "applied"
            assert buffer.text == "def add(a: int, b: int) -> int:\n    return a + b"
            await editor.exit()
            assert await process.wait() == 0
        answering.cancel()


async def test_the_built_in_engine_learns_a_folder_and_completes_without_any_key(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "readers.py").write_text(READERS)
    async with server(environment(tmp_path / "home", SLOW), folder) as (process, editor):
        await editor.until(lambda: any("learning" in str(token) and editor.ended(token) for token in editor.progress))
        buffer = editor.open(windows_uri(folder / "new.py"), "def read_ini(path):\n    with open(path, encoding='utf-8') as ")
        answer = await editor.inline(buffer, Position(1, 41)).result
        assert [item["insertText"] for item in answer["items"]] == ["stream:"]
        await editor.exit()
        assert await process.wait() == 0


async def refactor(editor: ScriptedEditor, name: str, folder: Path) -> str:
    """Run it on a new buffer; returns what became of it."""
    buffer = editor.open(windows_uri(folder / name), "def add(a, b):\n    return a + b")
    started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(1, 16)))
    return (await editor.finished(started.job)).outcome


def in_ledger(home: Path, scratch: Path, query: str) -> list[tuple[object, ...]]:
    """From a copy: the locks of this system and those of the other one do not know each other."""
    scratch.mkdir()
    for file in (home / "state").glob("ledger.sqlite*"):
        shutil.copy(file, scratch)
    with closing(sqlite3.connect(scratch / "ledger.sqlite")) as connection:
        return connection.execute(query).fetchall()


async def test_two_servers_share_one_ledger_and_one_that_is_killed_leaves_nothing_reserved(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    async with ScriptedProvider() as provider:
        environ = environment(home, vendor(provider) + SLOW)
        answering = asyncio.create_task(answer_all(provider))
        async with server(environ, folder) as (_, first):
            async with server(environ, folder) as (process, second):
                assert [await refactor(editor, "a.py", folder) for editor in (first, second)] == ["applied", "applied"]
                answering.cancel()
                buffer = second.open(windows_uri(folder / "b.py"), "def add(a, b):\n    return a + b")
                await second.run("refactor", buffer, Span(Position(0, 0), Position(1, 16)))
                await provider.request()
                process.kill()
                await process.wait()
            left = in_ledger(home, tmp_path / "after", "SELECT id FROM reservations")
            answering = asyncio.create_task(answer_all(provider))
            async with server(environ, folder) as (process, third):
                assert await refactor(third, "c.py", folder) == "applied"
                await third.exit()
                assert await process.wait() == 0
            assert await refactor(first, "d.py", folder) == "applied"
            await first.exit()
        answering.cancel()
    assert in_ledger(home, tmp_path / "whole", "PRAGMA integrity_check") == [("ok",)]
    assert in_ledger(home, tmp_path / "calls", "SELECT COUNT(*) FROM calls WHERE error = ''") == [(4,)]
    assert len(left) > 0
    still = in_ledger(home, tmp_path / "still", "SELECT id FROM reservations")
    assert not set(left) & set(still)


COMMANDS = {
    "--help": (0, rb"Commands:"),
    "route refactor": (0, rb"Refactor: "),
    "doctor": (None, rb"ledger"),
    "usage": (0, rb"recorded"),
    "models": (0, rb"score|coding"),
    "providers": (0, rb"anthropic"),
}


@pytest.mark.parametrize("code_page", ["utf-8", "cp1252", "cp437", "cp932", "ascii"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_with_every_code_page(tmp_path: Path, command: str, code_page: str) -> None:
    need_windows()
    if code_page not in ("utf-8", "cp437") and command not in ("--help", "route refactor"):
        pytest.skip("two code pages are enough for this one")
    done = run(command.split(), {**environment(tmp_path), "PYTHONIOENCODING": code_page, "TEST_PROVIDER_KEY": "x"})
    code, said = COMMANDS[command]
    assert b"Traceback" not in done.stderr
    assert code is None or done.returncode == code, done.stderr
    assert re.search(said, done.stdout)

"""No file of a repository can stop the server, or fill its memory: on the real process, with everything at once."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.session import NOBODY_LOCAL

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="has no such files")]
SERVE = [sys.executable, "-P", "-m", "coderoute_ls", "serve"]
ANSWER_S = 60.0
"""Far above the two seconds that an idle machine keeps to (``benchmarks/hanging_files.py`` measures them): what this test tells
apart is an answer and none, because a read that never ends takes for ever."""
MOST_MB = 700
SOURCE = "from trap import anything\nimport endless\n\n\ndef add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return "
NAME = "a" * 200 + ".py"
"""A pattern that tries every place has many to try."""
BLOW_UP = "*a" * 90 + "b"

TRAPS: dict[str, dict[str, Callable[[Path], None]]] = {
    "settings": {
        "settings from a device": lambda folder: (folder / "coderoute.toml").symlink_to("/dev/zero"),
        "settings from a pipe": lambda folder: os.mkfifo(folder / "coderoute.toml"),
        "keys of many parts": lambda folder: write(folder / "coderoute.toml", "a" + ".a" * 125_000 + " = 1\n"),
        "tables in tables": lambda folder: write(folder / "coderoute.toml", "x = " + "[" * 100_000),
        "200,000 patterns": lambda folder: write(folder / "coderoute.toml", "[context]\nignore = [" + '"x",' * 200_000 + "]\n"),
        "patterns that blow up": lambda folder: write(folder / "coderoute.toml", f'[context]\nignore = ["{BLOW_UP}"]\n'),
        "a pattern that is only a sign": lambda folder: write(folder / "coderoute.toml", '[context]\nignore = ["!"]\n'),
        "endless settings": lambda folder: endless(folder / "coderoute.toml"),
        "a project's file of many parts": lambda folder: write(folder / "pyproject.toml", "a" + ".a" * 125_000 + " = 1\n"),
        "a project's file from a pipe": lambda folder: os.mkfifo(folder / "pyproject.toml"),
    },
    "ignore rules": {
        "200,000 rules": lambda folder: write(folder / ".gitignore", "x*y\n" * 200_000),
        "rules that blow up": lambda folder: write(folder / ".gitignore", f"{BLOW_UP}\n" * 50),
        "a rule that is only a sign": lambda folder: write(folder / ".gitignore", "!\n"),
        "rules from a pipe": lambda folder: os.mkfifo(folder / ".gitignore"),
        "rules from a device": lambda folder: (folder / ".gitignore").symlink_to("/dev/zero"),
        "endless rules": lambda folder: endless(folder / ".gitignore"),
        "a rule that tries every place": lambda folder: write(folder / ".gitignore", f"{'*a' * 60}b\n"),
    },
    "a repository": {
        "a repository's rules from a pipe": lambda folder: os.mkfifo(repository(folder) / ".gitignore"),
        "a repository's rules from a device": lambda folder: (repository(folder) / ".gitignore").symlink_to("/dev/zero"),
        "a repository's endless rules": lambda folder: endless(repository(folder) / ".gitignore"),
        "a repository's settings from a pipe": lambda folder: os.mkfifo(repository(folder) / ".git" / "config"),
        "a repository's index from a pipe": lambda folder: os.mkfifo(repository(folder) / ".git" / "index"),
        "a repository's settings name a pipe": lambda folder: names_a_pipe(repository(folder)),
        "a repository's head from a pipe": lambda folder: os.mkfifo(emptied(repository(folder) / ".git" / "HEAD")),
        "a pipe for a repository": lambda folder: os.mkfifo(folder / ".git"),
    },
}
"""By what holds them, each by its name: the folders of one subject are open in one server, and none may hold up another."""


def write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def endless(file: Path) -> None:
    """8 GiB of zeros that take no place."""
    with file.open("wb") as opened:
        opened.truncate(1 << 33)


def repository(folder: Path) -> Path:
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "refs").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


def names_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    write(folder / ".git" / "config", f"[include]\n\tpath = {folder / 'pipe'}\n")


def emptied(file: Path) -> Path:
    file.unlink()
    return file


def set_up(folder: Path, trap: Callable[[Path], None]) -> None:
    """The trap, beside source files that are pipes, devices and endless."""
    folder.mkdir()
    trap(folder)
    os.mkfifo(folder / "trap.py")
    (folder / "endless.py").symlink_to("/dev/zero")
    endless(folder / "huge.py")
    (folder / "around.py").symlink_to(folder)


@asynccontextmanager
async def serving(place: Path, folders: Sequence[Path]) -> AsyncGenerator[tuple[asyncio.subprocess.Process, ScriptedEditor]]:
    (place / "home" / "config").mkdir(parents=True)
    (place / "home" / "config" / "config.toml").write_text(NOBODY_LOCAL)
    environ = {**child_environment(os.environ), HOME_VARIABLE: str(place / "home"), OFFLINE_VARIABLE: "1"}
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*SERVE, stdin=pipe, stdout=pipe, env=environ, cwd=place)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server, ScriptedEditor(server.stdout, server.stdin, generic(), folders=folders)
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


@pytest.mark.parametrize("subject", TRAPS)
async def test_everything_is_answered_beside_them(tmp_path: Path, subject: str) -> None:
    folders = {trap: tmp_path / f"work-{number}" for number, trap in enumerate(TRAPS[subject])}
    for trap, folder in folders.items():
        set_up(folder, TRAPS[subject][trap])
    async with serving(tmp_path, [*folders.values()]) as (server, editor):
        async with asyncio.timeout(ANSWER_S):
            await editor.initialize()
        for trap, folder in folders.items():
            try:
                await everything_is_answered(editor, folder)
            except TimeoutError:
                pytest.fail(f"not answered beside {trap}")
        assert sum(map(peak_mb, (server.pid, *children(server.pid)))) < MOST_MB
        editor.notices.clear()
        editor.shown.clear()
        async with asyncio.timeout(ANSWER_S):
            await editor.exit()
            assert await server.wait() == 0


async def everything_is_answered(editor: ScriptedEditor, folder: Path) -> None:
    """Ghost text, a report, a rewrite and a cancelled request, each in time."""
    buffer = editor.open((folder / NAME).as_uri(), SOURCE)
    async with asyncio.timeout(ANSWER_S):
        await editor.inline(buffer, Position(9, 11), invoked=True).result
    for action in ("explain", "refactor"):
        async with asyncio.timeout(ANSWER_S):
            with suppress(Refused):  # where rules cannot be read, nothing of the folder is asked about
                started = await editor.run(action, buffer, Span(Position(4, 0), Position(6, 0)))
                await editor.finished(started.job)
    async with asyncio.timeout(ANSWER_S):
        asked = editor.inline(buffer, Position(9, 11), invoked=True)
        editor.peer.cancel(asked)
        await asyncio.gather(asked.result, return_exceptions=True)


def children(process: int) -> list[int]:
    place = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in place.read_text().split()] if place.exists() else []


def peak_mb(process: int) -> float:
    """Most memory that it ever had; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    text = status.read_text() if status.exists() else ""
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in text else 0.0

"""Nothing of an opened folder is ever executed, and no child process knows a key: on the real process, on stdio."""

import asyncio
import os
import subprocess
import sys
import sysconfig
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.embedded.tiny_model import write_tiny_model
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.session import NOBODY_LOCAL

pytestmark = pytest.mark.slow
MODULE = [sys.executable, "-m", "coderoute_ls", "serve"]
SAFE_MODULE = [sys.executable, "-P", "-m", "coderoute_ls", "serve"]
SCRIPT = [str(Path(sysconfig.get_path("scripts")) / "coderoute-ls"), "serve"]
SECRETS = {"SOME_VENDOR_API_KEY": "canary-1", "MY_PAT": "canary-2", "DATABASE_URL": "canary-3", "LD_PRELOADED": "canary-4"}
SOURCE = "".join(
    f"def read_{name}(path):\n    with open(path, encoding='utf-8') as stream:\n        return [stream.read()]\n"
    for name in "abcdef"
)
MESSY = "def f(x):\n    if x == True:\n        return True\n    else:\n        return False\n"


def names() -> list[str]:
    """Each module of the standard library and of all that is installed here; ours too, and the hooks of Python's start."""
    installed = {name for name in packages_distributions() if name.isidentifier()}
    return sorted({*sys.stdlib_module_names, *installed, "sitecustomize", "usercustomize"})


def read_by_python_itself() -> list[str]:
    """What ``python -m coderoute_ls`` imports from the working directory before any code of ours runs; ``-P`` prevents it."""
    program = "import sys; before = {*sys.modules}; import runpy, importlib.util; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ["coderoute_ls", *{name.partition(".")[0] for name in done.stdout.split()}]


def fill(folder: Path, marks: Path, shape: str, left_out: Sequence[str] = ()) -> None:
    """A folder in which each of those modules says when somebody imports it."""
    marks.mkdir()
    for name in names():
        if name in left_out:
            continue
        file = folder / f"{name}.py" if shape == "file" else folder / name / "__init__.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(marks / name)!r}, 'w').close()\nraise ImportError('hostile')\n")


@asynccontextmanager
async def served(command: Sequence[str], folder: Path, home: Path, user: str = "") -> AsyncGenerator[tuple[int, ScriptedEditor]]:
    """The server with ``folder`` as working directory and workspace, as editors start it."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(user + NOBODY_LOCAL)
    environ = {**child_environment(os.environ), **SECRETS, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1"}
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environ, cwd=folder)
    assert server.stdin is not None
    assert server.stdout is not None
    editor = ScriptedEditor(server.stdout, server.stdin, generic(), folders=[folder])
    try:
        async with asyncio.timeout(240):
            await editor.initialize()
            await editor.until(lambda: editor.ended(f"coderoute-learning:{folder}"))
            yield server.pid, editor
            await editor.exit()
            assert await server.wait() == 0
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


@pytest.mark.parametrize(
    ("command", "shape"),
    [(MODULE, "file"), (SAFE_MODULE, "package"), (SCRIPT, "file"), (SCRIPT, "package")],
    ids=["module-file", "safe module-package", "script-file", "script-package"],
)
async def test_no_module_of_the_opened_folder_runs_and_the_built_in_engine_answers(
    tmp_path: Path, command: list[str], shape: str
) -> None:
    folder, marks = tmp_path / "work", tmp_path / "marks"
    fill(folder, marks, shape, left_out=read_by_python_itself() if command is MODULE else [])
    async with served(command, folder, tmp_path / "home") as (_, editor):
        buffer = editor.open((folder / "mine.py").as_uri(), SOURCE + "def read_g(path):\n    with open(path, ")
        items: list[Json] = []
        while not items:  # a busy machine may be too slow for one keystroke's patience
            items = (await editor.inline(buffer, Position(19, 20), invoked=False).result)["items"]
        assert items[0]["insertText"].startswith("encoding='utf-8')")
        messy = editor.open((folder / "messy.py").as_uri(), MESSY)
        job = await editor.run("refactor", messy, Span(Position(0, 0), Position(5, 0)))
        assert (await editor.finished(job.job)).outcome == "applied"
        assert messy.text != MESSY  # what ruff said
        job = await editor.run("explain", messy, Span(Position(0, 0), Position(2, 0)))
        ended = await editor.finished(job.job)
        assert ended.outcome == "applied", ended
        await editor.shown_document()
        assert "built-in engine answers" in await editor.notice()
        assert "built-in engine answers" in await editor.notice()
    assert sorted(mark.name for mark in marks.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_the_engine_gets_no_key_and_works_in_an_empty_folder_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    async with served(SCRIPT, folder, tmp_path / "home") as (server, _):
        (child,) = descendants(server)
        assert_private(child, folder)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_the_process_of_a_model_file_gets_no_key_and_runs_nothing_of_the_folder(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra [local]")
    folder, marks = tmp_path / "work", tmp_path / "marks"
    fill(folder, marks, "package")
    write_tiny_model(tmp_path / "tiny.gguf", context=32_768)
    user = f'[embedded]\nenable = true\n[providers.local]\nmodel_path = "{tmp_path / "tiny.gguf"}"\n'
    async with served(SCRIPT, folder, tmp_path / "home", user) as (server, editor):
        buffer = editor.open((folder / "a.py").as_uri(), "def f(x):\n    return x\n")
        job = await editor.run("document", buffer, Span(Position(0, 0), Position(2, 0)))
        await editor.finished(job.job)
        children = descendants(server)
        assert len(children) == 2
        for child in children:
            assert_private(child, folder)
        editor.notices.clear()
    assert sorted(mark.name for mark in marks.iterdir()) == []


def descendants(parent: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def assert_private(process: int, folder: Path) -> None:
    environ = Path(f"/proc/{process}/environ").read_bytes()
    assert b"canary" not in environ
    assert b"PATH=" in environ
    place = Path(f"/proc/{process}/cwd").readlink()
    assert not place.is_relative_to(folder)
    assert list(place.iterdir()) == []
    assert place.parent.stat().st_mode & 0o777 == 0o700

"""Files that change outside of the editor: the built-in engine learns them anew, by the same rules, and without any haste."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.domain import TIMING, Position
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import items_of
from coderoute_ls.server.language_server import Connection
from tests.support.editor import ScriptedEditor
from tests.support.session import PATIENT, joined

AT_ONCE = replace(PATIENT, quiet=0.0)
"""What changes on the disk is looked at without waiting for quiet, and drafts have time."""

CREATED, CHANGED, DELETED = 1, 2, 3


def assignments(name: str) -> str:
    return f"name_as_{name} = 1\n" * 6


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A workspace folder with one file."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "old.py").write_text(assignments("it_was"))
    return tmp_path / "work"


def tell(editor: ScriptedEditor, *changes: tuple[Path, int]) -> None:
    """What an editor reports of files on the disk."""
    told: list[Json] = [{"uri": path.as_uri(), "type": kind} for path, kind in changes]
    editor.peer.notify("workspace/didChangeWatchedFiles", {"changes": told})


async def told_and_learned(editor: ScriptedEditor, work: Path, *changes: tuple[Path, int]) -> None:
    editor.progress.clear()
    tell(editor, *changes)
    await editor.learned(work)


async def drafts(editor: ScriptedEditor, work: Path) -> list[str]:
    """What the engine has to offer after ``name_as_``. The text around differs each time, so that nothing is remembered."""
    uri = (work / "typed.py").as_uri()
    buffer = editor.buffers.get(uri) or editor.open(uri, "x = 1\nname_as_")
    editor.type(buffer, Position(0, 5), "0")
    found = items_of(await editor.inline(buffer, Position(1, 8)).result)
    return [item["insertText"].partition(" ")[0] for item in found]


def spied(server: Connection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Folders that the engine is told to look through from now on."""
    told: list[str] = []

    def add_folder(root: str, globs: object) -> None:
        del globs
        told.append(root)

    monkeypatch.setattr(server.session.backend.engine.embedded, "add_folder", add_folder)
    return told


async def test_the_editor_is_asked_to_watch_source_files(tmp_path: Path, work: Path) -> None:
    async with joined(tmp_path, timing=AT_ONCE) as (editor, _):
        await editor.learned(work)
        (options,) = (one["registerOptions"] for one in editor.registered if one["method"].endswith("didChangeWatchedFiles"))
        globs = [watcher["globPattern"] for watcher in options["watchers"]]
        assert {"**/coderoute.toml", "**/.gitignore"} < set(globs)
        assert all(f",{suffix}," in globs[-1] for suffix in ("py", "ts", "go", "rs", "java", "cpp"))


async def test_what_is_created_changed_and_deleted_is_known_and_forgotten(tmp_path: Path, work: Path) -> None:
    async with joined(tmp_path, timing=AT_ONCE) as (editor, _):
        await editor.learned(work)
        assert await drafts(editor, work) == ["it_was"]
        (work / "old.py").write_text(assignments("it_became"))
        await told_and_learned(editor, work, (work / "old.py", CHANGED))
        assert await drafts(editor, work) == ["it_became"]
        (work / "old.py").unlink()
        (work / "new.py").write_text(assignments("created"))
        await told_and_learned(editor, work, (work / "old.py", DELETED), (work / "new.py", CREATED))
        assert await drafts(editor, work) == ["created"]
        (work / "new.py").unlink()
        await told_and_learned(editor, work, (work / "new.py", DELETED))
        assert await drafts(editor, work) == []


async def test_a_file_that_comes_back_as_it_was_is_known_again(tmp_path: Path, work: Path) -> None:
    async with joined(tmp_path, timing=AT_ONCE) as (editor, _):
        await editor.learned(work)
        (work / "old.py").rename(tmp_path / "away.py")
        await told_and_learned(editor, work, (work / "old.py", DELETED))
        assert await drafts(editor, work) == []
        (tmp_path / "away.py").rename(work / "old.py")
        await told_and_learned(editor, work, (work / "old.py", CREATED))
        assert await drafts(editor, work) == ["it_was"]


async def test_a_checkout_of_five_thousand_files_is_one_message_to_the_engine(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(tmp_path, timing=replace(PATIENT, quiet=3600.0)) as (editor, server):
        await editor.learned(work)
        told, judged = spied(server, monkeypatch), list[str]()
        allowed = server.session.files.allowed
        monkeypatch.setattr(server.session.files, "allowed", lambda path: judged.append(path) or allowed(path))  # pyright: ignore
        for part in range(10):
            tell(editor, *((work / f"m{part}" / f"f{number}.py", CHANGED) for number in range(500)))
        await editor.settle()
        assert told == [], "not while more may come"
        server.session.indexing.timing = replace(TIMING, quiet=0.0, latest=0.0)
        tell(editor, (work / "last.py", CHANGED))
        await editor.settle()
        assert told == [str(work)]
        assert len(judged) == 1, "one file that matters is enough"


async def test_what_may_not_be_learned_or_is_open_wakes_nobody(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / ".gitignore").write_text("build.py\n")
    (work / "coderoute.toml").write_text('[context]\nignore = ["private/**"]\n')
    async with joined(tmp_path, timing=AT_ONCE) as (editor, server):
        await editor.learned(work)
        await drafts(editor, work)
        told = spied(server, monkeypatch)
        for name in ("build.py", "private/a.py", "node_modules/a/b.js", "prod.env.py/../.env.py", "typed.py", "notes.txt"):
            tell(editor, (work / name, CHANGED))
        tell(editor, (tmp_path / "elsewhere.py", CHANGED))
        await editor.settle()
        await asyncio.sleep(0)
        assert told == []
        tell(editor, (work / "more.py", CREATED))
        await editor.settle()
        assert told == [str(work)]


async def test_an_ignore_rule_that_is_added_takes_back_what_was_learned(tmp_path: Path, work: Path) -> None:
    async with joined(tmp_path, timing=AT_ONCE) as (editor, _):
        await editor.learned(work)
        assert await drafts(editor, work) == ["it_was"]
        (work / ".gitignore").write_text("old.py\n")
        await told_and_learned(editor, work, (work / ".gitignore", CREATED))
        assert await drafts(editor, work) == []


async def test_what_the_settings_ignore_is_never_learned(tmp_path: Path, work: Path) -> None:
    (work / "private").mkdir()
    (work / "private" / "a.py").write_text(assignments("canary"))
    (work / "coderoute.toml").write_text('[context]\nignore = ["private/**"]\n')
    async with joined(tmp_path, timing=AT_ONCE) as (editor, _):
        await editor.learned(work)
        assert await drafts(editor, work) == ["it_was"]
        (work / "coderoute.toml").write_text('[context]\nignore = ["private/**", "old.py"]\n')
        await told_and_learned(editor, work, (work / "coderoute.toml", CHANGED))
        assert await drafts(editor, work) == []


async def test_an_engine_that_is_switched_off_forgets_and_one_that_is_switched_on_learns(tmp_path: Path, work: Path) -> None:
    async with joined(tmp_path, timing=AT_ONCE, settings={"embedded": {"enable": False}}) as (editor, server):
        await editor.configured()
        assert not server.session.backend.engine.embedded._folders  # pyright: ignore
        await editor.set({"embedded": {"enable": True}})
        await editor.learned(work)
        assert await drafts(editor, work) == ["it_was"]
        await editor.set({"embedded": {"enable": False}})
        assert not server.session.backend.engine.embedded._folders  # pyright: ignore

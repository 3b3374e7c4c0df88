"""What we write stays in the folder, and what is ours stays ours and goes when it should."""

import os
import sys
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.embedded.index.index_file import EXPERIENCE, IndexFiles
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.temporary_folders import private_folder
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def add(a, b):\n    return a + b\n"
ALL = Span(Position(0, 0), Position(2, 0))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes links and pipes")


@pytest.mark.parametrize("link", ["folder", "file", "dangling file"])
async def test_tests_are_not_written_through_a_link_that_leads_out(tmp_path: Path, link: str) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    if link == "folder":
        (work / "tests").symlink_to(outside)
    else:
        (work / "tests").mkdir()
        if link == "file":
            (outside / "test_a.py").write_text("")
        (work / "tests" / "test_a.py").symlink_to(outside / "test_a.py")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open((work / "a.py").as_uri(), SOURCE)
        started = await editor.run("tests", buffer, Span(Position(0, 0), Position(0, 0)))
        assert "leads out" in await editor.notice()
        assert (await editor.finished(started.job)).outcome == "failed"
        assert provider.log == []
    assert [path.read_text() for path in outside.iterdir()] in ([], [""])


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "latin-1"])
async def test_the_quality_is_not_set_in_what_is_no_file_of_the_folder(tmp_path: Path, kind: str) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside.toml"
    work.mkdir()
    file = work / "coderoute.toml"
    if "link" in kind:
        file.symlink_to(outside)
    if kind == "link":
        outside.write_text("# theirs\n")
    if kind == "pipe":
        os.mkfifo(file)
    if kind == "folder":
        file.mkdir()
    if kind == "latin-1":
        file.write_bytes("# für uns\n".encode("latin-1"))
    async with session(tmp_path) as editor:
        with pytest.raises(Refused, match="cannot be changed"):
            await editor.command("coderoute.setQuality", {"uri": (work / "a.py").as_uri(), "quality": "best"})
        editor.notices.clear()
    assert not outside.exists() or outside.read_text() == "# theirs\n"


def test_forgetting_leaves_nothing_of_what_was_learned(tmp_path: Path) -> None:
    for name in ("a.index", EXPERIENCE, f"{EXPERIENCE}.damaged", ".a.index.k3j2", "b.lock"):
        (tmp_path / name).write_text("learned")
    assert IndexFiles(tmp_path).forget() == 1
    assert list(tmp_path.iterdir()) == []
    assert IndexFiles(tmp_path / "absent").forget() == 0


def test_files_of_this_process_are_in_a_folder_that_nobody_else_can_enter() -> None:
    assert private_folder().stat().st_mode & 0o777 == 0o700
    assert private_folder() is private_folder()

"""A check works on a copy that shows what the editor shows, and nothing that it does there reaches the user's files."""

import io
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.checks.command import check
from coderoute_ls.server.checks.workspace_copy import LARGE, Limits, Stopped, copied_workspace
from coderoute_ls.temporary_folders import IN_USE, PREFIX, sweep, temporary_folder

FOLDERS = [".git", ".venv", "build", "dist", "node_modules", "src", "target", "vendor", "vendor/deep/node_modules"]


def files(folder: Path) -> dict[str, bytes]:
    """Each file below, links not followed."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not any(parent.is_symlink() for parent in path.parents)
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a workspace whose links lead out of it, in every way."""
    work, other = tmp_path / "work", tmp_path / "other"
    for name in FOLDERS:
        (work / name).mkdir(parents=True)
        (work / name / "file").write_text("mine")
    (other / "sub").mkdir(parents=True)
    (other / "file").write_text("mine")
    (other / "sub" / "file").write_text("mine")
    (work / "large").write_bytes(b"x" * (LARGE + 1))
    (work / "linked-folder").symlink_to(other)
    (work / "linked-file").symlink_to(other / "file")
    (work / "src" / "relative").symlink_to("../../other/sub")
    (work / "src" / "through").symlink_to("../linked-folder/sub")
    (work / "up").symlink_to("..")
    (work / "dangling").symlink_to(other / "new")
    (work / "vendor" / "inner").symlink_to(other)
    (work / "hard").hardlink_to(other / "file")
    (work / "inside").symlink_to("src")
    (work / "inside-file").symlink_to(work / "src" / "file")
    (work / "self").symlink_to(".")
    (work / "loop").symlink_to("loop")
    return tmp_path


VANDAL = """
import os, pathlib
here = pathlib.Path.cwd()
for name in {names!r}:
    place = here / name
    for target in (place, place / 'file', place / 'new'):
        for act in (lambda: target.write_text('vandal'), target.unlink, lambda: target.mkdir(parents=True)):
            try:
                act()
            except OSError:
                pass
for folder, folders, names in os.walk(here, followlinks=False):
    for name in names:
        try:
            with open(os.path.join(folder, name), 'w') as file:
                file.write('vandal')
        except OSError:
            pass
"""


async def test_a_check_that_writes_everywhere_in_its_copy_changes_nothing_outside_of_it(home: Path) -> None:
    work = home / "work"
    names = [str(path.relative_to(work)) for path in work.rglob("*")]
    opened = [
        work / "src" / "file",
        work / "linked-folder" / "file",
        work / "linked-file",
        work / "inside" / "file",
        work / "up" / "x",
    ]
    escaping = [work / ".." / "escaped", work / "src" / ".." / ".." / "other" / "file", home / "else", work]
    before = files(home)
    with copied_workspace(work, dict.fromkeys((*opened, *escaping), "shown")) as copy:
        assert await check([sys.executable, "-c", VANDAL.format(names=names)], copy.folder, copy.folder) is not None
        assert b"vandal" in files(copy.folder).values()
        temporary = copy.folder.parent
    assert files(home) == before
    assert not temporary.exists()
    assert not (temporary.parent / "escaped").exists()


def test_no_link_of_the_copy_leads_out_and_what_is_left_out_is_named(home: Path) -> None:
    with copied_workspace(home / "work", {}) as copy:
        links = [path for path in copy.folder.rglob("*") if path.is_symlink()]
        assert {path.name for path in links} == {"inside", "inside-file", "self", "loop"}
        for link in links:
            assert Path(os.path.realpath(link)).is_relative_to(copy.folder)
        assert (copy.folder / "inside" / "file").read_text() == "mine"
        assert (copy.folder / "large").stat().st_size == LARGE + 1
        assert (copy.folder / "node_modules" / "file").read_text() == "mine"
        assert set(copy.left_out) == {
            ".git", ".venv", "linked-folder", "linked-file", "src/relative", "src/through", "up", "dangling", "vendor/inner",
        }  # fmt: skip


def test_the_copy_holds_what_the_editor_shows_and_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "app").mkdir(parents=True)
    (work / "app" / "a.py").write_text("old")
    (work / "app" / "b.py").write_text("other")
    (work / "run.sh").write_text("#!/bin/sh")
    (work / "run.sh").chmod(0o755)
    os.utime(work / "run.sh", (1_000_000, 1_000_000))
    texts = {work / "app" / "a.py": "new", work / "tests" / "test_a.py": "unsaved", tmp_path / "else.py": "no"}
    with copied_workspace(work, texts) as copy:
        assert copy.folder.name == "work"
        assert copy.left_out == ()
        assert files(copy.folder) == {
            "app/a.py": b"new",
            "app/b.py": b"other",
            "tests/test_a.py": b"unsaved",
            "run.sh": b"#!/bin/sh",
        }
        assert os.access(copy.folder / "run.sh", os.X_OK)
        assert (copy.folder / "run.sh").stat().st_mtime == 1_000_000
    assert files(work) == {"app/a.py": b"old", "app/b.py": b"other", "run.sh": b"#!/bin/sh"}


def test_code_beyond_the_limits_is_refused_and_dependencies_beyond_them_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    for name in "abc":
        (tmp_path / name).write_text("xx")
        (tmp_path / "node_modules" / name).write_text("x" * 4)
    with copied_workspace(tmp_path, {}, limits=Limits(files=9, size=9)) as copy:
        assert set(files(copy.folder)) == {"a", "b", "c"}
        assert copy.left_out == ("node_modules",)
    for limits in (Limits(files=3), Limits(size=5)):
        with pytest.raises(Unsupported, match="too large"), copied_workspace(tmp_path, {}, limits=limits):
            raise AssertionError("copied")


@pytest.mark.skipif(os.name == "nt", reason="POSIX")
def test_pipes_and_what_may_not_be_read_are_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "code.py").write_text("x")
    with copied_workspace(tmp_path, {}) as copy:
        assert set(files(copy.folder)) == {"code.py"}
        assert copy.left_out == ("pipe",)


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no files there")
def test_sockets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "w").mkdir()
    monkeypatch.chdir(tmp_path / "w")  # the address of a socket may be no longer than a hundred bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with copied_workspace(tmp_path / "w", {}) as copy:
            assert (copy.left_out, files(copy.folder)) == (("socket",), {})


def test_a_file_that_grows_while_it_is_copied_is_copied_as_long_as_it_was(tmp_path: Path) -> None:
    log = tmp_path / "w" / "log"
    log.parent.mkdir()
    log.write_bytes(b"x" * 100)

    class Growing(io.FileIO):
        """Each time somebody reads of the log, somebody else has written more."""

        def read(self, size: int | None = -1, /) -> bytes:
            with log.open("ab") as writer:
                writer.write(b"y" * 100)
            return super().read(size)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fdopen", Growing)
        with copied_workspace(log.parent, {}) as copy:
            patched.undo()
            assert (copy.folder / "log").read_bytes() == b"x" * 100


@pytest.mark.parametrize("name", [".GIT", ".Git", ".VENV", "__PyCache__"])
def test_names_are_left_out_however_they_are_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "w" / name).mkdir(parents=True)
    (tmp_path / "w" / name / "config").write_text("mine")
    with copied_workspace(tmp_path / "w", {}) as copy:
        assert files(copy.folder) == {}


def test_a_folder_that_holds_the_temporary_folders_is_copied_without_them(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with temporary_folder() as other:
        (other / "file").write_text("of another check")
        with copied_workspace(tmp_path, {}) as copy:
            assert files(copy.folder) == {"file": b"mine"}


def test_a_copy_that_is_not_wanted_any_more_is_given_up_and_removed(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("x")
    before = set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    with pytest.raises(Stopped), copied_workspace(tmp_path, {}, stopped=lambda: True):
        raise AssertionError("copied")
    assert set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) <= before


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary directory of this test's own."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_uses_is_not(tmp_path: Path, temporary: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine")
    program = (
        "import os, sys; from pathlib import Path; from coderoute_ls.temporary_folders import temporary_folder\n"
        "with temporary_folder() as folder:\n"
        f"    (folder / 'link').symlink_to({str(precious)!r})\n"
        "    (folder / 'locked' / 'deep').mkdir(parents=True); (folder / 'locked').chmod(0)\n"
        "    os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(temporary)}, check=False)
    (left,) = temporary.iterdir()
    (temporary / f"{PREFIX}link").symlink_to(precious)
    (temporary / f"{PREFIX}new").mkdir()
    (temporary / "somebody-elses").mkdir()
    with temporary_folder() as used:
        sweep()
        assert {path.name for path in temporary.iterdir()} == {used.name, f"{PREFIX}link", f"{PREFIX}new", "somebody-elses"}
    assert not left.exists()
    assert (precious / "file").read_text() == "mine"
    assert not used.exists()


def test_a_folder_is_locked_for_as_long_as_it_is_used() -> None:
    with temporary_folder() as folder:
        assert (folder / IN_USE).exists()
        assert folder.stat().st_mode & 0o777 == 0o700

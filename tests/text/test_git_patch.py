"""What git prints about changes is told apart file by file, whatever the files are called and hold."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.text.git_patch import FilePatch, cut, file_patches


def git(folder: Path, *command: str) -> str:
    home = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.quotePath=false", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *own, *command], cwd=folder, capture_output=True, check=True, env=home)
    return done.stdout.decode()


def changes(folder: Path) -> list[FilePatch]:
    git(folder, "add", "-A")
    return file_patches(git(folder, "diff", "--cached", "-M"))


@pytest.mark.parametrize(
    "name",
    [
        "plain.py",
        "with blank.py",
        "diff --git a b.txt",
        "ümläut.md",
        "deep/er/file.c",
        "a b/b/a b",
        "+++ b",
        "--- a",
        "a\nb",
        'q"\\.c',
        "t\tx",
    ],
)
def test_each_kind_of_change_is_told_with_its_path(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "-q")
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("one\ntwo\nthree\nfour\n")
    assert [(each.path, each.change) for each in changes(tmp_path)] == [(name, "add")]
    git(tmp_path, "commit", "-qm", "x")
    file.write_text("one\n--- two\n+++ three\ndiff --git a/x b/x\n")
    (update,) = changes(tmp_path)
    assert (update.path, update.change, update.changed_lines()) == (name, "update", 6)
    git(tmp_path, "checkout", "-q", "-f", "HEAD")
    file.rename(tmp_path / "elsewhere.py")
    (renamed,) = changes(tmp_path)
    assert (renamed.old_path, renamed.path, renamed.change) == (name, "elsewhere.py", "rename")
    git(tmp_path, "reset", "-q", "--hard")
    file.unlink()
    assert [(each.path, each.change) for each in changes(tmp_path)] == [(name, "remove")]


def test_files_without_hunks_are_there_as_well(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "empty file").touch()
    (tmp_path / "picture.png").write_bytes(bytes(range(256)))
    assert [(each.path, each.change) for each in changes(tmp_path)] == [("empty file", "add"), ("picture.png", "add")]
    git(tmp_path, "commit", "-qm", "x")
    (tmp_path / "picture.png").chmod(0o755)
    (tmp_path / "empty file").unlink()
    assert {(each.path, each.change) for each in changes(tmp_path)} == {("empty file", "remove"), ("picture.png", "update")}


def patch(name: str, lines: int) -> FilePatch:
    head = (f"diff --git a/{name} b/{name}\n", f"--- a/{name}\n", f"+++ b/{name}\n")
    return FilePatch(name, name, "update", (*head, "@@ -1 +1 @@\n", *(f"+{'x' * 20}{at}\n" for at in range(lines))))


def test_small_files_stay_whole_and_each_cut_one_says_so() -> None:
    small, large, larger = patch("small.py", 3), patch("large.py", 400), patch("larger.py", 4000)
    text, _ = cut([larger, small, large], 9_000)
    assert "".join(small.lines) in text
    for name in ("large.py", "larger.py"):
        assert f"more lines of {name} are not shown]" in text
    assert len(text) < 9_500


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=12), st.integers(0, 20_000))
def test_a_cut_never_loses_a_file_nor_a_line_without_a_word(sizes: list[int], most: int) -> None:
    patches = [patch(f"f{at}.py", lines) for at, lines in enumerate(sizes)]
    text, missing = cut(patches, most)
    assert [each.path for each in file_patches(text)] == [each.path for each in patches]
    shown = sum(line.startswith(("+x", "@@")) for line in text.splitlines())
    assert shown + missing == sum(sizes) + len(sizes)
    heads = sum(len(line) for each in patches for line in each.lines[: each.hunks_at])
    assert sum(len(line) + 1 for line in text.splitlines() if not line.startswith("[…")) <= max(most, heads) + heads

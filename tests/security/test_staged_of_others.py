"""A commit's message is about the folder's own repository, and what git says of it is text without secrets."""

import shutil
from pathlib import Path

import pytest

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.commit_message.staged_changes import staged_changes
from tests.security.test_hostile_repository import git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
TOKEN = "ghp_" + "a1B2" * 9


async def everything(path: str) -> bool:
    del path
    return True


def repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "a.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "x")
    return folder


def by_file(hostile: Path, private: Path) -> None:
    (hostile / ".git").write_text(f"gitdir: {private / '.git'}\n")


def by_link(hostile: Path, private: Path) -> None:
    (hostile / ".git").symlink_to(private / ".git")


def by_common_folder(hostile: Path, private: Path) -> None:
    """Its own head and index, and the other one's objects."""
    shutil.copytree(private / ".git", hostile / ".git")
    shutil.rmtree(hostile / ".git" / "objects")
    (hostile / ".git" / "commondir").write_text(f"{private / '.git'}\n")


@pytest.mark.parametrize("way", [by_file, by_link, by_common_folder])
async def test_no_folder_takes_another_repository_for_its_own(tmp_path: Path, way: object) -> None:
    assert callable(way)
    private, hostile = repository(tmp_path / "private"), tmp_path / "hostile"
    (private / "plan.txt").write_text("the plan\n")
    git(private, "add", ".")
    hostile.mkdir()
    way(hostile, private)
    with pytest.raises(Unsupported, match=r"kept outside of it.* core\.worktree"):
        await staged_changes(str(hostile), everything)


async def test_worktrees_and_submodules_are_known_by_what_they_say_of_each_other(tmp_path: Path) -> None:
    main, inner = repository(tmp_path / "main"), repository(tmp_path / "inner")
    git(main, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    git(main, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "below")
    for folder in (tmp_path / "linked", main / "below"):
        (folder / "new.py").write_text("y = 2\n")
        git(folder, "add", ".")
        assert "y = 2" in (await staged_changes(str(folder), everything)).text


async def test_what_is_staged_loses_secrets_in_the_names_of_files(tmp_path: Path) -> None:
    folder = repository(tmp_path / "work")
    (folder / f"{TOKEN}.txt").write_text("hello\n")
    git(folder, "add", ".")
    said = (await staged_changes(str(folder), everything)).text
    assert "+hello" in said
    assert TOKEN not in said


async def test_a_message_that_git_has_prepared_is_shown_as_text(tmp_path: Path) -> None:
    folder = repository(tmp_path / "work")
    (folder / ".git" / "MERGE_HEAD").write_text("0" * 40)
    (folder / ".git" / "MERGE_MSG").write_text("Merge \x1b[31mthis\u202e branch\n")
    assert (await staged_changes(str(folder), everything)).written == "Merge this branch"

"""git reads the settings of a repository that somebody else made, and they name programs: none of them runs."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from coderoute_ls.domain import Position
from coderoute_ls.ignore import Ignore
from tests.security.test_hostile_folder import SAFE_MODULE, SOURCE, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(shutil.which("sh") is None, reason="its programs are shell scripts"),
]
KEYS = {
    "monitor": "core.fsmonitor",
    "pager": "pager.check-ignore",
    "pager of all": "core.pager",
    "editor": "core.editor",
    "alias": "alias.check-ignore",
    "filter": "filter.evil.clean",
    "filter that lives on": "filter.evil.process",
    "text of a file": "diff.evil.textconv",
    "password": "core.askPass",
    "credentials": "credential.helper",
    "other stores": "core.alternateRefsCommand",
    "connection": "core.sshCommand",
    "proxy": "core.gitProxy",
}
"""Settings whose value is a program."""
FETCHES = {
    "a program instead of a server": {"url": "{folder}", "uploadpack": "{program}"},
    "a program as the address": {"url": "ext::{program}"},
    "a connection": {"url": "ssh://nowhere.invalid/x"},
    "a helper by name": {"url": "evil::x"},
    "a helper of the remote": {"url": "x", "vcs": "ext"},
    "a proxy": {"url": "git://nowhere.invalid/x"},
}
"""Where a repository says that its missing objects come from."""


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "-c", "core.hooksPath=", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def repository(folder: Path) -> None:
    """With ignored files, and every kind of file that git may look at."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (folder / "mine.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "x")
    (folder / "new.py").write_text("x = 1\n")


def program(place: Path) -> tuple[Path, Path]:
    """A program, and the file that there is once it ran."""
    mark, script = place / "ran", place / "evil.sh"
    script.write_text(f"#!/bin/sh\n: > '{mark}'\nexit 1\n")
    script.chmod(0o700)
    return script, mark


def name_programs(folder: Path, script: Path) -> None:
    """In each setting and each hook."""
    (folder / ".git" / "config.more").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(folder, "config", "include.path", "config.more")
    git(folder, "config", "protocol.allow", "always")
    git(folder, "config", "core.untrackedCache", "true")
    for key in KEYS.values():
        git(folder, "config", key, f"!{script}" if key.startswith("alias") else str(script))
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        shutil.copy(script, hooks / hook)


def lack_an_object(folder: Path, script: Path, remote: Mapping[str, str]) -> None:
    """Its ignore file is neither in the folder nor in the store: git would fetch it."""
    blob = git(folder, "rev-parse", ":.gitignore")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(folder, "update-index", "--skip-worktree", ".gitignore")
    (folder / ".gitignore").unlink()
    settings = {"core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true"}
    settings |= {f"remote.origin.{key}": value.format(folder=folder, program=script) for key, value in remote.items()}
    for key, value in settings.items():
        git(folder, "config", key, value)


HOSTILE: dict[str, Callable[[Path, Path], None]] = {"settings and hooks": name_programs} | {
    f"fetches from {name}": partial(lack_an_object, remote=remote) for name, remote in FETCHES.items()
}


@pytest.mark.parametrize("case", HOSTILE)
def test_no_program_that_a_repository_names_runs_when_git_is_asked(tmp_path: Path, case: str) -> None:
    folder = tmp_path / "work"
    repository(folder)
    script, mark = program(tmp_path)
    HOSTILE[case](folder, script)
    assert Ignore([str(folder)]).allowed_among([str(folder / "mine.py"), str(folder / "new.py")])
    assert not mark.exists()


def test_the_programs_do_run_where_git_is_asked_without_precautions(tmp_path: Path) -> None:
    """So that the others prove something."""
    folder = tmp_path / "work"
    repository(folder)
    script, mark = program(tmp_path)
    lack_an_object(folder, script, FETCHES["a program instead of a server"])
    subprocess.run(["git", "check-ignore", "new.py"], cwd=folder, capture_output=True, check=False)
    assert mark.exists()


async def test_no_program_of_a_repository_runs_when_it_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    repository(folder)
    script, mark = program(tmp_path)
    lack_an_object(folder, script, FETCHES["a program instead of a server"])
    name_programs(folder, script)
    async with served(SAFE_MODULE, folder, tmp_path / "home") as (_, editor):
        buffer = editor.open((folder / "new.py").as_uri(), SOURCE + "def read_g(path):\n    with open(path, ")
        await editor.inline(buffer, Position(19, 20)).result
        editor.notices.clear()
    assert not mark.exists()

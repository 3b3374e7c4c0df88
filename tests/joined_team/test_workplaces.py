"""What git says of a folder, when it is asked, and that nobody who types waits for it."""

import asyncio
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.app.joined_team.workplaces import FRESH_S, FRESH_TYPING_S, Workplaces, labels_of, repository_name
from coderoute_ls.domain import Purpose
from tests.engine.support import Clock


def purpose(*, typing: bool) -> Purpose:
    return Purpose("fix", "/w", 0.7, typing=typing)


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True, capture_output=True)


def test_a_repository_is_named_by_its_origin_else_by_its_folder(tmp_path: Path) -> None:
    assert labels_of(str(tmp_path)) == {}
    (work := tmp_path / "shop").mkdir()
    git(work, "init", "-q", "-b", "main")
    assert labels_of(str(work)) == {"repository": "shop", "branch": "main"}  # before the first commit, too
    git(work, "remote", "add", "origin", "https://ann:secret@git.example:8443/acme/shop.git")
    git(work, "commit", "-q", "--allow-empty", "-m", "x")
    git(work, "switch", "-q", "-c", "feature/ä")
    (work / "in").mkdir()
    assert labels_of(str(work / "in")) == {"repository": "acme/shop", "branch": "feature/ä"}
    git(work, "switch", "-q", "--detach")
    assert labels_of(str(work)) == {"repository": "acme/shop"}


def test_a_hostile_repository_starts_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    mark = tmp_path / "started"
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "credential.helper"):
        git(tmp_path, "config", key, f"touch {mark}")
    labels_of(str(tmp_path))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("git@github.com:acme/shop.git", "acme/shop"),
        ("ssh://git@git.example:22/acme/shop", "acme/shop"),
        ("https://git.example/group/sub/shop.git/", "group/sub/shop"),
        ("file:///srv/git/shop.git", "shop"),
        ("/srv/git/shop.git", "shop"),
        ("C:\\\\git\\\\shop", "shop"),
        ("../shop", "shop"),
        ("", ""),
        ("https://[bad", ""),
    ],
)
def test_names_of_repositories(remote: str, name: str) -> None:
    assert repository_name(remote) == name


@given(
    st.sampled_from(["https://{}@git.example/a/b.git", "ssh://{}@h/a/b", "https://u:{}@h/a/b"]),
    st.from_regex(r"[a-z0-9]{8,20}", fullmatch=True),
)
def test_no_key_of_an_address_is_in_a_name(form: str, secret: str) -> None:
    assert secret not in repository_name(form.format(secret))


class Git:
    """Says what the test says, once it may."""

    def __init__(self) -> None:
        self.says: Mapping[str, str] = {"branch": "one"}
        self.may = threading.Event()
        self.asked = 0

    def __call__(self, folder: str) -> Mapping[str, str]:
        self.asked += 1
        assert self.may.wait(60)
        return self.says


async def test_who_types_waits_for_nothing_and_an_action_has_the_branch_of_now() -> None:
    clock, git = Clock(), Git()
    places = Workplaces(clock, git)
    assert await places.labels(purpose(typing=True)) == {}  # git is still asked
    git.may.set()
    assert await places.labels(purpose(typing=False)) == {"branch": "one"}
    git.says = {"branch": "two"}
    clock.time += FRESH_S + 1
    assert await places.labels(purpose(typing=True)) == {"branch": "one"}
    assert await places.labels(purpose(typing=False)) == {"branch": "two"}
    asked = git.asked
    clock.time += FRESH_TYPING_S - 1
    assert await places.labels(purpose(typing=True)) == {"branch": "two"}
    assert git.asked == asked
    await places.close()


async def test_a_folder_that_opens_is_asked_about_once() -> None:
    clock, git = Clock(), Git()
    git.may.set()
    places = Workplaces(clock, git)
    places.open(["/w", "/w"])
    await asyncio.gather(places.labels(purpose(typing=False)), places.labels(purpose(typing=False)))
    assert git.asked == 1
    assert await places.labels(Purpose("fix", "", 0.7, typing=False)) == {}
    await places.close()

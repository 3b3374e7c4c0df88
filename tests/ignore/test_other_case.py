"""Where the system ignores case (macOS, Windows), a rule holds however a path is spelled; elsewhere that are two files."""

import re
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.ignore import Ignore, git_check_ignore, gitignore_patterns
from coderoute_ls.settings.workspace_settings_files import settings_files
from coderoute_ls.text import path_key


@pytest.fixture
def case_is_ignored(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """As on macOS and Windows, for paths that need not exist."""
    monkeypatch.setattr(path_key, "ignores_case", lambda system="": True)
    monkeypatch.setattr(gitignore_patterns, "CASE", re.IGNORECASE)
    gitignore_patterns.patterns_of.cache_clear()
    yield
    gitignore_patterns.patterns_of.cache_clear()


SPELLINGS = ("Shop/Secret/a.py", "shop/secret/a.py", "SHOP/SECRET/A.PY", "Shop/secret/b/c.py")


@pytest.mark.usefixtures("case_is_ignored")
@pytest.mark.parametrize("globs", [["Secret/"], ["/secret"], ["SEC*T/**"], ["sec[r]et"], ["*", "!*.toml"]])
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_what_a_folder_ignores_stays_in_every_spelling(tmp_path: Path, globs: Sequence[str], spelled: str) -> None:
    (tmp_path / "Shop" / "Secret").mkdir(parents=True)
    rules = Ignore([str(tmp_path / "Shop")], globs, waits=True)
    assert not rules.allowed(str(tmp_path / spelled))
    assert rules.allowed(str(tmp_path / "shop" / "OPEN.TOML"))


@pytest.mark.usefixtures("case_is_ignored")
def test_accents_that_are_written_in_two_ways_are_one(tmp_path: Path) -> None:
    rules = Ignore([str(tmp_path / "caf\u00e9")], ["private/"], waits=True)
    assert not rules.allowed(str(tmp_path / "cafe\u0301" / "private" / "a.py"))
    assert rules.allowed(str(tmp_path / "cafe\u0301" / "a.py"))


@pytest.mark.usefixtures("case_is_ignored")
def test_git_ignores_are_read_in_every_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "Shop" / ".git").mkdir(parents=True)
    (tmp_path / "Shop" / ".gitignore").write_text("Build/\n")
    rules = Ignore([str(tmp_path / "Shop")], waits=True)
    assert not rules.allowed(str(tmp_path / "shop" / "build" / "a.py"))
    assert not rules.allowed(str(tmp_path / "Shop" / ".GIT" / "HEAD"))
    assert rules.allowed(str(tmp_path / "shop" / "a.py"))


@pytest.mark.usefixtures("case_is_ignored")
def test_a_folders_settings_hold_in_every_spelling(tmp_path: Path) -> None:
    (tmp_path / "Shop" / "api").mkdir(parents=True)
    (tmp_path / "Shop" / "api" / "coderoute.toml").write_text('privacy = "local_only"\n')
    if not (tmp_path / "SHOP").exists():
        (tmp_path / "SHOP").symlink_to("Shop")  # so that both spellings lead to it, as there
    (found,) = settings_files(str(tmp_path / "Shop"), str(tmp_path / "SHOP" / "api"), below=True)
    assert found.samefile(tmp_path / "Shop" / "api" / "coderoute.toml")


@pytest.mark.skipif(path_key.ignores_case(), reason="two spellings are one file here")
def test_elsewhere_two_spellings_are_two_files(tmp_path: Path) -> None:
    rules = Ignore([str(tmp_path)], ["Secret/"], waits=True)
    assert not rules.allowed(str(tmp_path / "Secret" / "a.py"))
    assert rules.allowed(str(tmp_path / "secret" / "a.py"))


@given(st.text(max_size=40))
def test_a_key_is_the_same_for_what_changes_no_file(path: str) -> None:
    assert path_key.one_case(path, "darwin") == path_key.one_case(path_key.one_case(path, "darwin"), "darwin")
    assert path_key.one_case(path, "linux") == path


def test_macos_is_not_asked_to_install_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its /usr/bin/git opens a window that offers to, where the developer tools are absent."""
    asked: list[Sequence[str]] = []

    def run_tool(command: Sequence[str], *_: object) -> bytes:
        asked.append(command)
        raise FileNotFoundError

    monkeypatch.setattr(git_check_ignore, "run_tool", run_tool)
    git = "/usr/bin/git"

    def which(_: str) -> str:
        return git

    monkeypatch.setattr(git_check_ignore.shutil, "which", which)
    git_check_ignore._has_developer_tools.cache_clear()  # pyright: ignore[reportPrivateUsage]
    assert not git_check_ignore.git_is_there("darwin") and len(asked) == 1
    assert git_check_ignore.git_is_there("linux")
    git = "/opt/homebrew/bin/git"
    assert git_check_ignore.git_is_there("darwin") and len(asked) == 1
    git_check_ignore._has_developer_tools.cache_clear()  # pyright: ignore[reportPrivateUsage]

"""A repository may hold a pipe where git keeps a file: it is no rule, and it holds nobody up."""

import os
import sys
from pathlib import Path

import pytest

from coderoute_ls.ignore import gitignore_without_git

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")


def test_a_pipe_as_an_ignore_file_is_as_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".gitignore")
    assert gitignore_without_git.stamp(str(tmp_path / ".gitignore")) == 0


def test_a_pipe_as_the_git_folder_is_left_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    assert gitignore_without_git.git_folder(str(tmp_path)) == str(tmp_path / ".git")

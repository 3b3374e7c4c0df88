"""What the documents say is true: generated parts are fresh, commands and links exist."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.generated import REGIONS, ROOT, fresh

DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "coderoute_ls" / "ARCHITECTURE.md")


@pytest.mark.parametrize("document", REGIONS, ids=lambda path: path.name)
def test_generated_parts_are_fresh(document: Path) -> None:
    assert document.read_text("utf-8") == fresh(document), "stale: run `make generate`"


def test_examples_in_the_readme_give_what_they_show() -> None:
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted >= 6
    assert result.failed == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_into_the_repository_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_make_targets_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", document.read_text("utf-8")))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_commands_exist(document: Path) -> None:
    named = set(re.findall(r"coderoute-ls ((?!FILE)[a-z]+)(?= |`|$|\n|\")", document.read_text("utf-8")))
    for command in sorted(named):
        done = subprocess.run(
            [sys.executable, "-m", "coderoute_ls", command, "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_first_thing_readme_shows_are_the_two_commands() -> None:
    blocks = re.findall(r"```\w*\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    commands = [line.split("#")[0].strip() for line in blocks[0].splitlines() if line.strip()]
    assert commands[-2:] == ["make demo", "make test"]

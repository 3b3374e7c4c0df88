"""``coderoute-ls editor``: what it prints can be pasted."""

import json
import tomllib

import pytest
from click.testing import CliRunner

from coderoute_ls.cli.editor import COMMAND
from coderoute_ls.editors import NEOVIM_PLUGIN, editors

NAMES = list(editors())


@pytest.mark.parametrize("name", NAMES)
def test_every_editor_says_where_it_goes_what_works_and_what_not(name: str) -> None:
    editor = editors()[name]
    text = editor.render("/opt/coderoute-ls")
    comment = editor.files[0].comment
    head = [line for line in text.splitlines() if line.startswith(f"{comment} ")]
    assert any(line.startswith(f"{comment} + ") for line in head)
    assert any(line.startswith(f"{comment} - ") for line in head)
    assert "@command@" not in text
    assert "@plugin@" not in text


@pytest.mark.parametrize("name", ["neovim", "vscode", "helix", "emacs-eglot", "vim-ale"])
def test_it_names_the_server(name: str) -> None:
    assert ("coderoute" if name == "neovim" else "/opt/coderoute-ls") in editors()[name].render("/opt/coderoute-ls")


@pytest.mark.parametrize(("name", "index"), [("helix", 0), ("zed", 0), ("zed", 1)])
def test_toml_is_toml(name: str, index: int) -> None:
    tomllib.loads(editors()[name].files[index].text)


@pytest.mark.parametrize("name", ["vscode", "sublime"])
def test_json_is_json_under_its_comments(name: str) -> None:
    lines = editors()[name].render("coderoute-ls").splitlines()
    json.loads("\n".join(line for line in lines if not line.startswith("//")))


def test_the_plugin_is_where_neovim_looks() -> None:
    for part in ("lsp/coderoute.lua", "plugin/coderoute.lua", "lua/coderoute/health.lua", "doc/coderoute.txt"):
        assert (NEOVIM_PLUGIN / part).is_file()


def test_the_command_lists_them() -> None:
    listed = CliRunner().invoke(COMMAND, [])
    assert [line.split()[0] for line in listed.output.splitlines()] == NAMES


def test_the_command_prints_one() -> None:
    assert str(NEOVIM_PLUGIN) in CliRunner().invoke(COMMAND, ["neovim"]).output


def test_an_unknown_name_is_a_usage_error_that_lists_the_known() -> None:
    found = CliRunner().invoke(COMMAND, ["ed"])
    assert found.exit_code == 2
    assert "helix" in found.output

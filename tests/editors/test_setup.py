"""``coderoute-ls editor``: what it prints can be pasted."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path

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


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("code", "vscode"), ("nvim", "neovim"), ("Vim", "vim-lsp"), ("emacs", "emacs-eglot"), ("eglot", "emacs-eglot"),
        ("lsp-mode", "emacs-lsp-mode"), ("ale", "vim-ale"), ("kak", "kakoune"), ("hx", "helix"),
    ],
)  # fmt: skip
def test_the_names_that_users_type_are_known(typed: str, name: str) -> None:
    assert CliRunner().invoke(COMMAND, [typed]).output == CliRunner().invoke(COMMAND, [name]).output


def test_no_two_editors_answer_to_the_same_name() -> None:
    names = [name for editor in editors().values() for name in (editor.name, *editor.aliases)]
    assert len(names) == len(set(names))


def test_vs_code_is_given_a_file_wherever_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (f"{Path(sys.executable).parent}:{os.environ['PATH']}", "/nowhere"):
        monkeypatch.setenv("PATH", path)
        printed = re.sub("^//.*$", "", CliRunner().invoke(COMMAND, ["vscode"]).output, flags=re.MULTILINE)
        file = Path(json.loads(printed)["coderoute.server.path"])
        assert file.is_absolute() and file.is_file() and os.access(file, os.X_OK)


HELIX_SERVER = {"command", "args", "config", "timeout", "environment", "required-root-patterns"}
HELIX_LANGUAGE = {"name", "language-servers"}
"""Keys that Helix's book lists (book/src/languages.md), of those that we could want."""
ZED_MANIFEST = {"id": str, "name": str, "version": str, "schema_version": int, "authors": list, "description": str}
"""Zed's extension manifest: its required fields (docs/src/extensions/developing-extensions.md)."""


def test_helix_knows_every_key() -> None:
    told = tomllib.loads(editors()["helix"].render("/opt/coderoute-ls"))
    assert set(told) == {"language-server", "language"}
    servers = told["language-server"]
    assert servers["coderoute"]["command"] == "/opt/coderoute-ls" and servers["coderoute"]["args"] == ["serve"]
    assert all(set(server) <= HELIX_SERVER for server in servers.values())
    for language in told["language"]:
        assert set(language) == HELIX_LANGUAGE
        assert language["language-servers"][-1] == "coderoute"


def test_zed_knows_every_key_of_the_manifest() -> None:
    manifest = tomllib.loads(editors()["zed"].files[0].text)
    assert {key: type(manifest[key]) for key in ZED_MANIFEST} == ZED_MANIFEST
    assert set(manifest) == {*ZED_MANIFEST, "language_servers"}
    (server,) = manifest["language_servers"].values()
    assert set(server) == {"name", "languages"} and all(isinstance(language, str) for language in server["languages"])


def test_an_unknown_name_is_a_usage_error_that_lists_the_known() -> None:
    found = CliRunner().invoke(COMMAND, ["ed"])
    assert found.exit_code == 2
    assert "helix" in found.output


# -- Neovim's help ------------------------------------------------------------------------------------------------------------

HELP = (NEOVIM_PLUGIN / "doc" / "coderoute.txt").read_text()
LUA = {str(file.relative_to(NEOVIM_PLUGIN)): file.read_text() for file in sorted(NEOVIM_PLUGIN.rglob("*.lua"))}


def test_the_help_has_the_sections_that_its_contents_list() -> None:
    listed = re.findall(r"^ +(\d+)\. (.+?) \.+ \|(\S+)\|$", HELP, re.MULTILINE)
    headed = re.findall(rf"^{'=' * 78}\n(\d+)\. (.+?) +\*(\S+)\*$", HELP, re.MULTILINE)
    assert [(number, title.upper(), tag) for number, title, tag in listed] == headed
    assert [int(number) for number, *_ in headed] == [*range(1, len(headed) + 1)]


def test_the_help_can_be_found_by_each_of_its_tags() -> None:
    tags = re.findall(r"(?<![^ \n])\*([^*\s]+)\*(?=[ \n])", HELP)
    tagged = [line.split("\t")[0] for line in (NEOVIM_PLUGIN / "doc" / "tags").read_text().splitlines()]
    assert sorted(tags) == tagged, "run :helptags"
    assert set(re.findall(r"\|((?:coderoute|hl-CodeRoute)[^|]*)\|", HELP)) <= set(tags)


def test_the_help_tells_of_each_command_key_function_and_highlight() -> None:
    subcommands = re.search(r"^local subcommands = \{\n(.*?)^\}", LUA["lua/coderoute/commands.lua"], re.MULTILINE | re.DOTALL)
    more = re.search(r"^M.subcommands = \{\n(.*?)^\}", LUA["lua/coderoute/control.lua"], re.MULTILINE | re.DOTALL)
    keys = re.search(r"^local KEYS = \{\n(.*?)^\}", LUA["lua/coderoute/keys.lua"], re.MULTILINE | re.DOTALL)
    assert subcommands and more and keys
    _, _, commands = HELP.partition("*:CodeRoute*")
    commands, _, functions = commands.partition("*coderoute-functions*")
    functions, _, chords = functions.partition("*coderoute-keys*")
    chords = chords.partition(f"\n{'=' * 78}\n")[0]
    for name in re.findall(r"^  (\w+) = ", subcommands[1] + more[1], re.MULTILINE):
        assert re.search(rf"\b{name}\b", commands), name
    for key in re.findall(r"^  (?:\['(.+?)'\]|(\w)) = \{", keys[1], re.MULTILINE):
        assert re.search(rf"(?:^|\s){re.escape(''.join(key))} \w", chords), key
    own = LUA["lua/coderoute/init.lua"]
    for name in re.findall(r"^function M\.(\w+)", own, re.MULTILINE):
        assert name == "attach" or f"\n{name}(" in functions, name
    drawn = set(re.findall(r"nvim_set_hl\(0, '(\w+)'", LUA["plugin/coderoute.lua"]))
    assert set(re.findall(r"\*hl-(\w+)\*", HELP)) == drawn


def test_the_help_shows_the_set_up_that_the_command_prints() -> None:
    printed = editors()["neovim"].render("coderoute-ls")
    for mapped in re.findall(r"^vim\.keymap\.set\((\S+(?: 'n' \})?), ('[^']+')", printed, re.MULTILINE):
        assert mapped[1] in HELP.partition("2. GHOST TEXT\n")[0], mapped

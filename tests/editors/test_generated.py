"""What the VS Code client shares with the server is generated: it must be what the declarations say now."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.server.rpc.messages.coderoute_messages import COMMANDS
from coderoute_ls.settings import declarations
from tests.editors.installed import REPO

CLIENT = REPO / "client-vscode"
MANIFEST = json.loads((CLIENT / "package.json").read_text())
PROPERTIES = {
    name: value for section in MANIFEST["contributes"]["configuration"] for name, value in section["properties"].items()
}


def test_nothing_generated_is_stale() -> None:
    found = subprocess.run([sys.executable, CLIENT / "generate.py", "--check"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_a_setting_that_a_workspace_may_not_set_has_machine_scope() -> None:
    plain = {f"coderoute.{declared.camel}": declared for declared in declarations() if "<id>" not in declared.name}
    assert plain.keys() <= PROPERTIES.keys()
    for name, declared in plain.items():
        assert PROPERTIES[name]["scope"] == ("resource" if declared.safe else "machine"), name


def test_every_action_has_its_floor_with_its_range() -> None:
    floor = PROPERTIES["coderoute.actions.refactor.minCodingScore"]
    assert (floor["minimum"], floor["maximum"]) == (0, 1)


def test_every_command_of_the_manifest_is_registered() -> None:
    source = (CLIENT / "src" / "commands.ts").read_text()
    assert "actionsOf(context.extension)" in source  # those of actions are registered by what the manifest says
    for command in MANIFEST["contributes"]["commands"]:
        if command["command"].startswith("coderoute.action."):
            continue
        assert f"    {command['command'].removeprefix('coderoute.')}:" in source, command["command"]


@pytest.mark.slow
@pytest.mark.skipif(not (CLIENT / "node_modules").exists(), reason="npm ci was not run in client-vscode")
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is missing")
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_extension_passes_its_own(script: str) -> None:
    found = subprocess.run(["npm", "run", "--silent", script], cwd=CLIENT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


KEY = re.compile(
    r"(?:(?:ctrl|shift|alt|cmd|meta|win)\+)*(?:[a-z0-9`\-=[\]\\;',./]|f1?\d|left|up|right|down|pageup|pagedown|end|home|tab|enter|escape|"
    r"space|backspace|delete|insert)"
)
"""What VS Code's page on key bindings accepts, of those that every keyboard has: any other is dropped without a word."""


def test_every_key_is_one_that_vs_code_knows() -> None:
    rows = MANIFEST["contributes"]["keybindings"]
    assert [
        row for row in rows for name in ("key", "mac") for key in row.get(name, "a").split(" ") if not KEY.fullmatch(key)
    ] == []


def test_every_action_has_a_command_a_chord_of_its_own_and_a_place_in_the_menu() -> None:
    contributes = MANIFEST["contributes"]
    keys = [row["key"] for row in contributes["keybindings"] if "when" not in row or "coderoute.next" not in row["when"]]
    leader = [key for key in keys if key.startswith("ctrl+alt+a ")]
    assert len(set(leader)) == len(leader)
    chords = {row["command"]: row["key"] for row in contributes["keybindings"]}
    commands = {row["command"] for row in contributes["commands"]}
    menu = {row["command"] for row in contributes["menus"]["coderoute.actions"]}
    for action in actions().values():
        if not action.kind and action.surface != "message":
            continue
        command = "coderoute.editWithInstruction" if action.id == "edit" else f"coderoute.action.{action.id}"
        assert command in commands
        assert command in chords
        assert command in menu or action.surface == "message"


def test_no_sentence_for_people_stands_outside_of_the_files_that_are_translated() -> None:
    texts = json.loads((CLIENT / "package.nls.json").read_text())
    manifest = (CLIENT / "package.json").read_text()
    said = re.findall(r'"(?:title|description|markdownDescription|label)": "([^"]*)"', manifest)
    assert [each for each in said if not (each.startswith("%") and each[1:-1] in texts)] == []
    bare = re.compile(r"(?:show\w+Message\(\s*|(?:title|placeHolder|prompt|detail|tooltip): )(?:'[A-Z][a-z]+ |`[A-Z][^`]* )")
    own = {file.name: found for file in sorted((CLIENT / "src").glob("*.ts")) if (found := bare.findall(file.read_text()))}
    assert own == {}


def test_no_command_of_the_manifest_is_one_of_the_servers() -> None:
    """The language client registers the server's commands itself: a name that is taken keeps it from starting."""
    assert {row["command"] for row in MANIFEST["contributes"]["commands"]} & COMMANDS.keys() == set()


def test_the_pages_tell_of_each_command_and_key() -> None:
    texts = json.loads((CLIENT / "package.nls.json").read_text())
    commands = (CLIENT / "README.md").read_text().partition("\n## Commands\n")[2].partition("\n## ")[0]
    assert [title for name, title in texts.items() if name.startswith("commands.") and title not in commands] == []
    page = (REPO / "docs" / "editors.md").read_text().partition("\n## VS Code\n")[2].partition("\n### ")[0].lower()
    for row in MANIFEST["contributes"]["keybindings"]:
        chord = row["key"].removeprefix("ctrl+alt+a ")
        assert f"`{chord}`" in page, row

"""What the VS Code client shares with the server is generated: it must be what the declarations say now."""

import json
import shutil
import subprocess
import sys

import pytest

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
    for command in MANIFEST["contributes"]["commands"]:
        assert f"    {command['command'].removeprefix('coderoute.')}:" in source, command["command"]


@pytest.mark.slow
@pytest.mark.skipif(not (CLIENT / "node_modules").exists(), reason="npm ci was not run in client-vscode")
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is missing")
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_extension_passes_its_own(script: str) -> None:
    found = subprocess.run(["npm", "run", "--silent", script], cwd=CLIENT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr

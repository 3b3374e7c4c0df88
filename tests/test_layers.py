"""Rooms only look down, and every room stands on a named floor."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "coderoute_ls"


def test_every_room_stands_on_a_floor_and_only_looks_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_start_up_pulls_in_nothing_heavy() -> None:
    heavy = ["httpx", "numpy", "rich", "keyring", "ast_grep_py"]
    code = f"import coderoute_ls.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


TABLES = {"ignore/secret_shapes.py"}
"""Tables of data that need more lines than code should."""


def test_no_code_file_does_two_jobs() -> None:
    """A file that grows far past 300 lines does two; name a table of data above when one needs more."""
    long = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > 310 and name not in TABLES} == {}

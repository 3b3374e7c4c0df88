"""``coderoute-ls demo`` as a new user runs it: no key, no settings."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coderoute_ls", "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"})


def test_the_demo_runs_every_step_without_a_key() -> None:
    done = demo()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No model was asked: no provider's key is in the environment" in done.stdout
    assert "accepted: the author went on the same way" in done.stdout
    assert "\n    -" in done.stdout, "a refactor's diff"
    for action in ("Inline completion: completion", "Refactor: coding", "Explain: coding"):
        assert f"│ {action} score at least " in done.stdout
    assert done.stdout.count("│ Chosen: ") == 3
    for once in ("│ No key is set that can be used", "│   with an OpenRouter key: ", "│ Known: "):
        assert done.stdout.count(once) == 1, "what holds for all decisions is told with the first"
    assert "Spent: $0 of at most " in done.stdout
    lines = done.stdout.partition("\n\n")[2].splitlines()
    assert lines[0].startswith("1  One refactoring at different quality floors")
    floors = [re.fullmatch(r"  (0\.\d\d) +(\S.*?)  +\S.*", line) for line in lines[3:6]]
    assert [found[1] for found in floors if found] == sorted({found[1] for found in floors if found})
    assert len({found[2] for found in floors if found}) == 3, "somebody else is asked at each"
    assert all(re.search(r"\$0\.\d+ +[A-Z_]+_API_KEY$", line) for line in lines[3:6])
    assert [line for line in lines if len(line) > 80] == []
    decisions = " ".join(line for line in lines if line.startswith("  │ "))
    for name in ("no_credentials", "below_floor", "inline_completion", "by free", "surely"):
        assert name not in decisions
    assert "file:" not in done.stdout
    assert "\x1b[" not in done.stdout, "no colour codes where there is no terminal"


def test_a_file_that_is_named_is_worked_on_and_never_written_to(tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_text(
        "def total(items):\n    result = 0\n    for item in items:\n        result = result + item\n    return result\n" * 3
    )
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*")}
    done = demo(f"{file}:3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*")} == before


def test_a_file_that_does_not_exist_is_refused_with_a_sentence() -> None:
    done = demo("/nowhere/at/all.py")
    assert done.returncode == 2
    assert "/nowhere/at/all.py is not a file" in done.stderr


def test_a_server_that_cannot_start_makes_the_demo_fail(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text("raise ImportError('broken on purpose')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "coderoute_ls", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "broken on purpose" in done.stderr

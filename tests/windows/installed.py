"""Where ``tests/windows/install`` put Windows' Python, and how paths of this system are written there."""

import asyncio
import os
import pwd
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
EDITORS = os.environ.get("CODEROUTE_TEST_EDITORS") or Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cache" / "coderoute-test-editors"
PYTHON = Path(EDITORS) / "windows" / "python"
PATIENCE_S = 180.0
"""Wine starts slowly, and more so while others work."""


def need_windows() -> None:
    """Skip the calling test where Windows' Python is not installed."""
    if not PYTHON.exists():
        pytest.skip(f"{PYTHON} is missing: run tests/windows/install (it says when it cannot install)")


def windows_path(path: Path) -> str:
    """Wine shows this system's files as drive Z."""
    return "Z:" + str(path).replace("/", "\\")


def windows_uri(path: Path) -> str:
    """As VS Code writes it: the drive in small letters, its colon escaped."""
    return "file:///z%3A" + str(path)


async def start(*arguments: str, environ: Mapping[str, str]) -> Process:
    """Start the command line there, on pipes."""
    command = [str(PYTHON), "-m", "coderoute_ls", *arguments]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=REPO, env=environ)


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """Run the command line there to its end."""
    command = [str(PYTHON), "-m", "coderoute_ls", *arguments]
    return subprocess.run(command, input=b"", capture_output=True, check=False, cwd=REPO, env=environ, timeout=PATIENCE_S)

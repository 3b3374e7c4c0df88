"""The installed AI tools, and how one is run: with a home of its own, no network but loopback, telemetry and updates off."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

INSTALLED = Path(os.environ.get("CODEROUTE_TEST_CLIENTS", Path.home() / ".cache" / "coderoute-test-clients"))
NOWHERE = "http://127.0.0.1:9"
"""A proxy at which nobody listens: what a tool asks elsewhere fails at once."""


def program(*parts: str) -> str:
    """A program of `install`'s folder; skips the test where it is absent."""
    path = INSTALLED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path.name} is not installed: `make test-clients` installs it")
    return str(path)


@dataclass(frozen=True)
class Outcome:
    """How a tool ended."""

    code: int
    output: str


async def run(command: list[str], work: Path, **environment: str) -> Outcome:
    """Run a tool in this folder to its end."""
    home = work.parent / "home"
    home.mkdir(exist_ok=True)
    node = shutil.which("node") or "node"
    variables = {
        "PATH": f"{Path(node).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "TERM": "dumb",
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "AIDER_ANALYTICS_DISABLE": "true",
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=work,
        env=variables,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    return Outcome(process.returncode or 0, output.decode(errors="replace"))

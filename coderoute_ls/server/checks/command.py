"""Running the user's check command: an argument list, never a shell line, with a time limit and without the user's keys."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.child_process.spawn import python_command, spawn

GUARD = "coderoute_ls.child_process.command_guard"
TIMEOUT_S = 120.0
SAID_CHARS = 2_000
"""How much of the end of its output is kept."""
MISSED = 5
"""How many places that were left out of the copy are named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check said. ``said`` is the end of its output, ``left_out`` what it could not see of the folder."""

    passed: bool
    said: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The last line that says something."""
        return next((line.strip() for line in reversed(self.said.splitlines()) if line.strip(" =-\t")), "it said nothing")

    @property
    def missed(self) -> str:
        """What of the folder was not in the copy, for people; "" when all of it was."""
        named = ", ".join(self.left_out[:MISSED]) + (", …" if len(self.left_out) > MISSED else "")
        return f"The check ran without {named}: these are not copied." if named else ""


async def check(
    command: Sequence[str], folder: Path, file: Path, *, environ: Mapping[str, str] = os.environ, timeout_s: float = TIMEOUT_S
) -> Verdict:
    """Run ``command`` in ``folder``; ``{file}`` in an argument becomes the path of ``file``. It passed when its exit code is 0.

    A command that cannot be started, or takes longer than ``timeout_s``, has failed. Cancelling ends it with all its children.
    """
    arguments = [argument.replace("{file}", str(file)) for argument in command]
    inherited = child_environment(environ, tools=True)
    # Python finds the folder's own modules before an installed copy of them.
    paths = [str(folder), str(folder / "src"), *filter(None, [inherited.get("PYTHONPATH")])]
    ours = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    try:
        process = await spawn(
            python_command(GUARD, *arguments), stderr=STDOUT, folder=folder, environ={**inherited, **ours}, leads_group=True
        )
    except OSError as error:
        return Verdict(False, f"{arguments[0]} cannot be run: {error.strerror}")
    try:
        async with asyncio.timeout(timeout_s):
            said = await _end_of_output(process)
            return Verdict(await process.wait() == 0, said)
    except TimeoutError:
        return Verdict(False, f"{arguments[0]} took longer than {timeout_s:g} s")
    finally:
        _end(process)
        await process.wait()


def _end(process: Process) -> None:
    """The guard, the command and its children."""
    assert process.stdin is not None
    process.stdin.close()
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):  # the second is what macOS says when all have ended already
            os.killpg(process.pid, signal.SIGKILL)


async def _end_of_output(process: Process) -> str:
    assert process.stdout is not None
    kept = b""
    while piece := await process.stdout.read(1 << 16):
        kept = (kept + piece)[-4 * SAID_CHARS :]
    return kept.decode("utf-8", "replace")[-SAID_CHARS:]

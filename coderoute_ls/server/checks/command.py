"""Running the user's check command: an argument list, never a shell line, with a time limit and without the user's keys."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 120.0
SAID_CHARS = 2_000
"""How much of the end of its output is kept."""
_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check said. ``said`` is the end of its output."""

    passed: bool
    said: str = ""

    @property
    def reason(self) -> str:
        """The last line that says something."""
        return next((line.strip() for line in reversed(self.said.splitlines()) if line.strip(" =-\t")), "it said nothing")


async def check(
    command: Sequence[str], folder: Path, file: Path, *, environ: Mapping[str, str] = os.environ, timeout_s: float = TIMEOUT_S
) -> Verdict:
    """Run ``command`` in ``folder``; ``{file}`` in an argument becomes the path of ``file``. It passed when its exit code is 0.

    A command that cannot be started, or takes longer than ``timeout_s``, has failed. Cancelling ends it with all its children.
    """
    arguments = [argument.replace("{file}", str(file)) for argument in command]
    inherited = {name: value for name, value in environ.items() if not _SECRET.search(name)}
    # Python finds the folder's own modules before an installed copy of them.
    paths = [str(folder), str(folder / "src"), *filter(None, [inherited.get("PYTHONPATH")])]
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            cwd=folder,
            env={**inherited, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
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
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _end_of_output(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    kept = b""
    while piece := await process.stdout.read(1 << 16):
        kept = (kept + piece)[-4 * SAID_CHARS :]
    return kept.decode("utf-8", "replace")[-SAID_CHARS:]

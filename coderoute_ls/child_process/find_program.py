"""Where a command's program is, as Windows finds it, but never in the working directory, which is the checked folder."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_FOR_CMD = re.compile(r'[&|<>^%!"\r\n]')
"""Characters that cmd.exe, which runs ``.bat`` and ``.cmd`` files, takes for its own also inside of quotes."""


class NotRunnable(Exception):
    """Its words say why."""


def runnable(command: list[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command as it can be started without a shell. Only Windows needs that: it looks into the working directory first, and
    does not find ``npm.cmd`` by the name ``npm``. Raises `NotRunnable`.
    """
    if sys.platform != "win32" or not command:
        return command
    return windows_command(command, environ)


def windows_command(command: list[str], environ: Mapping[str, str]) -> list[str]:
    """`runnable`, with Windows' rules on every system."""
    name, *arguments = command
    endings = [ending for ending in environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if ending]
    named = name.lower().endswith(tuple(ending.lower() for ending in endings))
    folders = [""] if re.search(r"[\\/:]", name) else filter(os.path.isabs, environ.get("PATH", "").split(os.pathsep))
    candidates = (Path(folder) / f"{name}{ending}" for folder in folders for ending in ([""] if named else endings))
    found = next((str(file) for file in candidates if file.is_file()), None)
    if found is None:
        raise NotRunnable(f"{name} is not found")
    if found.lower().endswith((".bat", ".cmd")) and any(_FOR_CMD.search(part) for part in (found, *arguments)):
        raise NotRunnable(f"{name} is a batch file, which would take characters like & and % in its arguments for commands")
    return [found, *arguments]

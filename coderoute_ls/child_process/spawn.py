"""Starts every child process: with an import path, a working directory and an environment that no opened folder decides."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.child_process.windows_job_object import end_children_with_this_process
from coderoute_ls.import_path import safe_import_path
from coderoute_ls.temporary_folders import process_folder

NO_WINDOW = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
"""An editor has no console there: each child would open a window with one."""
_MOST_MEMORY = 2 << 30
"""Bytes that a program may address whose work an opened folder decides."""
_LAUNCH = (
    "import os,sys;sys.path[:]=sys.argv.pop(2).split(os.pathsep);m=sys.argv.pop(1);"
    "import runpy;runpy.run_module(m,run_name='__main__',alter_sys=True)"
)
"""The child imports from where this process does, wherever that came from: an editable install, the user's own packages."""


def python_command(module: str, *arguments: str) -> list[str]:
    """Run a module of ours: the interpreter reads neither ``PYTHON…`` variables nor the working directory."""
    here = os.getcwd() if Path().exists() else os.sep  # noqa: PTH109
    path = os.pathsep.join(safe_import_path(sys.path, here, os.environ))
    return [sys.executable, "-E", "-P", "-c", _LAUNCH, module, path, *arguments]


async def spawn(
    command: Sequence[str],
    *,
    stdin: int = subprocess.PIPE,
    stdout: int = subprocess.PIPE,
    stderr: int | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    leads_group: bool = False,
) -> Process:
    """Start ``command`` in an empty folder of this process, or in ``folder``, with ``environ`` (default: the allow-list's).

    A child ends with this process because its standard input does: it has to read that. On Windows the system sees to it.
    With ``leads_group`` the child leads a process group of its own. Raises OSError when it cannot be started.
    """
    end_children_with_this_process()
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=folder or process_folder(),
        env=child_environment(os.environ) if environ is None else environ,
        start_new_session=leads_group,
        creationflags=NO_WINDOW,
    )


def run_tool(command: Sequence[str], said: bytes, timeout_s: float) -> bytes:
    """Give ``said`` to a program and return what it prints; blocks. Raises OSError or `subprocess.SubprocessError`."""
    return subprocess.run(
        command,
        input=said,
        capture_output=True,
        timeout=timeout_s,
        check=True,
        cwd=process_folder(),
        env=child_environment(os.environ),
        creationflags=NO_WINDOW,
    ).stdout


def talk_to(command: Sequence[str], more: Mapping[str, str] = MappingProxyType({})) -> "subprocess.Popen[bytes]":
    """Start a program that answers line by line, for a thread that asks and waits, with ``more`` in its environment. It is told
    nothing on standard error.

    It ends with this process because its standard input does; on Linux its memory is bounded. Raises OSError if it cannot start.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=process_folder(),
        env={**child_environment(os.environ), **more},
    )
    if sys.platform == "linux":
        import resource  # is not everywhere

        with suppress(OSError):  # it has ended
            resource.prlimit(process.pid, resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    return process

"""Runs one command of the user's, and ends it and its children as soon as the server has ended.

The guard leads a process group, on Windows a job, that the command is in; the server holds the guard's standard input open as
long as the command may run. It exits with the command's code, or with 127 when the command cannot be started.
"""

import os
import signal
import subprocess
import sys
import threading

from coderoute_ls.child_process.find_program import NotRunnable, runnable
from coderoute_ls.child_process.windows_job_object import end_children_with_this_process

NOT_STARTED = 127


def main() -> None:
    """``sys.argv[1:]`` is the command."""
    command = sys.argv[1:]
    end_children_with_this_process()
    try:
        process = subprocess.Popen(runnable(command), stdin=subprocess.DEVNULL)
    except (OSError, NotRunnable) as error:
        why = error.strerror if isinstance(error, OSError) else error
        print(f"{command[0]} cannot be run: {why}", flush=True)  # noqa: T201  (the output of a check)
        raise SystemExit(NOT_STARTED) from None
    threading.Thread(target=_end_with_server, daemon=True).start()
    code = process.wait()
    sys.stdout.flush()
    os._exit(code if 0 <= code < 256 else 1)  # a thread still reads standard input


def _end_with_server() -> None:
    while os.read(0, 1 << 12):
        pass
    if sys.platform == "win32":
        os._exit(1)  # the system ends the command with this process
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""Runs one command of the user's and ends it with its children as soon as the server is gone.

The guard leads a process group that the command is in; the server holds the guard's standard input open as long as the command
may run. It exits with the command's code, or with 127 when the command cannot be started.
"""

import os
import signal
import subprocess
import sys
import threading

NOT_STARTED = 127


def main() -> None:
    """``sys.argv[1:]`` is the command."""
    command = sys.argv[1:]
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", flush=True)  # noqa: T201  (the output of a check)
        raise SystemExit(NOT_STARTED) from None
    threading.Thread(target=_end_with_server, args=(process,), daemon=True).start()
    code = process.wait()
    sys.stdout.flush()
    os._exit(code if 0 <= code < 256 else 1)  # a thread still reads standard input


def _end_with_server(process: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1 << 12):
        pass
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

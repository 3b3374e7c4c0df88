"""Replicas of the gateway as processes, and less of the processor for them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gateway.processes import with_tools
from benchmarks.loopback import KEY
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE

TURN_S = 0.010
"""In each 0.04 seconds a replica runs for so long."""


@dataclass(frozen=True)
class Replica:
    """A gateway that listens."""

    url: str
    pid: int


@contextmanager
def replica(database: str, vendor: int, home: Path) -> Generator[Replica]:
    """``coderoute-ls gateway --database``, in front of the vendor at this port."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(with_tools(vendor), "utf-8")
    environ = {**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", KEY: "bench-key-of-no-value"}
    command = [sys.executable, "-m", "coderoute_ls", "gateway", "--port", "0", "--database", database]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stderr is not None
        try:
            line = next(line for line in process.stderr if line.startswith("Listening at "))
            yield Replica(line.split()[2].removesuffix("."), process.pid)
        finally:
            process.kill()


def quarter_of_a_core(pid: int, end: threading.Event) -> None:
    """Stop the process three quarters of the time, until told to end."""
    while not end.is_set():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
            time.sleep(TURN_S)
            os.kill(pid, signal.SIGSTOP)
            time.sleep(3 * TURN_S)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)

"""Replicas of the gateway as processes, and less of the processor for them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from asyncio import gather
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.driving import children, cpu_s
from benchmarks.gateway.load import body
from benchmarks.gateway.processes import Arm, with_tools
from benchmarks.loopback import KEY
from benchmarks.team.callers import answered
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE

TURN_S = 0.010
"""In each 0.04 seconds a replica runs for so long."""


@dataclass(frozen=True)
class Replica:
    """A gateway that listens."""

    url: str
    pid: int


@dataclass(frozen=True)
class Saturated:
    """What replicas did when as much was asked of them as they could answer."""

    per_s: float
    cpu_ms: Mapping[str, float]
    """Processor time of a request, by who took it."""
    busy: float
    """Share of the machine's processor that these took, 0 to 1."""


async def saturated(
    replicas: Sequence[Replica], others: Mapping[str, list[int]], secret: str, seconds: float, at_once: int
) -> Saturated:
    """``others``: the processes that share the machine, by name; children count."""
    arms = [Arm("ours", each.url, "coderoute", {"authorization": f"Bearer {secret}"}, each.pid) for each in replicas]
    parts = {"replicas": [each.pid for each in replicas], **others}
    before, begun = {name: _took(pids) for name, pids in parts.items()}, time.perf_counter()
    asking = [answered(f"{arm.url}/chat/completions", arm.headers, _body(arm), seconds, at_once // len(arms)) for arm in arms]
    done = sum(await gather(*asking))
    took, lasted = {name: _took(pids) - before[name] for name, pids in parts.items()}, time.perf_counter() - begun
    cores = len(os.sched_getaffinity(0))
    return Saturated(done / lasted, {name: 1e3 * each / done for name, each in took.items()}, sum(took.values()) / lasted / cores)


def _body(arm: Arm) -> bytes:
    return json.dumps(body(arm, max_tokens=2)).encode()


def _took(pids: Sequence[int]) -> float:
    found = 0.0
    for pid in pids:
        beneath = [] if pid == os.getpid() else children(pid)
        for each in (pid, *beneath):
            with suppress(OSError):  # it has just ended
                found += cpu_s(each)
    return found


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


_COUNTS = """
import sys, time
until, counted = time.perf_counter() + float(sys.argv[1]), 0
while time.perf_counter() < until:
    counted += sum(range(1000)) > 0
print(counted)
"""


def counted(processes: int, seconds: float) -> int:
    """How far so many processes count together, at the same time."""
    command = [sys.executable, "-c", _COUNTS, str(seconds)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(int(each.communicate()[0]) for each in started)


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

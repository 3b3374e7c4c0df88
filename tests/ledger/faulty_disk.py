"""A session whose disk fails under it: run in a mount namespace of its own, where a small file system is mounted for it.

``unshare -rm python -m tests.ledger.faulty_disk (full | readonly | killed) FOLDER``. Prints what it saw as JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.ledger import SqliteLedger
from tests.ledger.moments import NOON

CALLS, USD = 300, 0.0005
LIMITS = Limits(daily_usd=1.0)


@dataclass
class Time:
    """A clock and a timer that only the test moves."""

    now: float = NOON
    due: list[tuple[float, Callable[[], object]]] = field(default_factory=list[tuple[float, Callable[[], object]]])

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        self.due.append((self.now + seconds, act))

    def passes(self, seconds: float) -> None:
        """Move on, and do what is due by then."""
        self.now += seconds
        ready = [act for when, act in self.due if when <= self.now]
        self.due = [(when, act) for when, act in self.due if when > self.now]
        for act in ready:
            act()


async def spend(ledger: SqliteLedger, first: int, calls: int = CALLS) -> int:
    """So many paid calls, one after the other; returns how many got their money. All are handed over at the end."""
    paid = 0
    for number in range(first, first + calls):
        reservation = await ledger.reserve("/w", 2 * USD, LIMITS)
        if reservation is None:
            continue
        paid += 1
        name = f"call-{number}"
        ledger.settle(reservation, LedgerEntry(name, NOON, "/w", "refactor", offer="v/m", model="m", billed_usd=USD))
        ledger.outcome(name, "accepted", 4)
    await handed_over(ledger)
    return paid


async def handed_over(ledger: SqliteLedger) -> None:
    """Return when the ledger's thread has done all it was given: money beyond what is set aside has to pass through it."""
    assert await ledger.reserve("/w", 1e6, LIMITS) is None


def fill(folder: Path) -> Path:
    """Take what is left of the file system."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 65_536
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return filler


def mounted(folder: Path, *options: str) -> None:
    subprocess.run(["mount", *options, str(folder)], check=True, timeout=10)


def copied(small: Path, place: Path) -> None:
    """Take the ledger out of the file system, which ends with this process."""
    for file in small.glob("ledger.sqlite*"):
        (place / file.name).write_bytes(file.read_bytes())


async def main(fault: str, place: Path) -> dict[str, object]:
    small, spill, time = place / "small", place / "spill", Time()
    small.mkdir()
    mounted(small, "-t", "tmpfs", "-o", "size=400k", "none")
    ledger = SqliteLedger(small / "ledger.sqlite", clock=time, timer=time.later, wait_s=0.05, spill=spill)
    paid = await spend(ledger, 0, 3)
    filler = None
    if fault == "readonly":
        await ledger.close()
        mounted(small, "-o", "remount,ro")
        ledger = SqliteLedger(small / "ledger.sqlite", clock=time, timer=time.later, wait_s=0.05, spill=spill)
    else:
        filler = fill(small)
    paid += await spend(ledger, 3)
    seen: dict[str, object] = {"problem": ledger.problem, "today_usd": ledger.today_usd(), "left": ledger.left_usd("/w", LIMITS)}
    time.now += 2  # for a fresh look
    seen |= {"kept": [file.name for file in spill.glob("*")], "over": await ledger.reserve("/w", 0.9, LIMITS) is not None}
    if filler is not None:
        filler.unlink()
    if fault == "killed":
        copied(small, place)
        sys.stdout.write(json.dumps(seen | {"paid": paid}))
        sys.stdout.flush()
        os._exit(0)
    if fault == "readonly":
        mounted(small, "-o", "remount,rw")
    for _ in range(6):
        time.passes(10)
        await handed_over(ledger)
    seen |= {"afterwards": ledger.problem, "left_behind": [file.name for file in spill.glob("*")], "paid": paid}
    await ledger.close()
    copied(small, place)
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))

"""Several processes whose ledger cannot be written keep one budget together, by what is in their journals."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import LedgerEntry, Limits, Reservation
from coderoute_ls.ledger.journal import Journal, OpenPostings, held_line
from coderoute_ls.ledger.postings import Posting
from coderoute_ls.ledger.unwritten_backlog import Backlog
from tests.ledger.moments import NOON

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no other process is known by its number there")
ROOT = Path(__file__).parents[2]
DAILY = Limits(daily_usd=1.0)
ALIVE = (0, 4) if sys.platform == "win32" else (os.getppid(), 1)  # Wine cannot tell a parent
"""Numbers of two other processes that live as long as a test."""


@contextmanager
def locked(folder: Path) -> Generator[Path]:
    """A ledger that another program has locked."""
    path = folder / "ledger.sqlite"
    backlog = Backlog(path, folders=[folder], wait_s=0.0)
    backlog.open()
    backlog.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield path


def session(path: Path, process: int) -> Backlog:
    return Backlog(path, folders=[path.parent], wait_s=0.0, clock=lambda: NOON, process=process)


def paid(name: str, usd: float, reservation: Reservation) -> Posting:
    return Posting(LedgerEntry(name, NOON, "/w", "refactor", billed_usd=usd), frees=reservation)


def test_what_one_session_has_set_aside_or_spent_another_cannot_spend(tmp_path: Path) -> None:
    with locked(tmp_path) as path:
        one, two = session(path, ALIVE[0]), session(path, ALIVE[1])
        held = one.reserve("/w", 0.7, DAILY, 1)
        assert held is not None
        assert two.reserve("/w", 0.4, DAILY, 1) is None
        one.post([paid("a", 0.2, held)])
        more = two.reserve("/w", 0.4, DAILY, 1)
        assert more is not None
        assert one.reserve("/w", 0.5, DAILY, 1) is None
        two.post([Posting(frees=more)])
        assert one.reserve("/w", 0.5, DAILY, 1) is not None
        assert "Until then budgets hold by what is kept there." in one.problem


def test_what_a_process_that_is_gone_had_set_aside_is_free_and_what_it_spent_is_not(tmp_path: Path) -> None:
    with locked(tmp_path) as path:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait(20)
        one, two = session(path, gone.pid), session(path, ALIVE[0])
        held, kept = one.reserve("/w", 0.3, DAILY, 1), one.reserve("/w", 0.6, DAILY, 1)
        assert held is not None and kept is not None
        one.post([paid("a", 0.3, held)])
        assert two.reserve("/w", 0.8, DAILY, 1) is None
        assert two.reserve("/w", 0.6, DAILY, 1) is not None


def test_a_session_that_can_write_counts_what_others_could_not(tmp_path: Path) -> None:
    with locked(tmp_path) as path:
        one = session(path, ALIVE[0])
        held = one.reserve("/w", 0.7, DAILY, 1)
        assert held is not None
        one.post([paid("a", 0.6, held)])
    two = session(path, ALIVE[1])
    assert two.reserve("/w", 0.5, DAILY, 1) is None
    assert two.reserve("/w", 0.3, DAILY, 1) is not None
    assert one.retry()
    assert two.reserve("/w", 0.2, DAILY, 1) is None, "all of it is in the ledger now, and counts once"
    assert two.reserve("/w", 0.05, DAILY, 1) is not None


def test_without_any_place_for_a_journal_the_user_is_told_that_each_session_counts_alone(tmp_path: Path) -> None:
    with locked(tmp_path) as path:
        nowhere = tmp_path / "file"
        nowhere.write_text("")
        one = Backlog(path, folders=[nowhere], wait_s=0.0, clock=lambda: NOON)
        assert one.reserve("/w", 0.7, DAILY, 1) is not None
        assert one.reserve("/w", 0.7, DAILY, 1) is None
        assert "Until then each session keeps the budgets by itself: several together may pass them." in one.problem


steps = st.lists(st.tuples(st.integers(0, 2), st.floats(0.01, 0.6), st.floats(0, 1), st.booleans()), max_size=25)


@settings(max_examples=15)
@given(steps)
def test_whatever_they_do_together_they_never_pass_the_budget(steps: list[tuple[int, float, float, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder, locked(Path(folder)) as path:
        sessions = [session(path, process) for process in (*ALIVE, os.getpid())]
        held: list[tuple[int, Reservation]] = []
        spent = 0.0
        for number, (who, usd, share, settle) in enumerate(steps):
            made = sessions[who].reserve("/w", usd, DAILY, 1)
            if made is not None:
                held.append((who, made))
            assert spent + sum(one.usd for _, one in held) <= 1.0 + 1e-6
            if settle and held:
                owner, one = held.pop(0)
                sessions[owner].post([paid(f"c{number}", one.usd * share, one)])
                spent += one.usd * share


@pytest.mark.parametrize("seed", range(2))
async def test_processes_that_race_for_the_last_money_stay_within_it(tmp_path: Path, seed: int) -> None:
    with locked(tmp_path) as path:
        usd = random.Random(seed).uniform(0.03, 0.2)
        code = (
            "import sys, time\n"
            "from pathlib import Path\n"
            "from coderoute_ls.domain import Limits\n"
            "from coderoute_ls.ledger.unwritten_backlog import Backlog\n"
            "path = Path(sys.argv[1])\n"
            f"one = Backlog(path, folders=[path.parent], wait_s=0.0, clock=lambda: {NOON})\n"
            f"got = sum(one.reserve('/w', {usd}, Limits(daily_usd=1.0), 1) is not None for _ in range(20))\n"
            "print(got, flush=True)\n"
            "sys.stdin.read()\n"
        )
        racing = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", code, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
            )
            for _ in range(3)
        ]
        got = 0
        for process in racing:
            assert process.stdout is not None
            got += int(await asyncio.wait_for(process.stdout.readline(), 60))
        for process in racing:
            await process.communicate(b"")
        assert usd * got <= 1.0
        assert usd * (got + 3) > 1.0, "two who ask at once may both be refused, and no more than that"


def test_a_journal_is_read_as_it_grows_and_nonsense_in_it_is_nothing(tmp_path: Path) -> None:
    file, seen = tmp_path / "j", OpenPostings()
    file.write_bytes(held_line(Reservation("a", 0.5)) + b'nonsense\n[]\n{"held": 3}\n{"held": "b", "usd": "x"}\n{"held": "c", "u')
    seen.follow(file)
    assert (seen.usd(alive=True), seen.usd(alive=False)) == (0.5, 0.0)
    with file.open("ab") as stream:
        stream.write(
            b'sd": 0.25}\n{"freed": "a"}\n{"call": {"id": "x", "billed_usd": 1}}\n{"call": {"id": "x", "billed_usd": 1}}\n'
        )
    seen.follow(file)
    assert (seen.usd(alive=True), seen.usd(alive=False)) == (1.25, 1.0)
    file.write_bytes(held_line(Reservation("d", 0.1)))
    seen.follow(file)
    assert seen.usd(alive=True) == 0.1


def test_a_process_does_not_count_its_own_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "ledger", [tmp_path], ALIVE[0])
    assert journal.hold(Reservation("a", 0.5))
    assert journal.others_usd() == 0
    assert Journal(tmp_path / "ledger", [tmp_path], ALIVE[1]).others_usd() == 0.5

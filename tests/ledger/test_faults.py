"""When the disk fails under a session: calls go on within their budget, and each of them is in the ledger afterwards."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Alternative, LedgerEntry, ReviewCount
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.ledger.postings import Posting, from_line, to_line
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.ledger.unwritten_backlog import Backlog
from tests.engine.support import answer, call, heard, world
from tests.ledger.faulty_disk import CALLS, LIMITS, USD, Time, handed_over, spend
from tests.ledger.moments import NOON

ROOT = Path(__file__).parents[2]


def rows(path: Path) -> tuple[int, float, int, int]:
    """Calls in the file, what they cost, how many were accepted, and what is still set aside."""
    with closing(sqlite3.connect(path)) as connection:
        calls, nano, kept = connection.execute(
            "SELECT COUNT(*), SUM(billed_nusd), SUM(outcome = 'accepted') FROM calls"
        ).fetchone()
        spent = connection.execute("SELECT SUM(nusd) FROM spending").fetchone()[0]
        held = connection.execute("SELECT COUNT(*) FROM reservations").fetchone()[0]
    assert spent == nano
    return calls, (nano or 0) / 1e9, kept or 0, held


def journals(folder: Path) -> list[Path]:
    """What could not be written."""
    return list(folder.glob("*unwritten*"))


async def in_a_namespace(fault: str, place: Path) -> dict[str, Any]:
    """The session of `faulty_disk`, on a small file system of its own."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], check=False, capture_output=True, timeout=20).returncode:  # noqa: ASYNC221
        pytest.skip("this system gives no mount namespace to an ordinary user: no small file system can be made")
    command = (unshare, "-rm", sys.executable, "-m", "tests.ledger.faulty_disk", fault, str(place))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return json.loads(told)


@pytest.mark.parametrize(("fault", "sentence"), [("full", "the disk is full"), ("readonly", "cannot be used")])
async def test_a_disk_that_cannot_be_written_loses_no_call(tmp_path: Path, fault: str, sentence: str) -> None:
    seen = await in_a_namespace(fault, tmp_path)
    assert sentence in seen["problem"] and "as soon as possible" in seen["problem"]
    assert "spending limit" not in seen["problem"]
    assert seen["paid"] == CALLS + 3, "all of them had their money"
    assert seen["today_usd"] >= CALLS * USD - 1e-9 and seen["left"] <= 1 - CALLS * USD + 1e-9
    assert seen["over"] is False, "the budget holds"
    assert len(seen["kept"]) == 1 and seen["left_behind"] == []
    assert seen["afterwards"] == ""
    assert rows(tmp_path / "ledger.sqlite") == (CALLS + 3, pytest.approx((CALLS + 3) * USD), CALLS + 3, 0)


async def test_what_a_killed_process_could_not_write_is_written_by_the_next_one(tmp_path: Path) -> None:
    seen = await in_a_namespace("killed", tmp_path)
    assert rows(tmp_path / "ledger.sqlite")[0] < seen["paid"]
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", clock=Time(), spill=tmp_path / "spill")
    await handed_over(ledger)
    await ledger.close()
    assert rows(tmp_path / "ledger.sqlite") == (CALLS + 3, pytest.approx((CALLS + 3) * USD), CALLS + 3, 0)
    assert journals(tmp_path / "spill") == []


async def test_a_lock_of_a_minute_holds_up_no_call_and_loses_none(tmp_path: Path) -> None:
    path, time = tmp_path / "ledger.sqlite", Time()
    ledger = SqliteLedger(path, clock=time, timer=time.later, wait_s=0.0)
    await handed_over(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        paid = 0
        for second in range(60):
            paid += await spend(ledger, 5 * second, 5)
            time.passes(1.0)
            await handed_over(ledger)
        assert "another program has locked it" in ledger.problem
        assert ledger.today_usd() == pytest.approx(300 * USD)
        assert ledger.left_usd("/w", LIMITS) == pytest.approx(1 - 300 * USD)
        other.execute("COMMIT")
    time.passes(30.0)
    await handed_over(ledger)
    assert ledger.problem == ""
    assert ledger.today_usd() == pytest.approx(300 * USD)
    await ledger.close()
    assert paid == 300
    assert rows(path) == (300, pytest.approx(300 * USD), 300, 0)
    assert journals(tmp_path) == []


async def test_money_set_aside_in_memory_is_set_aside_in_the_file_once_it_can_be(tmp_path: Path) -> None:
    path, time = tmp_path / "ledger.sqlite", Time()
    ledger = SqliteLedger(path, clock=time, timer=time.later, wait_s=0.0)
    await handed_over(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = await ledger.reserve("/w", 0.4, LIMITS)
        assert held is not None
        assert await ledger.reserve("/w", 0.7, LIMITS) is None
        other.execute("COMMIT")
    time.passes(30.0)
    await handed_over(ledger)
    assert rows(path)[3] == 1
    ledger.settle(held, LedgerEntry("a", NOON, "/w", "refactor", billed_usd=0.1))
    await handed_over(ledger)
    await ledger.close()
    assert rows(path) == (1, 0.1, 0, 0)


async def test_calls_of_an_engine_are_answered_while_the_ledger_is_locked(tmp_path: Path) -> None:
    path, time = tmp_path / "ledger.sqlite", Time()
    ledger = SqliteLedger(path, clock=time, timer=time.later, wait_s=0.0)
    here = world({"cheap": [answer("fine", 1_000)] * 4})
    engine = replace(here.engine, ledger=ledger)
    await handed_over(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(4):
            await heard(engine, call())
        await handed_over(ledger)
        other.execute("COMMIT")
    await ledger.close()
    assert rows(path)[:2] == (4, pytest.approx(4 * 0.002))


async def test_at_the_end_of_a_session_a_locked_ledger_leaves_a_journal_and_the_next_session_writes_it(tmp_path: Path) -> None:
    path, time = tmp_path / "ledger.sqlite", Time()
    ledger = SqliteLedger(path, clock=time, timer=time.later, wait_s=0.0)
    await handed_over(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await spend(ledger, 0, 3)
        await ledger.close()
        (journal,) = journals(tmp_path)
        assert sys.platform == "win32" or journal.stat().st_mode & 0o077 == 0
        assert b"call-0" in journal.read_bytes()
        other.execute("COMMIT")
    await SqliteLedger(path, clock=time).close()
    assert rows(path) == (3, pytest.approx(3 * USD), 3, 0)


def test_a_file_that_breaks_under_a_session_is_set_aside_and_its_calls_go_into_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, time = tmp_path / "ledger.sqlite", Time()
    backlog = Backlog(path, folders=[tmp_path], wait_s=0.0, clock=time)
    backlog.open()

    def malformed(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the log still holds every page
    with monkeypatch.context() as broken:
        broken.setattr(LedgerStore, "together", malformed)
        path.write_bytes(b"this is no database" * 1000)
        assert not backlog.post([Posting(LedgerEntry("a", NOON, "/w", "refactor", billed_usd=0.25))])
    assert backlog.retry()
    assert "ledger.sqlite.damaged" in backlog.problem
    backlog.close()
    assert rows(path)[:2] == (1, 0.25)


texts = st.text(max_size=20)
entries = st.builds(
    LedgerEntry,
    texts, st.floats(0, 4e9), texts, texts,
    billed_usd=st.floats(0, 10),
    first_token_s=st.none() | st.floats(0, 100),
    input_tokens=st.none() | st.integers(0, 1 << 40),
    alternative=st.builds(Alternative, texts, st.none() | st.floats(0, 10)),
)  # fmt: skip


@given(
    entries,
    st.none() | st.tuples(texts, st.sampled_from(["shown", "accepted"]), st.none() | st.integers(0, 999)),
    st.none() | st.tuples(texts, st.builds(ReviewCount, *[st.integers(0, 999)] * 4)),
)
def test_a_posting_survives_its_file(entry: LedgerEntry, outcome: Any, review: Any) -> None:
    posting = Posting(entry, outcome=outcome, review=review)
    line = to_line(posting)
    assert line.count(b"\n") == 1
    assert from_line(line) == posting
    assert from_line(line[:-2]) is None


@pytest.mark.parametrize(
    "line",
    [b"", b"nonsense", b"[]", b'"x"', b'{"call": 5}', b'{"call": {}}', b'{"call": {"id": {"a": 1}}}', b'{"outcome": [1, 2]}',
     b'{"outcome": ["a", "never", null]}', b'{"call": {"alternative": 1}}', b"[" * 100_000,
     b'{"review": ["a", 1, 2]}', b'{"review": ["a", 1, 2, 3, "4"]}', b'{"review": [1, 1, 2, 3, 4]}', b'{"review": 5}'],
)  # fmt: skip
def test_a_line_that_is_none_of_ours_is_left_out(line: bytes) -> None:
    assert from_line(line) is None


async def test_a_posting_that_no_table_takes_does_not_hold_up_the_others(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "l", clock=Time())
    ledger.record(LedgerEntry("good", NOON, "/w", "refactor", billed_usd=0.25))
    ledger.record(LedgerEntry("bad", NOON, "/w", "refactor", input_tokens=1 << 70))
    ledger.record(LedgerEntry("also good", NOON, "/w", "refactor", billed_usd=0.25))
    await ledger.close()
    assert rows(tmp_path / "l")[:2] == (2, 0.5)

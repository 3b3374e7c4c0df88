"""The ledger as the engine uses it."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from coderoute_ls.domain import LedgerEntry, Limits, Reservation, ReviewCount
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.schema import MIGRATIONS, VERSION, day_of
from coderoute_ls.ledger.sqlite_ledger import AHEAD_CALLS
from coderoute_ls.ledger.transactions import AHEAD_SECONDS
from tests.ledger.moments import DAY, NOON


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(path: Path, clock: Clock | None = None) -> AsyncGenerator[SqliteLedger]:
    ledger = SqliteLedger(path, clock=clock or Clock())
    yield ledger
    await ledger.close()


def call(name: str, *, usd: float = 0.0, time: float = NOON, workspace: str = "/w") -> LedgerEntry:
    return LedgerEntry(
        name, time, workspace, "refactor", offer="vendor/model", model="model", expected_usd=usd, billed_usd=usd, shown_chars=40
    )


async def test_what_was_billed_today_is_known_after_the_process_ended(tmp_path: Path) -> None:
    async with opened(tmp_path / "ledger.sqlite") as ledger:
        ledger.record(call("a", usd=0.25))
        ledger.record(call("b", usd=0.5, workspace="/other"))
        ledger.record(call("old", usd=2, time=NOON - 2 * DAY))
    async with opened(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.today_usd() == 0.75
        assert ledger.today_usd("/w") == 0.25
        assert ledger.problem == ""


async def test_a_call_recorded_twice_is_counted_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "l") as ledger:
        ledger.record(call("a", usd=0.25))
        ledger.record(call("a", usd=0.25))
    async with opened(tmp_path / "l") as ledger:
        assert ledger.today_usd() == 0.25


async def test_money_is_refused_when_a_limit_would_be_passed(tmp_path: Path) -> None:
    limits = Limits(daily_usd=1.0)
    async with opened(tmp_path / "l") as ledger:
        first = await ledger.reserve("/w", 0.6, limits)
        assert first is not None
        assert await ledger.reserve("/w", 0.5, limits) is None
        assert ledger.left_usd("/w", limits) == 0.4
        ledger.settle(first, call("a", usd=0.2))
        second = await ledger.reserve("/w", 0.8, limits)
        assert second is not None
        assert ledger.left_usd("/w", limits) == 0.0


async def test_free_calls_need_no_reservation_even_when_everything_is_spent(tmp_path: Path) -> None:
    limits = Limits(daily_usd=0.0)
    async with opened(tmp_path / "l") as ledger:
        assert await ledger.reserve("/w", 0.0, limits) == Reservation("", 0.0)
        assert await ledger.reserve("/w", 0.001, limits) is None


async def test_each_budget_counts_its_own_days_and_places(tmp_path: Path) -> None:
    clock = Clock()
    async with opened(tmp_path / "l", clock) as ledger:
        ledger.record(call("yesterday", usd=1.0, time=NOON - DAY))
        ledger.record(call("here", usd=0.25))
        ledger.record(call("there", usd=0.5, workspace="/other"))
        await ledger.reserve("/w", 0, Limits())  # waits for nothing
        made = await ledger.reserve("/w", 0.001, Limits())
        assert made is not None
        ledger.release(made)
        assert await ledger.reserve("/w", 9, Limits(monthly_usd=9)) is None
        assert ledger.left_usd("/w", Limits(monthly_usd=9)) == 7.25
        assert ledger.left_usd("/w", Limits(daily_usd=9)) == 8.25
        assert ledger.left_usd("/w", Limits(workspace_daily_usd=9)) == 8.75
        assert ledger.left_usd("/w", Limits(daily_usd=9, monthly_usd=2)) == 0.25
        assert ledger.left_usd("/w", Limits()) is None
        clock.now += DAY
        assert ledger.left_usd("/w", Limits(daily_usd=9)) == 9


async def test_small_calls_are_paid_from_money_that_was_set_aside_at_once_and_others_see_it_gone(tmp_path: Path) -> None:
    limits, clock = Limits(daily_usd=1.0), Clock()
    async with opened(tmp_path / "l", clock) as ledger, opened(tmp_path / "l", clock) as other:
        first = await ledger.reserve("/w", 0.00005, limits)
        assert first is not None
        assert first.usd == 0.00005
        assert other.left_usd("/w", limits) == pytest.approx(1 - AHEAD_CALLS * 0.00005)
        pieces = [await ledger.reserve("/w", 0.00005, limits) for _ in range(AHEAD_CALLS - 1)]
        assert {piece.id for piece in pieces if piece} == {first.id}
        ledger.settle(first, call("a", usd=0.00002))
        fresh = await ledger.reserve("/w", 0.00005, limits)
        assert fresh is not None
        assert fresh.id != first.id
        clock.now += 2  # for a fresh look
        reserved = 2 * AHEAD_CALLS - 1
        assert other.left_usd("/w", limits) == pytest.approx(1 - 0.00002 - reserved * 0.00005)


async def test_what_was_set_aside_for_later_calls_goes_back(tmp_path: Path) -> None:
    limits, clock = Limits(daily_usd=1.0), Clock()
    async with opened(tmp_path / "l", clock) as other:
        async with opened(tmp_path / "l", clock) as ledger:
            first = await ledger.reserve("/w", 0.00005, limits)
            assert first is not None
            clock.now += AHEAD_SECONDS + 1
            second = await ledger.reserve("/w", 0.00005, limits)
            assert second is not None
            assert second.id != first.id, "money was set aside too long ago to be safe for a whole call"
            ledger.release(first)
            ledger.release(second)
        assert other.left_usd("/w", limits) == 1.0


async def test_money_is_set_aside_for_later_calls_only_where_there_is_plenty(tmp_path: Path) -> None:
    limits = Limits(daily_usd=1.0, warn_at=1.0)
    async with opened(tmp_path / "l") as ledger:
        assert await ledger.reserve("/w", 0.02, limits) is not None
        assert ledger.left_usd("/w", limits) == 0.98
        assert await ledger.reserve("/w", 0.01, limits) is not None
        assert ledger.left_usd("/w", limits) == pytest.approx(0.98 - 0.01)


async def test_a_nearly_used_budget_is_warned_of(tmp_path: Path) -> None:
    limits = Limits(daily_usd=1.0, warn_at=0.8)
    async with opened(tmp_path / "l") as ledger:
        quiet = await ledger.reserve("/w", 0.7, limits)
        loud = await ledger.reserve("/w", 0.2, limits)
        assert quiet is not None
        assert loud is not None
        assert quiet.warning == ""
        assert loud.warning == "90% of today's budget ($1.00) is used."


async def test_a_reservation_that_outlives_every_call_is_freed(tmp_path: Path) -> None:
    clock = Clock()
    limits = Limits(daily_usd=1.0)
    async with opened(tmp_path / "l", clock) as ledger:
        assert await ledger.reserve("/w", 1.0, limits) is not None
        clock.now += 901
        assert ledger.left_usd("/w", limits) == 1.0
        assert await ledger.reserve("/w", 1.0, limits) is not None


async def test_a_reservation_asked_for_by_a_cancelled_call_is_freed(tmp_path: Path) -> None:
    limits = Limits(daily_usd=1.0)
    async with opened(tmp_path / "l") as ledger:
        task = asyncio.create_task(ledger.reserve("/w", 1.0, limits))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await ledger.reserve("/w", 1.0, limits) is not None


async def test_a_later_outcome_replaces_an_earlier_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "l") as ledger:
        ledger.record(call("a"))
        ledger.outcome("a", "shown")
        ledger.outcome("a", "accepted")
        ledger.outcome("a", "undone")
        ledger.outcome("nobody", "accepted")
        ledger.record(call("b"))
        ledger.outcome("b", "partly", 7)
        ledger.record(call("c"))
        ledger.outcome("c", "accepted")
    with sqlite3.connect(tmp_path / "l") as connection:
        sums = connection.execute("SELECT shown, accepted, partly, undone, accepted_chars FROM sums").fetchall()
        rows = connection.execute("SELECT id, outcome, accepted_chars FROM calls ORDER BY id").fetchall()
    connection.close()
    assert sums == [(0, 1, 1, 1, 47)]
    assert rows == [("a", "undone", 0), ("b", "partly", 7), ("c", "accepted", 40)]


async def test_what_was_learned_is_there_after_a_start(tmp_path: Path) -> None:
    async with opened(tmp_path / "l") as ledger:
        assert ledger.corrections("refactor") == {}
        for index, (offer, outcome) in enumerate([("v/good", "accepted"), ("v/bad", "rejected")] * 10):
            ledger.record(replace(call(str(index)), offer=offer))
            ledger.outcome(str(index), "accepted" if outcome == "accepted" else "rejected")
    async with opened(tmp_path / "l") as ledger:
        pass  # closing waits for what was begun
    learned = ledger.corrections("refactor")
    assert 0 < learned["v/good"] == -learned["v/bad"] < 0.05
    assert ledger.corrections("explain") == {}


async def test_old_calls_are_deleted_and_their_sums_stay(tmp_path: Path) -> None:
    clock = Clock()
    async with opened(tmp_path / "l", clock) as ledger:
        ledger.record(call("a", usd=0.5))
    clock.now += 401 * DAY
    async with opened(tmp_path / "l", clock) as ledger:
        assert ledger.today_usd() == 0
    with sqlite3.connect(tmp_path / "l") as connection:
        counts = [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("calls", "sums")]
    connection.close()
    assert counts == [0, 1]


async def test_a_damaged_file_is_set_aside_and_a_new_one_started(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is no database" * 1000)
    async with opened(path) as ledger:
        ledger.record(call("a", usd=0.25))
        assert await ledger.reserve("/w", 0.1, Limits(daily_usd=1)) is not None
        assert ledger.today_usd() == 0.25
        assert "ledger.sqlite.damaged" in ledger.problem
    assert (tmp_path / "ledger.sqlite.damaged").read_bytes().startswith(b"this is no database")


async def test_a_file_of_a_later_version_is_left_alone_and_budgets_still_hold(tmp_path: Path) -> None:
    path = tmp_path / "l"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    async with opened(path) as ledger:
        assert await ledger.reserve("/w", 0.9, Limits(daily_usd=1)) is not None
        assert await ledger.reserve("/w", 0.9, Limits(daily_usd=1)) is None
        assert "cannot be used" in ledger.problem
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


async def test_a_file_of_the_first_version_is_brought_up_to_date_and_keeps_its_calls(tmp_path: Path) -> None:
    path = tmp_path / "l"
    with sqlite3.connect(path) as connection:
        connection.executescript(f"{MIGRATIONS[0]}; PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO calls (id, time, day, workspace, action, decision, offer, model, expected_nusd, billed_nusd, finish, "
            "error, answered_by, shown_chars, strongest, single) "
            "VALUES ('old', ?, ?, '/w', 'fix', '', 'o', 'm', 0, 5, '', '', 'model', 1, '', '')",
            (NOON, day_of(NOON)),
        )
    connection.close()
    async with opened(path) as ledger:
        ledger.reviewed("old", ReviewCount(3, 1, 1, 9))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        row = connection.execute("SELECT hunks, hunks_kept, hunks_rejected, accepted_lines FROM calls").fetchone()
        assert row == (3, 1, 1, 9)


async def test_a_directory_that_cannot_be_written_costs_the_record_but_not_the_budget(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with opened(tmp_path / "file" / "ledger.sqlite") as ledger:
        assert ledger.left_usd("/w", Limits(daily_usd=1)) == 1.0
        assert await ledger.reserve("/w", 0.9, Limits(daily_usd=1)) is not None
        assert await ledger.reserve("/w", 0.9, Limits(daily_usd=1)) is None
        assert "is lost when this session ends" in ledger.problem


class Contested(sqlite3.Connection):
    """A new file that another process is switching to a log: SQLite refuses at once, whatever time it was given."""

    refusals = 2

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        if sql == "PRAGMA journal_mode = WAL" and self.refusals:
            self.refusals -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return super().execute(sql, parameters)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("wait", "opens"), [(60.0, True), (0.0, False)])
def test_processes_that_start_together_share_a_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: float, opens: bool
) -> None:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Contested))
    if opens:
        connect(tmp_path / "ledger.db", wait=wait).close()
    else:
        with pytest.raises(sqlite3.OperationalError):
            connect(tmp_path / "ledger.db", wait=wait)

"""Writing the ledger: each method is one transaction, safe against other processes and against dying half-way."""

import math
import os
import sqlite3
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import fields
from typing import cast

from coderoute_ls.domain import LedgerEntry, Limits, Outcome, Reservation, ReviewCount
from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.schema import day_of
from coderoute_ls.processes import is_running
from coderoute_ls.text.dollars import dollars

RESERVATION_SECONDS = 900.0
"""No call lives longer; the process of a reservation that does has ended."""
AHEAD_SECONDS = 60.0
"""Seconds for which money that was set aside for later calls may be used."""
AHEAD_SHARE = 100
"""For later calls at most a hundredth of what is left is set aside: no other process is refused for the sake of it."""

BUCKETS_PER_E = 10
"""Latencies are counted in buckets about 10 % wide: bucket = floor(10 · ln seconds)."""

REVIEW = ("hunks", "hunks_kept", "hunks_rejected", "accepted_lines")
"""Columns of a `ReviewCount`."""
OUTCOMES = ("shown", "accepted", "partly", "rejected", "undone", "retried")

_MONEY = {"expected_usd": "expected_nusd", "billed_usd": "billed_nusd"}
_PLAIN = [field.name for field in fields(LedgerEntry) if field.name not in ("alternative", *_MONEY)]
_COLUMNS = [*_PLAIN, *_MONEY.values(), "day", "strongest", "strongest_nusd", "single", "single_nusd"]
_INSERT = f"INSERT OR IGNORE INTO calls ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608


class LedgerStore:
    """One connection that writes. Use it from one thread at a time."""

    def __init__(
        self, connection: sqlite3.Connection, *, process: int | None = None, alive: Callable[[int], bool] = is_running
    ) -> None:
        self._connection = connection
        self._process = os.getpid() if process is None else process
        self._alive = alive

    # -- budgets ------------------------------------------------------------------------------------------------------

    def reserve(self, workspace: str, usd: float, limits: Limits, now: float, *, calls: int = 1) -> Reservation | None:
        """Set money aside, or None when a limit would be passed. ``calls``: for so many calls like this one, as far as there is
        plenty. Raises sqlite3.Error."""
        amount = nano_usd.promise(usd)
        if amount <= 0:
            return Reservation("", 0.0)
        with self._transaction():
            self._free_abandoned(now)
            uses = list(self._uses(workspace, limits, now))
            room = min((limit - used - amount for _, used, limit in uses), default=0)
            if room < 0:
                return None
            warning = _warning(uses, amount, limits.warn_at)
            more = 0 if warning else min(calls - 1, room // AHEAD_SHARE // amount)
            total = amount * (1 + more)
            made = Reservation(uuid.uuid4().hex, nano_usd.dollars(total), warning)
            expires = now + RESERVATION_SECONDS + (AHEAD_SECONDS if more else 0.0)
            self._connection.execute(
                "INSERT INTO reservations VALUES (?, ?, ?, ?, ?)", (made.id, workspace, total, self._process, expires)
            )
        return made

    def hold(self, reservation: Reservation, workspace: str, now: float) -> None:
        """Take over money that was set aside in memory, whatever the limits. Raises sqlite3.Error."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO reservations VALUES (?, ?, ?, ?, ?)",
                (reservation.id, workspace, nano_usd.promise(reservation.usd), self._process, now + RESERVATION_SECONDS),
            )

    def left(self, workspace: str, limits: Limits, now: float) -> float | None:
        """USD that may still be spent; None without limits. Reads only."""
        left = [limit - used for _, used, limit in self._uses(workspace, limits, now)]
        return max(nano_usd.dollars(min(left)), 0.0) if left else None

    def release(self, reservation: Reservation) -> None:
        """Free this money, which may be a part of what was set aside under the id."""
        if reservation.id:
            with self._transaction():
                freed = (nano_usd.promise(reservation.usd), reservation.id)
                self._connection.execute("UPDATE reservations SET nusd = nusd - ? WHERE id = ?", freed)
                self._connection.execute("DELETE FROM reservations WHERE id = ? AND nusd <= 0", (reservation.id,))

    def _uses(self, workspace: str, limits: Limits, now: float) -> Generator[tuple[str, int, int]]:
        """For each limit: its name, what is spent and reserved under it, and the limit itself."""
        day = day_of(now)
        everywhere, here = self._reserved(workspace, now)
        if limits.daily_usd is not None:
            yield "today's budget", self.spent(day, day) + everywhere, nano_usd.cap(limits.daily_usd)
        if limits.monthly_usd is not None:
            yield "this month's budget", self.spent(day[:8] + "01", day) + everywhere, nano_usd.cap(limits.monthly_usd)
        if limits.workspace_daily_usd is not None:
            yield (
                "today's budget of this workspace",
                self.spent(day, day, workspace) + here,
                nano_usd.cap(limits.workspace_daily_usd),
            )

    def spent(self, first: str, last: str, workspace: str | None = None) -> int:
        """Billionths of a dollar billed from the first to the last day."""
        where, values = "day BETWEEN ? AND ?", [first, last]
        if workspace is not None:
            where, values = where + " AND workspace = ?", [*values, workspace]
        query = f"SELECT COALESCE(SUM(nusd), 0) FROM spending WHERE {where}"  # noqa: S608
        return int(self._connection.execute(query, values).fetchone()[0])

    def _reserved(self, workspace: str, now: float) -> tuple[int, int]:
        """What living processes have set aside: in all, and in this workspace."""
        rows = self._connection.execute(
            "SELECT process, workspace, SUM(nusd) FROM reservations WHERE expires > ? GROUP BY process, workspace", (now,)
        ).fetchall()
        living = [(cast("str", place), cast("int", nanos)) for process, place, nanos in rows if self._alive(cast("int", process))]
        return sum(nanos for _, nanos in living), sum(nanos for place, nanos in living if place == workspace)

    def _free_abandoned(self, now: float) -> None:
        processes = self._connection.execute("SELECT DISTINCT process FROM reservations").fetchall()
        dead = [(now, process) for (process,) in processes if not self._alive(cast("int", process))]
        self._connection.execute("DELETE FROM reservations WHERE expires <= ?", (now,))
        self._connection.executemany("DELETE FROM reservations WHERE expires > ? AND process = ?", dead)

    # -- calls --------------------------------------------------------------------------------------------------------

    def together(self, works: Iterable[Callable[["LedgerStore"], object]]) -> None:
        """Do all of this in one transaction."""
        with self._transaction():
            for work in works:
                work(self)

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None:
        """Free the reservation and record the call, both or neither. Raises sqlite3.Error."""
        with self._transaction():
            self.release(reservation)
            self._add(call)

    def record(self, call: LedgerEntry) -> None:
        with self._transaction():
            self._add(call)

    def record_many(self, calls: list[LedgerEntry]) -> None:
        """Record in one transaction: for imports and benchmarks."""
        with self._transaction():
            for call in calls:
                self._add(call)

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None) -> None:
        """Replace what became of the answer. Unknown calls are ignored: they may have been deleted."""
        with self._transaction():
            row = self._connection.execute(
                "SELECT day, workspace, action, offer, model, outcome, accepted_chars, shown_chars, accepted_lines FROM calls "
                "WHERE id = ?",
                (call_id,),
            ).fetchone()
            if row is None:
                return
            *key, before, chars_before, shown_chars, lines_before = row
            kept = outcome in ("accepted", "partly")
            chars_now = (shown_chars if chars is None else chars) if kept else 0
            lines_now = lines_before if kept else 0
            self._connection.execute(
                "UPDATE calls SET outcome = ?, accepted_chars = ?, accepted_lines = ? WHERE id = ?",
                (outcome, chars_now, lines_now, call_id),
            )
            changes: dict[str, float] = {
                "accepted_chars": chars_now - chars_before,
                "accepted_lines": lines_now - lines_before,
            }
            for name, step in ((before, -1), (outcome, +1)):
                if name in OUTCOMES:
                    changes[name] = changes.get(name, 0) + step
            self._sum(key, changes)

    def reviewed(self, call_id: str, count: ReviewCount) -> None:
        """Replace what was decided about the hunks of an edit. Unknown calls are ignored."""
        with self._transaction():
            row = self._connection.execute(
                f"SELECT day, workspace, action, offer, model, {', '.join(REVIEW)} FROM calls WHERE id = ?",  # noqa: S608
                (call_id,),
            ).fetchone()
            if row is None:
                return
            *key, _, _, _, _ = row
            now = (count.hunks, count.kept, count.rejected, count.lines)
            set_ = ", ".join(f"{name} = ?" for name in REVIEW)
            self._connection.execute(f"UPDATE calls SET {set_} WHERE id = ?", (*now, call_id))  # noqa: S608
            self._sum(key, {name: new - old for name, new, old in zip(REVIEW, now, row[-4:], strict=True)})

    def _add(self, call: LedgerEntry) -> None:
        day, other = day_of(call.time), call.alternative
        expected, billed = nano_usd.cost(call.expected_usd), nano_usd.cost(call.billed_usd)
        strongest = None if other.strongest_usd is None else nano_usd.cost(other.strongest_usd)
        single = None if other.single_usd is None else nano_usd.cost(other.single_usd)
        values = [getattr(call, name) for name in _PLAIN]
        values += [expected, billed, day, other.strongest, strongest, other.single, single]
        if self._connection.execute(_INSERT, values).rowcount == 0:
            return
        changes: dict[str, float] = {
            "calls": 1,
            f"by_{call.answered_by}": 1,
            "errors": bool(call.error),
            "input_tokens": call.input_tokens or 0,
            "cached_tokens": call.cached_tokens or 0,
            "output_tokens": call.output_tokens or 0,
            "expected_nusd": expected,
            "billed_nusd": billed,
        }
        if expected > 0 and billed > 0:
            error = math.log(billed / expected)
            changes |= {"estimates": 1, "log_error": error, "log_error_squared": error * error}
        self._sum([day, call.workspace, call.action, call.offer, call.model], changes)
        if billed:
            self._connection.execute(
                "INSERT INTO spending VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET nusd = nusd + excluded.nusd",
                (day, call.workspace, billed),
            )
        paid = billed if other.paid_usd is None else nano_usd.cost(other.paid_usd)
        for kind, offer, instead in (("strongest", other.strongest, strongest), ("single", other.single, single)):
            if instead is not None:
                self._connection.execute(
                    "INSERT INTO alternatives VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET "
                    "calls = calls + 1, nusd = nusd + excluded.nusd, billed_nusd = billed_nusd + excluded.billed_nusd",
                    (day, call.action, kind, offer, instead, paid),
                )
        for kind, seconds in (("first", call.first_token_s), ("total", call.total_s)):
            if seconds is not None:
                self._connection.execute(
                    "INSERT INTO latencies VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET calls = calls + 1",
                    (day, call.action, call.offer, kind, math.floor(BUCKETS_PER_E * math.log(max(seconds, 1e-4)))),
                )

    def _sum(self, key: list[str], changes: dict[str, float]) -> None:
        names = [name for name, value in changes.items() if value]
        if not names:
            return
        columns = ", ".join(["day", "workspace", "action", "offer", "model", *names])
        updates = ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        self._connection.execute(
            f"INSERT INTO sums ({columns}) VALUES ({', '.join('?' * (5 + len(names)))}) "  # noqa: S608
            f"ON CONFLICT DO UPDATE SET {updates}",
            [*key, *(changes[name] for name in names)],
        )

    # -- housekeeping -------------------------------------------------------------------------------------------------

    def forget_calls(self, before: str) -> int:
        """Delete single calls older than this day; their daily sums stay. Returns how many."""
        return self._connection.execute("DELETE FROM calls WHERE day < ?", (before,)).rowcount

    def erase(self, before: str | None = None) -> int:
        """Delete calls and sums, all or those older than a day, and give the space back. Returns how many calls."""
        with self._transaction():
            for table in ("sums", "spending", "alternatives", "latencies"):
                self._connection.execute(f"DELETE FROM {table} WHERE day < ?", (before or "~",))  # noqa: S608
            erased = self.forget_calls(before or "~")
        self._connection.execute("VACUUM")
        return erased

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Generator[None]:
        if self._connection.in_transaction:
            yield  # a part of `together`
            return
        # IMMEDIATE: takes the write lock before anything is read, so that no other process can spend between check and insert.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled it back already
                self._connection.execute("ROLLBACK")
            raise
        self._commit()

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _warning(uses: list[tuple[str, int, int]], amount: int, warn_at: float) -> str:
    near = [(used + amount, name, limit) for name, used, limit in uses if used + amount >= warn_at * limit]
    if not near:
        return ""
    used, name, limit = max(near, key=lambda use: use[0] / max(use[2], 1))
    return f"{used / limit:.0%} of {name} ({dollars(nano_usd.dollars(limit))}) is used."

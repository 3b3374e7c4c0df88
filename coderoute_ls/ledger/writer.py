"""The ledger as the engine uses it: writes go to a thread of their own, so the event loop never waits for the disk."""

import asyncio
import logging
import math
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from coderoute_ls.domain import LedgerEntry, Limits, Outcome, Reservation
from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.learning import experience
from coderoute_ls.ledger.schema import NewerVersion, checkpoint, connect, day_of
from coderoute_ls.ledger.store import AHEAD_SECONDS, LedgerStore
from coderoute_ls.ledger.usage import Period
from coderoute_ls.storage import Locked, lock

log = logging.getLogger(__name__)

T = TypeVar("T")

CHECKPOINT_EVERY = 200
"""Writes after which the log is moved into the file, and experience is counted anew, by another thread."""
EXPERIENCE_DAYS = 90
ASIDE_S = 0.02
"""What nobody waits for is written so much later and in one go, so that no answer shares the interpreter with the thread. Killed
within that time, a process loses it, as it loses the calls under way."""
AHEAD_CALLS = 128
"""For so many calls money is set aside at once, so that one key in a hundred waits for the disk: as many as a minute of typing
may ask for, and no more than a hundredth of what is left."""
LEFT_S = 1.0
"""How old a figure of what is left may be. It only guides choices: what keeps a budget is `reserve`."""


@dataclass(slots=True)
class _Purse:
    """What is left of money that was set aside for several calls."""

    id: str
    nusd: int
    until: float


class SqliteLedger:
    """Implements `coderoute_ls.domain.Ledger` on one SQLite file.

    A file that cannot be used is replaced by a temporary one, so that budgets hold while this process lives; ``problem`` tells.
    """

    def __init__(self, path: Path, *, retention_days: int = 400, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._problem = ""
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coderoute-ledger")
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coderoute-ledger-checkpoint")
        self._writes = 0
        self._corrections: Mapping[str, Mapping[str, float]] = {}
        self._unwritten: list[Callable[[LedgerStore], object]] = []
        self._purses: dict[tuple[str, Limits], _Purse] = {}
        self._left: dict[tuple[str, Limits], tuple[float, float | None]] = {}
        self._books: Future[tuple[LedgerStore, LedgerStore]] = self._thread.submit(self._open, retention_days)

    def _open(self, retention_days: int) -> tuple[LedgerStore, LedgerStore]:
        """The book that this object's thread writes, and the one that the event loop reads."""
        path = self._path
        try:
            books = LedgerStore(connect(path)), LedgerStore(connect(path))
        except (sqlite3.Error, NewerVersion, OSError) as error:
            self._path = path = self._instead_of(path, error)
            books = LedgerStore(connect(path)), LedgerStore(connect(path))
        oldest = date.fromisoformat(day_of(self._clock())) - timedelta(days=retention_days)
        with suppress(sqlite3.Error):
            books[0].forget_calls(oldest.isoformat())
        self._aside.submit(self._keep_up)
        return books

    def _instead_of(self, path: Path, error: Exception) -> Path:
        if _is_damage(error):
            aside = path.with_name(f"{path.name}.damaged")
            with suppress(OSError, Locked), lock(path.with_name(f"{path.name}.lock")):
                if _damaged(path):  # another process may have set it aside meanwhile
                    path.replace(aside)
                    for ending in ("-wal", "-shm"):
                        path.with_name(path.name + ending).unlink(missing_ok=True)
                self._note(f"The ledger {path} was damaged; it is kept as {aside.name}, and a new one is started.")
                return path
        self._note(f"The ledger {path} cannot be used ({error}); nothing is kept beyond this session.")
        self._scratch = tempfile.TemporaryDirectory(prefix="coderoute-ledger-")
        return Path(self._scratch.name) / path.name

    def _note(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            log.warning("%s", problem)

    @property
    def problem(self) -> str:
        return self._problem

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        now = self._clock()
        when, left = self._left.get((workspace, limits), (-math.inf, None))
        if not 0 <= now - when < LEFT_S:
            left = self._read(lambda book: book.left(workspace, limits, now), 0.0)
            self._left[workspace, limits] = now, left
        return left

    def today_usd(self, workspace: str | None = None) -> float:
        day = day_of(self._clock())
        return nano_usd.dollars(self._read(lambda book: book.spent(day, day, workspace), 0))

    async def reserve(self, workspace: str, usd: float, limits: Limits) -> Reservation | None:
        if usd <= 0:
            return Reservation("", 0.0)
        if (taken := self._taken(workspace, usd, limits)) is not None:
            return taken
        self._hand_over()
        pending = self._write(lambda book: book.reserve(workspace, usd, limits, self._clock(), calls=AHEAD_CALLS))
        try:
            made = await asyncio.wrap_future(pending)
        except asyncio.CancelledError:
            self._write(lambda book: None if pending.cancelled() else book.release(pending.result() or Reservation("", 0.0)))
            raise
        self._left.clear()
        if made is None:
            return None
        if spare := nano_usd.promise(made.usd) - nano_usd.promise(usd):
            self._put_back(workspace, limits)
            self._purses[workspace, limits] = _Purse(made.id, spare, self._clock() + AHEAD_SECONDS)
        return replace(made, usd=usd)

    def _taken(self, workspace: str, usd: float, limits: Limits) -> Reservation | None:
        """Money out of the purse; None when there is not enough in it."""
        purse, amount = self._purses.get((workspace, limits)), nano_usd.promise(usd)
        if purse is None or purse.nusd < amount or not 0 <= purse.until - self._clock() <= AHEAD_SECONDS:
            self._put_back(workspace, limits)
            return None
        purse.nusd -= amount
        return Reservation(purse.id, usd)

    def _put_back(self, workspace: str, limits: Limits) -> None:
        purse = self._purses.pop((workspace, limits), None)
        if purse is not None:
            self.release(Reservation(purse.id, nano_usd.dollars(purse.nusd)))

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None:
        self._later(lambda book: book.settle(reservation, call))

    def release(self, reservation: Reservation) -> None:
        if reservation.id:
            self._later(lambda book: book.release(reservation))

    def record(self, call: LedgerEntry) -> None:
        self._later(lambda book: book.record(call))

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        self._later(lambda book: book.outcome(call_id, outcome, chars))

    def corrections(self, action: str) -> Mapping[str, float]:
        return self._corrections.get(action, {})

    async def close(self) -> None:
        for workspace, limits in tuple(self._purses):
            self._put_back(workspace, limits)
        self._hand_over()
        await asyncio.to_thread(self._thread.shutdown)
        await asyncio.to_thread(self._aside.shutdown)
        if self._books.exception() is None:
            for book in self._books.result():
                book.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _later(self, work: Callable[[LedgerStore], object]) -> None:
        if not self._unwritten:
            asyncio.get_running_loop().call_later(ASIDE_S, self._hand_over)
        self._unwritten.append(work)

    def _hand_over(self) -> None:
        works, self._unwritten = self._unwritten, []
        if works:
            self._write(lambda book: book.together(works))

    def _write(self, work: Callable[[LedgerStore], T]) -> Future[T | None]:
        return self._thread.submit(self._attempt, work)

    def _attempt(self, work: Callable[[LedgerStore], T]) -> T | None:
        try:
            done = work(self._books.result()[0])
            self._writes += 1
            if self._writes % CHECKPOINT_EVERY == 0:
                self._aside.submit(self._keep_up)
            return done
        except (sqlite3.Error, OSError) as error:
            self._note(f"The ledger {self._path} cannot be written ({error}).")
            return None

    def _keep_up(self) -> None:
        """What may take longer than a call should wait."""
        today = day_of(self._clock())
        period = Period((date.fromisoformat(today) - timedelta(days=EXPERIENCE_DAYS)).isoformat(), today)
        with suppress(sqlite3.Error, OSError), closing(connect(self._path)) as connection:  # the next time will do
            checkpoint(connection)
            corrections: dict[str, dict[str, float]] = {}
            for known in experience(connection, period):
                if known.correction:
                    corrections.setdefault(known.action, {})[known.offer] = known.correction
            self._corrections = corrections

    def _read(self, work: Callable[[LedgerStore], T], otherwise: T) -> T:
        try:
            return work(self._books.result()[1])
        except (sqlite3.Error, OSError) as error:
            self._note(f"The ledger {self._path} cannot be read ({error}).")
            return otherwise


def _is_damage(error: Exception) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)


def _damaged(path: Path) -> bool:
    try:
        connect(path).close()
    except sqlite3.DatabaseError as error:
        return _is_damage(error)
    return False

"""The ledger as the engine uses it: writes go to a thread of their own, so the event loop never waits for the disk."""

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from coderoute_ls.domain import LedgerEntry, Limits, Outcome, Reservation, ReviewCount
from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.acceptance_rates import experience
from coderoute_ls.ledger.database_file import LOCK_WAIT_S, checkpoint, connect
from coderoute_ls.ledger.postings import Posting
from coderoute_ls.ledger.schema import day_of
from coderoute_ls.ledger.transactions import AHEAD_SECONDS, LedgerStore
from coderoute_ls.ledger.unwritten_backlog import Backlog
from coderoute_ls.ledger.usage_queries import Period

T = TypeVar("T")

CHECKPOINT_EVERY = 200
"""Writes after which the log is moved into the file, and experience is counted anew, by another thread."""
EXPERIENCE_DAYS = 90
ASIDE_S = 0.02
"""Seconds by which a write that no call waits for is put off, and then written with others, so that no answer shares the
interpreter with the thread. A process that is killed within that time loses it, as it loses the calls under way."""
AHEAD_CALLS = 128
"""For so many calls money is set aside at once, so that one key in a hundred waits for the disk: as many as a minute of typing
may ask for, and no more than a hundredth of what is left."""
LEFT_S = 1.0
"""How old a figure of what is left may be. It only guides choices: what keeps a budget is `reserve`."""


class Timer(Protocol):
    """Calls back after so many seconds, on the event loop."""

    def __call__(self, seconds: float, act: Callable[[], object]) -> object: ...


@dataclass(slots=True)
class _SetAside:
    """What is left of money that was set aside for several calls."""

    id: str
    nanos: int
    until: float


class SqliteLedger:
    """Implements `coderoute_ls.domain.Ledger` on one SQLite file.

    What the file cannot take is kept and written later (`Backlog`); budgets hold meanwhile. ``spill``: a second folder for the
    journal of what is kept. ``timer`` and ``clock`` are the event loop's and Unix time, unless a test brings its own.
    """

    def __init__(
        self, path: Path, *, retention_days: int = 400, clock: Callable[[], float] = time.time,
        spill: Path | None = None, timer: Timer | None = None, wait_s: float = LOCK_WAIT_S,
    ) -> None:  # fmt: skip
        self._path = path
        self._clock = clock
        self._timer = timer
        self._wait_s = wait_s
        self._retention_days = retention_days
        self._loop: asyncio.AbstractEventLoop | None = None
        self._retrying = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coderoute-ledger")
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coderoute-ledger-checkpoint")
        self._writes = 0
        self._corrections: Mapping[str, Mapping[str, float]] = {}
        self._unwritten: list[Posting] = []
        self._spares: dict[tuple[str, Limits], _SetAside] = {}
        self._left: dict[tuple[str, Limits], tuple[float, float | None]] = {}
        folders = [path.parent] if spill is None else [path.parent, spill]
        self._backlog = Backlog(path, folders=folders, wait_s=wait_s, clock=clock)
        self._opened: Future[None] = self._thread.submit(self._open)

    def _open(self) -> None:
        self._backlog.open()
        self._aside.submit(self._keep_up)

    @property
    def problem(self) -> str:
        return self._backlog.problem

    # -- asking ---------------------------------------------------------------------------------------------------------------

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        now = self._clock()
        when, left = self._left.get((workspace, limits), (-math.inf, None))
        if not 0 <= now - when < LEFT_S:
            left = self._read(lambda store: store.left(workspace, limits, now), _lowest(limits))
            if left is not None:
                left = max(left - self._backlog.aside_usd, 0.0)
            self._left[workspace, limits] = now, left
        return left

    def today_usd(self, workspace: str | None = None) -> float:
        day = day_of(self._clock())
        kept = self._backlog.spent_usd(day, day_of, workspace) if self._backlog.waits else 0.0
        return nano_usd.dollars(self._read(lambda store: store.spent(day, day, workspace), 0)) + kept

    def corrections(self, action: str) -> Mapping[str, float]:
        return self._corrections.get(action, {})

    def _read(self, work: Callable[[LedgerStore], T], otherwise: T) -> T:
        self._opened.result()
        try:
            return otherwise if self._backlog.reader is None else work(self._backlog.reader)
        except sqlite3.Error:
            return otherwise

    # -- money that is set aside ----------------------------------------------------------------------------------------------

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        del model  # its budgets are of days and workspaces
        if usd <= 0:
            return Reservation("", 0.0)
        if (taken := self._taken(workspace, usd, limits)) is not None:
            return taken
        self._hand_over()
        pending = self._thread.submit(self._backlog.reserve, workspace, usd, limits, AHEAD_CALLS)
        try:
            made = await asyncio.wrap_future(pending)
        except asyncio.CancelledError:
            self._thread.submit(self._undo, pending)
            raise
        self._watch()
        self._left.clear()
        if made is None:
            return None
        if surplus := nano_usd.promise(made.usd) - nano_usd.promise(usd):
            self._put_back(workspace, limits)
            self._spares[workspace, limits] = _SetAside(made.id, surplus, self._clock() + AHEAD_SECONDS)
        return replace(made, usd=usd)

    def _undo(self, pending: "Future[Reservation | None]") -> None:
        """Free what was set aside for a call that was given up meanwhile."""
        if not pending.cancelled() and (made := pending.result()) is not None:
            self._backlog.post([Posting(frees=made)])

    def _taken(self, workspace: str, usd: float, limits: Limits) -> Reservation | None:
        """Money out of what was set aside; None when there is not enough in it."""
        spare, amount = self._spares.get((workspace, limits)), nano_usd.promise(usd)
        if spare is None or spare.nanos < amount or not 0 <= spare.until - self._clock() <= AHEAD_SECONDS:
            self._put_back(workspace, limits)
            return None
        spare.nanos -= amount
        return Reservation(spare.id, usd)

    def _put_back(self, workspace: str, limits: Limits) -> None:
        spare = self._spares.pop((workspace, limits), None)
        if spare is not None:
            self.release(Reservation(spare.id, nano_usd.dollars(spare.nanos)))

    # -- telling --------------------------------------------------------------------------------------------------------------

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None:
        self._later(Posting(call, frees=reservation))

    def release(self, reservation: Reservation) -> None:
        if reservation.id:
            self._later(Posting(frees=reservation))

    def record(self, call: LedgerEntry) -> None:
        self._later(Posting(call))

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        self._later(Posting(outcome=(call_id, outcome, chars)))

    def reviewed(self, call_id: str, count: ReviewCount) -> None:
        self._later(Posting(review=(call_id, count)))

    async def close(self) -> None:
        for workspace, limits in tuple(self._spares):
            self._put_back(workspace, limits)
        self._hand_over()
        self._thread.submit(self._backlog.close)
        await asyncio.to_thread(self._thread.shutdown)
        await asyncio.to_thread(self._aside.shutdown)

    def _later(self, posting: Posting) -> None:
        if not self._unwritten:
            asyncio.get_running_loop().call_later(ASIDE_S, self._hand_over)
        self._unwritten.append(posting)

    def _hand_over(self) -> None:
        postings, self._unwritten = self._unwritten, []
        if postings:
            self._loop = asyncio.get_running_loop()
            self._thread.submit(self._post, postings)

    def _post(self, postings: list[Posting]) -> None:
        """On the ledger's thread."""
        if not self._backlog.post(postings):
            self._soon(self._watch)
        self._writes += 1
        if self._writes % CHECKPOINT_EVERY == 0:
            self._aside.submit(self._keep_up)

    # -- trying again ---------------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """While something waits to be written, try again now and then."""
        if self._backlog.waits and not self._retrying:
            self._retrying = True
            after = self._timer or asyncio.get_running_loop().call_later
            after(self._backlog.retry_s, self._retry)

    def _retry(self) -> None:
        self._loop = asyncio.get_running_loop()
        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(self._retry_now)

    def _retry_now(self) -> None:
        """On the ledger's thread."""
        self._backlog.retry()
        self._soon(self._retried)

    def _soon(self, act: Callable[[], object]) -> None:
        """On the event loop, as long as there is one."""
        assert self._loop is not None
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(act)

    def _retried(self) -> None:
        self._retrying = False
        self._watch()

    def _keep_up(self) -> None:
        """What may take longer than a call should wait."""
        today = date.fromisoformat(day_of(self._clock()))
        period = Period((today - timedelta(days=EXPERIENCE_DAYS)).isoformat(), today.isoformat())
        with suppress(sqlite3.Error, OSError), closing(connect(self._path, wait=self._wait_s)) as connection:
            LedgerStore(connection).forget_calls((today - timedelta(days=self._retention_days)).isoformat())
            checkpoint(connection)
            corrections: dict[str, dict[str, float]] = {}
            for known in experience(connection, period):
                if known.correction:
                    corrections.setdefault(known.action, {})[known.offer] = known.correction
            self._corrections = corrections


def _lowest(limits: Limits) -> float | None:
    """The tightest of the limits: what is left as far as is known when nothing can be read."""
    return min(
        (usd for usd in (limits.daily_usd, limits.monthly_usd, limits.workspace_daily_usd) if usd is not None), default=None
    )

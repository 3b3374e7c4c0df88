"""Writing the ledger although the disk may fail: what cannot be written is kept, in memory and in a journal, and written later.

While the file cannot be written, budgets go on in memory: from what can still be read, less what this process and, by their
journals, others have spent and set aside since. Use it from one thread at a time, all but the properties.
"""

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from coderoute_ls.domain import Limits, Reservation
from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.database_file import connect, is_damage, set_aside
from coderoute_ls.ledger.journal import Journal
from coderoute_ls.ledger.postings import Posting
from coderoute_ls.ledger.schema import NewerVersion
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.text.dollars import dollars

log = logging.getLogger(__name__)

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0


class Backlog:
    """The ledger's file, and what waits to be written into it. ``wait_s``: how long a write waits for another process."""

    def __init__(
        self,
        path: Path,
        *,
        folders: Iterable[Path],
        wait_s: float,
        clock: Callable[[], float] = time.time,
        process: int | None = None,
    ) -> None:
        self.path = path
        self._wait_s = wait_s
        self._clock = clock
        self._store: LedgerStore | None = None
        self._waiting: list[Posting] = []
        self._held: dict[str, tuple[str, float]] = {}
        """Workspace and USD of what was set aside in memory, by id."""
        self._journal = Journal(path, folders, os.getpid() if process is None else process)
        self._loose: list[Posting] = []
        """What waits and is not in the journal either."""
        self._retry_s, self._retry_at = 0.0, 0.0
        self._damage = self._trouble = self._reason = ""
        self.reader: LedgerStore | None = None
        """A connection of its own for the event loop's questions; opened together with the one that writes."""
        self._old_readers: list[LedgerStore] = []

    @property
    def problem(self) -> str:
        """What the user should know; "" when all is well."""
        return self._trouble or self._damage

    @property
    def waits(self) -> bool:
        """Whether something could not be written, or nothing can."""
        return bool(self._waiting or self._trouble)

    @property
    def retry_s(self) -> float:
        """Seconds until it is worth while to try again."""
        return max(self._retry_s, FIRST_RETRY_S)

    @property
    def aside_usd(self) -> float:
        """What the file does not know of: spent, or set aside in memory."""
        if not self.waits:
            return 0.0
        return sum(posting.billed_usd for posting in tuple(self._waiting)) + sum(usd for _, usd in tuple(self._held.values()))

    def spent_usd(self, day: str, day_of: Callable[[float], str], workspace: str | None) -> float:
        """What was spent on this day and could not be written yet."""
        calls = [posting.call for posting in tuple(self._waiting) if posting.call is not None]
        return sum(c.billed_usd for c in calls if day_of(c.time) == day and workspace in (None, c.workspace))

    # -- writing --------------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the file, and write what processes that are gone could not."""
        self._attempt(lambda _: None)

    def post(self, postings: Sequence[Posting]) -> bool:
        """Write these; False when they have to wait."""
        for posting in postings:
            if posting.frees is not None:
                self._held.pop(posting.frees.id, None)
        self._waiting += postings
        if self._resting():
            self._keep(postings, self._reason)
            return False
        return self._attempt(lambda _: None, fresh=postings)

    def retry(self) -> bool:
        """Write all that waits; False when it still has to."""
        return self._attempt(lambda _: None)

    def reserve(self, workspace: str, usd: float, limits: Limits, calls: int) -> Reservation | None:
        """Set money aside, in the file or, where that cannot be, in memory; None when a limit would be passed."""
        made: list[Reservation | None] = []
        less = _without(limits, self._journal.others_usd())
        if not self._resting() and self._attempt(
            lambda store: made.append(store.reserve(workspace, usd, less, self._clock(), calls=calls))
        ):
            return made[0]
        held = Reservation(f"memory-{len(self._held)}-{self._clock()}-{os.urandom(8).hex()}", usd)
        left = self._left(workspace, limits)
        if left is not None:
            # say it first, then look: of two who ask at the same time, at least one sees the other
            self._journal.hold(held)
            if nano_usd.promise(usd) > nano_usd.cap(max(left - self._journal.others_usd(), 0.0)):
                self._journal.append([Posting(frees=held)])
                return None
        self._held[held.id] = workspace, usd
        return held

    def close(self) -> None:
        """Write what waits, or leave it in the journal; say what is lost where neither can be."""
        if self.waits and not self._attempt(lambda _: None) and self._loose:
            lost = [posting.billed_usd for posting in self._loose if posting.call is not None]
            log.error("%d calls (%s in all) could not be written anywhere.", len(lost), dollars(sum(lost)))
        for store in (self._store, self.reader, *self._old_readers):
            if store is not None:
                store.close()

    def _resting(self) -> bool:
        """After a failure the disk is left alone for a moment, so that no call waits for it."""
        return bool(self._trouble) and 0 <= self._retry_at - self._clock() <= LONGEST_RETRY_S

    def _attempt(self, also: Callable[[LedgerStore], object], fresh: Sequence[Posting] = ()) -> bool:
        """Write what waits, and do ``also``. On failure all of it waits on; ``fresh`` is what the journal has not seen."""
        try:
            store = self._open()
            if self._waiting:
                self._write(store, self._waiting)
                self._waiting.clear()
            for held, (workspace, usd) in self._held.items():
                store.hold(Reservation(held, usd), workspace, self._clock())
            self._held.clear()
            also(store)
        except (sqlite3.Error, NewerVersion, OSError) as error:
            self._fail(error, fresh)
            return False
        self._journal.clear()
        self._loose.clear()
        if self._trouble:
            log.info("The ledger %s can be written again.", self.path)
        self._trouble, self._retry_s = "", 0.0
        return True

    def _open(self) -> LedgerStore:
        if self._store is not None:
            return self._store
        try:
            self._store = LedgerStore(connect(self.path, wait=self._wait_s))
        except sqlite3.DatabaseError as error:
            if not is_damage(error) or not (told := set_aside(self.path)):
                raise
            self._damage = told
            log.warning("%s", told)
            self._store = LedgerStore(connect(self.path, wait=self._wait_s))
        if self.reader is not None:
            self._old_readers.append(self.reader)
        self.reader = LedgerStore(connect(self.path, wait=0.0))
        self._journal.absorb(self._store)
        return self._store

    @staticmethod
    def _write(store: LedgerStore, postings: Sequence[Posting]) -> None:
        """All in one transaction; where one of them is no data that the tables take, each for itself without that one."""
        try:
            store.together([posting.write for posting in postings])
        except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError):
            for posting in postings:
                try:
                    store.together([posting.write])
                except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError) as error:
                    log.error("A call could not be recorded: %s.", error)

    # -- when it cannot be written --------------------------------------------------------------------------------------------

    def _fail(self, error: Exception, fresh: Sequence[Posting]) -> None:
        self._retry_s = min(max(self._retry_s * 2, FIRST_RETRY_S), LONGEST_RETRY_S)
        self._retry_at = self._clock() + self._retry_s
        if not _is_busy(error) and self._store is not None:  # a file that was replaced or made read-only is opened anew
            with suppress(sqlite3.Error):
                self._store.close()
            self._store = None
        if is_damage(error) and (told := set_aside(self.path)):
            self._damage = told
        self._keep(fresh, _reason(error))

    def _keep(self, fresh: Sequence[Posting], reason: str) -> None:
        """Into the journal, and say where all of it is."""
        self._reason = reason
        self._loose += fresh
        if self._journal.append(self._loose):
            self._loose.clear()
            kept = f"What is spent is kept in {self._journal.files[-1]} and written as soon as possible"
            until = "Until then budgets hold by what is kept there."
        else:
            kept = "Spending is kept in memory, and is lost when this session ends unless it can be written before"
            until = "Until then each session keeps the budgets by itself: several together may pass them."
        trouble = f"The ledger {self.path} {reason}. {kept}. {until}"
        if trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble

    def _left(self, workspace: str, limits: Limits) -> float | None:
        """USD that may be spent as far as can be known."""
        limit = min(
            (usd for usd in (limits.daily_usd, limits.monthly_usd, limits.workspace_daily_usd) if usd is not None), default=None
        )
        source = self._store or self.reader
        if limit is not None and source is not None:
            with suppress(sqlite3.Error):
                limit = source.left(workspace, limits, self._clock())
        return None if limit is None else limit - self.aside_usd


def _without(limits: Limits, usd: float) -> Limits:
    """The limits where so much is gone that the file knows nothing of."""
    if usd <= 0:
        return limits
    less = {name: max(limit - usd, 0.0) for name in _CAPS if (limit := getattr(limits, name)) is not None}
    return replace(limits, **less)


_CAPS = ("daily_usd", "monthly_usd", "workspace_daily_usd")


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _reason(error: Exception) -> str:
    """Why the file cannot be written, in words that go on after its name."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return "cannot be written: the disk is full"
        case sqlite3.SQLITE_READONLY:
            return "cannot be written: it is read-only"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "cannot be written: another program has locked it"
        case _:
            return f"cannot be used ({error})"

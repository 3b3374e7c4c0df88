"""The team's ledger in one replica: money is set aside before a call and settled after it, and no booking is dropped."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import psycopg

from coderoute_ls.domain import Reservation
from coderoute_ls.errors import CoderouteError, DatabaseLost
from coderoute_ls.team.budgets.budget_store import RENEW_S, Answer, BudgetStore, MoneyRequest
from coderoute_ls.team.budgets.reserve_queue import ReserveQueue
from coderoute_ls.team.database_loss import Allowance

log = logging.getLogger(__name__)

WRITERS = 2
"""Connections on which bookings are written; the others are left to calls that wait for money."""
TOGETHER = 100
"""Bookings in one transaction."""
RETRY_S = 1.0
CLOSE_S = 10.0
MOST_WAITING = 50_000
"""Bookings that wait for a lost database. A replica that has so many takes no more calls that cost."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A booking: a call, or money that is free again because its call never happened (``call`` None)."""

    reservation: UUID | None
    call: Mapping[str, object] | None


class TeamLedger:
    """One for all callers of a replica. Between `start` and `close` it renews the leases of what is under way."""

    def __init__(
        self, store: BudgetStore, allowance: Allowance, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._store = store
        self._reserving = ReserveQueue(store, self._give_back)
        self.allowance = allowance
        self._sleep = sleep
        self._live: set[UUID] = set()
        """Set aside, and not yet seen to be booked."""
        self._waiting: deque[Posting] = deque()
        self._writing = 0
        self._in_hand = 0
        """Bookings that are being written."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.problem = ""
        """Why bookings wait; "" when all is well."""

    def start(self) -> None:
        self._begin(self._keep_leases())

    async def close(self) -> None:
        """Write what waits, for some seconds at most: what is not written then ends with its lease."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._reserving.close()
                await self._idle.wait()
        if self._waiting:
            log.error("%d bookings could not be written to the team's database", len(self._waiting))
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """Bookings that are not written yet, and money of which it is not known yet whether it must be freed."""
        return len(self._waiting) + self._in_hand + self._reserving.given_up

    async def reserve(self, key: int, model: str, nusd: int, new_id: UUID) -> Answer:
        """Raises `DatabaseLost`, `ConfigurationError`."""
        if len(self._waiting) >= MOST_WAITING:
            raise DatabaseLost("The team's database does not take what is to be booked; calls that cost wait until it does.")
        answer = await self._reserving.reserve(MoneyRequest(new_id, key, model, nusd))
        if answer.outcome == "reserved":
            self._live.add(new_id)
        return answer

    async def left(self, key: int) -> Answer | None:
        """The budget of this key that has the least left for any model; None: there is none. Raises `DatabaseLost`."""
        return await self._store.left(key)

    def _give_back(self, id_: UUID) -> None:
        self.post(Posting(id_, None))

    def reserve_locally(self, usd: float) -> Reservation | None:
        """Out of the replica's own allowance, while the database is lost."""
        return self.allowance.reserve(usd)

    def post(self, posting: Posting) -> None:
        """Write it, now or when the database is there again."""
        self._waiting.append(posting)
        self._idle.clear()
        if self._writing < WRITERS and not self.problem:
            self._writing += 1
            self._begin(self._write())

    async def _write(self) -> None:
        """One writer: takes what waits until nothing does."""
        try:
            while self._waiting:
                together = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
                self._in_hand += len(together)
                try:
                    await self._post_all(together)
                except BaseException:
                    self._waiting.extendleft(reversed(together))
                    raise
                finally:
                    self._in_hand -= len(together)
                self._recovered()
        except CoderouteError as error:
            self._lost(error)
        finally:
            self._writing -= 1
            if not self._waiting and not self._writing:
                self._idle.set()

    async def _post_all(self, postings: Sequence[Posting]) -> None:
        try:
            outcomes = await self._store.settle_all([(each.reservation, each.call) for each in postings])
        except psycopg.Error:  # what is asked is wrong, and will be: it must not hold up the others
            if len(postings) > 1:
                for each in postings:
                    await self._post_all([each])
                return
            log.exception("The database does not take this booking: %s", postings[0])
            outcomes = []
        if late := outcomes.count("late"):
            log.warning("%d calls were booked after their leases had ended", late)
        self._live.difference_update(each.reservation for each in postings if each.reservation is not None)

    def _lost(self, error: CoderouteError) -> None:
        if not self.problem:
            self.problem = error.user_message
            log.warning("%d bookings wait: %s", len(self._waiting), error.user_message)
            self._begin(self._retry())

    async def _retry(self) -> None:
        """Try the first that waits until it is written; then all others follow."""
        while self.problem:
            await self._sleep(RETRY_S)
            try:
                await self._store.end_leases()
            except CoderouteError:
                continue
            self.problem = ""
        self._writing += 1
        await self._write()

    def _recovered(self) -> None:
        if not self._waiting and not self.problem and self.allowance.used_nusd:
            self.allowance.restore()

    async def _keep_leases(self) -> None:
        while True:
            await self._sleep(RENEW_S)
            try:
                if self._live:
                    asked = set(self._live)
                    ended = (asked - await self._store.renew(asked)) & self._live
                    if ended:
                        log.warning("The leases of %d calls ended while they were under way", len(ended))
                        self._live -= ended
                await self._store.end_leases()
            except CoderouteError as error:
                log.warning("Leases could not be renewed: %s", error.user_message)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Future[None]") -> None:
        self._tasks.discard(task)  # pyright: ignore[reportArgumentType]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("The team's ledger failed", exc_info=error)

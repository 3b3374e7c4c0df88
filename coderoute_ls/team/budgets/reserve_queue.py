"""Requests for money that wait at the same time are answered by one statement, with one commit for all of them."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import psycopg

from coderoute_ls.team.budgets.budget_store import Answer, BudgetStore, MoneyRequest

ASKING = 2
"""Statements at once: the next one is on its way while the one before is written to the disk. More would wait for its locks."""
TOGETHER = 100
"""Requests in one statement."""


@dataclass(eq=False, slots=True)
class _Waiting:
    request: MoneyRequest
    answer: "asyncio.Future[Answer]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class ReserveQueue:
    """``give_back``: called with the id of what may have been set aside for a caller who does not wait any more."""

    def __init__(self, store: BudgetStore, give_back: Callable[[UUID], None]) -> None:
        self._store = store
        self._give_back = give_back
        self._waiting: deque[_Waiting] = deque()
        self._asked: set[_Waiting] = set()
        """The database is deciding about these."""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def given_up(self) -> int:
        """Requests whose callers have gone while the database decides about them."""
        return sum(each.answer.cancelled() for each in self._asked)

    async def reserve(self, request: MoneyRequest) -> Answer:
        """Raises `DatabaseLost`, `ConfigurationError`."""
        mine = _Waiting(request)
        self._waiting.append(mine)
        if len(self._tasks) < ASKING:
            self._tasks.add(asyncio.create_task(self._ask()))
        try:
            return await mine.answer
        except asyncio.CancelledError:
            if mine.answer.done() and not mine.answer.cancelled():  # it came in the moment in which the caller went
                self._give_back(request.id)
            raise

    async def close(self) -> None:
        """Wait for what was asked."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask(self) -> None:
        """Takes what waits until nothing does."""
        try:
            while self._waiting:
                found = (self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER)))
                together = [each for each in found if not each.answer.done()]
                self._asked.update(together)
                try:
                    await self._ask_for(together)
                finally:
                    self._asked.difference_update(together)
        finally:  # in the step in which it saw that nothing waits: a request that comes in the next one needs another task
            self._tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _ask_for(self, together: Sequence[_Waiting]) -> None:
        try:
            answers = await self._store.reserve_all([each.request for each in together])
        except psycopg.Error as error:  # one of them is wrong, and must not fail the others
            if len(together) == 1:
                self._failed(together, error)
            else:
                for each in together:
                    await self._ask_for([each])
        except BaseException as error:  # cancelled, or lost: nobody knows whether it was set aside
            self._failed(together, error)
            if not isinstance(error, Exception):
                raise
        else:
            for each, answer in zip(together, answers, strict=True):
                if not each.answer.done():
                    each.answer.set_result(answer)
                elif answer.outcome == "reserved":
                    self._give_back(each.request.id)

    def _failed(self, together: Sequence[_Waiting], error: BaseException) -> None:
        for each in together:
            self._give_back(each.request.id)
            if not each.answer.done():
                each.answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())

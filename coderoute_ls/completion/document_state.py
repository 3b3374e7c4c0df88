"""What goes on in one document: the request being answered, and the runs that it may use."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

from coderoute_ls.completion.cursor.context import CursorContext
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.ports import Model
from coderoute_ls.completion.types import Found, Prospect
from coderoute_ls.domain import Document, Position, Target

_PROSPECT_S = 1.0


class PendingRequest:
    """One request that waits for an answer. Its bell rings when a run has news, and when one of its alarms goes off."""

    def __init__(self, moment: CursorContext) -> None:
        self.moment = moment
        self.bell = asyncio.Event()
        self._superseded = False
        self._task: asyncio.Task[Found] | None = None
        self._alarms: list[asyncio.Task[None]] = []

    async def do(self, work: Coroutine[Any, Any, Found]) -> Found:
        """Run the work so that `supersede` and the editor's cancel can both end it."""
        self._task = asyncio.create_task(work)
        return await self._task

    def alarm(self, sleep: Coroutine[Any, Any, None]) -> None:
        """Ring when this sleep is over."""
        task = asyncio.create_task(sleep)
        task.add_done_callback(lambda _: self.bell.set())
        self._alarms.append(task)

    def supersede(self) -> None:
        """A newer request arrived: this one is to be answered at once, with nothing."""
        if self._task is not None and not self._task.done():
            self._superseded = True
            self._task.cancel()

    def only_superseded(self) -> bool:
        """Superseded, and not cancelled by the editor as well."""
        current = asyncio.current_task()
        return self._superseded and (current is None or not current.cancelling())

    def end(self) -> None:
        for task in self._alarms:
            task.cancel()


class DocumentState:
    """The state of one open document."""

    def __init__(self) -> None:
        self.turn: PendingRequest | None = None
        self.runs: list[Generation] = []
        self.ahead: Generation | None = None
        """The run that nobody waits for: for the state after accepting, or to warm a cache. It is in ``runs`` as well."""
        self.suspended = False
        self.deleted_at: int | None = None
        """Version that came about by deleting something."""
        self.asked: int | None = None
        """Version of the last request that came past the gates."""
        self.typed_on: tuple[Document, Position] | None = None
        """The newest version and its cursor, when that came about by typing."""
        self.typed_at = -math.inf
        """When that was."""
        self.drafted: tuple[CursorContext, str] | None = None
        """Where the built-in engine's answer is shown while a model's is still on its way, and that answer."""
        self._closing: set[asyncio.Task[None]] = set()
        self._prospect: tuple[float, Prospect] | None = None

    def prospect(self, model: Model, target: Target, now: float) -> Prospect:
        """Whom a request would go to, as of a second ago at most: it changes rarely, and asking is on every keystroke's way."""
        if self._prospect is None or now - self._prospect[0] > _PROSPECT_S:
            self._prospect = (now, model.prospect(target))
        return self._prospect[1]

    def live(self) -> list[Generation]:
        return [run for run in self.runs if run.live]

    def following(self, moment: CursorContext) -> list[Generation]:
        """Live runs that can still answer this moment; all others are closed."""
        self.close_all(keep=lambda run: run.follows(moment) and run.question.purpose != "warming")
        return self.live()

    def ring(self) -> None:
        if self.turn is not None:
            self.turn.bell.set()

    def ended(self, run: Generation) -> None:
        """The run is over; its connection may still be closing."""
        if run in self.runs:
            self.runs.remove(run)
        if run is self.ahead:
            self.ahead = None
        if not run.task.done():
            self._closing.add(run.task)
            run.task.add_done_callback(self._closing.discard)

    def close(self, run: Generation) -> None:
        run.close()
        self.ended(run)

    def close_all(self, keep: Callable[[Generation], bool] = lambda run: False) -> None:
        for run in [run for run in self.runs if not keep(run)]:
            self.close(run)

    def stop(self) -> None:
        """End the request under way and close all runs."""
        if self.turn is not None:
            self.turn.supersede()
        self.close_all()

    async def closed(self) -> None:
        """Wait until all connections that were being closed are."""
        while self._closing:
            await asyncio.wait(set(self._closing))

    async def make_room(self, limit: int) -> None:
        """Close the oldest runs until one more may start, and wait until their connections are gone."""
        while len(live := self.live()) >= limit:
            self.close(live[0])
        await self.closed()

"""The state of one document: the request that is being answered, and the generations that it may use."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.ports import Model
from coderoute_ls.completion.types import Found, InlineRequest, Prospect
from coderoute_ls.domain import Document, Position, Target

_PROSPECT_S = 1.0


class PendingRequest:
    """One request that waits for an answer. ``changed`` is set when a generation has news, and when a timer ends."""

    def __init__(self, context: CursorContext) -> None:
        self.context = context
        self.changed = asyncio.Event()
        self._superseded = False
        self._task: asyncio.Task[Found] | None = None
        self._timers: list[asyncio.Task[None]] = []

    async def do(self, work: Coroutine[Any, Any, Found]) -> Found:
        """Run the work so that `supersede` and the editor's cancel can both end it."""
        self._task = asyncio.create_task(work)
        return await self._task

    def timer(self, sleep: Coroutine[Any, Any, None]) -> None:
        """Set ``changed`` when this sleep is over."""
        task = asyncio.create_task(sleep)
        task.add_done_callback(lambda _: self.changed.set())
        self._timers.append(task)

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
        for task in self._timers:
            task.cancel()


class DocumentState:
    """The state of one open document."""

    def __init__(self) -> None:
        self.pending: PendingRequest | None = None
        self.generations: list[Generation] = []
        self.ahead: Generation | None = None
        """The generation that no request waits for: it prepares the state after accepting, or warms a cache. It is also in
        ``generations``."""
        self.suspended = False
        self.deleted_at: int | None = None
        """Version that a deletion made."""
        self.asked: int | None = None
        """Version of the last request that was not refused."""
        self.last: InlineRequest | None = None
        """The request that the editor sent for the last change, by itself."""
        self.typed_on: tuple[Document, Position] | None = None
        """The newest version and its cursor, when typing made that version."""
        self.typed_at = -math.inf
        """Time of the last typed key, monotonic seconds."""
        self.drafted: tuple[CursorContext, str] | None = None
        """Where the built-in engine's answer is shown while a model's is still on its way, and that answer."""
        self._closing: set[asyncio.Task[None]] = set()
        self._prospect: tuple[float, Prospect] | None = None

    def prospect(self, model: Model, target: Target, now: float) -> Prospect:
        """The offer that a request would probably go to, at most one second old: it changes rarely, and each key asks for it."""
        if self._prospect is None or now - self._prospect[0] > _PROSPECT_S:
            self._prospect = (now, model.prospect(target))
        return self._prospect[1]

    def live(self) -> list[Generation]:
        return [generation for generation in self.generations if generation.live]

    def following(self, context: CursorContext) -> list[Generation]:
        """Live generations that can still answer in this context; all others are closed."""
        self.close_all(keep=lambda generation: generation.follows(context) and generation.question.purpose != "warming")
        return self.live()

    def notify(self) -> None:
        if self.pending is not None:
            self.pending.changed.set()

    def ended(self, generation: Generation) -> None:
        """The generation is over; its connection may still be closing."""
        if generation in self.generations:
            self.generations.remove(generation)
        if generation is self.ahead:
            self.ahead = None
        if not generation.task.done():
            self._closing.add(generation.task)
            generation.task.add_done_callback(self._closing.discard)

    def close(self, generation: Generation) -> None:
        generation.close()
        self.ended(generation)

    def close_all(self, keep: Callable[[Generation], bool] = lambda generation: False) -> None:
        for generation in [generation for generation in self.generations if not keep(generation)]:
            self.close(generation)

    def stop(self) -> None:
        """End the current request and close all generations."""
        if self.pending is not None:
            self.pending.supersede()
        self.close_all()

    async def closed(self) -> None:
        """Wait until all connections that were being closed are."""
        while self._closing:
            await asyncio.wait(set(self._closing))

    async def make_room(self, limit: int) -> None:
        """Close the oldest generations until one more may start, and wait until their connections are gone."""
        while len(live := self.live()) >= limit:
            self.close(live[0])
        await self.closed()

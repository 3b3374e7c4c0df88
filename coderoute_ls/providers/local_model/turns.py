"""Who is asked first at a server on this machine: asked by hand > typing > action > reading ahead, in the slots that it has."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from coderoute_ls.domain import Priority
from coderoute_ls.errors import NotReady
from coderoute_ls.providers.local_model.slot_count import Beside, SlotCount

ORDER: tuple[Priority, ...] = ("by_hand", "typing", "action", "ahead")
KEYS = frozenset({"by_hand", "typing"})
YOUNG_S = 4.0
"""An action that is paused begins again; one that has run for longer is not paused: that would lose more than a key is worth."""
MOST_PAUSES, MOST_FREE_PAUSES = 2, 40
"""Of one action; free where it goes on reading its prompt where it was. No typing holds an action up for ever."""
REST_S, LONGEST_REST_S = 1.0, 10.0
"""A paused action begins again once no key has come for so long, or at the latest after so long: the next key pauses it again."""


@dataclass(eq=False, slots=True)
class Turn:
    """One request's time at a server."""

    priority: Priority
    pauses: int
    """How often this request was paused before."""
    restarts: bool
    """Who asked takes back what was written, and begins again."""
    began: float
    paused: "asyncio.Future[None]"
    """Done when another one goes first: end at once then."""
    action: "Turn | None"
    """The one that was writing when this one began."""
    first: float | None = None
    last: float = float("-inf")
    """Times of the first and of the last piece of its answer."""


@dataclass(slots=True)
class ServerTurns:
    """The turns at one server. ``keeps``: it goes on with a prompt where reading it was paused. Wants a running loop."""

    name: str
    slots: SlotCount = field(default_factory=SlotCount)
    keeps: bool = False
    _running: list[Turn] = field(default_factory=list[Turn])
    _queue: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _arrivals: "count[int]" = field(default_factory=count)
    _key_ended: float = float("-inf")
    _change: "asyncio.Future[None] | None" = None

    @asynccontextmanager
    async def turn(self, priority: Priority, *, pauses: int = 0, restarts: bool = False) -> AsyncGenerator[Turn]:
        """Hold a turn for the block. Raises `NotReady` where this one does not wait: a key behind an action that is not paused
        (any more), and what is read ahead behind anything."""
        loop = asyncio.get_running_loop()
        await self._admitted(priority, pauses)
        action = next((turn for turn in self._running if turn.priority == "action" and turn.first is not None), None)
        turn = Turn(priority, pauses, restarts, loop.time(), loop.create_future(), action)
        self._running.append(turn)
        try:
            yield turn
        finally:
            self._running.remove(turn)
            self._ended(turn, loop.time())
            self._changed()

    def spoke(self, turn: Turn) -> None:
        """A piece of its answer came."""
        turn.last = asyncio.get_running_loop().time()
        if turn.first is None:
            turn.first = turn.last
            if turn.priority in KEYS and self._running == [turn] and turn.action is None:
                self.slots.alone(turn.first - turn.began)
            self._changed()

    # -- who may begin ---------------------------------------------------------------------------------------------------

    async def _admitted(self, priority: Priority, pauses: int) -> None:
        loop = asyncio.get_running_loop()
        me, since = (ORDER.index(priority), next(self._arrivals)), loop.time()
        self._queue.append(me)
        try:
            while not (min(self._queue) == me and self._room(priority, pauses, since, loop.time())):
                if priority == "ahead" or (priority == "typing" and self._blocked(loop.time())):
                    raise NotReady(f"{self.name} is busy with what was asked before; until then others answer.")
                if self._change is None or self._change.done():
                    self._change = loop.create_future()
                await asyncio.wait({self._change}, timeout=REST_S if pauses else None)
        finally:
            self._queue.remove(me)
            self._changed()

    def _room(self, priority: Priority, pauses: int, since: float, now: float) -> bool:
        """Whether one of this priority may begin. Where a key may not, those in its way that can be paused are paused."""
        slots, keys = self.slots.at(now), sum(turn.priority in KEYS for turn in self._running)
        if priority == "ahead":
            return not self._running
        if priority == "action":
            rests = not pauses or self.keeps or now - self._key_ended >= REST_S or now - since >= LONGEST_REST_S
            if keys and (slots == 1 or (self.keeps and pauses < MOST_FREE_PAUSES)):
                return False
            return rests and (slots is None or len(self._running) - keys < max(1, slots - 1))
        in_the_way = [turn for turn in self._running if turn.priority == "ahead" or self._reads_freely(turn)]
        if slots is not None and len(self._running) - len(in_the_way) >= slots:
            in_the_way += [turn for turn in self._running if turn not in in_the_way and self._pausable(turn, now)]
        for turn in in_the_way:
            if not turn.paused.done():
                turn.paused.set_result(None)
        return not in_the_way and (slots is None or len(self._running) < slots)

    def _blocked(self, now: float) -> bool:
        """Whether a key would have to wait for an action to end."""
        slots = self.slots.at(now)
        held = sum(turn.priority == "action" and not turn.paused.done() for turn in self._running)
        return slots is not None and held >= slots

    def _reads_freely(self, turn: Turn) -> bool:
        return self.keeps and turn.priority == "action" and turn.first is None and turn.pauses < MOST_FREE_PAUSES

    def _pausable(self, turn: Turn, now: float) -> bool:
        young = now - turn.began < YOUNG_S and turn.pauses < MOST_PAUSES
        return turn.priority == "action" and young and (turn.first is None or turn.restarts)

    def _ended(self, turn: Turn, now: float) -> None:
        if turn.priority not in KEYS:
            return
        self._key_ended = now
        if turn.action is not None:
            self.slots.beside(Beside(turn.began, turn.first, turn.action.last), now)

    def _changed(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

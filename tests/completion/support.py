"""A scripted model, a clock that stands still, and a document with a cursor: all that the pipeline is driven with."""

import asyncio
import heapq
from collections.abc import AsyncGenerator
from dataclasses import replace

from coderoute_ls.completion import Answering, Completer, Event, InlineRequest, ModelRequest, Prospect, Suggestions
from coderoute_ls.domain import Delta, Document, Finish, FinishReason, Position, Span, Target, TextEdit
from coderoute_ls.errors import CoderouteError
from coderoute_ls.settings.all_settings import Inline
from coderoute_ls.text import split_lines
from tests.support.markers import unmark

AREA = "def area(width, height):\n    return $0\n"


def started(prospect: Prospect | None = None) -> tuple["ScriptedModel", "StandingClock", Completer]:
    """A model that the test plays, time that it moves, and the completer between them."""
    model, clock = ScriptedModel(prospect), StandingClock()
    return model, clock, Completer(model, clock)


class StandingClock:
    """Time passes only when a test says so."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, id(waiting), waiting))
        await waiting

    async def pass_s(self, seconds: float) -> None:
        """Let so much time pass; everybody who wakes up meanwhile runs at his time."""
        until = self._now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, waiting = heapq.heappop(self._sleepers)
            if not waiting.done():
                waiting.set_result(None)
                await settle()
        self._now = until
        await settle()


async def settle() -> None:
    """Let every task run until it waits for something that a test controls."""
    for _ in range(30):
        await asyncio.sleep(0)


class Asked:
    """One question that reached the model, answered by the test."""

    def __init__(self, question: ModelRequest) -> None:
        self.question = question
        self.closed = False
        self.done = False
        self._events: asyncio.Queue[Event | CoderouteError] = asyncio.Queue()

    async def say(self, text: str) -> None:
        self._events.put_nowait(Delta(text))
        await settle()

    async def finish(self, reason: FinishReason = "stop") -> None:
        self._events.put_nowait(Finish(reason))
        await settle()

    async def answer(self, text: str) -> None:
        await self.say(text)
        await self.finish()

    async def restart(self, *, local: bool = False) -> None:
        """Another offer takes over and begins from the start."""
        self._events.put_nowait(Answering(call=f"call-{id(self)}", local=local, restart=True))
        await settle()

    async def fail(self, error: CoderouteError) -> None:
        self._events.put_nowait(error)
        await settle()

    async def events(self) -> AsyncGenerator[Event, None]:
        yield Answering(call=f"call-{id(self)}")
        while True:
            event = await self._events.get()
            self.done = not isinstance(event, Delta | Answering)
            if isinstance(event, CoderouteError):
                raise event
            yield event
            if isinstance(event, Finish):
                return

    @property
    def live(self) -> bool:
        return not self.done


class ScriptedModel:
    """The `Model` of the tests. ``asked`` holds every question in order."""

    def __init__(self, prospect: Prospect | None = None) -> None:
        self.will = prospect or Prospect()
        self.asked: list[Asked] = []
        self.prepared = 0
        self.thought: list[ModelRequest] = []
        self.most_in_flight = 0

    def prospect(self, target: Target) -> Prospect:
        del target
        return self.will

    def prepare(self, target: Target) -> None:
        del target
        self.prepared += 1

    def think(self, question: ModelRequest) -> None:
        self.thought.append(question)

    async def ask(self, question: ModelRequest) -> AsyncGenerator[Event, None]:
        asked = Asked(question)
        self.asked.append(asked)
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        events = asked.events()
        try:
            async for event in events:
                yield event
        finally:
            asked.closed = not asked.done
            await events.aclose()
            asked.done = True

    @property
    def in_flight(self) -> int:
        return sum(asked.live for asked in self.asked)


class Buffer:
    """An open document with a cursor, and the user at it. Requests go to the completer; ``type`` reports changes to it."""

    def __init__(
        self,
        completer: Completer,
        marked: str,
        language: str = "python",
        *,
        inline: Inline | None = None,
        uri: str = "file:///w/a",
    ) -> None:
        text, span = unmark(marked)
        self.document = Document(uri, language, 1, tuple(split_lines(text)), uri.removeprefix("file://"))
        self.cursor = span.start
        self.inline = inline or Inline()
        self.completer = completer

    def asked(self, *, invoked: bool = False, waited: bool = False) -> InlineRequest:
        return InlineRequest(self.document, self.cursor, self.inline, invoked=invoked, waited=waited)

    def ask(self, *, invoked: bool = False, waited: bool = False) -> "asyncio.Task[Suggestions]":
        asked = self.asked(invoked=invoked, waited=waited)
        return asyncio.create_task(self.completer.complete(asked))

    def type(self, text: str) -> None:
        """Insert at the cursor, one change."""
        self._edit(Span(self.cursor, self.cursor), text)

    def type_behind(self, text: str) -> None:
        """Insert after the cursor, which stays: what an editor does when it closes a bracket."""
        cursor = self.cursor
        self.type(text)
        self.cursor = cursor

    def delete(self, count: int = 1) -> None:
        line, character = self.cursor
        self._edit(Span(Position(line, character - count), self.cursor), "")

    def _edit(self, span: Span, text: str) -> None:
        document = self.document
        before = document.slice(Span(Position(0, 0), span.start))
        whole = before + text + document.slice(Span(span.end, document.end))
        self.document = replace(document, version=document.version + 1, lines=tuple(split_lines(whole)))
        lines = split_lines(before + text)
        self.cursor = Position(len(lines) - 1, len(lines[-1]))
        self.completer.on_change(self.document, (TextEdit(span, text),))

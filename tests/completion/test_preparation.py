"""While an editor waits after a key, the request that it is about to send is made ready; never a different one, never twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from coderoute_ls.completion import Completer
from coderoute_ls.domain import Document, Draft, Position
from tests.completion.support import AREA, Buffer, ScriptedModel, StandingClock, settle


@dataclass
class Stage:
    """A document whose last key led to a request, in an editor that waits by itself."""

    clock: StandingClock
    model: ScriptedModel
    completer: Completer
    buffer: Buffer
    drafted: list[int] = field(default_factory=list[int])
    """Versions that the built-in engine was asked about."""

    async def ask(self, *, waited: bool = True, invoked: bool = False) -> None:
        """A request, answered."""
        asking = self.buffer.ask(waited=waited, invoked=invoked)
        await self.clock.pass_s(1 if not waited else 0)
        while live := [asked for asked in self.model.asked if asked.live]:
            await live[0].answer("width * height")
        await asking


@asynccontextmanager
async def stage(*, waited: bool = True) -> AsyncGenerator[Stage]:
    drafted: list[int] = []

    async def drafts(document: Document, position: Position) -> Draft | None:
        del position
        drafted.append(document.version)

    clock, model = StandingClock(), ScriptedModel()
    completer = Completer(model, clock, drafts=drafts)
    here = Stage(clock, model, completer, Buffer(completer, AREA), drafted)
    await here.ask(waited=waited)
    drafted.clear()
    model.thought.clear()
    yield here
    await completer.close()


async def test_what_was_made_ready_is_what_is_asked() -> None:
    async with stage() as here:
        here.buffer.type("h")
        await settle()
        assert here.drafted == [here.buffer.document.version] and len(here.model.thought) == 1
        before = len(here.model.asked)
        asking = here.buffer.ask(waited=True)
        await settle()
        assert [asked.question for asked in here.model.asked[before:]] == here.model.thought
        await here.model.asked[-1].answer("eight * width")
        assert [item.text for item in (await asking).items] == ["eight * width"]
        assert here.drafted == [here.buffer.document.version]


async def test_who_asks_at_once_is_answered_as_ever_and_nothing_is_done_twice() -> None:
    async with stage() as here:
        here.buffer.type("h")
        asking = here.buffer.ask(waited=True)
        await settle()
        assert here.drafted == [here.buffer.document.version] and len(here.model.thought) == 1
        await here.model.asked[-1].answer("eight")
        await asking


async def test_the_next_key_drops_what_was_ready_for_the_one_before() -> None:
    async with stage() as here:
        here.buffer.type("h")
        await settle()
        here.buffer.type("e")
        await settle()
        assert len(here.drafted) == 1, "no request followed the last key, so none is expected after this one"
        asking = here.buffer.ask(waited=True)
        await settle()
        assert here.model.asked[-1].question.brief.target.document is here.buffer.document
        await here.model.asked[-1].answer("ight")
        await asking


@pytest.mark.parametrize("change", ["elsewhere", "invoked", "late"])
async def test_a_request_that_is_not_the_one_made_ready_is_made_anew(change: str) -> None:
    async with stage() as here:
        here.buffer.type("h")
        await settle()
        if change == "elsewhere":
            here.buffer.cursor = Position(2, 0)
        elif change == "late":
            await here.clock.pass_s(5)
        ready = list(here.model.thought)
        asking = here.buffer.ask(waited=True, invoked=change == "invoked")
        await settle()
        question = here.model.asked[-1].question
        assert ready and not any(question is thought for thought in ready)
        assert question.brief.target.span.start == here.buffer.cursor
        asking.cancel()
        await settle()


@pytest.mark.parametrize("step", ["delete", "suspend", "close", "not waited"])
async def test_nothing_is_made_ready_where_no_request_is_expected(step: str) -> None:
    async with stage(waited=step != "not waited") as here:
        if step == "delete":
            here.buffer.delete()
        else:
            here.buffer.type("h")
        if step == "suspend":
            here.completer.suspend(here.buffer.document.uri)
        if step == "close":
            await here.completer.on_close(here.buffer.document.uri)
        await settle()
        assert not here.drafted and not here.model.thought


async def test_what_the_cache_answers_is_not_made_ready() -> None:
    async with stage() as here:
        here.buffer.type("width")  # as was suggested
        await settle()
        assert not here.drafted
        found = await asyncio.wait_for(here.buffer.ask(waited=True), 5)
        assert [item.text for item in found.items] == [" * height"]

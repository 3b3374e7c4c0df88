"""The built-in engine's answer before a model's, for who wants that, and in place of one that does not come."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from coderoute_ls.completion import Completer, Prospect, Suggestions
from coderoute_ls.domain import Document, Draft, Position
from tests.completion.support import Asked, Buffer, ScriptedModel, StandingClock

DRAFT = Draft("width + height", 0.7)


@dataclass
class Stage:
    """One document at a cursor, with what the client was told and what the built-in engine heard."""

    clock: StandingClock
    model: ScriptedModel
    completer: Completer
    buffer: Buffer
    again: list[str] = field(default_factory=list[str])
    judged: list[bool] = field(default_factory=list[bool])

    async def asked(self, *, draft_first: bool = True) -> "asyncio.Task[Suggestions]":
        """A request, once its question has reached the model."""
        ask = replace(self.buffer.asked(waited=True), draft_first=draft_first)
        task = asyncio.create_task(self.completer.complete(ask))
        await self.clock.pass_s(0)
        return task

    @property
    def question(self) -> Asked:
        return self.model.asked[-1]


@asynccontextmanager
async def stage(prospect: Prospect | None = None) -> AsyncGenerator[Stage]:
    async def drafts(document: Document, position: Position) -> Draft | None:
        del document, position
        return DRAFT

    again: list[str] = []
    judged: list[bool] = []
    clock, model = StandingClock(), ScriptedModel(prospect)
    completer = Completer(model, clock, drafts=drafts, feedback=lambda _, accepted: judged.append(accepted), again=again.append)
    yield Stage(clock, model, completer, Buffer(completer, "def area(width, height):\n    return $0\n"), again, judged)
    await completer.close()


def text(found: Suggestions) -> str:
    return "".join(item.text for item in found.items)


async def test_the_draft_is_shown_at_once_and_the_models_answer_when_it_is_asked_for_again() -> None:
    async with stage() as here:
        first = await (await here.asked())
        assert (text(first), first.why) == ("width + height", "draft")
        assert here.again == []
        await here.clock.pass_s(1)
        await here.question.answer("width * height")
        assert here.again == [here.buffer.document.uri]
        assert text(await (await here.asked())) == "width * height"
        await here.clock.pass_s(1)
        here.buffer.type("x")
        await here.asked()
        assert here.judged == [], "nobody has judged the draft"


async def test_the_same_answer_is_not_announced() -> None:
    async with stage() as here:
        await (await here.asked())
        await here.question.answer(DRAFT.text)
        assert here.again == []


async def test_whoever_typed_on_keeps_what_is_shown() -> None:
    async with stage() as here:
        await (await here.asked())
        here.buffer.type("w")
        await here.question.answer("width * height")
        assert here.again == []


async def test_without_the_setting_the_model_is_waited_for() -> None:
    async with stage() as here:
        task = await here.asked(draft_first=False)
        assert not task.done()
        await here.question.answer("width * height")
        assert text(await task) == "width * height"
        assert here.again == []


@pytest.mark.parametrize("said", ["", "wid"])
async def test_where_no_model_says_enough_in_time_the_draft_does(said: str) -> None:
    async with stage() as here:
        task = await here.asked(draft_first=False)
        if said:
            await here.question.say(said)
        await here.clock.pass_s(here.buffer.inline.hard_deadline_ms / 1000)
        found = await task
        assert (text(found), found.why) == (DRAFT.text, "draft")
        assert here.question.closed


@pytest.mark.parametrize(("prospect", "waits"), [(Prospect(local=True), False), (Prospect(), True)])
async def test_the_draft_stands_in_for_a_local_model_that_has_not_begun_within_300_ms(prospect: Prospect, waits: bool) -> None:
    async with stage(prospect) as here:
        task = await here.asked(draft_first=False)
        await here.clock.pass_s(0.29)
        assert not task.done()
        await here.clock.pass_s(0.02)
        assert task.done() is not waits, "of a remote model one knows that it takes its time, and that it answers"
        if not waits:
            found = await task
            assert (text(found), found.why) == (DRAFT.text, "draft")
            assert not here.question.closed, "its answer is there for the next key"
            await here.question.answer("width * height")
            assert here.again == [], "this editor cannot be told"
            assert text(await (await here.asked(draft_first=False))) == "width * height"


async def test_a_local_model_that_has_begun_is_waited_for() -> None:
    async with stage(Prospect(local=True)) as here:
        task = await here.asked(draft_first=False)
        await here.question.say("width ")
        await here.clock.pass_s(0.4)
        assert not task.done()
        await here.question.answer("* height")
        assert text(await task) == "width * height"

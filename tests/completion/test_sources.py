"""What else goes into an answer, or stands in its way: the built-in engine, other files, actions, a warmed server."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from coderoute_ls.completion import Completer, Prospect
from coderoute_ls.domain import TIMING, Document, Draft, Position, Snippet, Target
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.settings.all_settings import Inline
from tests.completion.support import AREA, Buffer, ScriptedModel, StandingClock, settle, started


def drafting(draft: Draft) -> Callable[[Document, Position], Awaitable[Draft | None]]:
    """The built-in engine, which says this wherever it is asked."""

    async def drafts(document: Document, position: Position) -> Draft | None:
        del document, position
        return draft

    return drafts


async def test_a_sure_draft_of_the_built_in_engine_does_not_wait_for_the_debounce() -> None:
    model, clock = ScriptedModel(Prospect(alone_from=0.8)), StandingClock()
    draft = Draft("width * height", 0.9, completes_line=True)
    completer = Completer(model, clock, drafts=drafting(draft))
    asking = Buffer(completer, AREA).ask()
    await settle()
    assert model.asked[0].question.draft == draft
    await model.asked[0].answer("width * height")
    assert (await asking).items[0].text == "width * height"
    await completer.close()


async def test_an_unsure_draft_waits_and_goes_along_with_the_question() -> None:
    model, clock = ScriptedModel(Prospect(alone_from=0.8)), StandingClock()
    draft = Draft("width", 0.6)
    completer = Completer(model, clock, drafts=drafting(draft))
    asking = Buffer(completer, AREA).ask()
    await settle()
    assert not model.asked
    await clock.pass_s(0.1)
    assert model.asked[0].question.draft == draft
    await completer.close()
    await asking


async def test_without_a_model_a_late_draft_is_waited_for() -> None:
    model, clock, made = ScriptedModel(Prospect(alone_from=0.0)), StandingClock(), asyncio.Event()
    draft = Draft("width", 0.6)

    async def late(document: Document, position: Position) -> Draft | None:
        del document, position
        await made.wait()
        return draft

    completer = Completer(model, clock, drafts=late, timing=replace(TIMING, gather=0.0))
    asking = Buffer(completer, AREA, inline=Inline(soft_deadline_ms=60_000, hard_deadline_ms=60_000)).ask()
    await settle()
    assert not model.asked
    made.set()
    await settle()
    assert model.asked[0].question.draft == draft
    await model.asked[0].answer("width")
    assert (await asking).items[0].text == "width"
    await completer.close()


@pytest.mark.parametrize(
    ("prospect", "waits"), [(Prospect(), False), (Prospect(alone_from=0.8), True), (Prospect(below_floor=True), True)]
)
async def test_only_a_draft_that_can_change_what_is_asked_is_waited_for(prospect: Prospect, waits: bool) -> None:
    model, clock, made = ScriptedModel(prospect), StandingClock(), asyncio.Event()
    draft = Draft("width", 0.6)

    async def late(document: Document, position: Position) -> Draft | None:
        del document, position
        await made.wait()
        return draft

    completer = Completer(model, clock, drafts=late, timing=replace(TIMING, gather=60.0))
    asking = Buffer(completer, AREA).ask(waited=True)
    await settle()
    assert [question.draft for question in model.thought] == [None], "prompt and decision are made meanwhile"
    assert bool(model.asked) != waits
    made.set()
    await settle()
    assert model.asked[0].question.draft == (draft if waits else None)
    await model.asked[0].answer("width * height")
    assert (await asking).items[0].text == "width * height"
    await completer.close()


@pytest.mark.parametrize("alone_from", [0.8, math.inf])
@pytest.mark.parametrize("before_the_end", [True, False])
@pytest.mark.parametrize("said", ["fails", "nothing", "blank", "refuses", "good"])
async def test_a_draft_that_came_too_late_to_compete_stands_in_for_a_model_that_says_nothing(
    said: str, before_the_end: bool, alone_from: float
) -> None:
    """With a model that has nothing to say the user is shown no less than without one."""
    model, clock, made = ScriptedModel(Prospect(alone_from=alone_from)), StandingClock(), asyncio.Event()

    async def late(document: Document, position: Position) -> Draft | None:
        del document, position
        await made.wait()
        return Draft("width", 0.6)

    completer = Completer(model, clock, drafts=late, timing=replace(TIMING, gather=0.0))
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    asked = model.asked[0]
    assert asked.question.draft is None
    if before_the_end:
        made.set()
        await settle()
    match said:
        case "fails":
            await asked.fail(ProviderUnavailable("It is down."))
        case "refuses":
            await asked.finish("error")
        case "nothing":
            await asked.finish()
        case "blank":
            await asked.answer("  ")
        case _:
            await asked.answer("width * height")
    await settle()
    assert asking.done() == (before_the_end or said == "good")
    made.set()
    await settle()
    assert (await asking).items[0].text == ("width * height" if said == "good" else "width")
    await completer.close()


async def test_pieces_of_other_files_go_into_the_brief_within_their_share() -> None:
    model, clock = ScriptedModel(), StandingClock()
    budgets: list[int] = []

    async def gather(target: Target, max_chars: int) -> tuple[Snippet, ...]:
        budgets.append(max_chars)
        return (Snippet("b.py", "def b(): ...", "definition"),)

    completer = Completer(model, clock, gather=gather)
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    assert [snippet.path for snippet in model.asked[0].question.brief.snippets] == ["b.py"]
    assert 0 < budgets[0] < 8_000
    await completer.close()
    await asking


async def test_no_ghost_text_while_an_action_writes_into_the_document() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    completer.suspend(buffer.document.uri)
    await settle()
    assert (await asking).items == () and model.in_flight == 0
    assert (await buffer.ask()).why == "suspended"
    completer.resume(buffer.document.uri)
    again = buffer.ask()
    await clock.pass_s(0.1)
    assert len(model.asked) == 2
    await completer.close()
    await again


@pytest.mark.parametrize(("prospect", "warmed"), [(Prospect(local=True, ahead=True), 1), (Prospect(), 0)])
async def test_a_local_server_is_warmed_and_a_remote_one_is_not(prospect: Prospect, warmed: int) -> None:
    model, clock, completer = started(prospect)
    buffer = Buffer(completer, AREA)
    completer.warm(buffer.asked())
    await settle()
    assert [asked.question.purpose for asked in model.asked] == ["warming"] * warmed
    if warmed:
        assert model.asked[0].question.max_tokens == 1
        await model.asked[0].answer("x")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    assert len(model.asked) == warmed + 1, "a warming answer is no answer"
    await completer.close()
    await asking


async def test_one_file_is_read_ahead_at_a_time_and_a_key_in_any_file_goes_first() -> None:
    model, clock, completer = started(Prospect(local=True, ahead=True))
    first, second = Buffer(completer, AREA), Buffer(completer, AREA, uri="file:///other.py")
    completer.warm(first.asked())
    completer.warm(second.asked())
    await settle()
    assert len(model.asked) == model.in_flight == 1, "one at a time for all documents"
    asking = second.ask()
    await clock.pass_s(0.1)
    assert model.in_flight == 1 and model.asked[-1].question.purpose == "typing", "reading ahead ends when a key comes"
    completer.warm(first.asked())
    await settle()
    assert model.in_flight == 1, "nothing is read ahead while a key waits"
    await completer.close()
    await asking


async def test_what_a_server_was_asked_about_is_not_warmed_again() -> None:
    model, clock, completer = started(Prospect(local=True, ahead=True))
    buffer = Buffer(completer, AREA, inline=Inline(prefetch=False))
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height")
    await asking
    completer.warm(buffer.asked())
    await settle()
    assert len(model.asked) == 1
    buffer.type("w")
    completer.warm(buffer.asked())
    await settle()
    assert [asked.question.purpose for asked in model.asked] == ["typing", "warming"]
    await completer.close()

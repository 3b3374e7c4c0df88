"""What an answer's end says about its offer's health: good ends prove it, failures harm it, unknown words do neither."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from coderoute_ls.domain import Delta, Finish, FinishReason, OfferHealth, Usage
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.selection.health.offer_health import given_up
from tests.engine.support import CHEAP, World, answer, call, heard, world


@pytest.mark.parametrize(
    ("reason", "proves"),
    [("stop", True), ("length", True), ("tool_calls", True), ("filtered", True), ("refused", True), ("other", False)],
)
async def test_an_end_in_an_unknown_word_is_no_success(reason: FinishReason, proves: bool) -> None:
    here = world({"cheap": [[Delta("half an answer"), Finish(reason, Usage(100, 4), wire_reason="odd")]]})
    await heard(here.engine, call())
    health = here.engine.router.health.get("cheap/m", OfferHealth())
    assert (health.successes > 0) == proves
    assert health.failures == 0


async def test_an_unknown_word_closes_no_circuit_and_a_good_end_does() -> None:
    odd = [Delta("half an answer"), Finish("other", Usage(14, 4), wire_reason="odd")]
    down = [ProviderUnavailable("down", provider="cheap")]
    usual = answer(tokens=14)  # as many as expected: the prices stay where they were
    here = world({"cheap": [down, down, down, odd, usual], "dear": [usual] * 4})
    for _ in range(4):
        await heard(here.engine, call())
    here.clock.time += 15  # the circuit is half open
    await heard(here.engine, call())
    assert here.engine.router.health["cheap/m"].trips == 1
    here.clock.time += 60
    await heard(here.engine, call())
    assert here.engine.router.health["cheap/m"].trips == 0


async def test_an_unknown_word_without_any_text_is_a_failure() -> None:
    here = world({"cheap": [[Finish("other", wire_reason="odd")]], "dear": [answer()]})
    await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "dear"]
    assert here.engine.router.health["cheap/m"].failures == 1


async def gave_up(here: World, after_s: float, *, left: bool = True, budget_s: float | None = 1.5) -> float | None:
    """Asks, goes away after so many seconds without an answer, and says when the first token is expected from now on."""
    asked = replace(call(), action=replace(call().action, first_token_budget_s=budget_s))
    asked = replace(asked, prompt=replace(asked.prompt, session="s"))
    here.upstream.may_answer = asyncio.Event()
    count = len(here.upstream.prompts)
    task = asyncio.create_task(heard(here.engine, asked))
    while len(here.upstream.prompts) == count:  # noqa: ASYNC110  a few passes of the loop
        await asyncio.sleep(0)
    dispatch = here.upstream.prompts[-1].dispatch
    assert dispatch is not None
    dispatch.left = left
    here.clock.time += after_s
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    here.upstream.may_answer = None
    return here.engine.router.health.get("cheap/m", OfferHealth()).first_token_s


@pytest.mark.parametrize(
    ("after_s", "left", "budget_s", "expected"),
    [(2.0, True, 1.5, 2.0), (40.0, True, 1.5, 40.0), (1.0, True, 1.5, None), (2.0, False, 1.5, None), (2.0, True, None, None)],
)
async def test_who_gave_up_knows_that_the_first_token_takes_at_least_so_long(
    after_s: float, left: bool, budget_s: float | None, expected: float | None
) -> None:
    """Not from the next key, which comes sooner; not before the request has left; not where the action has no deadline."""
    here = world({"cheap": []})
    assert await gave_up(here, after_s, left=left, budget_s=budget_s) == expected
    assert here.engine.router.health.get("cheap/m", OfferHealth()).failures == 0


@pytest.mark.parametrize("answer_s", [None, 5.0, 50.0])
def test_a_wait_that_was_shorter_than_what_is_known_teaches_nothing(answer_s: float | None) -> None:
    health = OfferHealth(first_token_s=30.0, first_answer_s=answer_s)
    for waited_s in (2.0, 30.0, 60.0):
        after = given_up(health, 100.0, waited_s)
        for before, now in ((30.0, after.first_token_s), (answer_s, after.first_answer_s)):
            if before is None or before >= waited_s:
                assert now == before
            else:
                assert now is not None and before < now < waited_s


async def test_an_offer_that_is_known_to_be_late_is_not_the_first_to_be_asked() -> None:
    here = world({"cheap": []})
    await gave_up(here, 30.0)
    await gave_up(here, 2.0)
    assert here.upstream.asked == ["cheap", "dear"]


async def test_a_local_model_that_loads_or_reads_a_file_for_the_first_time_is_not_late() -> None:
    here = world({"cheap": [answer()]}, [replace(CHEAP, local=True)])
    for _ in range(3):
        assert await gave_up(here, 20.0) is None
    asked = call()
    await heard(here.engine, replace(asked, prompt=replace(asked.prompt, session="s")))
    known = here.engine.router.health["cheap/m"].first_token_s or 0.0
    later = await gave_up(here, 20.0)
    assert later is not None and later > known, "it has read the file, and is late all the same"

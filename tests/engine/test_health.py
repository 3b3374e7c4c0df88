"""What an answer's end says about its offer's health: good ends prove it, failures harm it, unknown words do neither."""

import pytest

from coderoute_ls.domain import Delta, Finish, FinishReason, OfferHealth, Usage
from coderoute_ls.errors import ProviderUnavailable
from tests.engine.support import answer, call, heard, world


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

"""A price that has risen: nobody is shut out, nobody pays more than allowed, and whoever pays more is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest

from coderoute_ls.cli._ask_output import Lines, Terminal
from coderoute_ls.domain import Delta, Finish, Offer, Usage
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.engine import CallRecord, Done
from coderoute_ls.errors import NoOffer, PriceAboveLimit
from coderoute_ls.providers.provider_client import ProviderClient
from tests.engine.support import Step, World, answer, call, heard, offer, world
from tests.support.provider import ScriptedProvider

BROKER = offer("openrouter", 1.0)
REFUSED: list[Step] = [PriceAboveLimit("no host", provider="openrouter", status=404)]


def risen(price: float) -> Offer:
    return replace(BROKER, prices=replace(BROKER.prices, risen={"input": Decimal(str(price)), "output": Decimal(str(price))}))


def paid(usd: float) -> list[Step]:
    return [Delta("fine"), Finish("stop", Usage(input=100, output=100, cost_usd=usd))]


def limits(here: World) -> list[float]:
    """USD per million output tokens that each request allowed."""
    return [prompt.host_price[1] for prompt in here.upstream.prompts if prompt.host_price is not None]


async def recorded(here: World) -> CallRecord:
    await heard(here.engine, call("refactor"))
    record = here.engine.records.last()
    assert record is not None
    return record


async def test_a_request_allows_what_the_call_was_reckoned_with() -> None:
    here = world({"openrouter": [answer()], "dear": [answer()]}, [BROKER])
    record = await recorded(here)
    assert limits(here) == pytest.approx([1.35])
    assert record.answered is not None
    assert record.answered.cost.max_usd >= 1.35e-6 * 1_000  # a whole answer at the dearest host


async def test_who_serves_what_it_sells_costs_no_more_than_it_lists() -> None:
    here = world({"cheap": [answer()]}, [offer("cheap", 1.0)])
    await heard(here.engine, call("refactor"))
    assert limits(here) == pytest.approx([1.0])


@pytest.mark.parametrize("price", [10.0, 30.0, 300.0])
async def test_a_rise_that_is_not_believed_shuts_nobody_out_and_is_told(price: float) -> None:
    here = world({"openrouter": [answer()]}, [risen(price)])
    record = await recorded(here)
    assert limits(here) == pytest.approx([price * 1.35])
    assert record.dearer.startswith(f"Openrouter is said to cost {price:.0f} times more than before")
    assert record.answered is not None and record.answered.cost.expected_usd < 0.01


async def test_a_rise_that_is_not_believed_stays_within_the_users_limits() -> None:
    """The list may be wrong: hosts are allowed what there is room for."""
    here = world({"openrouter": [answer()]}, [risen(900.0)])
    await heard(here.engine, call("refactor", actions={"refactor": {"max_cost_usd": 0.01}}))
    (limit,) = limits(here)
    record = here.engine.records.last()
    assert 1.35 < limit < 13.5 and record is not None and record.answered is not None
    assert 0.0099 < record.answered.cost.max_usd <= 0.01


@pytest.mark.parametrize("offers", [[risen(900.0)], [replace(offer("cheap", 1.0), prices=risen(900.0).prices)]])
async def test_where_there_is_no_room_for_the_price_said_nobody_is_asked(offers: list[Offer]) -> None:
    """Not at a broker for less than the held price, and not where no request says what it allows."""
    cap = 0.0005 if offers[0].provider == "openrouter" else 0.01
    here = world({}, offers)
    with pytest.raises(NoOffer):
        await heard(here.engine, call("refactor", actions={"refactor": {"max_cost_usd": cap}}))
    assert here.upstream.asked == []


async def test_what_is_refused_for_its_price_is_asked_again_for_more() -> None:
    here = world({"openrouter": [REFUSED, paid(0.0008)]}, [BROKER])
    record = await recorded(here)
    assert limits(here) == pytest.approx([1.35, 13.5])
    assert record.answered is not None and record.cost_usd == pytest.approx(0.0008)
    assert record.dearer.startswith("Openrouter cost $0.0008, 4.0 times what its list price comes to")
    assert here.engine.router.health["openrouter/m"].price_factor == pytest.approx(4.0)


async def test_the_price_that_was_billed_counts_in_the_next_choice_for_a_day() -> None:
    here = world({"openrouter": [REFUSED, paid(0.0008), answer()], "dear": [answer()]}, [BROKER, offer("dear", 3.0)])
    await heard(here.engine, replace(call("refactor"), pinned="openrouter/m"))
    for wait, asked in ((0.0, "dear"), (86_400.0, "openrouter")):
        here.clock.time += wait
        await heard(here.engine, call("refactor"))
        assert here.upstream.asked[-1] == asked


async def test_others_that_are_good_enough_are_asked_before_more_is_paid() -> None:
    here = world({"openrouter": [REFUSED], "dear": [answer()]}, [BROKER, offer("dear", 3.0)])
    record = await recorded(here)
    assert here.upstream.asked == ["openrouter", "dear"]
    assert [hop.offer for hop in record.hops] == ["openrouter/m"] and record.dearer == ""


async def test_a_second_refusal_allows_more_still_and_a_third_ends_it() -> None:
    plays: list[Sequence[Step]] = [REFUSED, REFUSED, REFUSED]
    here = world({"openrouter": plays}, [BROKER])
    with pytest.raises(PriceAboveLimit):
        await heard(here.engine, call("refactor"))
    assert limits(here) == pytest.approx([1.35, 13.5, 135.0])
    assert here.engine.router.health["openrouter/m"].missing_until > here.clock.now()


async def test_more_than_the_user_allows_for_a_call_is_not_offered() -> None:
    here = world({"openrouter": [REFUSED, REFUSED, REFUSED]}, [BROKER])
    with pytest.raises(PriceAboveLimit, match="no host"):
        await heard(here.engine, call("refactor", actions={"refactor": {"max_cost_usd": 0.005}}))
    first, *more = limits(here)
    assert first == pytest.approx(1.35) and all(1.35 < limit < 5 for limit in more)


async def test_a_small_rise_of_a_model_near_the_users_limit_shuts_nobody_out() -> None:
    """Ten times its price would be too much; what is asked for is what there is room for."""
    here = world({"openrouter": [REFUSED, paid(0.0003), paid(0.0003)]}, [BROKER])
    for _ in range(2):
        await heard(here.engine, call("refactor", actions={"refactor": {"max_cost_usd": 0.005}}))
    assert [limit > 1.35 for limit in limits(here)] == [False, True, True]


async def test_other_efforts_of_a_dear_model_are_taken_for_dear_too() -> None:
    high = replace(BROKER, id="openrouter/m@high", effort="high")
    here = world({"openrouter": [REFUSED, paid(0.0008)]}, [BROKER, high])
    await heard(here.engine, replace(call("refactor"), pinned="openrouter/m"))
    assert here.engine.router.health["openrouter/m@high"].price_limit == 10


async def test_a_bill_near_the_list_price_is_nothing_to_tell() -> None:
    here = world({"openrouter": [paid(0.00026)]}, [BROKER])
    assert (await recorded(here)).dearer == ""


async def test_over_the_wire_a_price_that_has_risen_is_paid_once_the_request_allows_it() -> None:
    """OpenRouter's own words, of the summer of 2026; its hosts ask 2 and 8 USD now."""
    refusal: dict[str, object] = {
        "error": {
            "message": "No endpoints found that satisfy the max price for this request",
            "code": 404,
            "metadata": {
                "routing_funnel": [{"step": "Initial Endpoints", "endpoint_count": 6}],
                "failed_routing_step": "Filter by Max Price",
            },
        }
    }
    async with ScriptedProvider() as server:
        there = replace(VENDORS["openrouter"], base_url=f"{server.url}/v1", endpoints={})
        client = ProviderClient({"openrouter": there}, lambda _: "key")
        here = world({}, [BROKER])
        running = asyncio.create_task(heard(replace(here.engine, upstream=client), call("refactor")))
        allowed: list[float] = []
        while not running.done():
            request = await server.request()
            most = cast("dict[str, dict[str, float]]", request.json["provider"])["max_price"]
            allowed.append(most["completion"])
            if most["prompt"] > 2 and most["completion"] > 8:
                await request.answer("fine", {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200, "cost": 0.001})
                break
            await request.respond(404, refusal)
        await running
        await client.close()
    record = here.engine.records.last()
    assert record is not None and record.finish is not None
    assert allowed == pytest.approx([1.35, 13.5]) and record.cost_usd == pytest.approx(0.001)
    assert record.dearer.startswith("Openrouter cost $0.001, 5.0 times what its list price comes to")


@pytest.mark.parametrize("show", [Lines, Terminal])
async def test_the_command_line_tells_of_it_behind_the_answer(
    show: type[Lines | Terminal], capsys: pytest.CaptureFixture[str]
) -> None:
    here = world({"openrouter": [REFUSED, paid(0.0008)]}, [BROKER])
    shown = show()
    for event in await heard(here.engine, call("refactor")):
        match event:
            case Finish():
                shown.ended(event)
            case Done():
                shown.done(event.record)
            case _:
                pass
    told = capsys.readouterr()
    assert (told.out + told.err).count("4.0 times what its list price comes to") == 1

"""The most that a call may cost bounds what can be billed for it, whatever host, hour, fee or step it comes to."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import (
    Floor,
    HoleByPrompt,
    Offer,
    OfferHealth,
    Prices,
    PriceTier,
    PriceWindow,
    ProviderState,
    Request,
    State,
    Usage,
)
from coderoute_ls.selection import select
from coderoute_ls.selection.pricing.billing import reckoned_usd
from coderoute_ls.text.piece_counts import pieces
from tests.selection.build import NOW, catalog, offer, request, state

WORST = 1.35
DEARER = Decimal("1.35")
BUDGET = st.sampled_from([0, 1, 500, 4_000, 20_000, 60_000])


def words(count: int) -> tuple[int, ...]:
    """What a text of so many words is made of."""
    return pieces("total " * count)


def most(asked: Request, at: Offer, **known: ProviderState) -> tuple[float, tuple[float, float]]:
    found = select(asked, catalog(at), state([at], providers=known)).chosen
    assert found is not None and found.cost.host_price is not None
    return found.cost.max_usd, found.cost.host_price


def at_host(prices: Prices, times: Decimal) -> Prices:
    """What a host asks that is so many times dearer."""

    def dearer(price: Decimal | None) -> Decimal | None:
        return None if price is None else price * times

    steps = tuple(replace(tier, input=dearer(tier.input), output=dearer(tier.output)) for tier in prices.tiers)
    return replace(
        prices, input=dearer(prices.input), output=dearer(prices.output), cached_write=dearer(prices.cached_write),
        request=prices.request * times, tiers=steps, windows=(),
    )  # fmt: skip


@given(
    broker=st.booleans(),
    chars=st.sampled_from([10, 8_000, 300_000, 900_000]),
    unseen=BUDGET,
    output=st.sampled_from([1, 800, 4_000]),
    held=st.booleans(),
    step=st.sampled_from([None, 8_000, 64_000, 200_000]),
    fees=st.sampled_from([(1.0, None), (1.055, None), (1.0, 1.055), (1.05, 1.055)]),
)
def test_no_bill_is_higher(  # noqa: PLR0917
    broker: bool, chars: int, unseen: int, output: int, held: bool, step: int | None, fees: tuple[float, float | None]
) -> None:
    """The dearest host that the request allows, a whole answer, a prompt as much longer as it may come out."""
    steps = () if step is None else (PriceTier(step, Decimal(2), Decimal(9)),)
    prices = Prices(Decimal(1), Decimal(4), cached_write=Decimal("1.25"), request=Decimal("0.001"), tiers=steps)
    name = "openrouter/m" if broker else "v/m"
    sold = offer(name, prices=prices, context=10_000_000)
    asked = replace(request(0.5, chars=chars, max_tokens=output, cacheable_chars=chars if held else 0), unseen_tokens=unseen)
    vendor = ProviderState(reachable=True, fee=fees[0], credit_fee=fees[1])
    usd, _ = most(asked, sold, **{sold.provider: vendor})
    plain = select(asked, catalog(sold), state([sold])).chosen
    assert plain is not None
    size = int(plain.cost.tokens_in * WORST) + unseen
    bill = replace(sold, prices=at_host(prices, DEARER if broker else Decimal(1)))
    dearest = {sold.provider: replace(vendor, fee=max(fees[0], fees[1] or 0))}
    usage = Usage(size, output, cached_write=int(plain.cost.tokens_in * WORST) if held else 0)
    assert reckoned_usd(bill, usage, dearest, NOW) <= usd * (1 + 1e-9)


def test_a_broker_is_allowed_just_what_was_reckoned_with() -> None:
    sold = offer("openrouter/m", prices=Prices(Decimal(1), Decimal(4), tiers=(PriceTier(8_000, Decimal(2), Decimal(8)),)))
    fee = ProviderState(reachable=True, fee=1.055)
    usd, host = most(request(0.5, chars=4_000), sold, openrouter=fee)
    assert host == pytest.approx((1.35, 5.4))
    _, long = most(request(0.5, chars=400_000), sold, openrouter=fee)
    assert long == pytest.approx((2.7, 10.8))
    assert usd == pytest.approx((1_000 / 4.47 * 4.4 * WORST * host[0] + 4_000 * host[1]) * 1.055 / 1e6, rel=0.25)


@pytest.mark.parametrize(("unseen", "reached"), [(0, False), (2_000, True)])
def test_what_vendors_add_to_a_prompt_counts_for_the_step_it_may_reach(unseen: int, reached: bool) -> None:
    sold = offer("v/m", prices=Prices(Decimal(1), Decimal(4), tiers=(PriceTier(10_000, Decimal(3), Decimal(12)),)))
    asked = replace(request(0.5, chars=28_000, max_tokens=1), unseen_tokens=unseen)
    _, (entered, _) = most(asked, sold)
    assert entered == (3 if reached else 1)


def test_what_a_hole_takes_by_prompt_counts_for_the_step_it_may_reach() -> None:
    sold = replace(
        offer("v/m", completion=0.7, prices=Prices(Decimal(1), Decimal(4), tiers=(PriceTier(8_000, Decimal(3), Decimal(12)),))),
        capabilities={"fim": True},
    )
    hole = Request("completion", "completion", Floor(0.5), 10_000, words(4_000), required=frozenset({"fim"}), max_tokens=64)
    little, much = (replace(hole, by_prompt=HoleByPrompt(words(count), 8)) for count in (0, 4_000))
    assert (most(little, sold)[1][0], most(much, sold)[1][0]) == (1, 3)


CHEAPER_LATER = Prices(
    Decimal(1), Decimal(4), tiers=(PriceTier(8_000, Decimal(2), Decimal(9)), PriceTier(16_000, Decimal("1.5"), Decimal(4)))
)
SAID_IN_PART = Prices(
    Decimal(1), Decimal(4), tiers=(PriceTier(8_000, output=Decimal(9)), PriceTier(16_000, Decimal(3)), PriceTier(24_000))
)
DEARER_HOUR = Prices(
    Decimal(1), Decimal(4), windows=(PriceWindow(((0, 24),), input=Decimal(5), output=Decimal(20)),),
    tiers=(PriceTier(8_000, Decimal(2), Decimal(8)),),
)  # fmt: skip
DEARER_CACHE = Prices(
    Decimal(1), Decimal(4), cached_read=Decimal(3), tiers=(PriceTier(16_000, Decimal(2), Decimal(4), cached_read=Decimal(5)),)
)


@pytest.mark.parametrize("prices", [CHEAPER_LATER, SAID_IN_PART, DEARER_HOUR, DEARER_CACHE])
@pytest.mark.parametrize("chars", [20_000, 40_000, 60_000, 90_000, 140_000])
@pytest.mark.parametrize("name", ["v/m", "openrouter/m"])
def test_no_bill_is_higher_whichever_step_hour_or_cache_a_prompt_comes_to(prices: Prices, chars: int, name: str) -> None:
    """A prompt may come out shorter than the step that it was reckoned with, which may be dearer."""
    sold = offer(name, prices=prices, context=10_000_000)
    found = select(request(0.5, chars=chars, max_tokens=4_000), catalog(sold), state([sold])).chosen
    assert found is not None
    known = {sold.provider: ProviderState(reachable=True)}
    for share in (0.7, 1.0, 1.1, 1.2, WORST):
        size = int(found.cost.tokens_in * share)
        for cached in (0, size // 2, size):
            assert reckoned_usd(sold, Usage(size, 4_000, cached_read=cached), known, NOW) <= found.cost.max_usd * (1 + 1e-9)


@pytest.mark.parametrize(
    ("now", "entered"),
    [(0, 2.0), (59 * 60, 2.0), (2 * 3600, 2.0), (3 * 3600 + 60, 2.0), (5 * 3600, 1.0), (23 * 3600 + 60, 1.0)],
)
def test_a_call_may_end_in_the_next_hour(now: float, entered: float) -> None:
    """Peak is from 1 to 4 o'clock: a call that begins at half past midnight may be billed at its price."""
    midnight = NOW - NOW % 86_400
    prices = Prices(Decimal(1), Decimal(4), windows=(PriceWindow(((1, 4),), input=Decimal(2), output=Decimal(8)),))
    sold = offer("v/m", prices=prices)
    found = select(request(0.5), catalog(sold), State(midnight + now, {"v": ProviderState(reachable=True)})).chosen
    assert found is not None and found.cost.host_price is not None
    assert found.cost.host_price[0] == pytest.approx(entered)


@pytest.mark.parametrize("part", ["input", "output", "request", "cached_write"])
def test_a_rise_that_is_not_believed_is_part_of_the_most_alone(part: str) -> None:
    plain = Prices(Decimal(1), Decimal(4), cached_write=Decimal("1.25"), request=Decimal("0.0001"))
    asked = request(0.5, cacheable_chars=8_000)
    before, after = (offer("v/m", prices=prices) for prices in (plain, replace(plain, risen={part: Decimal(50)})))
    usual, said = (select(asked, catalog(one), state([one])).chosen for one in (before, after))
    assert usual is not None and said is not None
    assert said.cost.expected_usd == usual.cost.expected_usd and said.cost.max_usd > usual.cost.max_usd * 2


def test_a_rise_that_is_not_believed_counts_against_an_offer() -> None:
    said, other = (
        offer("a/said", prices=Prices(Decimal(1), Decimal(4), risen={"input": Decimal(12)})),
        offer("b/other", 0.6, 2.5, 10),
    )
    found = select(request(0.5), catalog(said, other), state([said, other])).chosen
    assert found is not None and found.offer.id == "b/other"
    assert "a/said would cost" in found.why and "is said to cost 12 times more now, which is not believed yet" in found.why
    alone = select(request(0.5), catalog(said), state([said])).chosen
    assert alone is not None and alone.against == ("is said to cost 12 times more now, which is not believed yet",)


def test_the_limits_of_a_refused_price_hold_for_expected_and_most_alike() -> None:
    sold = offer("openrouter/m", 0.6, 1, 4)
    refused = OfferHealth(price_factor=3.0, price_limit=10.0, price_until=NOW + 1)
    plain, again = (select(request(0.5), catalog(sold), state([sold], health=known)).chosen for known in ({}, {sold.id: refused}))
    assert plain is not None and again is not None and plain.cost.host_price is not None
    assert again.cost.expected_usd == pytest.approx(plain.cost.expected_usd * 3)
    assert again.cost.max_usd == pytest.approx(plain.cost.max_usd * 10)
    assert again.cost.host_price == pytest.approx(tuple(price * 10 for price in plain.cost.host_price))
    assert again.cost.input + again.cost.output + again.cost.fee == pytest.approx(again.cost.expected_usd)

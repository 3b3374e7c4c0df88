"""What a call is booked with, whatever the vendor says that it took, and however it ended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.actions import actions
from coderoute_ls.app.provider_access import ProviderAccess
from coderoute_ls.domain import Chosen, Cost, Delta, Finish, Offer, Prices, Prompt, ProviderState, StreamEvent, Usage
from coderoute_ls.engine import Asked, Done
from coderoute_ls.engine.accounting import booked
from coderoute_ls.engine.attempt import Attempt
from coderoute_ls.errors import (
    ConnectionFailed,
    DeadlineExceeded,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.selection.pricing.billing import billed_usd
from coderoute_ls.selection.pricing.plausible_usage import clamped
from coderoute_ls.settings import effective, parse
from tests.engine.support import CHEAP, Clock, Step, Upstream, answer, call, heard, world

ESTIMATE = 400
"""Prompt tokens by our own estimate."""
OFFER = replace(CHEAP, prices=Prices(Decimal(1), Decimal(10), cached_read=Decimal("0.1"), cached_write=Decimal("1.25")))


def attempt(*events: StreamEvent, error: ProviderError | None = None) -> Attempt:
    """An attempt that saw these events."""
    made = Attempt(Chosen(OFFER, None, Cost(0.0, 0.0, tokens_in=ESTIMATE), ""), None, Clock())
    for event in events:
        made.see(event)
    made.error = error
    return made


def tokens(usage: Usage | None, text: str = "x" * 40) -> tuple[int, int, int]:
    """Input, cached and output tokens that an answer of ten tokens is booked with."""
    took = booked(attempt(Delta(text), Finish("stop", usage))).usage
    return took.input, took.cached_read, took.output


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (None, (400, 0, 10)),
        (Usage(380, 12), (380, 0, 12)),
        (Usage(0, 0), (400, 0, 10)),
        (Usage(0, 12), (400, 0, 12)),
        (Usage(380, 0), (380, 0, 10)),
        (Usage(-1, -1), (400, 0, 10)),
        (Usage(380, 12, cached_read=100), (380, 100, 12)),
        (Usage(380, 12, cached_read=9_000), (380, 380, 12)),
        (Usage(380, 12, cached_read=-5), (380, 0, 12)),
        (Usage(0, 12, cached_read=5_000), (400, 0, 12)),  # what no input was told for was not cached either
        (Usage(10, 12, cached_read=5_000), (400, 0, 12)),  # a vendor that leaves the cached part out of the count
        (Usage(10**15, 12), (400, 0, 12)),
        (Usage(380, 10**15), (380, 0, 10)),
    ],
)
def test_a_count_is_booked_where_it_can_be_true_and_an_estimate_where_not(
    told: Usage | None, wanted: tuple[int, int, int]
) -> None:
    assert tokens(told) == wanted


def test_a_report_without_any_text_is_booked_as_it_is() -> None:
    failed = attempt(Delta(""), error=ProviderUnavailable("engine died"))
    assert failed.error is not None
    failed.error.usage = Usage(12_000, 300)
    assert (booked(failed).usage.input, booked(failed).usage.output) == (12_000, 300)


def test_thinking_counts_as_output_where_nobody_counted() -> None:
    assert booked(attempt(Delta(reasoning="x" * 400), Delta("x" * 40), Finish("stop"))).usage.output == 110


counts = st.integers(-10, 40_000) | st.sampled_from([0, -1, 2**53, 10**18])
money = st.none() | st.floats(allow_nan=True, allow_infinity=True)
usages = st.builds(Usage, counts, counts, counts, counts, counts, money, upstream_usd=money)


@given(usages, st.sampled_from(["", "x" * 40, "x" * 4_000]), st.floats(1.0, 2.0))
def test_any_usage_books_no_less_than_nothing_and_a_text_no_less_than_a_lower_bound(told: Usage, text: str, fee: float) -> None:
    made = attempt(*([Delta(text)] if text else []), Finish("length", told))
    took = booked(made).usage
    billed = billed_usd(OFFER, took, {"cheap": ProviderState(reachable=True, fee=fee)}, 0.0)
    assert 0 <= took.cached_read <= took.input and took.cached_write >= 0 and 0 <= took.reasoning <= took.output
    assert took.cached_read + took.cached_write <= took.input
    assert 0 <= billed < 1e3
    if text:
        assert took.input >= ESTIMATE / 16 and took.output >= len(text) / 4 / 16
        least = (ESTIMATE * 0.1 + len(text) / 4 * 10) / 16 * 1e-6
        assert billed >= least / 100, "a reported cost may be lower, but not nothing"
        if told.cost_usd is None:
            assert billed >= least


@given(usages)
def test_money_is_never_negative_even_for_a_usage_that_nobody_has_looked_at(told: Usage) -> None:
    assert billed_usd(OFFER, told, {}, 0.0) >= 0
    assert clamped(clamped(told)) == clamped(told)


@pytest.mark.parametrize(
    ("told", "usd"),
    [
        (Usage(1_000, 100), 0.002),
        (Usage(1_000, 100, cost_usd=0.003), 0.003),
        (Usage(1_000, 100, cost_usd=0.0), 0.002),  # nothing for something
        (Usage(1_000, 0, cost_usd=0.0), 0.0),  # nothing for nothing: some vendors charge no empty answer
        (Usage(1_000, 100, cost_usd=0.0001, upstream_usd=0.0018), 0.0019),
        (Usage(1_000, 100, cost_usd=0.0, upstream_usd=0.0018), 0.0018),
        (Usage(1_000, 100, cost_usd=float("nan")), 0.002),
        (Usage(1_000, 100, cost_usd=-3.0), 0.002),
        (Usage(1_000, 100, cost_usd=5_000.0), 0.002),  # a slip in the unit
        (Usage(1_000, 100, cost_usd=0.000001), 0.002),
        (Usage(1_000, 100, cost_usd=0.9), 0.9),  # a search, a tool: dearer than its tokens, and possible
    ],
)
@pytest.mark.parametrize("fee", [1.0, 1.055])
def test_a_reported_cost_goes_first_where_it_can_be_true_and_the_platforms_fee_is_on_it(
    told: Usage, usd: float, fee: float
) -> None:
    upstream = told.upstream_usd or 0.0  # goes to another account, without the platform's fee
    vendors = {"cheap": ProviderState(reachable=True, fee=fee)}
    assert billed_usd(OFFER, told, vendors, 0.0) == pytest.approx((usd - upstream) * fee + upstream)


@pytest.mark.parametrize("own_key", [False, True])
@pytest.mark.parametrize(
    ("told", "usd"),
    [
        (Usage(1_000, 100, cost_usd=0.002), 0.002 * 1.055),  # it went by the platform's keys after all
        (Usage(1_000, 100, cost_usd=0.0001, upstream_usd=0.002), 0.0001 * 1.055 + 0.002),
    ],
)
def test_what_is_taken_from_bought_credit_has_the_fee_for_buying_it_with_keys_of_ones_own_too(
    told: Usage, usd: float, own_key: bool
) -> None:
    settings, issues = parse({"openrouter": {"own_key": own_key}}, actions(), "user")
    assert not issues
    access = ProviderAccess({"OPENROUTER_API_KEY": "sk-or-v1-0123456789"}, None)
    own = effective(settings).settings
    states = access.states(access.vendors(own), own, ())
    assert states["openrouter"].fee == (1.0 if own_key else 1.055)
    assert billed_usd(replace(OFFER, provider="openrouter"), told, states, 0.0) == pytest.approx(usd)


def test_a_free_offer_costs_nothing_unless_its_vendor_says_so() -> None:
    free = replace(OFFER, prices=Prices(Decimal(0), Decimal(0)))
    assert billed_usd(free, Usage(1_000, 100), {}, 0.0) == 0
    assert billed_usd(free, Usage(1_000, 100, cost_usd=0.0), {}, 0.0) == 0
    assert billed_usd(free, Usage(1_000, 100, cost_usd=0.002), {}, 0.0) == 0.002


def failing(error: ProviderError, *before: Step) -> list[Step]:
    return [*before, error]


@pytest.mark.parametrize(
    ("steps", "input_counts", "output_counts"),
    [
        (failing(ConnectionFailed("lost")), True, False),
        (failing(DeadlineExceeded("silent")), True, False),
        (failing(ProviderUnavailable("gateway", status=504)), True, False),
        (failing(ConnectionFailed("lost"), Delta("x" * 40)), True, True),
        (failing(ProviderUnavailable("died"), Delta("x" * 40)), True, True),
        ([Finish("incomplete")], True, False),
        (failing(ProviderUnavailable("down", status=503)), False, False),
        (failing(RateLimited("later", status=429, retry_after=60)), False, False),
        (failing(RequestRejected("no", status=400)), False, False),
        (failing(ProviderUnavailable("no")), False, False),
    ],
)
async def test_a_failed_offer_is_booked_with_what_it_may_charge(
    steps: list[Step], input_counts: bool, output_counts: bool
) -> None:
    here = world({"cheap": [steps], "dear": [answer()]})
    await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "dear"], "it may have been processed, so it is not repeated"
    failed, _ = here.ledger.rows
    assert (failed.input_tokens == failed.expected_input, failed.output_tokens == 10) == (input_counts, output_counts)
    assert (failed.billed_usd > 0) == input_counts


class Unsent(Upstream):
    """Says how far each request got, as the real one does: nothing of a first one, all of a second."""

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        assert prompt.dispatch is not None
        prompt.dispatch.left = bool(self.asked)
        async with aclosing(super().stream(offer, prompt)) as events:
            async for event in events:
                yield event


async def test_what_cannot_have_arrived_is_sent_again_once_and_costs_nothing() -> None:
    here = world({})
    upstream = Unsent({"cheap": [failing(ConnectionFailed("no connection")), answer()]})
    engine = replace(here.engine, upstream=upstream)
    await heard(engine, call())
    assert upstream.asked == ["cheap", "cheap"]
    assert [row.billed_usd > 0 for row in here.ledger.rows] == [False, True]


class Waiting(Upstream):
    """Sends the request, or not, and hears nothing."""

    def __init__(self, *, left: bool) -> None:
        super().__init__({})
        self.left = left
        self.waits = asyncio.Event()

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        assert prompt.dispatch is not None
        prompt.dispatch.left = self.left
        self.waits.set()
        await asyncio.Event().wait()
        yield Delta("never")


@pytest.mark.parametrize("left", [True, False])
async def test_given_up_after_the_request_had_left_costs_its_input_and_before_nothing(left: bool) -> None:
    here, upstream = world({}), Waiting(left=left)
    reading = asyncio.create_task(heard(replace(here.engine, upstream=upstream), call()))
    await upstream.waits.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    if left:
        (row,) = here.ledger.rows
        assert (row.input_tokens, row.output_tokens, row.finish, row.error) == (row.expected_input, 0, "", "")
        assert row.billed_usd == pytest.approx((row.input_tokens or 0) * 1e-6)
    else:
        assert (here.ledger.rows, here.ledger.released) == ([], 1)


async def test_the_record_and_the_rows_tell_the_same_sum() -> None:
    here = world({"cheap": [failing(ConnectionFailed("lost"), Delta("x" * 40))], "dear": [answer()]})
    events = await heard(here.engine, call())
    done = events[-1]
    assert isinstance(events[0], Asked) and isinstance(done, Done)
    assert done.record.cost_usd == pytest.approx(sum(row.billed_usd for row in here.ledger.rows))


async def test_the_record_tells_the_tokens_that_were_booked() -> None:
    here = world({"cheap": [[Delta("x" * 40), Finish("stop", Usage(100, 0, cached_read=9_000))]]})
    done = (await heard(here.engine, call()))[-1]
    assert isinstance(done, Done)
    assert done.record.usage == Usage(100, 10, cached_read=100)

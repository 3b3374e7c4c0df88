"""A refused key or an empty account bars its vendor for a while, never for good, and never what costs nothing there."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import ProviderState
from coderoute_ls.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    ModelNotAllowed,
    ModelNotFound,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.selection.health.vendor_latch import LATCH_S, answered, latched, released
from tests.selection.build import NOW, chosen, offer, request

OPEN = ProviderState(reachable=True)
KEY, MONEY = AuthenticationFailed("401"), OutOfCredit("402")


def test_latches_last_one_five_and_thirty_minutes() -> None:
    now, known = NOW, OPEN
    for wait in (60.0, 300.0, 1800.0, 1800.0):
        known = latched(known, KEY, now)
        assert (known.blocked, known.blocked_until) == ("auth_blocked", now + wait)
        assert released(known, now + wait - 0.001) is known
        now += wait
        known = released(known, now)
        assert not known.blocked


def test_an_answer_makes_the_next_latch_a_first_one() -> None:
    known = answered(released(latched(latched(OPEN, KEY, NOW), KEY, NOW), NOW + 300))
    assert known == OPEN
    assert latched(known, MONEY, NOW).blocked_until == NOW + LATCH_S[0]


@pytest.mark.parametrize(
    "error",
    [
        RequestRejected(""),
        ContextTooLong(""),
        ContentRefused(""),
        ModelNotFound(""),
        ModelNotAllowed(""),
        RateLimited(""),
        ProviderUnavailable(""),
        ConnectionFailed(""),
    ],
)
def test_what_concerns_less_than_the_vendor_latches_nothing(error: ProviderError) -> None:
    assert latched(OPEN, error, NOW) is OPEN


@given(steps=st.lists(st.tuples(st.sampled_from([KEY, MONEY, RateLimited("")]), st.floats(0, 4000)), max_size=12))
def test_every_latch_ends_by_itself(steps: list[tuple[ProviderError, float]]) -> None:
    now, known = NOW, OPEN
    for error, wait in steps:
        known = latched(released(known, now), error, now)
        now += wait
    assert not released(known, now + max(LATCH_S)).blocked


@pytest.mark.parametrize("blocked", ["no_credit", "auth_blocked"])
def test_free_offers_survive_an_empty_account_and_not_a_refused_key(blocked: Literal["no_credit", "auth_blocked"]) -> None:
    paid, free = offer("a/paid"), offer("a/free", price_in=0, price_out=0)
    barred = {"a": ProviderState(reachable=True, blocked=blocked)}
    asked = request(0.5, on_unmet_floor="error")
    assert chosen(asked, paid, free) == "a/free"
    assert chosen(asked, paid, free, providers=barred) == ("a/free" if blocked == "no_credit" else None)
    assert chosen(asked, paid, providers=barred) is None

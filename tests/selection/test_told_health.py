"""What gateways tell each other of an offer: it arrives as it was meant whatever the clocks say, and nonsense is passed over."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import OfferHealth
from coderoute_ls.errors import ProviderUnavailable, RateLimited
from coderoute_ls.selection.health import told_health
from coderoute_ls.selection.health.offer_health import LONGEST_CIRCUIT_S, after_error, probing, succeeded

NOW = 1_795_000_000.0
seconds = st.floats(0.1, LONGEST_CIRCUIT_S)
healths = st.builds(
    OfferHealth,
    open_until=st.just(0.0) | seconds.map(lambda left: NOW + left),
    limited_until=st.just(0.0) | seconds.map(lambda left: NOW + left),
    missing_until=st.just(0.0) | seconds.map(lambda left: NOW + left),
    trips=st.integers(0, 5),
    streak=st.integers(0, 5),
    throttles=st.integers(0, 5),
    first_token_s=st.none() | st.floats(0.01, 60),
    tokens_per_s=st.none() | st.floats(1, 500),
)


@given(healths, healths, st.floats(-2, 2), st.floats(0, 200))
def test_limits_end_at_the_same_moment_at_each_replica_whatever_its_clock_says(
    one: OfferHealth, other: OfferHealth, skew: float, age_s: float
) -> None:
    said = json.loads(json.dumps(told_health.as_json(told_health.limits(one, NOW))))
    told = told_health.told("limits", said)
    assert told is not None
    heard = told_health.heard(other, told, NOW + skew + age_s, age_s)
    for mine, theirs in ((one.open_until, heard.open_until), (one.limited_until, heard.limited_until)):
        if mine > NOW + age_s + 0.001:
            assert math.isclose(theirs - skew, mine, abs_tol=0.01)
        elif mine < NOW + age_s - 0.001:
            assert theirs == 0.0
    assert (heard.trips, heard.throttles) == (one.trips, one.throttles)
    assert (heard.first_token_s, heard.kappa, heard.habits) == (other.first_token_s, other.kappa, other.habits)


@given(healths, healths)
def test_latencies_move_those_that_are_known_and_open_or_close_nothing(one: OfferHealth, other: OfferHealth) -> None:
    told = told_health.told("latencies", json.loads(json.dumps(told_health.as_json(told_health.latencies(one)))))
    assert told is not None
    heard = told_health.heard(other, told, NOW)
    assert replace(heard, first_token_s=None, tokens_per_s=None) == replace(other, first_token_s=None, tokens_per_s=None)
    if one.first_token_s is not None and other.first_token_s is not None:
        low, high = sorted((one.first_token_s, other.first_token_s))
        assert heard.first_token_s is not None and low - 1e-9 <= heard.first_token_s <= high + 1e-9
    elif one.first_token_s is not None:
        assert heard.first_token_s == one.first_token_s


@pytest.mark.parametrize("kind", ["limits", "latencies"])
@given(
    said=st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3))
    | st.dictionaries(
        st.sampled_from(["open_s", "trips", "first_token_s", "else"]), st.none() | st.floats() | st.integers() | st.text()
    )
)
def test_whatever_is_told_is_within_bounds_or_passed_over(kind: str, said: object) -> None:
    told = told_health.told(kind, said)
    if told is not None:
        heard = told_health.heard(OfferHealth(), told, NOW)
        assert 0 <= heard.open_until <= NOW + LONGEST_CIRCUIT_S
        assert 0 <= heard.trips <= told_health.MOST_IN_A_ROW
        assert heard.first_token_s is None or 0 < heard.first_token_s <= told_health.SLOWEST_S


def test_others_hear_of_what_begins_and_ends_and_not_of_each_answer() -> None:
    fresh, down = OfferHealth(), ProviderUnavailable("down", provider="cheap")
    once = after_error(fresh, NOW, down)
    assert told_health.changed(fresh, once, NOW) == frozenset()  # one failure is no outage
    tripped = after_error(after_error(once, NOW, down), NOW, down)
    assert told_health.changed(once, tripped, NOW) == {"limits"}
    later = NOW + 60
    assert told_health.changed(tripped, probing(tripped, later), later) == {"limits"}  # so that one replica alone asks again
    well = succeeded(tripped, later, first_token_s=0.5)
    assert told_health.changed(tripped, well, later) == {"limits", "latencies"}
    again = succeeded(well, later, first_token_s=0.5)
    assert told_health.changed(well, again, later) == frozenset()
    assert told_health.changed(again, after_error(again, later, RateLimited("slow down", provider="cheap")), later) == {"limits"}

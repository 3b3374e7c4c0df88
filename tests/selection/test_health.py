"""Health, circuits, limits and calibration: what experience does to an offer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import OfferHealth, Usage
from coderoute_ls.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    DeadlineExceeded,
    ModelNotFound,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.selection.health import offer_health as rules
from coderoute_ls.selection.health import vendor_latch
from tests.selection.build import NOW, chosen, offer, request


def test_one_failure_in_twenty_good_calls_stays_healthy_and_many_do_not() -> None:
    fresh = OfferHealth()
    assert rules.health_class(fresh, NOW) == 0
    once = rules.failed(fresh, NOW)
    assert rules.health_class(once, NOW) == 1
    often = OfferHealth(failures=6, updated=NOW)
    assert rules.health_class(often, NOW) == 2
    assert rules.health_class(often, NOW + 3_000) == 0


def test_counts_halve_every_five_minutes() -> None:
    health = OfferHealth(successes=8, failures=8, updated=NOW)
    later = rules.succeeded(health, NOW + 300)
    assert (later.successes, later.failures) == (5.0, 4.0)


def test_three_failures_in_a_row_open_the_circuit_and_probes_double_it() -> None:
    health = OfferHealth()
    for _ in range(2):
        health = rules.failed(health, NOW)
        assert health.open_until == 0
    health = rules.failed(health, NOW)
    assert health.open_until == NOW + 15
    waits: list[float] = []
    now = health.open_until
    for _ in range(5):
        health = rules.failed(rules.probing(health, now), now)
        waits.append(health.open_until - now)
        now = health.open_until
    assert waits == [30, 60, 120, 120, 120]
    healed = rules.succeeded(rules.probing(health, now), now + 1)
    assert (healed.open_until, healed.trips, healed.streak) == (0, 0, 0)


def test_many_failures_without_a_streak_open_it_too() -> None:
    health = OfferHealth(successes=2, failures=25, updated=NOW)
    assert rules.failed(health, NOW).open_until == NOW + 15


def test_only_one_request_probes_a_half_open_circuit() -> None:
    health = OfferHealth(open_until=NOW, trips=1, streak=3, updated=NOW - 15)
    model = offer("a/m", 0.7)
    assert chosen(request(on_unmet_floor="error"), model, health={"a/m": health}) == "a/m"
    assert rules.probing(health, NOW).open_until > NOW


def test_429_waits_as_told_or_doubles_and_never_touches_u() -> None:
    told = rules.after_error(OfferHealth(), NOW, RateLimited("", retry_after=7.5))
    assert told.limited_until == NOW + 7.5
    health, waits = OfferHealth(), list[float]()
    for _ in range(6):
        health = rules.after_error(health, NOW, RateLimited(""))
        waits.append(health.limited_until - NOW)
    assert waits == [5, 10, 20, 40, 60, 60]
    assert rules.success_share(health, NOW) == rules.success_share(OfferHealth(), NOW)
    limited, other = offer("a/m", 0.7, 1, 1), offer("b/m", 0.7, 2, 2)
    assert chosen(request(), limited, other, health={"a/m": told}) == "b/m"
    assert chosen(request(), limited, other, health={"a/m": told}, now=NOW + 8) == "a/m"


@pytest.mark.parametrize("error", [ProviderUnavailable(""), ConnectionFailed(""), DeadlineExceeded("")])
def test_the_vendors_failures_count(error: ProviderError) -> None:
    assert rules.after_error(OfferHealth(), NOW, error).failures == 1


@pytest.mark.parametrize("error", [RequestRejected(""), ContentRefused(""), AuthenticationFailed(""), OutOfCredit("")])
def test_wrong_requests_and_keys_say_nothing_about_health(error: ProviderError) -> None:
    assert rules.after_error(OfferHealth(), NOW, error) == OfferHealth()


def test_an_overloaded_vendor_is_left_alone_for_as_long_as_it_says() -> None:
    health = rules.after_error(OfferHealth(), NOW, ProviderUnavailable("503", retry_after=30.0))
    assert (health.failures, health.limited_until) == (1, NOW + 30)


def test_latches_name_their_rule() -> None:
    assert vendor_latch.block(AuthenticationFailed("")) == "auth_blocked"
    assert vendor_latch.block(OutOfCredit("")) == "no_credit"
    assert vendor_latch.block(RateLimited("")) == ""


def test_an_unknown_model_is_left_alone_for_ten_minutes() -> None:
    health = rules.after_error(OfferHealth(), NOW, ModelNotFound(""))
    assert health.missing_until == NOW + 600 and health.failures == 0


def test_a_prompt_that_was_too_long_teaches_the_limit() -> None:
    health = rules.after_error(OfferHealth(), NOW, ContextTooLong(""), input_tokens=30_000)
    assert health.max_input == 29_999
    assert rules.after_error(health, NOW, ContextTooLong(""), input_tokens=40_000).max_input == 29_999
    assert rules.after_error(OfferHealth(), NOW, ContextTooLong("")).max_input is None


def test_a_learned_limit_is_forgotten_after_an_hour() -> None:
    health = rules.after_error(OfferHealth(), NOW, ContextTooLong(""), input_tokens=100)
    asked, only = request(0.5, on_unmet_floor="error"), offer("a/m")
    assert chosen(asked, only, health={"a/m": health}) is None
    assert chosen(asked, only, health={"a/m": health}, now=NOW + rules.LIMIT_KEPT_S) == "a/m"
    later = rules.after_error(health, NOW + rules.LIMIT_KEPT_S, ContextTooLong(""), input_tokens=40_000)
    assert later.max_input == 39_999


def test_kappa_and_verbosity_move_a_tenth_of_the_way_on_a_log_scale() -> None:
    health = rules.learned(
        OfferHealth(), predicted_input=1_000, median_output=100, prior=1.0, usage=Usage(input=2_000, output=1_000)
    )
    assert health.kappa == pytest.approx(2**0.1)
    assert health.verbosity == pytest.approx(10**0.1)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=80))
def test_calibration_stays_within_bounds(replies: list[tuple[int, int]]) -> None:
    health = OfferHealth()
    for read, wrote in replies:
        usage = Usage(input=read, output=wrote)
        health = rules.learned(health, predicted_input=500, median_output=200, prior=4.0, usage=usage)
    assert 0.2 <= health.kappa <= 5
    assert health.verbosity is None or 0.2 <= health.verbosity <= 20


def test_calibration_converges_on_what_a_vendor_really_bills() -> None:
    health = OfferHealth()
    for _ in range(60):
        usage = Usage(input=1_300, output=600)
        health = rules.learned(health, predicted_input=1_000 * health.kappa, median_output=100, prior=1.0, usage=usage)
    assert health.kappa == pytest.approx(1.3, rel=0.01)
    assert health.verbosity == pytest.approx(6, rel=0.01)


def test_latency_is_smoothed() -> None:
    once = rules.succeeded(OfferHealth(), NOW, first_token_s=1.0, tokens_per_s=50)
    twice = rules.succeeded(once, NOW, first_token_s=2.0)
    assert (once.first_token_s, twice.first_token_s, twice.tokens_per_s) == (1.0, pytest.approx(1.2), 50)


def test_what_this_machines_own_settings_prevent_says_nothing_about_the_offer() -> None:
    error = ConnectionFailed("The proxy named in the environment cannot be used.", scope="request")
    assert rules.after_error(OfferHealth(), NOW, error) == OfferHealth()
    assert rules.after_error(OfferHealth(), NOW, ConnectionFailed("")).failures == 1

"""What experience does to an offer's health and to its estimates: pure transitions, one value in and one out.

Times are seconds on the clock of `State.now`. A failure here is the vendor's (5xx, time-out, lost connection, broken
stream); a request that was wrong, cancelled or too long says nothing about the vendor's health.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from coderoute_ls.domain import Habit, OfferHealth, PromptRead, Usage
from coderoute_ls.errors import (
    AuthenticationFailed,
    ContextTooLong,
    ModelNotFound,
    NotReady,
    OutOfCredit,
    PriceAboveLimit,
    ProviderError,
    RateLimited,
    RequestRejected,
)

HALF_LIFE_S = 300.0
FORGOTTEN = 0.05
"""A faded count below this is none: an offer that failed once, long ago, is as healthy as one that never did."""
CIRCUIT_S, LONGEST_CIRCUIT_S = 15.0, 120.0
TRIPPING_STREAK, TRIPPING_SHARE = 3, 0.5
MISSING_S = 600.0
LIMIT_KEPT_S = 3_600.0
"""Seconds for which a learned limit of the prompt holds."""
THROTTLE_S, LONGEST_THROTTLE_S = 5.0, 60.0
VERBOSITY_RANGE, KAPPA_RANGE, HABIT_RANGE = (0.2, 20.0), (0.2, 5.0), (0.02, 50.0)
PRICE_LIMITS = (10.0, 100.0)
"""How many times the limit on a price is raised after one refusal for it, and after a second one."""
PRICE_GUESS = 3.0
"""What an offer is taken to cost, in list prices, once a request was refused for its price and until a bill says more."""
PRICE_KEPT_S = 86_400.0
"""Seconds for which a refusal for the price is remembered."""
KEY_TOKENS = 16
"""Tokens that a local server reads again for a key, at most; fewer say nothing about its speed."""
SMOOTHING = 0.2
"""Weight of the newest latency."""


def success_share(health: OfferHealth, now: float) -> float:
    """u: the share of calls that succeed, with nineteen good ones of twenty taken for granted and old ones fading."""
    good, bad = _faded(health, now)
    return (good + 19) / (good + bad + 20)


def health_class(health: OfferHealth, now: float) -> Literal[0, 1, 2]:
    """0 is healthy, 1 has been failing now and then, 2 often."""
    if not health.failures:
        return 0
    share = success_share(health, now)
    return 0 if share >= 0.95 else 1 if share >= 0.80 else 2


def succeeded(
    health: OfferHealth,
    now: float,
    *,
    first_token_s: float | None = None,
    first_answer_s: float | None = None,
    tokens_per_s: float | None = None,
) -> OfferHealth:
    """After an answer that ended well; closes the circuit."""
    faded = _decayed(health, now)
    return replace(
        faded,
        successes=faded.successes + 1,
        streak=0, trips=0, throttles=0, open_until=0.0, limited_until=0.0, missing_until=0.0,
        first_token_s=smooth(health.first_token_s, first_token_s),
        first_answer_s=smooth(health.first_answer_s, first_answer_s),
        tokens_per_s=smooth(health.tokens_per_s, tokens_per_s),
    )  # fmt: skip


def given_up(health: OfferHealth, now: float, waited_s: float) -> OfferHealth:
    """After a request that was given up when nothing had come for so many seconds: its first token takes at least so long."""

    def at_least(known: float | None) -> float | None:
        return known if known is not None and known >= waited_s else smooth(known, waited_s)

    first_answer_s = None if health.first_answer_s is None else at_least(health.first_answer_s)
    return replace(_decayed(health, now), first_token_s=at_least(health.first_token_s), first_answer_s=first_answer_s)


def read(health: OfferHealth, prompt: PromptRead | None) -> OfferHealth:
    """After a prompt of which the server says how long it read it; a few tokens say little."""
    if prompt is None or prompt.tokens < KEY_TOKENS or prompt.seconds <= 0:
        return health
    return replace(health, read_per_s=smooth(health.read_per_s, prompt.tokens / prompt.seconds))


def failed(health: OfferHealth, now: float) -> OfferHealth:
    """After a failure of the vendor's. Three in a row, or too many altogether, open the circuit; a failed probe doubles it."""
    faded = _decayed(health, now)
    worse = replace(faded, failures=faded.failures + 1, streak=faded.streak + 1, failed=now)
    trips = health.trips > 0 or worse.streak >= TRIPPING_STREAK or success_share(worse, now) < TRIPPING_SHARE
    return _open(worse, now) if trips else worse


def probing(health: OfferHealth, now: float) -> OfferHealth:
    """A half-open circuit lets this one request through; until it reports, the circuit is open to others."""
    if health.trips == 0 or health.open_until > now:
        return health
    return replace(health, open_until=now + _circuit(health.trips))


def missing(health: OfferHealth, now: float) -> OfferHealth:
    """After the vendor said that it does not serve this model, or not to this account."""
    return replace(health, missing_until=now + MISSING_S)


def barred(health: OfferHealth, told: OfferHealth, latest: float = math.inf) -> OfferHealth:
    """With the times until which somebody else, who asked the same offer, leaves it alone; none of those beyond ``latest``."""
    return replace(
        health,
        open_until=max(health.open_until, min(told.open_until, latest)),
        limited_until=max(health.limited_until, min(told.limited_until, latest)),
        missing_until=max(health.missing_until, min(told.missing_until, latest)),
        streak=max(health.streak, told.streak),
        updated=max(health.updated, told.updated),
    )


def refused_for_price(health: OfferHealth, now: float) -> OfferHealth:
    """After a request for whose limit on the price there is no host: the next one may offer more. Beyond the last limit the offer
    is left alone for a while, as one that is not served.
    """
    known = health.price_limit if health.price_until > now else 1.0
    higher = next((limit for limit in PRICE_LIMITS if limit > known), None)
    if higher is None:
        return missing(health, now)
    return replace(health, price_factor=PRICE_GUESS, price_limit=higher, price_until=now + PRICE_KEPT_S)


def billed(health: OfferHealth, times: float) -> OfferHealth:
    """After an answer of an offer that was refused for its price before: it was billed at so many times the list price."""
    return replace(health, price_factor=_clamp(times, (1.0, health.price_limit)))


def after_error(health: OfferHealth, now: float, error: ProviderError, *, input_tokens: int | None = None) -> OfferHealth:
    """What an error means for the offer. ``input_tokens`` is the estimated prompt size, learned from when it was too long."""
    match error:
        case RateLimited():
            wait = error.retry_after
            if wait is None:
                wait = min(LONGEST_THROTTLE_S, THROTTLE_S * 2**health.throttles)
            return replace(health, limited_until=now + wait, throttles=health.throttles + 1)
        case ModelNotFound():
            return missing(health, now)
        case PriceAboveLimit():
            return refused_for_price(health, now)
        case ContextTooLong():
            if input_tokens is None:
                return health
            known = health.max_input if health.max_input_until > now else None
            limit = max(input_tokens - 1, 1)
            shortest = limit if known is None else min(known, limit)
            return replace(health, max_input=shortest, max_input_until=now + LIMIT_KEPT_S)
        case RequestRejected() | AuthenticationFailed() | OutOfCredit() | NotReady():
            return health
        case _ if error.scope == "request":  # this machine's own settings kept it from being sent
            return health
        case _:
            worse = failed(health, now)
            # a server that is overloaded may say for how long
            return replace(worse, limited_until=now + error.retry_after) if error.retry_after else worse


def learned(health: OfferHealth, *, predicted_input: float, median_output: int, prior: float, usage: Usage) -> OfferHealth:
    """Estimates moved towards what a reply really used.

    ``predicted_input`` is the estimate (tokens) this call was priced with, ``prior`` the verbosity it assumed when nothing
    was learned yet.
    """
    kappa, talk = health.kappa, health.verbosity
    if usage.input > 0 and predicted_input > 0:
        kappa = _clamp(kappa * (usage.input / predicted_input) ** 0.1, KAPPA_RANGE)
    if usage.output > 0 and median_output > 0:
        old = prior if talk is None else talk
        talk = _clamp(math.exp(0.9 * math.log(old) + 0.1 * math.log(usage.output / median_output)), VERBOSITY_RANGE)
    return replace(health, kappa=kappa, verbosity=talk)


def accustomed(
    health: OfferHealth, action: str, usage: Usage, *, predicted_input: float, predicted_output: float, usual: float = 1.0
) -> OfferHealth:
    """The offer's habit at this action, moved by a reply towards what it took: by half at first, by less each time.

    ``predicted_input`` and ``predicted_output`` are the estimates this call was priced with, in tokens; 0 says nothing. ``usual``
    is the factor on its answer that they were made with where the offer had no habit yet (`usual_output`).
    """
    old = health.habits.get(action) or Habit(input=known_input(health), output=usual)
    gain = 1 / (old.calls + 2)
    entered, left = old.input, old.output
    if usage.input > 0 and predicted_input > 0:
        entered = _clamp(entered * (usage.input / predicted_input) ** gain, KAPPA_RANGE)
    if usage.output > 0 and predicted_output > 0:
        left = _clamp(left * (usage.output / predicted_output) ** gain, HABIT_RANGE)
    return replace(health, habits={**health.habits, action: Habit(old.calls + 1, entered, left)})


def usual_output(action: str, experience: Iterable[OfferHealth]) -> float:
    """The factor on an expected answer at offers that were not asked for this action yet: what the others took. Else an offer
    would be preferred only for being known.
    """
    calls, taken = 0, 0.0
    for health in experience:
        if health.habits and (habit := health.habits.get(action)) is not None:
            calls += habit.calls
            taken += habit.calls * math.log(habit.output)
    return math.exp(taken / calls) if calls else 1.0


def known_input(health: OfferHealth) -> float:
    """The factor on an estimated prompt at an action that the offer was not asked for yet: its tokenizer is the same in all."""
    weights = [(habit.calls, math.log(habit.input)) for habit in health.habits.values()]
    calls = sum(count for count, _ in weights)
    return math.exp(sum(count * factor for count, factor in weights) / calls) if calls else 1.0


def _faded(health: OfferHealth, now: float) -> tuple[float, float]:
    """Successes and failures as they count now."""
    if not health.successes and not health.failures:
        return 0.0, 0.0
    keep = 0.5 ** (max(now - health.updated, 0.0) / HALF_LIFE_S)
    good, bad = health.successes * keep, health.failures * keep
    return good if good >= FORGOTTEN else 0.0, bad if bad >= FORGOTTEN else 0.0


def _decayed(health: OfferHealth, now: float) -> OfferHealth:
    good, bad = _faded(health, now)
    return replace(health, successes=good, failures=bad, updated=max(now, health.updated))


def _open(health: OfferHealth, now: float) -> OfferHealth:
    trips = health.trips + 1
    return replace(health, trips=trips, open_until=now + _circuit(trips))


def _circuit(trips: int) -> float:
    return min(LONGEST_CIRCUIT_S, CIRCUIT_S * 2 ** (trips - 1))


def smooth(old: float | None, new: float | None) -> float | None:
    if new is None:
        return old
    return new if old is None else (1 - SMOOTHING) * old + SMOOTHING * new


def _clamp(value: float, span: tuple[float, float]) -> float:
    return min(max(value, span[0]), span[1])

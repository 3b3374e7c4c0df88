"""What one gateway tells others of an offer: its circuit and limits, and its latencies. Pure transitions.

Times go as seconds from now, so that no two clocks need to agree. What is learned of prompts and prices stays where it was
learned.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Literal, cast

from coderoute_ls.domain import OfferHealth
from coderoute_ls.selection.health.offer_health import LONGEST_CIRCUIT_S, MISSING_S, smooth

Kind = Literal["limits", "latencies"]
"""What changes with a failure and must be known at once, and what changes with every answer."""

LONGEST_LIMIT_S = 3_600.0
"""What a vendor asks others to wait is believed up to this."""
MOST_IN_A_ROW = 100
SLOWEST_S, FASTEST_PER_S = 600.0, 100_000.0


@dataclass(frozen=True, slots=True)
class ToldLimits:
    """An offer's circuit, rate limit and gap. Seconds are left from the moment in which it was told."""

    open_s: float = 0.0
    limited_s: float = 0.0
    missing_s: float = 0.0
    trips: int = 0
    streak: int = 0
    throttles: int = 0


@dataclass(frozen=True, slots=True)
class ToldLatencies:
    """How fast an offer answers; 0 is not known."""

    first_token_s: float = 0.0
    first_answer_s: float = 0.0
    tokens_per_s: float = 0.0


Told = ToldLimits | ToldLatencies
_MOST: Mapping[str, float] = {
    "open_s": LONGEST_CIRCUIT_S, "limited_s": LONGEST_LIMIT_S, "missing_s": MISSING_S, "trips": MOST_IN_A_ROW,
    "streak": MOST_IN_A_ROW, "throttles": MOST_IN_A_ROW, "first_token_s": SLOWEST_S, "first_answer_s": SLOWEST_S,
    "tokens_per_s": FASTEST_PER_S,
}  # fmt: skip
_COUNTS = ("trips", "streak", "throttles")


def as_json(told: Told) -> dict[str, object]:
    """Without what says nothing."""
    return {name: value for name, value in asdict(told).items() if value}


def told(kind: object, said: object) -> Told | None:
    """From `as_json`, within bounds. None where it is none; what a later version tells besides is passed over."""
    made = ToldLimits if kind == "limits" else ToldLatencies if kind == "latencies" else None
    if made is None or not isinstance(said, dict):
        return None
    found: dict[str, float] = {}
    for field in fields(made):
        value: object = cast("dict[object, object]", said).get(field.name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        found[field.name] = min(max(value, 0), _MOST[field.name])
        if field.name in _COUNTS:
            found[field.name] = int(found[field.name])
    return made(**found)  # pyright: ignore[reportArgumentType]  (counts are whole)


def changed(before: OfferHealth, after: OfferHealth, now: float) -> frozenset[Kind]:
    """What others must be told."""
    kinds = set[Kind]()
    one, other = limits(before, now), limits(after, now)
    # failures that open no circuit yet are each replica's own: sharing them would open it for a few that happen at once
    if replace(one, streak=0) != replace(other, streak=0):
        kinds.add("limits")
    if latencies(before) != latencies(after):
        kinds.add("latencies")
    return frozenset(kinds)


def limits(health: OfferHealth, now: float) -> ToldLimits:
    """As they are told now."""

    def left(until: float) -> float:
        return max(until - now, 0.0)

    return ToldLimits(
        left(health.open_until), left(health.limited_until), left(health.missing_until), health.trips, health.streak,
        health.throttles,
    )  # fmt: skip


def latencies(health: OfferHealth) -> ToldLatencies:
    return ToldLatencies(health.first_token_s or 0.0, health.first_answer_s or 0.0, health.tokens_per_s or 0.0)


def heard(health: OfferHealth, what: Told, now: float, age_s: float = 0.0) -> OfferHealth:
    """After another gateway told this, ``age_s`` seconds ago. Its limits are the newest that is known, its latencies count as one
    more answer."""

    def until(left: float) -> float:
        return now + left - age_s if left > age_s else 0.0

    if isinstance(what, ToldLatencies):
        return replace(
            health,
            first_token_s=smooth(health.first_token_s, what.first_token_s or None),
            first_answer_s=smooth(health.first_answer_s, what.first_answer_s or None),
            tokens_per_s=smooth(health.tokens_per_s, what.tokens_per_s or None),
        )
    return replace(
        health,
        open_until=until(what.open_s), limited_until=until(what.limited_s), missing_until=until(what.missing_s),
        trips=what.trips, streak=what.streak, throttles=what.throttles, updated=max(health.updated, now - age_s),
    )  # fmt: skip

"""When an answer begins, the thinking included: as the user's own calls took, else as published, else as usual at the vendor."""

from collections.abc import Mapping

import numpy as np

from coderoute_ls.domain import OfferHealth, Request
from coderoute_ls.selection.pricing.cost_estimate import Estimate
from coderoute_ls.selection.pricing.offer_table import Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers

PATIENCE_S = 30.0
"""Seconds that a user waits for the first word of an answer."""
LONG_S = 2 * PATIENCE_S
"""Seconds after which the user does something else meanwhile."""
SLOW_KEPT_S = 3_600.0
"""Seconds for which a wait that was longer than published is remembered."""


def first_answer_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    """Seconds to the first token of the answer at every offer, as published or usual, thinking included."""
    return _thinking_s(columns, figures, request) + columns.answer_base


def foreseen_s(columns: PricedOffers, figures: Estimate, request: Request, seen: Mapping[int, OfferHealth], now: float) -> Floats:
    """The same, −inf where it is not known; by rules 5, as the user's own calls took it (``seen``, by place)."""
    thinking = _thinking_s(columns, figures, request)
    start = thinking + columns.foreseen_base
    if request.rules > 4:
        for place, health in seen.items():
            own, fresh = health.first_answer_s, now - health.updated < SLOW_KEPT_S
            if own is not None and fresh:
                start[place] = own
            elif health.first_token_s is not None:
                start[place] = _experienced(health, thinking.item(place), start.item(place), now)
    return start


def _thinking_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    thinking = figures.output - request.median_output
    np.maximum(thinking, 0.0, out=thinking)
    thinking /= columns.thinking_rate
    return thinking


def first_answer_at(  # noqa: PLR0917
    columns: PricedOffers, figures: Estimate, request: Request, seen: Mapping[int, OfferHealth], now: float, place: int
) -> float:
    """The seconds at one offer; −inf where they are not known."""
    thinking = max(figures.output.item(place) - request.median_output, 0.0) / columns.thinking_rate.item(place)
    start = thinking + columns.foreseen_base.item(place)
    health = seen.get(place)
    if request.rules < 5 or health is None or health.first_token_s is None:
        return start
    return _experienced(health, thinking, start, now)


def _experienced(health: OfferHealth, thinking: float, published: float, now: float) -> float:
    """Seconds to the first token of the answer as the user's own calls took it. A slow time is forgotten after a while: an offer
    that is never asked again could not show that it is over.
    """
    own = health.first_answer_s
    if own is None and health.first_token_s is not None:
        own = health.first_token_s + thinking
    if own is None:
        return published
    return own if now - health.updated < SLOW_KEPT_S else min(own, published)

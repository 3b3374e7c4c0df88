"""When an answer begins, before anything was experienced: as published, else as usual at the vendor, the thinking included."""

import numpy as np

from coderoute_ls.domain import Request
from coderoute_ls.selection.pricing.cost_estimate import Estimate
from coderoute_ls.selection.pricing.offer_table import Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers

PATIENCE_S = 30.0
"""Seconds that a user waits for the first word of an answer."""
LONG_S = 2 * PATIENCE_S
"""Seconds after which the user does something else meanwhile."""


def first_answer_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    """Seconds to the first token of the answer at every offer, as published or usual, thinking included."""
    return _thinking_s(columns, figures, request) + columns.answer_base


def foreseen_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    """The same, −inf where it is not known."""
    return _thinking_s(columns, figures, request) + columns.foreseen_base


def _thinking_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    thinking = figures.output - request.median_output
    np.maximum(thinking, 0.0, out=thinking)
    thinking /= columns.thinking_rate
    return thinking


def first_answer_at(columns: PricedOffers, figures: Estimate, request: Request, place: int) -> float:
    """The seconds at one offer; −inf where they are not known."""
    thinking = max(figures.output.item(place) - request.median_output, 0.0)
    return thinking / columns.thinking_rate.item(place) + columns.foreseen_base.item(place)

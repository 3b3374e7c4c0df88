"""When an answer begins, before anything was experienced: as published, else as usual at the vendor, the thinking included."""

import numpy as np

from coderoute_ls.domain import Request
from coderoute_ls.selection.pricing.cost_estimate import Estimate
from coderoute_ls.selection.pricing.offer_table import Flags, Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers

PATIENCE_S = 30.0
"""Seconds that a user waits for the first word of an answer."""


def first_answer_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    """Seconds to the first token of the answer at every offer, as published or usual, thinking included."""
    return _thinking_s(columns, figures, request) + columns.answer_base


def late(columns: PricedOffers, figures: Estimate, request: Request) -> Flags:
    """Offers that probably begin to answer when a user's patience has ended."""
    return _thinking_s(columns, figures, request) + columns.foreseen_base > PATIENCE_S


def _thinking_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    thinking = figures.output - request.median_output
    np.maximum(thinking, 0.0, out=thinking)
    thinking /= columns.thinking_rate
    return thinking


def first_answer_at(columns: PricedOffers, figures: Estimate, request: Request, place: int) -> float:
    """The seconds at one offer; −inf where they are not known."""
    thinking = max(figures.output.item(place) - request.median_output, 0.0)
    return thinking / columns.thinking_rate.item(place) + columns.foreseen_base.item(place)

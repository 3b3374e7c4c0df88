"""When an answer begins, before anything was experienced: as published, else as usual at the vendor, the thinking included."""

import numpy as np

from coderoute_ls.domain import Request
from coderoute_ls.selection.pricing.estimate import Estimate
from coderoute_ls.selection.pricing.offer_table import Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers


def first_answer_s(columns: PricedOffers, figures: Estimate, request: Request) -> Floats:
    """Seconds to the first token of the answer at every offer, as published or usual, thinking included."""
    thinking = np.maximum(figures.output - request.median_output, 0.0)
    return np.where(columns.answers_apart, columns.first_answer, columns.first_token + thinking / columns.throughput)

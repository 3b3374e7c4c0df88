"""All offers that a request may go to, for somebody who wants to pick one by hand: each priced, with its first token's time."""

from dataclasses import dataclass

import numpy as np

from coderoute_ls.domain import Chosen, Request, State
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision.decide import prepared_for
from coderoute_ls.selection.decision.offer_candidates import Candidates
from coderoute_ls.selection.decision.prepared_offers import PreparedOffers
from coderoute_ls.selection.pricing.first_token_time import first_answer_s


@dataclass(frozen=True, slots=True)
class Suitable:
    """One offer that breaks no rule and clears the floor."""

    chosen: Chosen
    first_token_s: float
    """Seconds to the first token of the answer: as experienced, else as published, else as the vendor usually is."""


def suitable(request: Request, source: Catalog | PreparedOffers, state: State, most: int) -> tuple[Suitable, ...]:
    """At most so many, the cheapest first; equals go by score, latency and id."""
    field = Candidates.of(prepared_for(request, source, state).strict, request, state)
    if not field.columns.offers:
        return ()
    costs, answers = field.figures.expected, first_answer_s(field.columns, field.figures, request)
    places = sorted(map(int, np.flatnonzero(field.ok)), key=lambda place: (float(costs[place]), field.order(place)))

    def first_token(place: int) -> float:
        seen = field.seen.get(place)
        return float(answers[place]) if seen is None or seen.first_token_s is None else seen.first_token_s

    return tuple(Suitable(field.chosen(place, "picked by hand"), first_token(place)) for place in places[:most])

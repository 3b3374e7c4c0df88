"""What the same call would have cost elsewhere: the base of an honest savings figure.

Two rivals: always the strongest model within reach, and the one model that one would use for everything, the cheapest that
clears the floors of all actions.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from coderoute_ls.domain import Axis, Offer, ProviderState, Request, State
from coderoute_ls.domain.ledger import Alternative
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.pricing.priced_offers import PricedOffers, build, estimate


class Baselines:
    """The rivals under one catalogue and one set of keys; made anew when either changes."""

    def __init__(self, catalog: Catalog, providers: Mapping[str, ProviderState]) -> None:
        self._providers = providers
        self._within = [o for o in catalog.offers if (p := providers.get(o.provider)) and p.reachable and p.enabled]
        self._columns: dict[object, PricedOffers | None] = {}

    def of(self, request: Request, floors: Mapping[Axis, float], state: State) -> Alternative:
        """``floors``: the highest floor of any action, per axis."""
        strongest = self._cheapest(("strongest", request.axis), lambda: self._strongest(request.axis), request, state)
        single = self._cheapest(("single", *sorted(floors.items())), lambda: self._single(floors), request, state)
        return Alternative(*(strongest or ("", None)), *(single or ("", None)))

    def _strongest(self, axis: Axis) -> list[Offer]:
        scored = [offer for offer in self._within if axis in offer.scores]
        best = max((offer.scores[axis].low for offer in scored), default=0.0)
        return [offer for offer in scored if offer.scores[axis].low == best]

    def _single(self, floors: Mapping[Axis, float]) -> list[Offer]:
        return [
            offer
            for offer in self._within
            if all(axis in offer.scores and offer.scores[axis].low >= floor for axis, floor in floors.items())
        ]

    def _cheapest(
        self, key: object, rivals: Callable[[], Sequence[Offer]], request: Request, state: State
    ) -> tuple[str, float] | None:
        if key not in self._columns:
            offers = rivals()
            self._columns[key] = build(offers, [0.0] * len(offers), self._providers, state.now) if offers else None
        columns = self._columns[key]
        if columns is None or columns.unpriced.all():
            return None
        costs = np.where(columns.unpriced, np.inf, estimate(columns, request, state, {}).expected)
        place = int(costs.argmin())
        return columns.offers[place].id, float(costs[place])

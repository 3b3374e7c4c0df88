"""One catalogue with one set of keys, and the tables made from both. Needs numpy, so it is loaded at its first use."""

from collections.abc import Mapping
from dataclasses import replace

from coderoute_ls.domain import Chosen, Decision, Offer, ProviderState, Request, State, Usage
from coderoute_ls.domain.ledger import Alternative, Ledger
from coderoute_ls.engine.baselines import Baselines
from coderoute_ls.engine.score_corrections import LearnedCatalogs
from coderoute_ls.engine.types import Answered
from coderoute_ls.selection import Catalog, PreparedOffersCache, explain, select
from coderoute_ls.selection.decision.suitable_offers import Suitable, suitable
from coderoute_ls.selection.pricing.billing import Bills


class PreparedCatalog:
    """Pure, but for the ledger's corrections. Blocks and circuits change in ``State``, never here."""

    def __init__(self, catalog: Catalog, providers: Mapping[str, ProviderState], ledger: Ledger) -> None:
        self.catalog = catalog
        self._bills = Bills(providers)
        self._cache = PreparedOffersCache(catalog)
        self._learned = LearnedCatalogs(catalog, ledger)
        self._baselines = Baselines(self._cache.tables, providers)

    def decide(self, request: Request, state: State, *, learn: bool) -> Decision:
        cache = self._learned.of(request.action, request.axis) if learn else self._cache
        return select(request, cache.tables(request, state), state)

    def explained(self, decision: Decision, state: State) -> Decision:
        """The decision with every rejected offer, its reason and the frontier."""
        return explain(decision.request, self._catalog_of(decision), state)

    def pinned(self, decision: Decision, state: State, offer: str) -> Chosen | None:
        """This offer, priced for the same request; None when it may not be asked."""
        chosen = select(replace(decision.request, pinned=offer), self._catalog_of(decision), state).chosen
        return chosen if chosen is not None and chosen.offer.id == offer else None

    def suitable(self, request: Request, state: State, most: int) -> tuple[Suitable, ...]:
        """The offers that the request may go to, whichever model is set for it, the cheapest first."""
        open_to_all = replace(request, pinned=None)
        return suitable(open_to_all, self._cache.tables(open_to_all, state), state, most)

    def _catalog_of(self, decision: Decision) -> Catalog:
        """The catalogue that the call was decided with, while it is known; else the one of now."""
        return self._learned.by_snapshot(decision.snapshot) or self.catalog

    def alternative(self, request: Request, floor: float, state: State, answered: Answered) -> Alternative:
        """What the answer would have cost at the strongest model, and at the one for everything above ``floor``."""
        return self._baselines.of(request, floor, state, answered)

    def dearer(self, offer: Offer, usage: Usage, now: float) -> str:
        """That these tokens cost more than the catalogue says, in words."""
        silent = usage.cost_usd is None and not offer.prices.risen
        return "" if silent else self._bills.dearer(offer, usage, now)

    def billed_usd(self, offer: Offer, usage: Usage, now: float) -> float:
        """What a call of these tokens cost, in USD."""
        return self._bills.usd(offer, usage, now)

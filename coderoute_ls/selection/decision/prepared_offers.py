"""A catalogue prepared for one policy, one set of keys and one hour, so that a decision does not look at 2,000 offers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from coderoute_ls.domain import Offer, ProviderState, Request, State
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision import eligibility as rules
from coderoute_ls.selection.decision.eligibility import Failure, Policy
from coderoute_ls.selection.decision.score_bound import bound_of, score_barrier
from coderoute_ls.selection.pricing.priced_offers import PricedOffers, cut


class PreparedOffers:
    """What `select` reads. Prices are those of the hour (UTC), so that dated and time-of-day prices hold without a look."""

    def __init__(self, catalog: Catalog, policy: Policy, providers: Mapping[str, ProviderState], now: float) -> None:
        self.catalog, self.policy, self.providers, self.hour = catalog, policy, providers, int(now // 3600)
        self.today = datetime.fromtimestamp(now, UTC).date().isoformat()
        self._reach = rules.reach(providers)
        offers = catalog.offers
        self._within = [place for place, offer in enumerate(offers) if self._barrier(offer) is None]
        self.strict = self._columns([place for place in self._within if score_barrier(offers[place], policy) is None])

    def fits(self, request: Request, state: State) -> bool:
        """Whether these tables hold for it."""
        same = state.providers is self.providers or state.providers == self.providers
        return same and int(state.now // 3600) == self.hour and self.policy.covers(request)

    @cached_property
    def relaxed(self) -> PricedOffers:
        """The offers that clear everything but perhaps the floor."""
        return self._columns(self._within)

    @cached_property
    def everything(self) -> PricedOffers:
        return self._columns(range(len(self.catalog.offers)))

    @cached_property
    def static_failures(self) -> tuple[Failure | None, ...]:
        """Per offer of the catalogue: its first failure among the rules that no request changes."""
        both = ((self._barrier(offer), score_barrier(offer, self.policy)) for offer in self.catalog.offers)
        return tuple(min((failure for failure in pair if failure), default=None) for pair in both)

    @cached_property
    def static_reason(self) -> str:
        """Why nothing is within reach: the rule that the offers which got furthest failed."""
        failed = [(failure.rule, failure.reason) for failure in self.static_failures if failure]
        failed += [(rules.FIRST_RULES.get(row.reason, 0), row.reason) for row in self.catalog.refused]
        return max(failed, default=(0, "no_offers"))[1]

    def _barrier(self, offer: Offer) -> Failure | None:
        return rules.barrier(offer, self.policy, self._reach, self.today)

    def _columns(self, places: Sequence[int]) -> PricedOffers:
        scores = [self.catalog.offers[place].scores.get(self.policy.axis) for place in places]
        bounds = [-1.0 if score is None else bound_of(score, self.policy) for score in scores]
        estimated = [score is not None and score.confidence == "estimate" for score in scores]
        return cut(self.catalog.table, places, bounds, self.providers, self.hour * 3600.0, estimated=estimated)


def prepare(request: Request, catalog: Catalog, state: State) -> PreparedOffers:
    """Offers prepared for every request of this policy until the keys or the hour change."""
    return PreparedOffers(catalog, Policy.of(request), state.providers, state.now)


class PreparedOffersCache:
    """Remembers tables by policy, so that callers need not: holds one catalogue, forgets the policies used least recently."""

    KEPT = 32

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._tables: dict[Policy, PreparedOffers] = {}

    def tables(self, request: Request, state: State) -> PreparedOffers:
        policy = Policy.of(request)
        found = self._tables.pop(policy, None)
        if found is None or not found.fits(request, state):
            found = prepare(request, self.catalog, state)
        self._tables[policy] = found
        if len(self._tables) > self.KEPT:
            del self._tables[next(iter(self._tables))]
        return found

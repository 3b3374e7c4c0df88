"""The choice: the lowest expected cost among the offers that pass every rule, and the fallbacks after it.

Pure: no clock, no randomness, no I/O. The same request, catalogue and state give the same decision.
"""

from dataclasses import replace

import numpy as np

from coderoute_ls.domain import Chosen, Decision, Offer, Rejected, Request, State, Unmet
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.local_model_names import strength
from coderoute_ls.selection.decision import built_in_engine
from coderoute_ls.selection.decision import eligibility as rules
from coderoute_ls.selection.decision.eligibility import Failure
from coderoute_ls.selection.decision.fallback_chain import fallback_chain
from coderoute_ls.selection.decision.offer_candidates import TIE_BAND, Candidates
from coderoute_ls.selection.decision.prepared_offers import PreparedOffers, prepare
from coderoute_ls.selection.decision.score_bound import bound_of, score_barrier
from coderoute_ls.selection.pricing.offer_table import Floats, gives_away
from coderoute_ls.selection.pricing.priced_offers import ESTIMATE_FACTOR, LASTING_FACTOR
from coderoute_ls.text.dollars import dollars

NEARLY_AS_GOOD = 0.05
"""So much better must a preview be than one that stays, and a model that costs many times more than an estimated one."""


def select(request: Request, source: Catalog | PreparedOffers, state: State, *, tie_band: float = TIE_BAND) -> Decision:
    """Which offer to ask. With `PreparedOffers` that still fit it takes microseconds; from a catalogue they are prepared first.

    ``frontier``, ``rejected`` and ``considered`` stay empty: see `explain`.
    """
    return _Choice(request, prepared_for(request, source, state), state, tie_band).decision()


def explain(request: Request, source: Catalog | PreparedOffers, state: State, *, tie_band: float = TIE_BAND) -> Decision:
    """The same decision with the frontier, every rejected offer and its reason, and the offers within reach."""
    return _Choice(request, prepared_for(request, source, state), state, tie_band).explained()


def prepared_for(request: Request, source: Catalog | PreparedOffers, state: State) -> PreparedOffers:
    """The source's tables where they still fit, else fresh ones."""
    if isinstance(source, Catalog):
        return prepare(request, source, state)
    return source if source.fits(request, state) else prepare(request, source.catalog, state)


class _Choice:
    """One request being decided."""

    def __init__(self, request: Request, tables: PreparedOffers, state: State, tie_band: float) -> None:
        self.request, self.tables, self.state, self.tie_band = request, tables, state, tie_band
        self.floor = request.floor.value

    def decision(self) -> Decision:
        if (engine := built_in_engine.alone(self.request, self.state)) is not None:
            return self._decided((engine,))
        field = Candidates.of(self.tables.strict, self.request, self.state)
        if np.count_nonzero(field.ok):
            return self._decided(self._best(field))
        if (free := self._free_instead(field)) is not None:
            return self._decided(self._best(free, "the budget is used up, so nothing is paid for; "))
        if (probe := self._probe(field)) is not None:
            return self._decided((probe,))
        return self._unmet(field)

    def explained(self) -> Decision:
        found = self.decision()
        frontier = Candidates.of(self.tables.strict, self.request, self.state).frontier()
        return Decision(
            found.request, found.snapshot, found.now, found.chosen, found.chain,
            frontier, self._rejected(found.chain), found.unmet, self._considered(found.unmet is None),
        )  # fmt: skip

    def _best(self, field: Candidates, because: str = "") -> tuple[Chosen, ...]:
        """The chosen offer and its fall-backs, all above the floor."""
        among = f"{(count := np.count_nonzero(field.ok))} {'offer' if count == 1 else 'offers'} with score ≥ {self.floor:.2f}"
        objective = self.tables.policy.objective
        pool = field if self._weighs else field.among(field.columns.measured)
        if field.columns.any_standing_by:
            pool = pool.among(~field.columns.stands_by)
        if objective == "speed":
            rank, why = field.ranked(field.seconds()), "fastest expected answer among"
            place, why = self._lasting(pool, rank, why, "answer sooner")
        elif objective == "quality":
            rank, why = field.ranked(-field.columns.score), "highest score within the cost cap among"
            place, why = self._lasting(pool, rank, why, "be better")
        else:
            weighed = pool.weighed()
            place, why = pool.cheapest(weighed, self.tie_band)
            if field.columns.any_standing_by:  # they are none to choose, and fall-backs all the same
                weighed = field.weighed()
            rank = weighed if self._weighs else field.ranked(field.figures.expected)
        told = f"{why} {among}"
        if not self._weighs:
            return fallback_chain(field, place, because + told, rank)
        faults = field.against(place)
        chain = fallback_chain(field, place, because + self._weighed_why(field, place, told, faults), rank)
        return (replace(chain[0], against=faults), *chain[1:]) if faults else chain

    def _lasting(self, pool: Candidates, rank: Floats, why: str, better: str) -> tuple[int, str]:
        """The first by ``rank``; where that one does not stay, one that does at a similar price and nearly as good a rank: at
        most twice the seconds, or `NEARLY_AS_GOOD` of the score.
        """
        first = pool.first(rank)
        if self.request.rules == 1 or not pool.columns.passing[first]:
            return first, why
        costs, worst = pool.figures.expected, float(rank[first]) + max(float(rank[first]), NEARLY_AS_GOOD)
        stays = pool.ok & ~pool.columns.passing & (costs <= float(costs[first]) * LASTING_FACTOR) & (rank <= worst)
        if not stays.any():
            return first, why
        reason = f"{pool.offer(first).id} would {better} but {' and '.join(pool.against(first))}; apart from that: "
        return pool.among(stays).first(rank), reason + why

    @property
    def _weighs(self) -> bool:
        """Whether the choice is by cost, and what speaks against an offer counts."""
        return self.request.rules > 1 and self.tables.policy.objective not in {"speed", "quality"}

    @staticmethod
    def _weighed_why(field: Candidates, place: int, why: str, faults: tuple[str, ...]) -> str:
        """The same, with what speaks against a cheaper offer that is not asked, or against this one, and what it would cost
        without that.
        """
        if (passed := field.cheaper(place)) is not None and (worse := field.against(passed)):
            cost = dollars(float(field.figures.expected[passed]), 3)
            why = f"{field.offer(passed).id} would cost {cost} but {' and '.join(worse)}; apart from that: {why}"
        if faults:
            better = field.without_faults()
            instead = (
                "nobody without a drawback can be asked"
                if better is None
                else f"one without a drawback would cost {dollars(better, 3)}"
            )
            why = f"{why}; it {' and '.join(faults)}: {instead}"
        return why

    def _free_instead(self, field: Candidates) -> Candidates | None:
        """Free offers, where only the budget bars the paid ones; not those that may train on what they are sent, for nobody has
        agreed to that.
        """
        if not field.columns.free.any() or not self._only_budget_bars(field):
            return None
        free = Candidates.of(field.columns, self.request, self.state, blind_to="free_offer")
        left = free.ok & ~free.columns.trains
        return replace(free, ok=left) if left.any() else None

    def _only_budget_bars(self, field: Candidates) -> bool:
        """Whether nothing but the budget bars one of these."""
        if self.state.budget_left_usd is None or not field.columns.offers:
            return False
        return bool((Candidates.of(field.columns, self.request, self.state, blind_to="over_budget").ok & ~field.ok).any())

    # When nothing clears the floor

    def _probe(self, field: Candidates) -> Chosen | None:
        """When only open circuits stand in the way: the offer that failed least recently."""
        if not any(health.open_until > self.state.now for health in field.seen.values()):
            return None
        tried = Candidates.of(field.columns, self.request, self.state, blind_to="circuit_open")
        places = [int(i) for i in np.flatnonzero(tried.ok)]
        if not places:
            return None
        place = min(places, key=lambda i: (tried.seen[i].failed, tried.order(i)))
        return tried.chosen(place, "every suitable offer has been failing; trying the one that failed least recently")

    def _unmet(self, strict: Candidates) -> Decision:
        request = self.request
        if not self.tables.relaxed.offers:
            return self._last_resort(Unmet(f"all_{self.tables.static_reason}"))
        field = Candidates.of(self.tables.relaxed, request, self.state)
        over = self._only_budget_bars(strict if strict.columns.offers else field)
        if over and (free := self._free_instead(field)) is not None:
            field = replace(field, ok=field.ok | free.ok)
        if not field.ok.any():
            return self._last_resort(Unmet(f"all_{field.furthest_failure()}"))
        rank = field.ranked(self._relaxed_rank(field))
        place = self._affordable(field, rank, field.first(rank))
        offer = field.offer(place)
        score = offer.scores.get(request.axis)
        bound = None if score is None else bound_of(score, self.tables.policy)
        if strict.columns.offers:
            rule = f"all_{strict.furthest_failure()}"
        else:
            rule = "all_unknown_score" if bound is None else "all_below_floor"
        using = (
            f"{offer.name or offer.id} at {bound:.2f}" if bound is not None else f"{offer.name or offer.id}, which has no score"
        )
        unmet = Unmet(rule, offer.id, bound)
        if request.on_unmet_floor == "error":
            return self._decided((), unmet)
        if offer.local and self._weaker_than_built_in(bound):
            return self._last_resort(Unmet(rule))
        return self._decided(fallback_chain(field, place, f"floor {self.floor:.2f} unmet: using {using}", rank), unmet)

    def _weaker_than_built_in(self, bound: float | None) -> bool:
        """Whether ghost text is left to the built-in engine: nobody has measured how well the model fills holes, or the engine
        has a draft that is more probable than the score. A local model costs nothing, so only this keeps a weak one out."""
        request = self.request
        if request.axis != "completion" or request.pinned or request.rules < 4:
            return False
        return bound is None or (request.embedded_score or 0.0) > bound

    def _affordable(self, field: Candidates, rank: Floats, place: int) -> int:
        """The best below the floor, or the cheapest estimate that is nearly as good where the best costs many times more."""
        costs = field.figures.expected
        near = field.ok & field.columns.estimated & (rank <= rank[place] + NEARLY_AS_GOOD)
        if self.request.rules == 1 or not near.any() or float(costs[place]) <= float(costs[near].min()) * ESTIMATE_FACTOR:
            return place
        return field.among(near).first(costs)

    def _relaxed_rank(self, field: Candidates) -> Floats:
        """Trusted scores from the top, then unscored local models, the larger first, then the other ones, at their default effort
        first.
        """

        def rank(offer: Offer, bound: float) -> float:
            failure = score_barrier(offer, self.tables.policy)
            if failure is None or failure.reason == "below_floor":
                return -bound
            if offer.local:
                return 10.0 - (strength(offer.wire_id) if self.request.rules > 1 else 0.0)
            return (20.0 if offer.effort is None else 30.0) - max(bound, 0.0)

        pairs = zip(field.columns.offers, field.columns.score, strict=True)
        ranks = np.array([rank(offer, float(bound)) for offer, bound in pairs], dtype=np.float64)
        return ranks + NEARLY_AS_GOOD * field.columns.passing if self.request.rules > 1 else ranks

    def _last_resort(self, unmet: Unmet) -> Decision:
        """Nothing can be asked: the embedded engine answers, if this action is within it."""
        engine = built_in_engine.last_resort(self.request, self.state, unmet)
        return self._decided(() if engine is None else (engine,), unmet)

    # For somebody who asks why

    def _rejected(self, chain: tuple[Chosen, ...]) -> tuple[Rejected, ...]:
        """Every offer that may not be used, with its first failing rule, and the rows the catalogue refused."""
        free = {hop.offer.id for hop in chain if gives_away(hop.offer)}  # in the place of paid ones, when the budget is used up
        field = Candidates.of(self.tables.everything, self.request, self.state)
        first: list[Failure | None] = list(self.tables.static_failures)
        for rule, reason, broken in rules.failures(field.columns, field.figures, self.request, self.state, field.seen):
            for place in map(int, np.flatnonzero(broken)):
                known = first[place]
                if known is None or rule < known.rule:
                    figures = field.figures.at(place)
                    told = rules.detail(reason, field.offer(place), figures, self.request, self.state)
                    first[place] = Failure(rule, reason, told)
        pairs = zip(field.columns.offers, first, strict=True)
        broken = ((offer.id, failure) for offer, failure in pairs if failure and offer.id not in free)
        rejected = [Rejected(name, failure.reason, failure.detail) for name, failure in broken]
        rejected.extend(self.tables.catalog.refused)
        return tuple(sorted(rejected, key=lambda r: (r.offer, r.reason, r.detail)))

    def _considered(self, met: bool) -> tuple[Offer, ...]:
        """The offers that had a say: all that anything but their score lets through; of the unscored ones only those that
        were the last resort. When nothing is within reach: whatever there is a key for.
        """
        tables = self.tables
        if within := tables.relaxed.offers:
            return tuple(offer for offer in within if not met or self.request.axis in offer.scores)
        pairs = zip(tables.catalog.offers, tables.static_failures, strict=True)
        return tuple(offer for offer, failure in pairs if failure is None or failure.rule > 2)

    def _decided(self, chain: tuple[Chosen, ...], unmet: Unmet | None = None) -> Decision:
        chosen = chain[0] if chain else None
        return Decision(self.request, self.tables.catalog.snapshot, self.state.now, chosen, chain, unmet=unmet)

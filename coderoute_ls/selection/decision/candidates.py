"""The priced offers that one request may use, and the orders by which one of them comes first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coderoute_ls.domain import Chosen, FrontierPoint, Offer, OfferHealth, Request, State
from coderoute_ls.selection.decision import eligibility as rules
from coderoute_ls.selection.decision.host_spread import pick_host
from coderoute_ls.selection.health.offer_health import health_class, success_share
from coderoute_ls.selection.pricing.answer_start import first_answer_s
from coderoute_ls.selection.pricing.offer_table import Flags, Floats
from coderoute_ls.selection.pricing.priced_offers import Estimate, PricedOffers, cost_at, estimate
from coderoute_ls.text.dollars import dollars

TIE_BAND, TIE_USD = 0.01, 1e-6
"""Costs this near to each other, as a share or in USD, count as equal."""
DEVIATION = 1.1
"""Health, warmth and spread may cost at most this much of the cheapest."""
ESTIMATE_CEILING = 5.0
"""A measured model stands before estimated ones while it costs at most this many times what they do."""
PATIENCE_S, PATIENCE_CEILING = 30.0, 5.0
"""Seconds that a user waits for the first word of an answer, and how many times as much one that begins sooner may cost."""
LASTING_CEILING = 1.3
"""What a model that stays may cost in the place of a preview, or of one that is soon retired."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """``ok`` flags the offers that break no rule; the methods below choose among those only."""

    request: Request
    state: State
    columns: PricedOffers
    figures: Estimate
    seen: Mapping[int, OfferHealth]
    """What was experienced, by place."""
    ok: Flags

    @staticmethod
    def of(columns: PricedOffers, request: Request, state: State, *, blind_to: str = "") -> "Candidates":
        """These offers priced and checked, one rule left out if asked."""
        index = columns.index
        seen = {index[name]: health for name, health in state.health.items() if name in index}
        figures = estimate(columns, request, state, seen)
        bad = np.zeros(len(columns.offers), dtype=np.bool_)
        for _, reason, broken in rules.failures(columns, figures, request, state, seen):
            if reason != blind_to:
                bad |= broken
        return Candidates(request, state, columns, figures, seen, ~bad)

    def cheapest(self, tie_band: float) -> tuple[int, str]:
        """Lowest expected cost, or within `DEVIATION` of it: the healthier, then the warm, then a tie's better or another host.

        Returns the place and why, in words that go on with "… N offers with score ≥ …".
        """
        costs = np.where(self.ok, self.figures.expected, np.inf)
        lowest = float(costs.min())
        slack = max(lowest * tie_band, TIE_USD if tie_band else 0.0)
        places = np.flatnonzero(costs <= max(lowest * DEVIATION, lowest + slack))
        cost = dict(zip(places.tolist(), costs[places].tolist(), strict=True))
        failing = {i: grade for i in self.seen if i in cost and (grade := self.grade(i))}
        best = min(failing.values()) if len(failing) == len(cost) else 0
        near = [i for i in cost if failing.get(i, 0) == best] if failing else list(cost)
        cheapest = min(map(cost.__getitem__, near))
        place = min((i for i in near if cost[i] <= cheapest + slack), key=self.order)
        if kept := [i for i in self.figures.warm if i in near]:
            stay = min(kept, key=lambda i: (cost[i], self.order(i)))
            instead = "" if stay == place else f": {_usd(cost[stay])} against {_usd(cost[place])} at {self.offer(place).id}"
            return stay, f"its prompt cache is warm{instead}; that makes it the cheapest among"
        if self.state.seed and (hosts := self._hosts(place, near)):
            host = hosts[pick_host({name: cost[i] for name, i in hosts.items()}, self.state.seed, self.offer(place).model)]
            if host != place:
                return host, f"one of {len(hosts)} hosts of this model at nearly the same price, spread by session, among"
        if cheapest > lowest:
            first = min(failing, key=lambda i: (cost[i], self.offer(i).id))
            share = success_share(self.seen[first], self.state.now)
            told = f"{self.offer(first).id} would cost {_usd(cost[first])} but only {share:.0%} of its calls end well"
            return place, f"{told}; cheapest healthy among"
        tied = "" if cost[place] == lowest else " (within 1 % of it, and better)"
        return place, f"cheapest expected cost{tied} among"

    def among(self, flags: Flags) -> "Candidates":
        """Only those of these that are flagged; all of them where none is."""
        left = self.ok & flags
        return self._only(left) if left.any() else self

    def measured(self) -> "Candidates":
        """Those whose score was measured: estimates come behind them, but for one that is many times cheaper than all of them."""
        columns = self.columns
        if not columns.any_estimated:
            return self
        known, cheapest = self.among(columns.measured), self._cheapest()
        if not columns.estimated[cheapest]:
            return known
        dear = self._usd(known) > float(self.figures.expected[cheapest]) * ESTIMATE_CEILING
        return self.among(columns.estimated) if dear and self.request.rules > 1 else known

    def prompt(self) -> "Candidates":
        """Those that probably begin to answer before a user's patience ends, where one of them costs not much more."""
        cheapest = self._cheapest()
        if self.request.rules == 1 or not self.columns.foreseeable[cheapest]:
            return self
        slow = self.columns.foreseeable & (first_answer_s(self.columns, self.figures, self.request) > PATIENCE_S)
        if not slow[cheapest]:
            return self
        quick = self.among(~slow)
        dear = self._usd(quick) > float(self.figures.expected[cheapest]) * PATIENCE_CEILING
        return self if dear else quick

    def lasting(self, place: int) -> "Candidates | None":
        """Those that stay, at a price near to that of this one, which does not; None where it stays, or has no such rival."""
        passing = self.columns.passing
        if not passing[place]:
            return None
        near = self.figures.expected <= float(self.figures.expected[place]) * LASTING_CEILING
        left = self.ok & near & ~passing
        return self._only(left) if left.any() else None

    def _only(self, ok: Flags) -> "Candidates":
        return Candidates(self.request, self.state, self.columns, self.figures, self.seen, ok)

    def _cheapest(self) -> int:
        """The place of the lowest cost."""
        return int(np.where(self.ok, self.figures.expected, np.inf).argmin())

    def _usd(self, others: "Candidates") -> float:
        """The lowest cost of these others."""
        return float(self.figures.expected[others._cheapest()])

    def first(self, rank: Floats) -> int:
        """The lowest rank; equals go by health, cost, latency and id."""
        ranks = np.where(self.ok, rank, np.inf)
        near = [int(i) for i in np.flatnonzero(ranks <= ranks.min())]
        return min(near, key=lambda i: (self.grade(i), float(self.figures.expected[i]), self.order(i)[1:]))

    def frontier(self) -> tuple[FrontierPoint, ...]:
        """Offers that nothing beats on both cost and score, cheapest first."""
        costs, scores = self.figures.expected, self.columns.score
        points: list[FrontierPoint] = []
        for i in sorted(map(int, np.flatnonzero(self.ok)), key=lambda i: (costs[i], -scores[i], self.offer(i).id)):
            if not points or scores[i] > points[-1].score:
                points.append(FrontierPoint(self.offer(i).id, float(costs[i]), float(scores[i])))
        return tuple(points)

    def seconds(self) -> Floats:
        """Expected seconds to the whole answer: as experienced, else as published, else as the vendor usually is."""
        if self.request.rules == 1:
            start, shown = self.columns.first_token.copy(), self.figures.output
        else:
            start = first_answer_s(self.columns, self.figures, self.request)
            shown = np.minimum(self.figures.output, self.request.median_output)
        rate = self.columns.throughput.copy()
        for place, health in self.seen.items():
            rate[place] = health.tokens_per_s or rate[place]
            if health.first_token_s is not None:  # of whatever came first: the thinking comes on top
                start[place] = health.first_token_s + float(self.figures.output[place] - shown[place]) / rate[place]
        return np.asarray(start + shown / rate, dtype=np.float64)

    def furthest_failure(self) -> str:
        """The reason of the offers that got furthest through the request's rules."""
        first: dict[int, tuple[int, str]] = {}
        for rule, reason, broken in rules.failures(self.columns, self.figures, self.request, self.state, self.seen):
            for place in map(int, np.flatnonzero(broken)):
                first.setdefault(place, (rule, reason))
        return max(first.values(), default=(0, "no_offers"))[1]

    def chosen(self, place: int, why: str) -> Chosen:
        offer = self.offer(place)
        return Chosen(offer, offer.scores.get(self.request.axis), cost_at(self.columns, self.figures, place), why)

    def offer(self, place: int) -> Offer:
        return self.columns.offers[place]

    def grade(self, place: int) -> Literal[0, 1, 2]:
        health = self.seen.get(place)
        return 0 if health is None else health_class(health, self.state.now)

    def latency(self, place: int) -> float:
        """Seconds to the first token: measured here, or its vendor's class's."""
        health = self.seen.get(place)
        known = None if health is None else health.first_token_s
        return float(self.columns.first_token[place]) if known is None else known

    def order(self, place: int) -> tuple[float, float, str]:
        """Among equals: higher score, lower latency, then the id, so that the catalogue's order never matters."""
        return -float(self.columns.score[place]), self.latency(place), self.offer(place).id

    def lowest(self, ranks: Floats) -> int | None:
        """The place of the lowest finite rank; equals go by `order`."""
        lowest = ranks.min()
        places = np.flatnonzero(ranks == lowest).tolist() if np.isfinite(lowest) else []
        return min(places, key=self.order, default=None) if len(places) != 1 else places[0]

    def _hosts(self, place: int, near: list[int]) -> dict[str, int]:
        """The same model at the same effort, this offer included."""
        like = self.offer(place)
        return {o.id: i for i in near if (o := self.offer(i)).model == like.model and o.effort == like.effort}


def _usd(amount: float) -> str:
    return dollars(amount, 3)

"""The priced offers that one request may use, and the orders by which one of them comes first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from coderoute_ls.domain import Chosen, FrontierPoint, Offer, OfferHealth, Request, State
from coderoute_ls.selection.decision import eligibility as rules
from coderoute_ls.selection.decision.host_spread import pick_host
from coderoute_ls.selection.health.offer_health import health_class, success_share
from coderoute_ls.selection.pricing.cost_estimate import Estimate, cost_at, estimate
from coderoute_ls.selection.pricing.first_token_time import LONG_S, PATIENCE_S, first_answer_at, first_answer_s, foreseen_s
from coderoute_ls.selection.pricing.offer_table import Flags, Floats
from coderoute_ls.selection.pricing.priced_offers import PricedOffers
from coderoute_ls.text.dollars import dollars

TIE_BAND, TIE_USD = 0.01, 1e-6
"""Costs this near to each other, as a share or in USD, count as equal."""
NOTHING_USD, FREE_USD = 1e-12, 1e-9
"""What a free offer counts as before its factors, and what all of them stay below."""
DEVIATION = 1.1
"""Health, warmth and spread may cost at most this much of the cheapest."""
PATIENCE_FACTOR = 5.0
"""How many times its price an offer counts whose answer begins after `PATIENCE_S`; twice that after `LONG_S`."""


SURE_SHARE = 0.63
"""An answer that is expected to take this share of the limit on it fits, as far as `_tries` goes."""


def _tries(share: Floats) -> Floats:
    """How often one has to ask until an answer fits that is expected to take this share of the limit: what is cut off is paid for
    and no answer. Lengths scatter by a factor of about two, so of those expected to reach the limit every other one does.
    """
    return 2.0 * share**1.5


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
        seen = {place: health for name, health in state.health.items() if (place := index.get(name)) is not None}
        figures = estimate(columns, request, state, seen)
        bad = np.zeros(len(columns.offers), dtype=np.bool_)
        for _, reason, broken in rules.failures(columns, figures, request, state, seen):
            if reason != blind_to:
                bad |= broken
        return Candidates(request, state, columns, figures, seen, ~bad)

    def weighed(self) -> Floats:
        """What each offer counts as, USD: its expected cost, several times that for what speaks against it; inf where it may not
        be used.

        The factors depend on the offer and the request, never on other offers or on the floor. So the lowest of these never falls
        when the floor rises, and the bill falls only where the factors of the choice have risen.
        """
        if self.request.rules == 1:
            return np.where(self.ok, self.figures.expected, np.inf)
        # what costs nothing is put in order by the same factors
        costs = self.figures.expected + NOTHING_USD if self.request.rules > 4 else self.figures.expected
        weighed = costs * self.columns.standing_factor
        start = foreseen_s(self.columns, self.figures, self.request, self.seen, self.state.now)
        slow = (start > PATIENCE_S).nonzero()[0]
        if slow.size:
            longest = 2 * PATIENCE_FACTOR if self.request.rules > 3 else PATIENCE_FACTOR
            weighed[slow] *= np.where(start[slow] > LONG_S, longest, PATIENCE_FACTOR)
        if self.request.rules > 4:
            wanted, limit = self.figures.wanted, self._limit
            cut = (wanted > limit * SURE_SHARE).nonzero()[0]
            if cut.size:
                weighed[cut] *= _tries(wanted[cut] / limit)
        np.copyto(weighed, np.inf, where=~self.ok)
        return weighed

    def cheapest(self, weighed: Floats, tie_band: float) -> tuple[int, str]:
        """Lowest of these costs, or within `DEVIATION` of it: the healthier, then the warm, then a tie's better or another host.

        Returns the place and why, in words that go on with "… N offers with score ≥ …".
        """
        lowest = weighed.item(weighed.argmin())
        least = TIE_USD if tie_band and (lowest > FREE_USD or self.request.rules < 5) else 0.0
        slack = max(lowest * tie_band, least)
        places = (weighed <= max(lowest * DEVIATION, lowest + slack)).nonzero()[0]
        cost = dict(zip(places.tolist(), weighed[places].tolist(), strict=True))
        failing = {i: grade for i, grade in self.failing.items() if i in cost}
        best = min(failing.values()) if len(failing) == len(cost) else 0
        near = [i for i in cost if failing.get(i, 0) == best] if failing else list(cost)
        cheapest = min(map(cost.__getitem__, near))
        tied = [i for i in near if cost[i] <= cheapest + slack]
        place = tied[0] if len(tied) == 1 else min(tied, key=self.among_ties)
        if kept := [i for i in self.figures.warm if i in near]:
            stay = min(kept, key=lambda i: (cost[i], self.order(i)))
            instead = "" if stay == place else f": {self._usd(stay)} against {self._usd(place)} at {self.offer(place).id}"
            return stay, f"its prompt cache is warm{instead}; that makes it the cheapest among"
        if self.state.seed and (hosts := self._hosts(place, near)):
            host = hosts[pick_host({name: cost[i] for name, i in hosts.items()}, self.state.seed, self.offer(place).model)]
            if host != place:
                return host, f"one of {len(hosts)} hosts of this model at nearly the same price, spread by session, among"
        if cheapest > lowest:
            first = min(failing, key=lambda i: (cost[i], self.offer(i).id))
            share = success_share(self.seen[first], self.state.now)
            told = f"{self.offer(first).id} would cost {self._usd(first)} but only {share:.0%} of its calls end well"
            return place, f"{told}; cheapest healthy among"
        better = "" if cost[place] == lowest else " (within 1 % of it, and better)"
        return place, f"cheapest expected cost{better} among"

    def among(self, flags: Flags) -> "Candidates":
        """Only those of these that are flagged; all of them where none is."""
        left = self.ok & flags
        return replace(self, ok=left) if left.any() else self

    def cheaper(self, place: int) -> int | None:
        """The cheapest offer that costs noticeably less than this one; None where there is none."""
        costs = self.figures.expected
        limit = costs.item(place) / DEVIATION - TIE_USD
        if costs.item(costs.argmin()) >= limit:  # also of those that may not be used: nearly always enough
            return None
        lowest = int(self.ranked(costs).argmin())
        return lowest if self.ok[lowest] and costs.item(lowest) < limit else None

    def against(self, place: int) -> tuple[str, ...]:
        """What speaks against an offer, in words."""
        columns = self.columns
        start = first_answer_at(columns, self.figures, self.request, self.seen, self.state.now, place)
        told: list[str] = []
        if columns.any_standing_by and columns.stands_by[place]:
            told.append("goes by a key of your own, which stands in for your team's gateway")
        if columns.passing[place]:
            told.append("is a preview" if columns.preview[place] else f"is retired on {self.offer(place).expires}")
        if columns.any_estimated and columns.estimated[place]:
            told.append("has only an estimated score")
        if columns.any_risen and columns.risen[place]:
            told.append(f"is said to cost {self.offer(place).prices.times_dearer} times more now, which is not believed yet")
        wanted = self.figures.wanted.item(place)
        if self.request.rules > 4 and wanted > self._limit:
            told.append(f"would think and write about {wanted:,.0f} tokens where {self._limit:,} are allowed")
        if self.figures.dearer.get(place, (1.0, 1.0))[0] > 1:
            told.append("costs more than its list price")
        if start > PATIENCE_S:
            told.append(f"begins to answer after about {start:.0f} s")
        return tuple(told)

    def without_faults(self) -> float | None:
        """The lowest cost of an offer that nothing speaks against, USD."""
        columns = self.columns
        start = foreseen_s(columns, self.figures, self.request, self.seen, self.state.now)
        good = self.ok & ~((start > PATIENCE_S) | columns.passing | columns.estimated | columns.risen)
        if self.request.rules > 4:
            good &= self.figures.wanted <= self._limit
        good[[i for i, (factor, _) in self.figures.dearer.items() if factor > 1]] = False
        return float(self.figures.expected[good].min()) if good.any() else None

    @property
    def failing(self) -> Mapping[int, int]:
        """The health classes, by place, of offers that are not healthy."""
        return {
            i: grade for i, health in self.seen.items() if health.failures and (grade := health_class(health, self.state.now))
        }

    @property
    def _limit(self) -> int:
        """Tokens of all answers together, at most."""
        return self.request.max_tokens * self.request.choices

    def ranked(self, rank: Floats) -> Floats:
        """The ranks of these; inf for others."""
        return np.where(self.ok, rank, np.inf)

    def first(self, rank: Floats) -> int:
        """The lowest rank; equals go by health, cost, latency and id."""
        ranks = self.ranked(rank)
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
            if health.first_answer_s is not None and self.request.rules > 4:
                start[place] = health.first_answer_s
            elif health.first_token_s is not None:  # of whatever came first: the thinking comes on top
                start[place] = health.first_token_s + float(self.figures.output[place] - shown[place]) / rate[place]
        return np.asarray(start + shown / rate, dtype=np.float64)

    def furthest_failure(self) -> str:
        """The reason of most offers that got furthest through the request's rules."""
        first: dict[int, tuple[int, str]] = {}
        for rule, reason, broken in rules.failures(self.columns, self.figures, self.request, self.state, self.seen):
            for place in map(int, np.flatnonzero(broken)):
                first.setdefault(place, (rule, reason))
        many = Counter(first.values())
        return max(many, key=lambda failure: (failure[0], many[failure], failure[1]), default=(0, "no_offers"))[1]

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

    def among_ties(self, place: int) -> tuple[bool, float, float, str]:
        """The order of offers that count as equally dear: what stays comes first."""
        return self.request.rules > 1 and bool(self.columns.passing[place]), *self.order(place)

    def lowest(self, ranks: Floats) -> int | None:
        """The place of the lowest finite rank; equals go by `order`."""
        best = int(ranks.argmin())
        lowest = ranks.item(best)
        if lowest == np.inf:
            return None
        equal = ranks == lowest
        return best if np.count_nonzero(equal) == 1 else min(equal.nonzero()[0].tolist(), key=self.order)

    def _hosts(self, place: int, near: list[int]) -> dict[str, int]:
        """The same model at the same effort, this offer included."""
        like = self.offer(place)
        return {o.id: i for i in near if (o := self.offer(i)).model == like.model and o.effort == like.effort}

    def _usd(self, place: int) -> str:
        return dollars(float(self.figures.expected[place]), 3)

"""Ways to choose an offer for a task, ours and others. Each sees what half of the tasks said, and answers the other half."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.policy.outcomes import Flags, Floats, Outcomes, Scale

TIERS = (0.33, 0.66)
"""Where OpenRouter's `min_coding_score` changes the tier (openrouter.ai/docs/guides/routing/routers/pareto-router)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of each offer before it is chosen: its score, the score's lower bound, and its mean bill in USD."""

    score: Floats
    low: Floats
    price: Floats

    @staticmethod
    def of(outcomes: Outcomes, tasks: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "Known":
        """From these tasks: the bound is one standard error of the share solved below it."""
        scale = outcomes.scale
        rate = outcomes.solved[:, tasks].mean(axis=1)
        error = np.sqrt(rate * (1 - rate) / len(tasks))
        low = np.clip(rate - error, 0.0, 1.0)
        price = outcomes.cost[:, tasks].mean(axis=1)
        return Known(_scored(scale, rate), _scored(scale, low), price)

    def choice(self, floor: float) -> int:
        """Ours: the cheapest whose lower bound reaches the floor, else the one with the highest bound."""
        ok = self.low >= floor
        return self._first(self.price, ok) if ok.any() else self.strongest()

    def strongest(self) -> int:
        return self._first(self.price, self.low == self.low.max())

    def stronger(self, place: int) -> int | None:
        """The next offer up the frontier of price and bound; None at its top."""
        above = self.low > self.low[place]
        return self._first(self.price, above) if above.any() else None

    def tier(self, floor: float) -> int:
        """OpenRouter's: a third of the better half, and the cheapest in it by the real bill (its own axis is the list price).
        Where a third is empty, the next higher one."""
        order = np.argsort(-self.score, kind="stable")
        thirds = np.array_split(order[: max(3, (len(order) + 1) // 2)], 3)
        wanted = 0 if floor >= TIERS[1] else 1 if floor >= TIERS[0] else 2
        among = np.zeros(len(self.score), np.bool_)
        among[next(third for third in thirds[wanted::-1] if len(third))] = True
        return self._first(self.price, among)

    def _first(self, rank: Floats, among: Flags) -> int:
        """The lowest rank; of equals the one with the higher score."""
        places = np.flatnonzero(among)
        return int(min(places, key=lambda i: (rank[i], -self.score[i], i)))


def _scored(scale: Scale | None, rate: Floats) -> Floats:
    return rate if scale is None else scale.score(rate)


@dataclass(frozen=True, slots=True)
class Result:
    """Share of the tasks solved, and USD for a task."""

    solved: float
    usd: float

    def beats(self, other: "Result") -> bool:
        """At least as many for at most the same money, and one of both is better."""
        return self.solved >= other.solved and self.usd <= other.usd and self != other


@dataclass(frozen=True)
class Answers:
    """What each offer made of the tasks to be answered."""

    solved: Flags
    cost: Floats
    caught: Flags

    @staticmethod
    def of(outcomes: Outcomes, tasks: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "Answers":
        return Answers(outcomes.solved[:, tasks], outcomes.cost[:, tasks], outcomes.caught[:, tasks])

    @cached_property
    def rates(self) -> Floats:
        """Share solved, by offer."""
        return self.solved.mean(axis=1)

    @cached_property
    def bills(self) -> Floats:
        """USD for a task, by offer."""
        return self.cost.mean(axis=1)

    def by(self, place: int) -> Result:
        """One offer for all tasks."""
        return Result(float(self.rates[place]), float(self.bills[place]))

    def random(self) -> Result:
        """Any offer, each with the same chance."""
        return Result(float(self.rates.mean()), float(self.bills.mean()))

    def single(self, usd: float) -> Result:
        """In hindsight: the offer that solves most among those with at most this bill."""
        rates = np.where(self.bills <= usd * (1 + 1e-9), self.rates, -1.0)
        return self.by(int(np.lexsort((self.bills, -rates))[0]))

    def oracle(self) -> Result:
        """For each task the cheapest offer that solves it; where none does, the cheapest of all."""
        price: Floats = np.where(self.solved, self.cost, np.inf).min(axis=0)
        solvable = np.isfinite(price)
        paid: Floats = np.where(solvable, price, self.cost.min(axis=0))
        return Result(float(np.mean(solvable)), float(np.mean(paid)))

    def escalated(self, place: int, stronger: int | None, *, all_seen: bool) -> Result:
        """The first offer, and the stronger one where a check saw a wrong answer: a free check, or one that sees them all."""
        if stronger is None:
            return self.by(place)
        seen = ~self.solved[place] if all_seen else self.caught[place]
        solved: Flags = np.logical_or(self.solved[place], seen & self.solved[stronger])
        again: Floats = np.where(seen, self.cost[stronger], 0.0)
        return Result(float(np.mean(solved)), float(self.bills[place]) + float(np.mean(again)))

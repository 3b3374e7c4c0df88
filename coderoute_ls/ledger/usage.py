"""Reading the ledger: what was spent and saved, what was accepted, how fast it was, how good the estimates were.

Everything comes from the daily sums, so that a million calls answer as fast as a thousand.
"""

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from coderoute_ls.ledger import money
from coderoute_ls.ledger.book import BUCKETS_PER_E

Group = Literal["action", "model", "workspace", "offer", "day"]
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, both ends included, as ``2026-11-21``."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the calls of one group. Money in USD."""

    name: str
    calls: int = 0
    by_model: int = 0
    by_embedded: int = 0
    by_cache: int = 0
    by_typed: int = 0
    """Answered because the user typed what was suggested."""
    errors: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    expected_usd: float = 0.0
    billed_usd: float = 0.0
    judged: int = 0
    """Answers whose outcome is known: shown, accepted, partly, rejected, undone or retried."""
    accepted: int = 0
    """Accepted as a whole or in part, and not undone."""
    undone: int = 0
    retried: int = 0
    accepted_chars: int = 0

    @property
    def usd_per_accepted(self) -> float | None:
        return self.billed_usd / self.accepted if self.accepted else None

    @property
    def usd_per_1000_accepted_chars(self) -> float | None:
        return 1000 * self.billed_usd / self.accepted_chars if self.accepted_chars else None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The calls whose alternative is known: what they cost, and what they would have cost there with the same tokens."""

    offers: tuple[str, ...]
    calls: int
    billed_usd: float
    instead_usd: float

    @property
    def saved_usd(self) -> float:
        return self.instead_usd - self.billed_usd


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles in seconds, exact to 5 %; None where nothing was measured."""

    name: str
    calls: int
    p50: float | None
    p90: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """How real cost compares with expected cost, over calls that cost something."""

    calls: int
    bias: float | None
    """Geometric mean of billed / expected: 1.1 means 10 % dearer than expected."""
    spread: float | None
    """Geometric standard deviation: two thirds of the calls lie within bias ÷ and × this."""


class Usage:
    """Questions about one period."""

    def __init__(self, connection: sqlite3.Connection, period: Period) -> None:
        self._connection = connection
        self._days = (period.first, period.last)

    def totals(self, by: Group) -> tuple[Totals, ...]:
        """One line per action, model, …, dearest first; days in their order."""
        order = "day" if by == "day" else f"SUM(billed_nusd) DESC, SUM(calls) DESC, {by}"
        return tuple(self._totals(f"{by} AS name", f"GROUP BY {by} ORDER BY {order}"))

    def total(self) -> Totals:
        return next(self._totals("'' AS name", ""))

    def _totals(self, name: str, order: str) -> Iterator[Totals]:
        rows = self._connection.execute(
            f"SELECT {name}, SUM(calls), SUM(by_model), SUM(by_embedded), SUM(by_cache), SUM(by_typed), SUM(errors), "  # noqa: S608
            "SUM(input_tokens), SUM(cached_tokens), SUM(output_tokens), SUM(expected_nusd), SUM(billed_nusd), "
            "SUM(shown + accepted + partly + rejected + undone + retried), SUM(accepted + partly), SUM(undone), SUM(retried), "
            f"SUM(accepted_chars) FROM sums WHERE day BETWEEN ? AND ? {order}",
            self._days,
        )
        for group, *numbers in rows:
            counts = [number or 0 for number in numbers]
            counts[9:11] = money.dollars(counts[9]), money.dollars(counts[10])
            yield Totals(group, *counts)

    def alternative(self, kind: Literal["strongest", "single"]) -> Alternative:
        """Always the strongest reachable model, or always the cheapest one that meets every floor."""
        rows = self._connection.execute(
            "SELECT offer, SUM(calls), SUM(billed_nusd), SUM(nusd) FROM alternatives "
            "WHERE day BETWEEN ? AND ? AND kind = ? GROUP BY offer ORDER BY SUM(calls) DESC, offer",
            (*self._days, kind),
        ).fetchall()
        calls, billed, instead = (sum(row[index] for row in rows) for index in (1, 2, 3))
        return Alternative(tuple(row[0] for row in rows), calls, money.dollars(billed), money.dollars(instead))

    def latencies(self, kind: Literal["first", "total"], by: Literal["action", "offer"]) -> tuple[Latency, ...]:
        """Time to the first token, or to the end, per action or offer; busiest first."""
        buckets: dict[str, list[tuple[int, int]]] = {}
        for name, bucket, calls in self._connection.execute(
            f"SELECT {by}, bucket, SUM(calls) FROM latencies WHERE day BETWEEN ? AND ? AND kind = ? "  # noqa: S608
            f"GROUP BY {by}, bucket ORDER BY bucket",
            (*self._days, kind),
        ):
            buckets.setdefault(name, []).append((bucket, calls))
        lines = [
            Latency(name, sum(calls for _, calls in found), *(_percentile(found, share) for share in (0.5, 0.9, 0.99)))
            for name, found in buckets.items()
        ]
        return tuple(sorted(lines, key=lambda line: (-line.calls, line.name)))

    def estimates(self) -> Estimates:
        count, total, squared = self._connection.execute(
            "SELECT SUM(estimates), SUM(log_error), SUM(log_error_squared) FROM sums WHERE day BETWEEN ? AND ?", self._days
        ).fetchone()
        if not count:
            return Estimates(0, None, None)
        mean = total / count
        return Estimates(count, math.exp(mean), math.exp(math.sqrt(max(squared / count - mean * mean, 0.0))))


def _percentile(buckets: list[tuple[int, int]], share: float) -> float | None:
    """Middle of the bucket in which the value of this rank lies."""
    rank = share * sum(calls for _, calls in buckets)
    seen = 0
    for bucket, calls in buckets:
        seen += calls
        if seen >= rank:
            return math.exp((bucket + 0.5) / BUCKETS_PER_E)
    return None

"""Reading the ledger: what was spent and saved, what was accepted, how fast it was, how good the estimates were.

Everything comes from the daily sums, so that a million calls answer as fast as a thousand.
"""

import math
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal, get_args

from coderoute_ls.ledger import nano_usd
from coderoute_ls.ledger.schema import day_of
from coderoute_ls.ledger.transactions import BUCKETS_PER_E

Group = Literal["action", "model", "workspace", "offer", "day"]
GROUPS: tuple[Group, ...] = get_args(Group)


BEGINNING = "0000-01-01"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, both ends included, as ``2026-11-21``."""

    first: str
    last: str

    def __str__(self) -> str:
        return f"up to {self.last}" if self.first == BEGINNING else f"{self.first} to {self.last}"


PeriodName = Literal["today", "week", "month", "all"]


def period_of(name: PeriodName, now: float) -> Period:
    """Today, the last seven days, this calendar month, or everything; all of them end today."""
    today = day_of(now)
    first = {
        "today": today,
        "week": (date.fromisoformat(today) - timedelta(days=6)).isoformat(),
        "month": today[:8] + "01",
        "all": BEGINNING,
    }
    return Period(first[name], today)


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
    hunks: int = 0
    """Pieces that edits changed, decided or not."""
    hunks_kept: int = 0
    hunks_rejected: int = 0
    accepted_lines: int = 0
    """Lines that edits changed and that stand: until the user rejects or undoes them."""
    edits_usd: float = 0.0
    """Billed for the actions that write lines, answers that were refused or taken back included."""

    @property
    def usd_per_accepted_line(self) -> float | None:
        return self.edits_usd / self.accepted_lines if self.accepted_lines else None

    @property
    def usd_per_accepted(self) -> float | None:
        return self.billed_usd / self.accepted if self.accepted else None

    @property
    def usd_per_1000_accepted_chars(self) -> float | None:
        return 1000 * self.billed_usd / self.accepted_chars if self.accepted_chars else None


SAVINGS_RULE = (
    "An estimate. Each answered call counts once, at its real prompt and the text that was seen, in the other model's own tokens "
    "and with its own thinking; the other model had to be one that could have answered under your settings. All that the call "
    "cost counts, models that failed included; where a cheaper model stood in for one that failed, nothing is claimed."
)
"""For users: what the savings mean."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The calls whose alternative is known: what they cost, and what each would have cost there."""

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


_COUNTS = [
    *("calls", "by_model", "by_embedded", "by_cache", "by_typed", "errors", "input_tokens", "cached_tokens", "output_tokens"),
    *("expected_nusd", "billed_nusd", "shown + accepted + partly + rejected + undone + retried", "accepted + partly"),
    *("undone", "retried", "accepted_chars", "hunks", "hunks_kept", "hunks_rejected", "accepted_lines"),
    "CASE WHEN action IN (SELECT action FROM sums WHERE hunks > 0) THEN billed_nusd ELSE 0 END",
]
"""In the order of the fields of `Totals`."""
_SUMS = ", ".join(f"SUM({count})" for count in _COUNTS)
_IN_PERIOD = "FROM sums WHERE day BETWEEN ? AND ?"


class Usage:
    """Questions about one period. The sums are read once, at the first question."""

    def __init__(self, connection: sqlite3.Connection, period: Period) -> None:
        self._connection = connection
        self._days = (period.first, period.last)

    def total(self) -> Totals:
        return _totals("", [counts for _, counts in self._cells])

    def totals(self, by: Group) -> tuple[Totals, ...]:
        """One line per action, model, …, dearest first; days in their order."""
        if by == "day":
            rows = self._connection.execute(f"SELECT day, {_SUMS} {_IN_PERIOD} GROUP BY day ORDER BY day", self._days)
            return tuple(_totals(day, [counts]) for day, *counts in rows)
        groups: dict[str, list[list[int]]] = {}
        for names, counts in self._cells:
            groups.setdefault(names[by], []).append(counts)
        lines = [_totals(name, cells) for name, cells in groups.items()]
        return tuple(sorted(lines, key=lambda line: (-line.billed_usd, -line.calls, line.name)))

    def by_day_and_model(self) -> tuple[tuple[str, str, float], ...]:
        """Day, model and what it cost then in USD; only what cost something."""
        rows = self._connection.execute(
            f"SELECT day, model, SUM(billed_nusd) AS nusd {_IN_PERIOD} GROUP BY day, model HAVING nusd > 0 ORDER BY day, model",
            self._days,
        )
        return tuple((day, model, nano_usd.dollars(nanos)) for day, model, nanos in rows)

    @cached_property
    def _cells(self) -> list[tuple[dict[str, str], list[int]]]:
        """The sums of each combination of names."""
        names = ("action", "model", "workspace", "offer")
        columns = ", ".join(names)
        rows = self._connection.execute(f"SELECT {columns}, {_SUMS} {_IN_PERIOD} GROUP BY {columns}", self._days)
        return [(dict(zip(names, row, strict=False)), list(row[len(names) :])) for row in rows]

    def alternative(self, kind: Literal["strongest", "single"]) -> Alternative:
        """Always the strongest model, or always the cheapest one that meets every floor; those that could have answered."""
        rows = self._connection.execute(
            "SELECT offer, SUM(calls), SUM(billed_nusd), SUM(nusd) FROM alternatives "
            "WHERE day BETWEEN ? AND ? AND kind = ? GROUP BY offer ORDER BY SUM(calls) DESC, offer",
            (*self._days, kind),
        ).fetchall()
        calls, billed, instead = (sum(row[index] for row in rows) for index in (1, 2, 3))
        return Alternative(tuple(row[0] for row in rows), calls, nano_usd.dollars(billed), nano_usd.dollars(instead))

    def latencies(self, kind: Literal["first", "total"], by: Literal["action", "offer"]) -> tuple[Latency, ...]:
        """Time to the first token, or to the end, per action or offer; busiest first."""
        found: dict[str, Counter[int]] = {}
        for action, offer, measured, bucket, calls in self._buckets:
            if measured == kind:
                found.setdefault(action if by == "action" else offer, Counter())[bucket] += calls
        lines = [
            Latency(name, buckets.total(), *(_percentile(buckets, share) for share in (0.5, 0.9, 0.99)))
            for name, buckets in found.items()
        ]
        return tuple(sorted(lines, key=lambda line: (-line.calls, line.name)))

    @cached_property
    def _buckets(self) -> list[tuple[str, str, str, int, int]]:
        """Action, offer, kind, bucket, calls."""
        return self._connection.execute(
            "SELECT action, offer, kind, bucket, SUM(calls) FROM latencies WHERE day BETWEEN ? AND ? "
            "GROUP BY action, offer, kind, bucket",
            self._days,
        ).fetchall()

    def estimates(self) -> Estimates:
        count, total, squared = self._connection.execute(
            f"SELECT SUM(estimates), SUM(log_error), SUM(log_error_squared) {_IN_PERIOD}", self._days
        ).fetchone()
        if not count:
            return Estimates(0, None, None)
        mean = total / count
        return Estimates(count, math.exp(mean), math.exp(math.sqrt(max(squared / count - mean * mean, 0.0))))


def _totals(name: str, cells: list[list[int]]) -> Totals:
    counts: list[Any] = [sum(column) for column in zip(*cells, strict=True)] or [0] * len(_COUNTS)
    for place in (_COUNTS.index("expected_nusd"), _COUNTS.index("billed_nusd"), len(_COUNTS) - 1):
        counts[place] = nano_usd.dollars(counts[place])
    return Totals(name, *counts)


def _percentile(buckets: Counter[int], share: float) -> float | None:
    """Middle of the bucket in which the value of this rank lies."""
    rank = share * buckets.total()
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= rank:
            return math.exp((bucket + 0.5) / BUCKETS_PER_E)
    return None

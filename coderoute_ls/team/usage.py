"""What a team spent, on what: sums over its calls. Money in billionths of a dollar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import psycopg

from coderoute_ls.ledger import nano_usd

GROUPS: dict[str, LiteralString] = {
    "all": "''",
    "team": "c.team",
    "user": "c.user_name",
    "key": "coalesce(k.prefix, '')",
    "repository": "c.repository",
    "branch": "c.repository || ' ' || c.branch",
    "action": "c.action",
    "model": "c.model",
    "day": "to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
}


@dataclass(frozen=True, slots=True)
class Sums:
    """The calls of one team, user, … in a period."""

    name: str
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    spent_nusd: int
    saved_nusd: int
    """Against the one model that would have been good enough for all: of calls for which that is known."""

    def as_json(self) -> dict[str, object]:
        """For programs; money in USD."""
        return {
            "name": self.name,
            "calls": self.calls,
            "errors": self.errors,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "spent_usd": nano_usd.dollars(self.spent_nusd),
            "saved_usd": nano_usd.dollars(self.saved_nusd),
        }


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Calls that a dead replica never booked: what they cost is not known, and at most this."""

    calls: int
    most_nusd: int


def usage_by(connection: psycopg.Connection, by: str, since: datetime | None, until: datetime | None) -> list[Sums]:
    """By one of `GROUPS`, the dearest first. ``until`` is no part of the period. Raises psycopg.Error."""
    query: LiteralString = (
        "SELECT " + GROUPS[by] + ", count(*), count(*) FILTER (WHERE c.error <> ''), coalesce(sum(c.input_tokens), 0)::bigint, "
        "coalesce(sum(c.output_tokens), 0)::bigint, sum(c.billed_nusd)::bigint, "
        "coalesce(sum(c.single_nusd - c.billed_nusd) FILTER (WHERE c.single_nusd IS NOT NULL), 0)::bigint "
        "FROM coderoute.calls c LEFT JOIN coderoute.keys k ON k.id = c.key_id "
        "WHERE c.at >= coalesce(%s, '-infinity'::timestamptz) AND c.at < coalesce(%s, 'infinity'::timestamptz) "
        "GROUP BY 1 ORDER BY 6 DESC, 1"
    )
    return [Sums(*row) for row in connection.execute(query, (since, until)).fetchall()]


def unsettled(connection: psycopg.Connection, since: datetime | None, until: datetime | None) -> Unsettled:
    """Raises psycopg.Error."""
    found: Sequence[tuple[int, int]] = connection.execute(
        "SELECT count(*), coalesce(sum(nusd), 0)::bigint FROM coderoute.lapsed "
        "WHERE at >= coalesce(%s, '-infinity'::timestamptz) AND at < coalesce(%s, 'infinity'::timestamptz)",
        (since, until),
    ).fetchall()
    return Unsettled(*found[0])

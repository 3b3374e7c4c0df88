"""What the page shows, as the database has it now. Money in billionths of a dollar, times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg

from coderoute_ls.team.administration import Administration, Budget
from coderoute_ls.team.usage import Sums, Unsettled, unsettled, usage_by

LAST_CALLS = 50
MOST_ROWS = 20
"""Of a table by model, team or user."""


@dataclass(frozen=True, slots=True)
class ModelTimes:
    """How a model answered. Seconds; None where nobody waited for a first token."""

    model: str
    first_token_p50_s: float | None
    first_token_p95_s: float | None
    total_p50_s: float | None
    total_p95_s: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of error."""

    offer: str
    error: str
    calls: int
    last: datetime


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in a list."""

    id: str
    at: datetime
    user: str
    team: str
    action: str
    offer: str
    billed_nusd: int
    total_s: float | None
    error: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All of the first page."""

    now: datetime
    period: str
    since: datetime
    today: Sums
    month: Sums
    unsettled: Unsettled
    budgets: Sequence[Budget]
    models: Sequence[tuple[Sums, ModelTimes]]
    teams: Sequence[Sums]
    users: Sequence[Sums]
    failures: Sequence[Failure]
    calls: Sequence[CallLine]
    keys: int
    """Live ones."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call, and why it went where it went."""

    call: dict[str, Any]
    """Columns of the table of calls, and the prefix of its ``key``."""
    words: str
    """"" where they were not kept."""
    others: Sequence[CallLine]
    """Further calls of the same decision: models that failed before, or after."""


PERIODS: dict[str, LiteralString] = {"today": "day", "week": "week", "month": "month"}
"""As the address has it, and as PostgreSQL names it."""
_LINE: LiteralString = "c.id, c.at, c.user_name, c.team, c.action, c.offer, c.billed_nusd, c.total_s, c.error"


def overview(connection: psycopg.Connection, period: str) -> Overview:
    """``period``: one of `PERIODS`. Raises psycopg.Error."""
    row = connection.execute(
        "SELECT now_, date_trunc('day', now_, 'UTC'), date_trunc('month', now_, 'UTC'), date_trunc(%s, now_, 'UTC') "
        "FROM coderoute.moment() AS now_",
        (PERIODS[period],),
    ).fetchone()
    assert row is not None
    now, day, month, since = row
    keys = connection.execute(
        "SELECT count(*) FROM coderoute.keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > coderoute.moment())"
    ).fetchone()
    assert keys is not None
    times = _times(connection, since)
    nothing = ModelTimes("", None, None, None, None)
    return Overview(
        now=now,
        period=period,
        since=since,
        today=_total(connection, day),
        month=_total(connection, month),
        unsettled=unsettled(connection, month, None),
        budgets=Administration(connection, "").budgets(),
        models=[(sums, times.get(sums.name, nothing)) for sums in usage_by(connection, "model", since, None)[:MOST_ROWS]],
        teams=usage_by(connection, "team", since, None)[:MOST_ROWS],
        users=usage_by(connection, "user", since, None)[:MOST_ROWS],
        failures=_failures(connection, now - timedelta(days=1)),
        calls=_lines(connection, "true ORDER BY c.at DESC LIMIT %s", LAST_CALLS),
        keys=keys[0],
    )


def call_page(connection: psycopg.Connection, call_id: str) -> CallPage | None:
    """None where there is no such call. Raises psycopg.Error."""
    found = connection.execute(
        "SELECT to_jsonb(c) || jsonb_build_object('key', k.prefix), c.at, coalesce(e.words, '') FROM coderoute.calls c "
        "LEFT JOIN coderoute.keys k ON k.id = c.key_id LEFT JOIN coderoute.explanations e ON e.decision = c.decision "
        "WHERE c.id = %s",
        (call_id,),
    ).fetchone()
    if found is None:
        return None
    call, at, words = found
    others = _lines(connection, "c.decision = %s AND c.id <> %s ORDER BY c.at LIMIT 20", call["decision"], call_id)
    return CallPage({**call, "at": at}, words, others)


def _total(connection: psycopg.Connection, since: datetime) -> Sums:
    """Over all calls."""
    found = usage_by(connection, "all", since, None)
    return found[0] if found else Sums("", 0, 0, 0, 0, 0, 0)


def _times(connection: psycopg.Connection, since: datetime) -> dict[str, ModelTimes]:
    query = (
        "SELECT model, percentile_cont(0.5) WITHIN GROUP (ORDER BY first_token_s), "
        "percentile_cont(0.95) WITHIN GROUP (ORDER BY first_token_s), percentile_cont(0.5) WITHIN GROUP (ORDER BY total_s), "
        "percentile_cont(0.95) WITHIN GROUP (ORDER BY total_s) FROM coderoute.calls WHERE at >= %s AND error = '' GROUP BY model"
    )
    return {row[0]: ModelTimes(*row) for row in connection.execute(query, (since,)).fetchall()}


def _failures(connection: psycopg.Connection, since: datetime) -> list[Failure]:
    query = (
        "SELECT offer, error, count(*), max(at) FROM coderoute.calls WHERE at >= %s AND error <> '' GROUP BY 1, 2 "
        "ORDER BY 3 DESC, 4 DESC LIMIT %s"
    )
    return [Failure(*row) for row in connection.execute(query, (since, MOST_ROWS)).fetchall()]


def _lines(connection: psycopg.Connection, which: LiteralString, *values: object) -> list[CallLine]:
    query: LiteralString = "SELECT " + _LINE + " FROM coderoute.calls c WHERE " + which  # noqa: S608  (of literals alone)
    return [CallLine(*row) for row in connection.execute(query, values).fetchall()]

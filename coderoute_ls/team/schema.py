"""The tables' version, and bringing a database up to date: once, however many replicas start together."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

import psycopg

from coderoute_ls.errors import ConfigurationError

MIGRATING = 7_239_846_522
"""Advisory lock of who changes tables. The number means nothing; the next one is that of the budgets, in 0002."""


@cache
def migrations() -> Mapping[int, str]:
    """The steps by number, from 1 on without a gap."""
    found = sorted(
        (file for file in files("coderoute_ls.team.migrations").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    assert [int(file.name[:4]) for file in found] == [*range(1, len(found) + 1)], "two migrations with one number, or a gap"
    return {number: file.read_text("utf-8") for number, file in enumerate(found, start=1)}


def version(connection: psycopg.Connection) -> int:
    """Of the tables that are there; 0 for an empty database. Raises psycopg.Error."""
    if connection.execute("SELECT to_regclass('coderoute.migrations')").fetchone() == (None,):
        return 0
    row = connection.execute("SELECT coalesce(max(version), 0) FROM coderoute.migrations").fetchone()
    return cast("int", row[0]) if row else 0


def migrate(connection: psycopg.Connection, to: int | None = None) -> int:
    """Bring the tables to today's version (``to``: to that one), each step in a transaction of its own. ``connection`` must be
    in autocommit. Returns the version before. Raises `ConfigurationError` for a database of a later coderoute-ls; psycopg.Error.
    """
    found, last = version(connection), len(migrations()) if to is None else to
    if found < last:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        try:
            found = version(connection)  # another process may have been first
            for number in range(found + 1, last + 1):
                _step(connection, number)
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (MIGRATING,))
    if found > len(migrations()):
        raise ConfigurationError(
            f"The team's database is of version {found}, and this coderoute-ls knows up to {len(migrations())}. Install the "
            "newer one that the other replicas run."
        )
    return found


def _step(connection: psycopg.Connection, number: int) -> None:
    with connection.transaction():
        if number == 1:
            connection.execute("CREATE SCHEMA IF NOT EXISTS coderoute")
            columns = "version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp()"
            connection.execute(f"CREATE TABLE coderoute.migrations ({columns})")
        connection.execute(cast("LiteralString", migrations()[number]))
        connection.execute("INSERT INTO coderoute.migrations (version) VALUES (%s)", (number,))

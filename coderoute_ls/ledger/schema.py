"""The ledger's tables and their versions, and opening the file.

Money is whole billionths of a dollar, so that sums are exact. ``sums``, ``alternatives`` and ``latencies`` are daily roll-ups,
and ``spending`` is what budgets look at; all are written in the call's own transaction and stay when calls are deleted by age.
"""

import sqlite3
import time
from contextlib import closing

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE calls (
        id TEXT NOT NULL UNIQUE,
        time REAL NOT NULL,
        day TEXT NOT NULL,
        workspace TEXT NOT NULL,
        action TEXT NOT NULL,
        decision TEXT NOT NULL,
        offer TEXT NOT NULL,
        model TEXT NOT NULL,
        floor REAL,
        score REAL,
        input_tokens INTEGER,
        cached_tokens INTEGER,
        output_tokens INTEGER,
        expected_input INTEGER,
        expected_output INTEGER,
        expected_nusd INTEGER NOT NULL,
        billed_nusd INTEGER NOT NULL,
        first_token_s REAL,
        total_s REAL,
        finish TEXT NOT NULL,
        error TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        shown_chars INTEGER NOT NULL,
        outcome TEXT NOT NULL DEFAULT '',
        accepted_chars INTEGER NOT NULL DEFAULT 0,
        strongest TEXT NOT NULL,
        strongest_nusd INTEGER,
        single TEXT NOT NULL,
        single_nusd INTEGER
    );
    CREATE INDEX calls_by_day ON calls (day);
    CREATE TABLE sums (
        day TEXT NOT NULL,
        workspace TEXT NOT NULL,
        action TEXT NOT NULL,
        offer TEXT NOT NULL,
        model TEXT NOT NULL,
        calls INTEGER NOT NULL DEFAULT 0,
        by_model INTEGER NOT NULL DEFAULT 0,
        by_embedded INTEGER NOT NULL DEFAULT 0,
        by_cache INTEGER NOT NULL DEFAULT 0,
        by_typed INTEGER NOT NULL DEFAULT 0,
        errors INTEGER NOT NULL DEFAULT 0,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        cached_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        expected_nusd INTEGER NOT NULL DEFAULT 0,
        billed_nusd INTEGER NOT NULL DEFAULT 0,
        estimates INTEGER NOT NULL DEFAULT 0,
        log_error REAL NOT NULL DEFAULT 0,
        log_error_squared REAL NOT NULL DEFAULT 0,
        shown INTEGER NOT NULL DEFAULT 0,
        accepted INTEGER NOT NULL DEFAULT 0,
        partly INTEGER NOT NULL DEFAULT 0,
        rejected INTEGER NOT NULL DEFAULT 0,
        undone INTEGER NOT NULL DEFAULT 0,
        retried INTEGER NOT NULL DEFAULT 0,
        accepted_chars INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (day, workspace, action, offer, model)
    ) WITHOUT ROWID;
    CREATE TABLE spending (
        day TEXT NOT NULL,
        workspace TEXT NOT NULL,
        nusd INTEGER NOT NULL,
        PRIMARY KEY (day, workspace)
    ) WITHOUT ROWID;
    CREATE TABLE alternatives (
        day TEXT NOT NULL,
        action TEXT NOT NULL,
        kind TEXT NOT NULL,
        offer TEXT NOT NULL,
        calls INTEGER NOT NULL,
        nusd INTEGER NOT NULL,
        billed_nusd INTEGER NOT NULL,
        PRIMARY KEY (day, action, kind, offer)
    ) WITHOUT ROWID;
    CREATE TABLE latencies (
        day TEXT NOT NULL,
        action TEXT NOT NULL,
        offer TEXT NOT NULL,
        kind TEXT NOT NULL,
        bucket INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (day, action, offer, kind, bucket)
    ) WITHOUT ROWID;
    CREATE TABLE reservations (
        id TEXT PRIMARY KEY,
        workspace TEXT NOT NULL,
        nusd INTEGER NOT NULL,
        process INTEGER NOT NULL,
        expires REAL NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE calls ADD COLUMN hunks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE calls ADD COLUMN hunks_kept INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE calls ADD COLUMN hunks_rejected INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE calls ADD COLUMN accepted_lines INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sums ADD COLUMN hunks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sums ADD COLUMN hunks_kept INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sums ADD COLUMN hunks_rejected INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sums ADD COLUMN accepted_lines INTEGER NOT NULL DEFAULT 0
    """,
)
"""Step ``n`` brings a file of version ``n`` to ``n + 1``. Never change a step that was released: append one."""

VERSION = len(MIGRATIONS)


class NewerVersion(Exception):
    """The file was written by a later coderoute-ls."""


def version(connection: sqlite3.Connection) -> int:
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        return int(cursor.fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, in one transaction. Raises `NewerVersion`."""
    if version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = version(connection)  # another process may have been first
        if found > VERSION:
            raise NewerVersion(f"version {found}; this program knows up to {VERSION}")
        for step in MIGRATIONS[found:]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def day_of(moment: float) -> str:
    """The local calendar day of a Unix time, as ``2026-11-21``."""
    return time.strftime("%Y-%m-%d", time.localtime(moment))

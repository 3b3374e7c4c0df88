"""A ledger that is no database any more: kept under another name, so that a new one can be started."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from coderoute_ls.ledger.schema import connect
from coderoute_ls.storage import Locked, lock


def is_damage(error: Exception) -> bool:
    """Whether this error says that the file itself is broken, rather than that it cannot be reached."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError | sqlite3.IntegrityError | sqlite3.ProgrammingError
    )


def set_aside(path: Path) -> str:
    """Rename the damaged file. Returns a sentence about it; "" where it could not be renamed, or is not damaged (any more)."""
    aside = path.with_name(f"{path.name}.damaged")
    with suppress(OSError, Locked), lock(path.with_name(f"{path.name}.lock")):
        if not _damaged(path):  # another process has set it aside meanwhile
            return ""
        path.replace(aside)
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return f"The ledger {path} was damaged; it is kept as {aside.name}, and a new one is started."
    return ""


def _damaged(path: Path) -> bool:
    try:
        with closing(connect(path)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.DatabaseError as error:
        return is_damage(error)

"""The ledger's file: opening it, how long to wait while another process has it locked, and what becomes of a damaged one."""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from coderoute_ls.ledger.schema import migrate
from coderoute_ls.storage import Locked, lock

LOCK_WAIT_S = 2.0
"""How long a write of the server waits for a lock that another process holds before it is put off: a call waits with it."""
COMMAND_LOCK_WAIT_S = 30.0
"""The same for a command of the command line, which has nothing else to do."""


def connect(path: Path, *, wait: float = COMMAND_LOCK_WAIT_S) -> sqlite3.Connection:
    """Open the file and bring it up to date. ``wait``: seconds to wait for other writers.

    Raises sqlite3.Error when the file is damaged or cannot be written, OSError when its directory cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection, wait)
        path.chmod(0o600)
        # In WAL mode NORMAL cannot corrupt: a crash of the machine may lose the last commits, one of the process loses none.
        connection.execute("PRAGMA synchronous = NORMAL")
        # A commit never stops to move the log into the file: that waits for the disk. `checkpoint` does, beside the writers.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """A new file is switched to a log by whoever comes first. SQLite does not wait for another one that is at it: we do."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_S)


_PAUSE_S = 0.005


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move what was committed from the log into the file, without keeping anybody from writing. Raises sqlite3.Error."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


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

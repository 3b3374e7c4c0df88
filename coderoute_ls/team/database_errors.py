"""What goes wrong with the team's database, in words that say what to do; never libpq's own, which may hold an address."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from coderoute_ls.errors import ConfigurationError, DatabaseLost


def told(error: BaseException) -> Exception | None:
    """The error as ours; None where it is no trouble with the database itself, but with what it was asked."""
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return DatabaseLost("The team's database is read-only: a standby, for example. Name the primary in --database.")
    if isinstance(error, errors.InsufficientPrivilege):
        return ConfigurationError(
            "The user of --database may not do this in the team's database. docs/team.md says what it must be granted."
        )
    if isinstance(error, errors.InvalidPassword | errors.InvalidAuthorizationSpecification):
        return ConfigurationError("The team's database refused the user or password of --database.")
    if isinstance(error, errors.InvalidCatalogName):
        return ConfigurationError("There is no such database on the server of --database: create it with `createdb`.")
    if isinstance(error, errors.QueryCanceled | errors.LockNotAvailable | TimeoutError):
        return DatabaseLost("The team's database did not answer in time. Ask again in a moment; its log says what it waits for.")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | OSError):
        return _refused(str(error)) or DatabaseLost("The team's database cannot be reached. Ask again in a moment.")
    return None


def _refused(said: str) -> Exception | None:
    """libpq tells why a connection was refused only in words."""
    if "password authentication failed" in said or "no password supplied" in said or "no pg_hba.conf entry" in said:
        return ConfigurationError("The team's database refused the user or password of --database.")
    if "does not exist" in said:
        return ConfigurationError("The server of --database knows no such database or user: create it first.")
    if "session is read-only" in said:
        return DatabaseLost("The team's database is read-only: a standby. Name the primary in --database as well.")
    return None


@contextmanager
def telling() -> Generator[None]:
    """Raise `DatabaseLost` or `ConfigurationError` in place of the library's errors."""
    try:
        yield
    except (psycopg.Error, OSError) as error:
        ours = told(error)
        if ours is None:
            raise
        raise ours from error

"""The connection to the team's database: a pool for the gateway, one connection for commands, and bounds on all waiting."""

import asyncio
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from coderoute_ls.errors import ConfigurationError, DatabaseLost
from coderoute_ls.team.database_errors import telling, told

Rows = Sequence[tuple[Any, ...]]

STATEMENT_S = 3.0
"""Longest that the server may work on a statement, waiting for locks included."""
CONNECT_S = 3
POOL_WAIT_S = 2.0
MOST_CONNECTIONS = 8
"""Of each replica. PostgreSQL takes a hundred in its usual settings."""
WHY_S = 1.0
PAUSE_S = 0.5
"""After a loss nobody else waits for the database for so long: each would wait for nothing."""


def parameters(url: str) -> dict[str, Any]:
    """For libpq. A standby is not taken for the server: with several hosts in the address the one that can be written is used.
    Raises `ConfigurationError` where the address is none."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise ConfigurationError(
            "--database is no address of a PostgreSQL. Write it as in postgresql://user@host:5432/name, the password in "
            "PGPASSWORD or ~/.pgpass."
        ) from None
    return {
        "application_name": "coderoute-ls",
        "connect_timeout": CONNECT_S,
        "target_session_attrs": "read-write",
        "tcp_user_timeout": int(STATEMENT_S * 1_000),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        **given,
    }


@contextmanager
def connected(url: str) -> Generator[psycopg.Connection]:
    """One connection in autocommit, for a command. Raises `ConfigurationError`, `DatabaseLost`, also for what is done with it."""
    with telling(), psycopg.connect(**parameters(url), autocommit=True) as connection:
        yield connection


class Database:
    """What the gateway asks. Statements must be such that doing them twice is doing them once: they are sent again over another
    connection where one is lost."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._clock = clock
        self._lost, self._lost_until = "", 0.0
        self._pool = AsyncConnectionPool(
            "",
            kwargs={**parameters(url), "autocommit": True},
            configure=_configured,
            min_size=1,
            max_size=MOST_CONNECTIONS,
            timeout=POOL_WAIT_S,
            reconnect_timeout=5.0,
            open=False,
        )

    async def open(self) -> None:
        """Raises `ConfigurationError`, `DatabaseLost`."""
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def rows(self, query: LiteralString, values: Sequence[object] = ()) -> Rows:
        """What one statement returns, which is a transaction of its own. Raises `DatabaseLost`, `ConfigurationError`."""
        if self._clock() < self._lost_until:
            raise DatabaseLost(self._lost)
        try:
            try:
                return await self._once(query, values)
            except psycopg.OperationalError as error:
                if isinstance(error, PoolTimeout | psycopg.errors.QueryCanceled | psycopg.errors.ReadOnlySqlTransaction):
                    raise
                await self._pool.check()  # the others of the pool may be as dead
                return await self._once(query, values)
        except (psycopg.Error, OSError) as error:
            ours = told(await self._why() or error if isinstance(error, PoolTimeout) else error)
            if ours is None:
                raise
            if isinstance(ours, DatabaseLost):
                self._lost, self._lost_until = ours.user_message, self._clock() + PAUSE_S
            raise ours from error

    async def _why(self) -> Exception | None:
        """What keeps the pool from connecting, which it does not say; None where it is over."""
        try:
            async with asyncio.timeout(WHY_S):
                await (await psycopg.AsyncConnection.connect(**parameters(self.url))).close()
        except (psycopg.Error, OSError) as error:
            return error
        return None

    async def _once(self, query: LiteralString, values: Sequence[object]) -> Rows:
        async with self._pool.connection() as connection:
            return await (await connection.execute(query, values)).fetchall()


async def _configured(connection: psycopg.AsyncConnection) -> None:
    await connection.execute(f"SET statement_timeout = {int(STATEMENT_S * 1_000)}".encode())
    await connection.execute("SET plan_cache_mode = force_generic_plan")  # planning anew took a fifth of a booking's time
    connection.prepare_threshold = 1

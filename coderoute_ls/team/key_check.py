"""Whose key a request carries: asked of the database, remembered for some seconds, forgotten when it is revoked."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from psycopg import sql

from coderoute_ls.errors import CoderouteError, DatabaseLost, KeyRefused
from coderoute_ls.team.administration import KEY_COLUMNS, key_of
from coderoute_ls.team.database import Database, parameters
from coderoute_ls.team.database_errors import told
from coderoute_ls.team.keys import Key, hash_of, looks_like_a_key

log = logging.getLogger(__name__)

BOUND_S = 5.0
"""How long a key is remembered, should word of its end not arrive. What costs money asks the database for the key anyway."""
KEPT_IN_LOSS_S = 600.0
"""While the database is lost, and the replica may spend an allowance: how long after it was last seen a key opens the gateway."""
MOST_KEYS = 10_000
AGAIN_S = 1.0
"""Between two tries to listen."""


@dataclass(frozen=True, slots=True)
class _Seen:
    key: Key
    at: float
    until: float


class KeyCheck:
    """``survives_loss``: keys that were seen lately are taken while the database cannot be asked."""

    def __init__(
        self,
        database: Database,
        *,
        survives_loss: bool = False,
        bound_s: float = BOUND_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._survives_loss = survives_loss
        self._bound_s = bound_s
        self._clock = clock
        self._seen: dict[bytes, _Seen] = {}

    async def key(self, secret: str) -> Key:
        """Raises `KeyRefused` with what is wrong, `DatabaseLost`."""
        if not looks_like_a_key(secret):
            raise KeyRefused("The key is missing or wrong. Send the team's key (crk-…) as the API key.")
        hashed, now = hash_of(secret), self._clock()
        seen = self._seen.get(hashed)
        if seen is not None and now < seen.until:
            return seen.key
        try:
            return await self._asked(hashed, now)
        except DatabaseLost:
            if seen is not None and self._survives_loss and now - seen.at < KEPT_IN_LOSS_S:
                return seen.key
            raise

    async def _asked(self, hashed: bytes, now: float) -> Key:
        query = f"SELECT {KEY_COLUMNS}, expires_at - coderoute.moment() FROM coderoute.keys WHERE hash = %s"  # noqa: S608
        rows = await self._database.rows(query, (hashed,))
        self._seen.pop(hashed, None)
        if not rows:
            raise KeyRefused("The key is wrong: this gateway does not know it. Ask your administrator for one.")
        *columns, left = rows[0]
        key = key_of(columns)
        if key.revoked_at is not None:
            raise KeyRefused(f"The key {key.prefix} was revoked. Ask your administrator for another.")
        if left is not None and left <= timedelta():
            raise KeyRefused(f"The key {key.prefix} expired on {key.expires_at:%Y-%m-%d}. Ask your administrator for another.")
        if len(self._seen) >= MOST_KEYS:
            self._seen.pop(next(iter(self._seen)))
        lives = self._bound_s if left is None else min(self._bound_s, left.total_seconds())
        self._seen[hashed] = _Seen(key, now, now + lives)
        return key

    def forget(self, key_id: int | None = None) -> None:
        """This key was changed: ask again for it. None: any may have been; ask again for all, where there is who answers."""
        for hashed, seen in [*self._seen.items()]:
            if key_id == seen.key.id:
                del self._seen[hashed]
            elif key_id is None:
                self._seen[hashed] = _Seen(seen.key, seen.at, -math.inf)


async def hear(
    url: str,
    channels: dict[str, Callable[[str], None]],
    connected: Callable[[], None],
    *,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Call who is named for a channel with what is told there, until cancelled. ``connected``: from now on nothing is missed;
    what was told before may have been."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**parameters(url), autocommit=True) as connection:
                for name in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
                connected()
                async for notice in connection.notifies():
                    channels[notice.channel](notice.payload)
        except (psycopg.Error, OSError) as error:
            ours = told(error)
            log.info("Listening ended: %s", ours.user_message if isinstance(ours, CoderouteError) else type(error).__name__)
        await sleep(AGAIN_S)

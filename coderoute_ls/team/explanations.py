"""Why each call went where it went, kept in the team's database beside what was booked."""

import asyncio
import logging
from collections import deque

import psycopg

from coderoute_ls.errors import CoderouteError
from coderoute_ls.team.database import Database

log = logging.getLogger(__name__)

MOST_WAITING = 1_000
MOST_CHARS = 4_000
AT_ONCE = 100


class Explanations:
    """One per replica. No call waits for it, and what a lost database does not take is not kept: money is booked elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[tuple[str, str]] = deque(maxlen=MOST_WAITING)
        self._writing: asyncio.Task[None] | None = None

    def add(self, decision: str, words: str) -> None:
        """From the event loop. ``decision``: its id."""
        self._waiting.append((decision, words[:MOST_CHARS].replace("\0", "")))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Write what waits."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        query = (
            "INSERT INTO coderoute.explanations (decision, words) SELECT * FROM unnest(%s::text[], %s::text[]) "
            "ON CONFLICT (decision) DO NOTHING RETURNING decision"
        )
        try:
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                decisions, words = zip(*some, strict=True)
                await self._database.rows(query, ([*decisions], [*words]))
        except (CoderouteError, psycopg.Error) as error:
            log.warning("%d explanations were not kept: %s", len(self._waiting) + 1, type(error).__name__)
            self._waiting.clear()
        finally:
            self._writing = None

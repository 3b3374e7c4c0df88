"""What replicas tell each other of offers. No request waits for it, and without it each learns by itself, as one alone does."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import LiteralString, cast
from uuid import uuid4

import psycopg

from coderoute_ls.domain import OfferHealth
from coderoute_ls.errors import CoderouteError
from coderoute_ls.selection.health import told_health
from coderoute_ls.selection.health.told_health import Kind, Told
from coderoute_ls.team.database import Database, Rows

log = logging.getLogger(__name__)

CHANNEL = "coderoute_health"
LATER_S = 10.0
"""Between two tellings of latencies, which change with every answer."""
OLDEST_S = 600.0
"""What was told before that is no news to a replica that starts."""
MOST_TOLD = 500
"""Offers in one statement."""
LONGEST_NAME = 300
"""A notification holds 8,000 bytes."""


class HealthExchange:
    """One per replica. ``learn`` takes what others told; ``shared`` says whether an offer is one that others know: a server on
    this machine is not. All methods are for the event loop."""

    def __init__(
        self,
        database: Database,
        learn: Callable[[str, Callable[[OfferHealth], OfferHealth]], None],
        shared: Callable[[str], bool],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._learn = learn
        self._shared = shared
        self._clock = clock
        self._sleep = sleep
        self._replica = uuid4().hex
        self._changed: dict[tuple[str, Kind], OfferHealth] = {}
        self._urgent = asyncio.Event()
        self.problem = ""
        """Why the last word was not told or read; "" when it was."""
        self._reading: asyncio.Task[None] | None = None
        self._telling = asyncio.create_task(self._tell())

    def changed(self, offer: str, before: OfferHealth, after: OfferHealth) -> None:
        """This replica has learned something of an offer."""
        kinds = told_health.changed(before, after, self._clock())
        if not kinds or len(offer) > LONGEST_NAME or not self._shared(offer):
            return
        self._changed.update({(offer, kind): after for kind in kinds})
        if "limits" in kinds:
            self._urgent.set()

    def notified(self, payload: str) -> None:
        """Another replica, or this one, told something."""
        with suppress(ValueError):
            said: object = json.loads(payload)
            if isinstance(said, dict):
                told = cast("dict[str, object]", said)
                if told.get("replica") != self._replica:
                    self._heard(told.get("offer"), told_health.told(told.get("kind"), told.get("told")), 0.0)

    def connected(self) -> None:
        """From now on every word arrives: what was told before is read."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Tell nothing more."""
        tasks = [task for task in (self._telling, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _heard(self, offer: object, told: Told | None, age_s: float) -> None:
        if isinstance(offer, str) and told is not None and self._shared(offer):
            self._learn(offer, lambda health: told_health.heard(health, told, self._clock(), age_s))

    async def _tell(self) -> None:
        later: asyncio.Future[object] | None = None
        try:
            while True:
                later = asyncio.ensure_future(self._sleep(LATER_S))
                urgent = asyncio.ensure_future(self._urgent.wait())
                await asyncio.wait((later, urgent), return_when=asyncio.FIRST_COMPLETED)
                later.cancel()
                urgent.cancel()
                self._urgent.clear()
                await self._tell_all()
        finally:
            if later is not None:
                later.cancel()

    async def _tell_all(self) -> None:
        while self._changed:
            some = {name: self._changed.pop(name) for name in [*self._changed][:MOST_TOLD]}
            now = self._clock()
            said = [
                {
                    "offer": offer,
                    "kind": kind,
                    "told": told_health.as_json(
                        told_health.limits(health, now) if kind == "limits" else told_health.latencies(health)
                    ),
                }
                for (offer, kind), health in some.items()
            ]
            await self._asked("SELECT coderoute.tell_health(%s, %s::jsonb)", (self._replica, json.dumps(said)))

    async def _read(self) -> None:
        query = (
            "SELECT offer, kind, told, extract(epoch FROM coderoute.moment() - at)::float8 FROM coderoute.health "
            "WHERE replica <> %s AND at > coderoute.moment() - make_interval(secs => %s) ORDER BY at"
        )
        for offer, kind, said, age_s in await self._asked(query, (self._replica, OLDEST_S)):
            self._heard(offer, told_health.told(kind, said), max(age_s, 0.0))

    async def _asked(self, query: LiteralString, values: Sequence[object]) -> Rows:
        """Nothing where the database does not answer: that changes nothing for requests."""
        try:
            rows = await self._database.rows(query, values)
        except (CoderouteError, psycopg.Error) as error:
            self.problem = type(error).__name__
            log.info("How offers fare was not exchanged: %s", self.problem)
            return ()
        self.problem = ""
        return rows

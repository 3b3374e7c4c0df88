"""Model servers on this machine as they come, go and change: late ones are found, and other models behind their addresses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from coderoute_ls.domain import Offer
from coderoute_ls.domain.clock import Clock
from coderoute_ls.providers.local_model.local_news import LocalNews
from coderoute_ls.providers.local_server_discovery import LocalServer

if TYPE_CHECKING:
    from coderoute_ls.selection import Catalog

LOOK_EVERY_S = 25.0
"""Seconds between two looks while no server is known."""
LOOK_AGAIN_S = 2.0
"""At least so many seconds between two looks that news of the servers asked for."""

Servers = tuple[LocalServer, ...]


class LocalServerWatch:
    """Looks when it is woken, and now and then while no server is known. ``find`` looks, ``use`` makes what was found count, and
    ``told`` says to the user what changed, with scores out of ``catalog``."""

    def __init__(
        self,
        clock: Clock,
        find: Callable[[], Awaitable[Servers]],
        use: Callable[[Servers], None],
        told: Callable[[str], object],
        catalog: "Callable[[], Catalog]",
    ) -> None:
        self._clock = clock
        self._find = find
        self._use = use
        self._told = told
        self._catalog = catalog
        self._found: Servers = ()
        self._last: dict[str, tuple[str, ...]] = {}
        """Provider → the models that it listed when it was last seen."""
        self._strange: set[tuple[str, str]] = set()
        """Models that answered under another name, and were looked into."""
        self._wake = asyncio.Event()

    @property
    def news(self) -> LocalNews:
        """What to tell this of answers and failures."""
        return LocalNews(self.answered, self.failed)

    async def run(self) -> None:
        """Look, and look again, until it is cancelled."""
        while True:
            self._wake.clear()
            await self.look()
            await self._clock.sleep(LOOK_AGAIN_S)
            if self._found:
                await self._wake.wait()
            elif not self._wake.is_set():
                await woken_or_after(self._wake, self._clock, LOOK_EVERY_S - LOOK_AGAIN_S)

    def wake(self) -> None:
        """Look soon: something may have changed."""
        self._wake.set()

    def failed(self, offer: Offer) -> None:
        """A request to this offer failed as it does when its server went away, or has another model."""
        del offer
        self.wake()

    def answered(self, offer: Offer, model: str) -> None:
        """An offer's answer came from this model, by the server's own words: another one than was asked may be there now."""
        if not model or model == offer.wire_id or (offer.provider, model) in self._strange:
            return
        if any(server.provider == offer.provider and offer.wire_id in server.models for server in self._found):
            self._strange.add((offer.provider, model))
            self.wake()

    async def look(self) -> None:
        """Look once, and use what there is."""
        found = await self._find()
        if found == self._found:
            return
        self._found = found
        self._use(found)
        for server in found:
            before, now = self._last.get(server.provider, server.models), server.models
            self._last[server.provider] = now
            gone, new = [name for name in before if name not in now], [name for name in now if name not in before]
            if gone and new:
                served = ", ".join(f"{name} ({self._score(server.provider, name)})" for name in new)
                self._told(f"The model server at {server.base_url} now serves {served} in place of {', '.join(gone)}.")

    def _score(self, provider: str, model: str) -> str:
        offer = next((offer for offer in self._catalog().offers if offer.id == f"{provider}/{model}"), None)
        score = None if offer is None else offer.scores.get("completion")
        return "no completion score" if score is None else f"completion score {score.value:.2f}"


async def woken_or_after(wake: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Return when it is set, or so many seconds have passed."""
    waking = asyncio.create_task(wake.wait())
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({waking, sleeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waking.cancel()
        sleeping.cancel()

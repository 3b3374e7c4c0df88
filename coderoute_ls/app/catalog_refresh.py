"""Keeps the catalogue current in the background: fetches published lists, joins them, keeps the result for the next start.

Never on a request's path: a decision uses the catalogue there is. Offline, or with a list that is nonsense, nothing changes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from coderoute_ls.app.catalog_file import newest, store
from coderoute_ls.domain.clock import Clock
from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.connections.public_file import fetch
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.published_list_merge import MAX_BYTES, Change, Source, merge
from coderoute_ls.storage import read_document, write_document

log = logging.getLogger(__name__)

VERSION = 1
AGAIN_AFTER_FAILURE_S = 3600.0


@dataclass(frozen=True, slots=True)
class PublishedList:
    source: Source
    url: str
    optional: bool = False
    """Its absence is no error."""


LISTS = (
    PublishedList("openrouter", "https://openrouter.ai/api/v1/models"),
    PublishedList("models.dev", "https://models.dev/api.json"),
    # Benchmark results that came after the release: they place models which have no firm score yet.
    PublishedList(
        "catalog", "https://raw.githubusercontent.com/coderoute-ls/coderoute-ls/main/catalogue/results.json", optional=True
    ),
)


def lists_with(sources: Iterable[str]) -> tuple[PublishedList, ...]:
    """The public lists and the user's own files (``catalog.sources``), which have the last word."""
    return (*LISTS, *(PublishedList("catalog", url) for url in sources))


@dataclass(slots=True)
class Refreshed:
    """What one round brought."""

    catalog: Catalog
    changes: list[Change] = field(default_factory=list[Change])
    flagged: list[Change] = field(default_factory=list[Change])
    """Not taken: implausible, for a human to look at."""
    problems: list[str] = field(default_factory=list[str])
    """Lists that could not be used, in sentences."""


class CatalogRefresh:
    """Refreshes from ``lists``; keeps its files in ``folder``. Several processes may do so at once."""

    def __init__(self, transport: Transport, folder: Path, clock: Clock, lists: Sequence[PublishedList] = LISTS) -> None:
        self._transport, self._clock = transport, clock
        self._lists = tuple(lists)
        self._file = folder / "catalog.json"
        self._notes = folder / "catalog-lists.json"

    def catalog(self) -> Catalog:
        """The newest catalogue on this machine."""
        return newest(self._file)[0]

    async def keep(self, hours: float, use: Callable[[Catalog], None]) -> None:
        """Refresh whenever the last round is ``hours`` old, and hand over every catalogue that differs. Runs until cancelled;
        0 hours: never.
        """
        while hours > 0:
            wait = self._checked() + hours * 3600 - self._clock.now()
            if wait > 0:
                await self._clock.sleep(wait)
            result = await self.run()
            if result.changes:
                use(result.catalog)
            for change in result.flagged:
                log.warning(
                    "Not taken from a price list: %s, %s → %s (%s)", change.offer, change.before, change.after, change.kind
                )
            if result.problems:
                log.info("The catalogue was not refreshed: %s", " ".join(result.problems))
                await self._clock.sleep(min(AGAIN_AFTER_FAILURE_S, hours * 3600))

    async def run(self) -> Refreshed:
        """One round, now."""
        catalog, problem = await asyncio.to_thread(newest, self._file)
        result = Refreshed(catalog, problems=[problem] if problem else [])
        # without a kept catalogue "nothing changed since" would be no answer
        etags = {} if catalog is Catalog.bundled() else dict(self._etags())
        for listed in self._lists:
            await self._take(listed, etags, result)
        try:
            if result.changes:
                await asyncio.to_thread(store, self._file, result.catalog)
            if not result.problems:
                notes = {"checked": self._clock.now(), "etags": etags}
                await asyncio.to_thread(write_document, self._notes, VERSION, notes)
        except OSError as error:  # it counts for this session
            result.problems.append(f"{self._file} cannot be written ({error.strerror}).")
        return result

    async def _take(self, listed: PublishedList, etags: dict[str, str], result: Refreshed) -> None:
        try:
            fetched = await fetch(listed.url, self._transport, etag=etags.get(listed.url, ""), limit=MAX_BYTES)
        except ProviderError as error:
            if not listed.optional:
                result.problems.append(error.user_message)
            return
        if fetched is None:
            return
        merged = await asyncio.to_thread(merge, result.catalog, listed.source, fetched.content, self._clock.now())
        if merged.error:
            result.problems.append(f"{listed.url}: {merged.error}")
            return
        result.catalog = merged.catalog
        result.changes.extend(merged.changes)
        result.flagged.extend(merged.flagged)
        etags[listed.url] = fetched.etag

    def _checked(self) -> float:
        value = (read_document(self._notes, VERSION).content or {}).get("checked")
        return float(value) if isinstance(value, int | float) else 0.0

    def _etags(self) -> dict[str, str]:
        value = (read_document(self._notes, VERSION).content or {}).get("etags")
        kept = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        return {url: etag for url, etag in kept.items() if isinstance(etag, str)}

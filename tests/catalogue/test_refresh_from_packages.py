"""A refresh over loopback from the newest real lists, built again from the registry packages that are made of them."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

from catalogue.pi_ai import listed
from coderoute_ls.app.catalog_refresh import CatalogRefresh, PublishedList, Refreshed
from coderoute_ls.domain import Prices
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.selection.catalog.list_values import Json
from tests.catalogue.real_lists import models_dev_list, openrouter_list
from tests.catalogue.test_compile import real_lists
from tests.selection.test_refresh_over_http import StoppedClock
from tests.support.provider import ScriptedProvider

SHARE = 0.995


async def refreshed(folder: Path, *lists: tuple[str, Json]) -> Refreshed:
    """One round of a refresh that is served these lists."""
    async with ScriptedProvider() as server:
        told = [
            PublishedList("openrouter" if source == "openrouter" else "models.dev", f"{server.url}/{source}")
            for source, _ in lists
        ]
        transport = Transport()
        running = asyncio.create_task(CatalogRefresh(transport, folder, StoppedClock(), told).run())
        for _, content in lists:
            await (await server.request()).respond(body=json.dumps(content).encode())
        result = await running
        await transport.close()
        return result


def levels(prices: Prices) -> Iterator[tuple[float | None, float | None]]:
    """Input and output, plain and in each step."""
    for row in (prices, *prices.tiers):
        yield (None if row.input is None else float(row.input), None if row.output is None else float(row.output))


MOST_DOUBTED = 0.025
"""Share of offers with a price that is held back, and told."""


async def test_after_a_refresh_from_the_real_lists_the_prices_are_the_lists_own(tmp_path: Path) -> None:
    files = dict(real_lists().pi.files)
    result = await refreshed(tmp_path, ("openrouter", openrouter_list(files)), ("models.dev", models_dev_list(files)))
    assert result.problems == []
    told = {change.offer.split(" ")[0] for change in result.flagged}
    held: list[str] = []
    other: dict[str, object] = {}
    doubted: list[str] = []
    for row in listed(files):
        offer = result.catalog.by_id.get(row.id)
        if offer is None:
            continue
        held.append(row.id)
        base = (row.prices["input"], row.prices["output"])
        steps = [(tier.prices["input"], tier.prices["output"]) for tier in row.tiers]
        said = [tuple(None if price is None else float(price) for price in pair) for pair in (base, *steps)]
        if list(levels(offer.prices)) == said:
            continue
        if row.id in told:
            doubted.append(row.id)
        else:
            other[row.id] = (list(levels(offer.prices)), said)
    assert len(held) > 480
    assert len(other) <= (1 - SHARE) * len(held), other
    assert len(doubted) <= MOST_DOUBTED * len(held), doubted


async def test_a_second_round_of_the_same_lists_changes_nothing(tmp_path: Path) -> None:
    files = dict(real_lists().pi.files)
    lists = (("openrouter", openrouter_list(files)), ("models.dev", models_dev_list(files)))
    first = await refreshed(tmp_path, *lists)
    again = await refreshed(tmp_path, *lists)
    assert first.changes != [] and again.changes == []
    assert again.catalog.offers == first.catalog.offers

"""The catalogue's refresh against a server on loopback that plays OpenRouter and models.dev, well and badly."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.app.catalog_refresh import CatalogRefresh, PublishedList, Refreshed
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.published_list_merge import MAX_BYTES
from coderoute_ls.storage import HOME_VARIABLE, directories
from tests.selection.build import NOW
from tests.selection.lists import listed
from tests.support.provider import ScriptedProvider, ScriptedRequest

BUNDLED = Catalog.bundled()
KNOWN = [
    listed(offer.wire_id, str((offer.prices.input or 0) / 1_000_000), str((offer.prices.output or 0) / 1_000_000))
    for offer in BUNDLED.offers
    if offer.provider == "openrouter" and offer.effort is None
]


class StoppedClock:
    """A clock that stands still, and remembers what it was asked to wait."""

    def __init__(self) -> None:
        self.time = NOW
        self.waits: asyncio.Queue[float] = asyncio.Queue()

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await self.waits.put(seconds)
        self.time += seconds


class Round:
    """A refresh from one scripted list."""

    def __init__(self, server: ScriptedProvider, folder: Path) -> None:
        self.server = server
        self.clock = StoppedClock()
        self.transport = Transport()
        self.refresh = CatalogRefresh(
            self.transport, folder, self.clock, [PublishedList("openrouter", f"{server.url}/api/v1/models")]
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[tuple[ScriptedRequest, asyncio.Task[Refreshed]]]:
        task = asyncio.create_task(self.refresh.run())
        yield await self.server.request(), task
        await asyncio.gather(task)

    async def answered(self, status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None) -> Refreshed:
        async with self.running() as (request, task):
            await request.respond(status, body, headers)
        return task.result()


@pytest.fixture
async def round_(tmp_path: Path) -> AsyncIterator[Round]:
    async with ScriptedProvider() as server:
        one = Round(server, tmp_path / "cache")
        yield one
        await one.transport.close()


def models(*rows: dict[str, object]) -> bytes:
    return json.dumps({"data": [*KNOWN, *rows]}).encode()


async def test_a_new_model_is_there_after_a_round_and_after_a_restart(round_: Round) -> None:
    result = await round_.answered(body=models(listed("maker/new")))
    assert "openrouter/maker/new" in result.catalog.by_id and result.problems == []
    assert "openrouter/maker/new" in round_.refresh.catalog().by_id


async def test_an_unchanged_list_is_not_read_again(round_: Round) -> None:
    await round_.answered(body=models(listed("maker/new")), headers={"etag": '"one"'})
    async with round_.running() as (request, task):
        assert request.headers["if-none-match"] == '"one"'
        await request.respond(304)
    assert task.result().changes == [] and task.result().problems == []
    assert "openrouter/maker/new" in task.result().catalog.by_id


@pytest.mark.parametrize(("status", "body"), [(500, b"oops"), (404, b"{}"), (200, b"<html>"), (200, models()[:-30]), (302, b"")])
async def test_an_answer_that_is_no_list_changes_nothing_and_is_told(round_: Round, status: int, body: bytes) -> None:
    result = await round_.answered(status, body, {"location": "http://127.0.0.1:1/"} if status == 302 else None)
    assert result.catalog is BUNDLED and len(result.problems) == 1
    assert list(round_.refresh.catalog().offers) == list(BUNDLED.offers)


async def test_a_body_of_two_hundred_megabytes_is_refused_while_it_arrives(round_: Round) -> None:
    async with round_.running() as (request, task):
        await request.start(200, {"content-type": "application/json"})
        sent = 0
        piece = b" " * (1 << 20)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while sent < 200:
                await request.send(piece)
                sent += 1
        assert MAX_BYTES >> 20 <= sent < 100
    assert task.result().catalog is BUNDLED and "larger than" in task.result().problems[0]


async def test_nobody_listening_changes_nothing(round_: Round, tmp_path: Path) -> None:
    nobody = [PublishedList("openrouter", "http://127.0.0.1:1/api/v1/models")]
    result = await CatalogRefresh(round_.transport, tmp_path / "cache", round_.clock, nobody).run()
    assert result.catalog is BUNDLED and len(result.problems) == 1
    assert not (tmp_path / "cache").exists()


async def test_it_refreshes_when_due_hands_over_and_waits_for_the_next_time(round_: Round) -> None:
    used: list[Catalog] = []
    keeping = asyncio.create_task(round_.refresh.keep(24, used.append))
    await (await round_.server.request()).respond(body=models(listed("maker/new")))
    assert await round_.clock.waits.get() == 24 * 3600
    assert ["openrouter/maker/new" in catalog.by_id for catalog in used] == [True]
    keeping.cancel()


async def test_zero_hours_never_asks(round_: Round) -> None:
    await round_.refresh.keep(0, lambda catalog: None)
    assert round_.clock.waits.empty()


async def test_refreshing_by_hand_reads_the_users_own_files_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    offer = {"provider": "openrouter", "wire_id": "own/nine", "dialect": "openai-chat", "input": 1, "output": 2}
    own = {"format": 1, "compiled": "2026-11-20", "models": [{"id": "own/nine", "offers": [offer]}]}
    async with ScriptedProvider() as server:
        config = directories().config / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'[catalog]\nsources = ["{server.url}/own.json"]\n', encoding="utf-8")
        application = Application()
        running = asyncio.create_task(application.refresh_catalog())
        await (await server.request()).respond(body=json.dumps(own).encode())
        result = await running
        assert [change.offer for change in result.changes] == ["own/nine", "openrouter/own/nine"]
        assert "openrouter/own/nine" in application.router.catalog.by_id
        await application.close()

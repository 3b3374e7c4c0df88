"""What one replica learns of an offer the others know; without the database, or a word that is lost, each learns by itself."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.app.team.team_gateway import team_callers
from coderoute_ls.domain import Delta, Finish, OfferHealth, Usage
from coderoute_ls.errors import ProviderUnavailable, RateLimited
from coderoute_ls.selection.health.offer_health import after_error, succeeded
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.team.database import Database
from coderoute_ls.team.health_exchange import CHANNEL, HealthExchange
from coderoute_ls.team.key_check import hear
from tests.engine.support import CHEAP, DEAR, Step, World
from tests.gateway.support import able, gateway_of, listening
from tests.support.postgres import cluster
from tests.team.conftest import Team, migrated

pytestmark = pytest.mark.postgres

DOWN = ProviderUnavailable("The vendor is down.", provider="cheap")
ANSWER: list[Step] = [Delta("Hi"), Finish("stop", Usage(20, 10), "cheap")]
NAME = "cheap/m"


async def until(condition: Callable[[], object]) -> None:
    """Wait for what another task does."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  (what another process holds sets no event)
            await asyncio.sleep(0.01)


def tripped(now: float) -> OfferHealth:
    return after_error(after_error(after_error(OfferHealth(), now, DOWN), now, DOWN), now, DOWN)


class Replica:
    """Experience with offers, and its exchange; the clock is the test's."""

    def __init__(self, database: Database, now: list[float]) -> None:
        self.now = now
        self.store = HealthStore(None)
        self.exchange = HealthExchange(
            database, self.store.learn, lambda offer: offer != "local/m", clock=lambda: now[0], sleep=self._sleep
        )
        self.store.listeners.append(self.exchange.changed)
        self.later = asyncio.Event()

    async def _sleep(self, _: float) -> None:
        await self.later.wait()
        self.later.clear()


@asynccontextmanager
async def exchanging(url: str, *skews: float) -> AsyncGenerator[list[Replica]]:
    """Replicas whose clocks are off by so much; all of them listen."""
    async with AsyncExitStack() as stack:
        made = list[Replica]()
        for skew in skews:
            database, ready = Database(url), asyncio.Event()
            await database.open()
            stack.push_async_callback(database.close)
            one = Replica(database, [1_795_000_000.0 + skew])
            stack.push_async_callback(one.exchange.close)

            def connected(one: Replica = one, ready: asyncio.Event = ready) -> None:
                one.exchange.connected()
                ready.set()

            listening = asyncio.create_task(hear(url, {CHANNEL: one.exchange.notified}, connected))
            stack.callback(listening.cancel)
            await ready.wait()
            made.append(one)
        yield made


async def test_an_outage_is_discovered_once_and_its_end_as_well(team: Team) -> None:
    async with exchanging(team.url, 0.0, 2.0, -2.0) as replicas:
        first, *others = replicas
        first.store.put(NAME, tripped(first.now[0]))
        await until(lambda: all(each.store.of(NAME).trips for each in others))
        for each in others:
            assert 10 <= each.store.of(NAME).open_until - each.now[0] <= 15.0  # by its own clock; told, or read a moment later
        last = others[-1]
        last.store.put(NAME, succeeded(last.store.of(NAME), last.now[0], first_token_s=0.4))
        await until(lambda: not any(each.store.of(NAME).trips for each in replicas))
        assert first.store.of(NAME).open_until == 0.0


async def test_a_rate_limit_is_kept_by_all(team: Team) -> None:
    async with exchanging(team.url, 0.0, 0.0) as (first, other):
        limited = RateLimited("Slow down.", provider="cheap", retry_after=30)
        first.store.put(NAME, after_error(OfferHealth(), first.now[0], limited))
        await until(lambda: other.store.of(NAME).limited_until)
        assert 25 <= other.store.of(NAME).limited_until - other.now[0] <= 30.0


async def test_latencies_are_told_from_time_to_time(team: Team) -> None:
    async with exchanging(team.url, 0.0, 0.0) as (first, other):
        for _ in range(5):
            first.store.put(NAME, succeeded(first.store.of(NAME), first.now[0], first_token_s=0.5, tokens_per_s=80))
        assert team.query("SELECT offer FROM coderoute.health") == []
        first.later.set()
        await until(lambda: other.store.of(NAME).first_token_s)
        assert other.store.of(NAME).tokens_per_s == 80
        assert other.store.of(NAME).successes == 0


async def test_who_starts_later_reads_what_is_still_true(team: Team) -> None:
    async with exchanging(team.url, 0.0) as (first,):
        first.store.put(NAME, tripped(first.now[0]))
        first.store.put("gone/m", tripped(first.now[0]))
        await until(lambda: team.query("SELECT FROM coderoute.health") == [(), ()])
        team.query("UPDATE coderoute.health SET at = at - interval '10 s' WHERE offer = %s", NAME)
        team.query("UPDATE coderoute.health SET at = at - interval '11 min' WHERE offer = 'gone/m'")
        async with exchanging(team.url, 2.0) as (later,):
            await until(lambda: later.store.of(NAME).trips)
            assert 0 < later.store.of(NAME).open_until - later.now[0] <= 5.0
            assert later.store.of("gone/m") == OfferHealth()


async def test_a_model_of_this_machine_is_nobody_elses_and_nonsense_is_passed_over(team: Team) -> None:
    async with exchanging(team.url, 0.0, 0.0) as (first, other):
        first.store.put("local/m", tripped(first.now[0]))
        for said in ("", "{", "[]", '{"offer": 3}', json.dumps({"replica": "x", "offer": NAME, "kind": "limits", "told": "x"})):
            team.query("SELECT pg_notify(%s, %s)", CHANNEL, said)
        first.store.put(NAME, tripped(first.now[0]))
        await until(lambda: other.store.of(NAME).trips)
        assert other.store.of("local/m") == OfferHealth()
        assert team.query("SELECT offer FROM coderoute.health") == [(NAME,)]


async def test_without_the_database_nothing_changes_and_afterwards_words_arrive_again() -> None:
    with cluster() as server:
        with migrated(server) as team:
            url = team.url
        async with exchanging(url, 0.0, 0.0) as (first, other):
            server.stop("immediate")
            first.store.put("lost/m", tripped(first.now[0]))
            assert first.store.of("lost/m").trips == 1
            await until(lambda: first.exchange.problem)
            server.start()

            def arrived() -> bool:
                first.store.put(NAME, tripped(first.now[0]))  # a word that comes before the other listens again is lost
                first.now[0] += 1
                return other.store.of(NAME).trips > 0

            await until(arrived)
            assert first.exchange.problem == ""


@asynccontextmanager
async def served(url: str, plays: dict[str, list[list[Step]]]) -> AsyncGenerator[tuple[httpx.AsyncClient, World]]:
    gateway, world = gateway_of({vendor: [*some] for vendor, some in plays.items()}, (able(CHEAP), able(DEAR)))
    async with (
        team_callers(url, GatewaySettings(), {}) as callers,
        listening(replace(gateway, callers=callers)) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
    ):
        callers.watch(gateway.engine, world.experience)
        yield client, world


async def test_a_vendor_that_failed_one_replica_is_not_asked_by_the_other(team: Team) -> None:
    secret, _ = team.admin.create_key("ann")
    body = {"model": "coderoute", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1_000}
    headers = {"authorization": f"Bearer {secret}"}
    down: list[list[Step]] = [[DOWN]] * 9
    async with (
        served(team.url, {"cheap": down, "dear": [ANSWER] * 9}) as (one, first),
        served(team.url, {"cheap": [ANSWER], "dear": [ANSWER] * 9}) as (two, second),
    ):
        while not first.experience.of(NAME).trips:
            assert (await one.post("/v1/chat/completions", json=body, headers=headers)).status_code == 200
        await until(lambda: second.experience.of(NAME).trips)
        answered = await two.post("/v1/chat/completions", json=body, headers=headers)
        assert (answered.status_code, answered.headers["x-coderoute-model"]) == (200, "dear/m")
        assert second.upstream.asked == ["dear"]

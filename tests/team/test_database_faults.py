"""What a database can do to a replica that runs: each is a clear error, and over as soon as it is over, without a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import psycopg
import pytest

from coderoute_ls.app.team.team_gateway import team_callers
from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.errors import ConfigurationError, DatabaseLost
from coderoute_ls.gateway.http.request_body import Bounds
from coderoute_ls.settings.all_settings import GatewaySettings
from coderoute_ls.team.administration import Administration
from coderoute_ls.team.caller_ledger import CallerLedger
from coderoute_ls.team.key_check import hear
from coderoute_ls.team.money import cap
from tests.engine.support import CHEAP
from tests.gateway.support import able, gateway_of, listening
from tests.gateway.test_stuck_callers import Endless, connected
from tests.support.postgres import cluster, rows
from tests.team.conftest import Team, migrated
from tests.team.test_team_ledger import ledger, sums, until

pytestmark = pytest.mark.postgres

CALL = LedgerEntry("call", 0.0, "", "refactor", offer="m/one", model="m/one", billed_usd=0.25, finish="stop")
LIMITS = Limits()
KILLED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def at_last(caller: CallerLedger, usd: float) -> str:
    """The id of a reservation, once the database gives one: a replica asks a lost one no more than twice a second."""
    async with asyncio.timeout(60):
        while True:
            try:
                held = await caller.reserve("", usd, LIMITS)
            except DatabaseLost:
                await asyncio.sleep(0.01)
            else:
                assert held is not None
                return held.id


async def test_connections_that_are_killed_cost_no_call_anything(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("9/day")])
    heard, ready = asyncio.Event(), asyncio.Event()
    channels: dict[str, Callable[[str], None]] = {"coderoute_keys": lambda _: heard.set()}
    listening_ = asyncio.create_task(hear(team.url, channels, ready.set, sleep=lambda _: asyncio.sleep(0)))
    async with ledger(team.url) as replica:
        caller = CallerLedger(replica, key)
        for number in range(5):
            await ready.wait()
            ready.clear()
            held = await caller.reserve("", 0.5, LIMITS)
            assert held is not None
            team.query(KILLED)
            caller.settle(held, replace(CALL, id=f"call {number}"))
            await until(lambda: not replica.waiting)
        assert sums(team) == [(5 * 250_000_000, 0)]
        await ready.wait()  # it listens again
        team.admin.revoke_key(key.prefix)
        async with asyncio.timeout(30):
            await heard.wait()
    listening_.cancel()
    await asyncio.gather(listening_, return_exceptions=True)


async def test_a_database_that_turns_read_only_says_so_and_takes_bookings_when_it_is_none_any_more(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("9/day")])
    name = team.url.rpartition("/")[2]
    async with ledger(team.url) as replica:
        caller = CallerLedger(replica, key)
        held = await caller.reserve("", 0.5, LIMITS)
        assert held is not None
        team.query(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        team.query(KILLED)
        with pytest.raises(DatabaseLost, match=r"read-only.*Name the primary"):
            await caller.reserve("", 0.5, LIMITS)
        caller.settle(held, CALL)
        await until(lambda: replica.problem)
        assert "read-only" in replica.problem
        team.query(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        team.query(KILLED)
        await at_last(caller, 0.5)
        await until(lambda: not replica.waiting)
        assert sums(team) == [(250_000_000, 500_000_000)]


async def test_a_newer_replica_may_migrate_under_an_older_one(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("9/day")])
    async with ledger(team.url) as replica:
        caller = CallerLedger(replica, key)
        team.query("INSERT INTO coderoute.migrations (version) VALUES (99)")
        team.query("ALTER TABLE coderoute.calls ADD COLUMN newer text")
        held = await caller.reserve("", 0.5, LIMITS)
        assert held is not None
        caller.settle(held, CALL)
        await until(lambda: not replica.waiting)
        assert sums(team) == [(250_000_000, 0)]


async def test_a_standby_takes_over_and_forgets_nothing_that_was_set_aside() -> None:
    with (
        cluster("synchronous_standby_names=*", "synchronous_commit=local", durable=True) as primary,
        primary.standby() as standby,
    ):
        with migrated(primary) as team:
            _, key = team.admin.create_key("ann", caps=[cap("1/day")])
            name = team.url.rpartition("/")[2]
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        both = f"postgresql://postgres@{hosts}/{name}?options=-csynchronous_commit%3Don"
        async with ledger(both) as replica:
            caller = CallerLedger(replica, key)
            held = await caller.reserve("", 0.75, LIMITS)
            assert held is not None
            primary.stop("immediate")
            caller.settle(held, CALL)
            with pytest.raises(DatabaseLost, match=r"cannot be reached|read-only"):
                await caller.reserve("", 0.5, LIMITS)
            standby.promote()
            await until(lambda: not replica.waiting)
            await at_last(caller, 0.75)
        assert rows(standby.url(name), "SELECT spent_nusd, reserved_nusd FROM coderoute.budgets") == [(250_000_000, 750_000_000)]


async def test_a_client_that_never_reads_is_given_up_and_pays_for_what_was_used(team: Team) -> None:
    secret, _ = team.admin.create_key("ann", caps=[cap("900/day")])
    model = Endless()
    gateway, _ = gateway_of({}, (able(CHEAP),), upstream=model, bounds=Bounds(write_seconds=0.05))
    body = b'{"model":"coderoute","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\n".encode()
    async with (
        team_callers(team.url, GatewaySettings(), {}) as callers,
        listening(replace(gateway, callers=callers)) as url,
    ):
        _, writer = await connected(url)
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await until(lambda: model.closed)
        await until(lambda: team.query("SELECT FROM coderoute.calls") and not callers.ledger.waiting)
        writer.close()
    assert team.query("SELECT reserved_nusd, spent_nusd > 0 FROM coderoute.budgets") == [(0, True)]
    assert team.query("SELECT count(*) FROM coderoute.reservations") == [(0,)]


async def test_a_replica_that_is_gone_while_its_client_never_reads_frees_the_money_with_the_lease(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("1/day")])
    async with ledger(team.url, lease_s=0.0) as gone:
        assert await CallerLedger(gone, key).reserve("", 1.0, LIMITS) is not None
    async with ledger(team.url) as other:
        assert await CallerLedger(other, key).reserve("", 1.0, LIMITS) is not None
        # the first one was only slow: what its call did cost is booked all the same, and marked
        late = CallerLedger(other, key)
        ((lapsed,),) = team.query("SELECT id::text FROM coderoute.lapsed")
        held = await CallerLedger(other, key).reserve("", 0.0, LIMITS)
        assert held is not None
        late.settle(replace(held, id=str(lapsed)), CALL)
        await until(lambda: not other.waiting)
    assert team.query("SELECT late, billed_nusd FROM coderoute.calls") == [(True, 250_000_000)]
    assert sums(team) == [(250_000_000, 1_000_000_000)]


async def together(*works: Callable[[], Awaitable[object]]) -> list[object]:
    return await asyncio.gather(*(work() for work in works), return_exceptions=True)


async def test_of_two_administrators_who_change_one_policy_one_is_told_that_it_changed(team: Team) -> None:
    def change(floor: float) -> int:
        with psycopg.connect(team.url, autocommit=True) as connection:
            return Administration(connection, f"admin {floor}").set_policy({"floors": {"*": floor}}, timedelta(60), instead_of=0)

    outcomes = await together(*(lambda floor=floor: asyncio.to_thread(change, floor) for floor in (0.1, 0.2, 0.3, 0.4)))
    refused = [each for each in outcomes if isinstance(each, ConfigurationError)]
    assert len(refused) == 3
    assert all("somebody else changed it" in str(each) for each in refused)
    assert team.query("SELECT count(*) FROM coderoute.policies") == [(1,)]


async def test_the_database_is_asked_for_after_it_was_away_without_a_restart() -> None:
    """Twice: what a replica learned of the first loss must not keep it from the second one's end."""
    with cluster() as own:
        with migrated(own) as team:
            secret, _ = team.admin.create_key("ann", caps=[cap("9/day")])
        gateway, _ = gateway_of({}, (able(CHEAP),))
        async with (
            team_callers(team.url, GatewaySettings(), {}) as callers,
            listening(replace(gateway, callers=callers)) as url,
            httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {secret}"}, trust_env=False, timeout=60) as client,
        ):
            for mode in ("fast", "immediate"):
                assert (await client.get("/v1/models")).status_code == 200
                own.stop(mode)
                callers.keys.forget()
                lost = await client.get("/v1/models")
                assert (lost.status_code, "cannot be reached" in lost.text) == (503, True)
                own.start()
                async with asyncio.timeout(60):
                    while (await client.get("/v1/models")).status_code != 200:  # noqa: ASYNC110  (of another process)
                        await asyncio.sleep(0.01)

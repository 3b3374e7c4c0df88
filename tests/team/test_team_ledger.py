"""The ledger of a replica on a real database: what a call sets aside, books, and leaves behind when something fails."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.domain.vendor import BUDGET_HEADER, LEFT_HEADER
from coderoute_ls.errors import BudgetExceeded, DatabaseLost, KeyRefused
from coderoute_ls.team.budgets.budget_store import BudgetStore
from coderoute_ls.team.caller_ledger import CallerLedger
from coderoute_ls.team.database import Database
from coderoute_ls.team.database_loss import Allowance
from coderoute_ls.team.key_check import KeyCheck, hear
from coderoute_ls.team.keys import Key, new_key
from coderoute_ls.team.money import cap
from coderoute_ls.team.team_ledger import TeamLedger
from tests.support.postgres import cluster, rows
from tests.team.conftest import Team, migrated

pytestmark = pytest.mark.postgres

CALL = LedgerEntry("call", 0.0, "", "refactor", offer="m/one", model="m/one", billed_usd=0.25, finish="stop")
LIMITS = Limits()


@asynccontextmanager
async def ledger(url: str, *, allowance_usd: int = 0, lease_s: float = 60.0) -> AsyncGenerator[TeamLedger]:
    database = Database(url)
    await database.open()
    made = TeamLedger(BudgetStore(database, lease_s=lease_s), Allowance(allowance_usd * 10**9))
    made.start()
    try:
        yield made
    finally:
        await made.close()
        await database.close()


def sums(team: Team) -> list[tuple[object, ...]]:
    return team.query("SELECT spent_nusd, reserved_nusd FROM coderoute.budgets ORDER BY id")


async def until(condition: object) -> None:
    """Wait for what another task does."""
    assert callable(condition)
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  (what another process holds sets no event)
            await asyncio.sleep(0.01)


async def test_a_call_sets_aside_and_books_what_it_cost(team: Team) -> None:
    _, key = team.admin.create_key("ann", "web", caps=[cap("1/day")])
    async with ledger(team.url) as replica:
        caller = CallerLedger(replica, key, "repo", "main")
        reservation = await caller.reserve("", 0.75, LIMITS, model="m/one")
        assert reservation is not None
        assert sums(team) == [(0, 750_000_000)]
        assert (caller.told[LEFT_HEADER], caller.left_usd("", LIMITS)) == ("0.250000", None)
        with pytest.raises(BudgetExceeded, match=rf"\$0.75 of \$1.00 in the budget per day of key {key.prefix}"):
            await caller.reserve("", 0.2500001, LIMITS, model="m/one")
        caller.settle(reservation, CALL)
        await until(lambda: not replica.waiting)
        assert sums(team) == [(250_000_000, 0)]
        assert await caller.reserve("", 0.75, LIMITS, model="m/one") is not None
        assert caller.told[BUDGET_HEADER].startswith("$1.00 of $1.00 in the budget per day of key")
    assert team.query("SELECT user_name, team, repository, branch, action, billed_nusd FROM coderoute.calls") == [
        ("ann", "web", "repo", "main", "refactor", 250_000_000)
    ]


async def test_what_is_left_is_what_the_database_says_where_it_refuses_this_request(team: Team) -> None:
    _, key = team.admin.create_key("ann", "web", caps=[cap("9/day")])
    _, free = team.admin.create_key("bob")
    team.admin.set_budget("team", "web", cap("2/day"))
    team.admin.set_budget("model", "m/one", cap("1000/month"))
    async with ledger(team.url) as replica:
        caller, other = CallerLedger(replica, key), CallerLedger(replica, free)
        await caller.reserve("", 0.5, LIMITS, model="m/one")
        assert (caller.told[LEFT_HEADER], caller.left_usd("", LIMITS)) == ("1.500000", None)
        with pytest.raises(BudgetExceeded):
            await caller.reserve("", 1.75, LIMITS, model="m/one")
        assert caller.left_usd("", LIMITS) == 1.5
        assert CallerLedger(replica, key).left_usd("", LIMITS) is None  # another request: calls that ended may have freed some
        team.admin.set_budget("model", "m/two", cap("0.1/day"))
        with pytest.raises(BudgetExceeded, match="model m/two"):
            await caller.reserve("", 0.5, LIMITS, model="m/two")
        assert caller.left_usd("", LIMITS) == 1.5  # what is left for one model says nothing of others
        await other.reserve("", 0.5, LIMITS, model="m/three")
        assert (other.left_usd("", LIMITS), LEFT_HEADER in other.told) == (None, False)
    assert [each.left_nusd for each in team.admin.budgets()][:3] == [8_500_000_000, 1_500_000_000, 999_500_000_000]


async def test_a_call_given_up_while_money_is_set_aside_leaves_nothing(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("1/day")])
    async with ledger(team.url) as replica:
        team.connection.execute("BEGIN")
        team.connection.execute("SELECT FROM coderoute.budgets FOR UPDATE")  # so that the reservation waits
        asking = asyncio.create_task(CallerLedger(replica, key).reserve("", 0.5, LIMITS))
        await until(lambda: rows(team.url, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        team.connection.execute("COMMIT")
        await until(lambda: not replica.waiting)
        assert sums(team) == [(0, 0)]


async def test_a_slow_database_is_an_error_in_time_and_leaves_nothing(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("1/day")])
    async with ledger(team.url) as replica:
        team.connection.execute("BEGIN")
        team.connection.execute("SELECT FROM coderoute.budgets FOR UPDATE")
        begun = asyncio.get_running_loop().time()
        with pytest.raises(DatabaseLost, match="did not answer in time"):
            await CallerLedger(replica, key).reserve("", 0.5, LIMITS)
        assert asyncio.get_running_loop().time() - begun < 20
        team.connection.execute("COMMIT")
        await until(lambda: not replica.waiting)
        assert sums(team) == [(0, 0)]


async def test_a_revoked_key_spends_nothing_from_the_next_statement_on(team: Team) -> None:
    _, key = team.admin.create_key("ann")
    async with ledger(team.url) as replica:
        assert await CallerLedger(replica, key).reserve("", 0.5, LIMITS) is not None
        team.admin.revoke_key(key.prefix)
        with pytest.raises(KeyRefused, match="was revoked or has expired"):
            await CallerLedger(replica, key).reserve("", 0.5, LIMITS)


async def test_what_is_under_way_keeps_its_money_and_what_a_dead_replica_held_is_free_again(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("1/day")])
    async with ledger(team.url, lease_s=0.0) as dead:
        assert await CallerLedger(dead, key).reserve("", 0.75, LIMITS) is not None
    async with ledger(team.url) as alive:
        assert await CallerLedger(alive, key).reserve("", 0.75, LIMITS) is not None
        with pytest.raises(BudgetExceeded):
            await CallerLedger(alive, key).reserve("", 0.75, LIMITS)
    assert team.query("SELECT nusd FROM coderoute.lapsed") == [(750_000_000,)]


async def test_a_booking_that_the_database_cannot_take_holds_up_no_other(team: Team) -> None:
    _, key = team.admin.create_key("ann", caps=[cap("1/day")])
    async with ledger(team.url) as replica:
        CallerLedger(replica, key).record(replace(CALL, id="bad\0id"))
        CallerLedger(replica, key).record(CALL)
        await until(lambda: not replica.waiting)
    assert team.query("SELECT id FROM coderoute.calls") == [("call",)]


async def test_a_database_that_dies_in_the_middle_loses_no_booking_and_is_used_again() -> None:
    with cluster(durable=True) as server:
        with migrated(server) as team:
            _, key = team.admin.create_key("ann", caps=[cap("1/day")])
        async with ledger(team.url) as replica:
            caller = CallerLedger(replica, key)
            reservation = await caller.reserve("", 0.75, LIMITS)
            assert reservation is not None
            server.stop("immediate")
            with pytest.raises(DatabaseLost, match="cannot be reached"):
                await caller.reserve("", 0.1, LIMITS)
            caller.settle(reservation, CALL)
            await until(lambda: replica.problem)
            assert replica.waiting
            server.start()
            await until(lambda: not replica.waiting)
            assert replica.problem == ""
            assert await caller.reserve("", 0.75, LIMITS) is not None
        with migrated(server, team.url) as again:
            assert sums(again) == [(250_000_000, 750_000_000)]


async def test_an_allowance_pays_while_the_database_is_lost_and_is_booked_after() -> None:
    with cluster() as server:
        with migrated(server) as team:
            _, key = team.admin.create_key("ann", caps=[cap("10/day")])
        async with ledger(team.url, allowance_usd=1) as replica:
            caller = CallerLedger(replica, key)
            assert await caller.reserve("", 0.01, LIMITS) is not None
            server.stop()
            local = await caller.reserve("", 0.75, LIMITS)
            assert local is not None
            assert caller.told[BUDGET_HEADER].startswith("local;")
            with pytest.raises(DatabaseLost):
                await caller.reserve("", 0.75, LIMITS)
            caller.settle(local, CALL)
            assert await caller.reserve("", 0.75, LIMITS) is not None  # 0.25 spent: as much is left
            server.start()
            await until(lambda: not replica.waiting)
        with migrated(server, team.url) as again:
            ((spent, _),) = sums(again)
            assert spent == 250_000_000


# -- keys ---------------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def check(url: str, clock: list[float]) -> AsyncGenerator[KeyCheck]:
    database = Database(url)
    await database.open()
    try:
        yield KeyCheck(database, clock=lambda: clock[0])
    finally:
        await database.close()


@pytest.mark.parametrize(
    "secret", ["", "crk-", "sk-0123", "crk-00000000-" + "A" * 44, "crk-00000000-" + "é" * 43, "crk-0000000g-" + "A" * 43]
)
async def test_what_can_be_no_key_is_refused_without_the_database(secret: str) -> None:
    with pytest.raises(KeyRefused, match="missing or wrong"):
        await KeyCheck(Database("postgresql://127.0.0.1:1/nowhere")).key(secret)


async def test_wrong_expired_and_revoked_keys_are_each_told(team: Team) -> None:
    old, _ = team.admin.create_key("ann", lives=timedelta(microseconds=1))
    gone, key = team.admin.create_key("ann")
    team.admin.revoke_key(key.prefix)
    async with check(team.url, [0.0]) as keys:
        for secret, words in ((new_key(), "does not know it"), (old, "expired on 20"), (gone, f"{key.prefix} was revoked")):
            with pytest.raises(KeyRefused, match=words) as told:
                await keys.key(secret)
            assert secret not in str(told.value)


async def test_a_key_is_remembered_for_seconds_and_forgotten_when_told(team: Team) -> None:
    secret, key = team.admin.create_key("ann")
    clock, heard = [0.0], asyncio.Event()
    async with check(team.url, clock) as keys:
        assert await keys.key(secret) == key

        def changed(said: str) -> None:
            keys.forget(int(said))
            heard.set()

        ready = asyncio.Event()
        listening = asyncio.create_task(hear(team.url, {"coderoute_keys": changed}, ready.set))
        await ready.wait()
        team.admin.revoke_key(key.prefix)
        async with asyncio.timeout(10):
            await heard.wait()
        with pytest.raises(KeyRefused, match="revoked"):
            await keys.key(secret)
        listening.cancel()


async def test_a_revoked_key_opens_nothing_after_seconds_even_if_no_word_comes(team: Team) -> None:
    secret, key = team.admin.create_key("ann")
    clock = [0.0]
    async with check(team.url, clock) as keys:
        await keys.key(secret)
        team.admin.revoke_key(key.prefix)
        clock[0] = 4.9
        assert isinstance(await keys.key(secret), Key)
        clock[0] = 5.1
        with pytest.raises(KeyRefused, match="revoked"):
            await keys.key(secret)

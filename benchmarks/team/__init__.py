"""A team's budgets: what setting money aside and booking add to a call, and what a second replica brings.

``python -m benchmarks team``

PostgreSQL runs beside it on loopback and writes each commit to the disk. A call keeps five budgets, one of each level. Beside it
two bare updates of one row, each a commit: what any two bookkeepings cost here. Replicas are the real processes in front of a
vendor that answers at once, asked by callers that take next to no time themselves. On two cores callers, vendor, database and
replicas share the processor: whose time a request takes is told, and how busy the machine was. A second replica can bring no
more than is left of it; so each is measured a second time with a quarter of a core, the rest of the time stopped. The raw floor
beside it: what a second process brings that only counts and shares nothing, before and after.
"""

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.gateway.processes import model, vendor_pid
from benchmarks.team.replicas import Replica, counted, quarter_of_a_core, replica, saturated
from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.team.administration import Administration
from coderoute_ls.team.budgets.budget_store import BudgetStore
from coderoute_ls.team.caller_ledger import CallerLedger
from coderoute_ls.team.database import Database, connected
from coderoute_ls.team.database_loss import Allowance
from coderoute_ls.team.money import cap
from coderoute_ls.team.schema import migrate
from coderoute_ls.team.team_ledger import TeamLedger
from tests.support.postgres import cluster

CALLS = 1_500
WARM = 100
SECONDS = 8.0
AT_ONCE = 24
COUNT_S = 2.0


def run() -> dict[str, Any]:
    """All figures; prints them."""
    with cluster(durable=True) as server:
        url = server.new()
        with connected(url) as connection:
            migrate(connection)
            admin = Administration(connection)
            secret, key = admin.create_key("ann", "web", caps=[cap("100000/month")])
            admin.set_budget("organisation", "", cap("1000000/month"))
            admin.set_budget("team", "web", cap("1000000/week"))
            admin.set_budget("user", "ann", cap("100000/day"))
            admin.set_budget("model", "m", cap("1000000/lifetime"))
        figures: dict[str, Any] = {"bare": _bare(url), **asyncio.run(_booking(url, key.prefix))}
        figures["together"] = asyncio.run(_together(url, key.prefix))
        with tempfile.TemporaryDirectory() as folder, model() as port:
            homes = [Path(folder) / name for name in ("one", "two")]
            with replica(url, port, homes[0]) as one, replica(url, port, homes[1]) as two:
                others = {"database": [server.pid], "vendor": [vendor_pid(port)], "callers": [os.getpid()]}
                counting = [_counting()]
                for name, limited in (("replicas", False), ("limited", True)):
                    figures[name] = _replicas([one, two], others, secret, limited=limited)
                    counting.append(_counting())
                figures["counting"] = counting
    return figures


def _counting() -> float:
    """How many times as much two processes count as one, which share nothing but the machine."""
    one, two = counted(1, COUNT_S), counted(2, COUNT_S)
    print(f"two processes that only count, for comparison: {two / one:.2f} times one")
    return two / one


def _percentiles(name: str, seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    found = {f"p{share}_ms": 1e3 * ranked[int(share / 100 * (len(ranked) - 1))] for share in (50, 95, 99)}
    print(f"{name:44} p50 {found['p50_ms']:6.2f} ms   p95 {found['p95_ms']:6.2f} ms   p99 {found['p99_ms']:6.2f} ms")
    return found


def _bare(url: str) -> dict[str, float]:
    """The raw floor: two updates of one row by its key, each a commit on the disk."""
    seconds: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id integer PRIMARY KEY, n bigint)")
        connection.execute("INSERT INTO bare VALUES (1, 0)")
        for _ in range(CALLS):
            begun = time.perf_counter()
            for _ in range(2):
                connection.execute("UPDATE bare SET n = n + 1 WHERE id = 1")
            seconds.append(time.perf_counter() - begun)
    return _percentiles("two bare updates, for comparison", seconds)


@asynccontextmanager
async def _caller(url: str, prefix: str) -> AsyncGenerator[CallerLedger]:
    """A replica's ledger, as one caller has it."""
    with connected(url) as connection:
        key = Administration(connection).key(prefix)
    database = Database(url)
    await database.open()
    caller = CallerLedger(TeamLedger(BudgetStore(database), Allowance(0)), key)
    yield caller
    await caller.team.close()
    await database.close()


async def _booked(caller: CallerLedger) -> float:
    """One call: its money is set aside, and told to be booked. Returns when the first was done."""
    held = await caller.reserve("", 0.01, Limits(), model="m")
    middle = time.perf_counter()
    assert held is not None
    call = LedgerEntry(uuid4().hex, 0.0, "", "gateway", offer="m", model="m", billed_usd=0.002, finish="stop")
    caller.settle(held, call)
    return middle


async def _booking(url: str, prefix: str) -> dict[str, Any]:
    """One call after the other: what it waits for before it is asked, and until it is booked."""
    reserving: list[float] = []
    settling: list[float] = []
    async with _caller(url, prefix) as caller:
        for number in range(WARM + CALLS):
            begun = time.perf_counter()
            middle = await _booked(caller)
            while caller.team.waiting:  # noqa: ASYNC110  (the benchmark waits for what a caller does not wait for)
                await asyncio.sleep(0)
            if number >= WARM:
                reserving.append(middle - begun)
                settling.append(time.perf_counter() - middle)
    both = [one + two for one, two in zip(reserving, settling, strict=True)]
    return {
        "reserve": _percentiles("setting aside, which a call waits for", reserving),
        "settle": _percentiles("booking, which no call waits for", settling),
        "both": _percentiles("both", both),
    }


async def _together(url: str, prefix: str) -> dict[str, float]:
    """Many calls at once on the same five budgets: how many a second these take."""
    done = 0
    async with _caller(url, prefix) as caller:
        until = time.perf_counter() + SECONDS / 2

        async def call() -> None:
            nonlocal done
            while time.perf_counter() < until:
                await _booked(caller)
                done += 1

        await asyncio.gather(*(call() for _ in range(AT_ONCE)))
        while caller.team.waiting:  # noqa: ASYNC110  (the benchmark waits for what a caller does not wait for)
            await asyncio.sleep(0)
        per_s = done / (time.perf_counter() - until + SECONDS / 2)
    print(f"calls a second on the same five budgets, {AT_ONCE} at once: {per_s:.0f}")
    return {"per_s": per_s}


def _replicas(both: list[Replica], others: Mapping[str, list[int]], secret: str, *, limited: bool) -> dict[str, Any]:
    """Requests a second on one and on two replicas, and whose processor time they took."""
    end = threading.Event()
    threads = [threading.Thread(target=quarter_of_a_core, args=(each.pid, end)) for each in both] if limited else []
    for thread in threads:
        thread.start()
    try:
        one, two = (asyncio.run(saturated(some, others, secret, SECONDS, AT_ONCE)) for some in (both[:1], both))
    finally:
        end.set()
        for thread in threads:
            thread.join()
    how = "a quarter of a core each" if limited else "as the machine is"
    times = two.per_s / one.per_s
    print(f"requests a second, {how:26} {one.per_s:6.0f} on one replica, {two.per_s:6.0f} on two: {times:.2f} times")
    for number, each in (("one", one), ("two", two)):
        parts = ", ".join(f"{name} {took:.2f}" for name, took in each.cpu_ms.items())
        print(f"  on {number}, ms of processor a request: {parts}; the machine was busy for {each.busy:.0%}")
    return {"one_per_s": one.per_s, "two_per_s": two.per_s, "times": times, "busy": two.busy, "cpu_ms": two.cpu_ms}

"""A team's budgets: what setting money aside and booking add to a call, and what a second replica brings.

``python -m benchmarks team``

PostgreSQL runs beside it on loopback and writes each commit to the disk. A call keeps five budgets, one of each level. Beside it
two bare updates of one row, each a commit: what any two bookkeepings cost here. Replicas are the real processes in front of a
vendor that answers at once. On two cores client, vendor, database and replicas share the processor, so that two replicas cannot
bring twice as much; so each is measured a second time with a quarter of a core, the rest of the time stopped.
"""

import asyncio
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.gateway import load
from benchmarks.gateway.processes import Arm, model
from benchmarks.team.replicas import Replica, quarter_of_a_core, replica
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
        with tempfile.TemporaryDirectory() as folder, model() as port:
            homes = [Path(folder) / name for name in ("one", "two")]
            with replica(url, port, homes[0]) as one, replica(url, port, homes[1]) as two:
                for name, limited in (("replicas", False), ("limited", True)):
                    figures[name] = _replicas([one, two], secret, limited=limited)
    return figures


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


async def _booking(url: str, prefix: str) -> dict[str, Any]:
    """One call after the other: what it waits for before it is asked, and until it is booked."""
    with connected(url) as connection:
        key = Administration(connection).key(prefix)
    database = Database(url)
    await database.open()
    store = BudgetStore(database)
    caller = CallerLedger(TeamLedger(store, Allowance(0)), key)
    reserving: list[float] = []
    settling: list[float] = []
    for number in range(WARM + CALLS):
        begun = time.perf_counter()
        held = await caller.reserve("", 0.01, Limits(), model="m")
        middle = time.perf_counter()
        assert held is not None
        call = LedgerEntry(uuid4().hex, 0.0, "", "gateway", offer="m", model="m", billed_usd=0.002, finish="stop")
        caller.settle(held, call)
        while caller.team.waiting:  # noqa: ASYNC110  (the benchmark waits for what a caller does not wait for)
            await asyncio.sleep(0)
        if number >= WARM:
            reserving.append(middle - begun)
            settling.append(time.perf_counter() - middle)
    await caller.team.close()
    await database.close()
    both = [one + two for one, two in zip(reserving, settling, strict=True)]
    return {
        "reserve": _percentiles("setting aside, which a call waits for", reserving),
        "settle": _percentiles("booking, which no call waits for", settling),
        "both": _percentiles("both", both),
    }


def _replicas(both: list[Replica], secret: str, *, limited: bool) -> dict[str, float]:
    """Requests a second on one and on two replicas."""
    end = threading.Event()
    threads = [threading.Thread(target=quarter_of_a_core, args=(each.pid, end)) for each in both] if limited else []
    for thread in threads:
        thread.start()
    try:
        one, two = (asyncio.run(_saturated(some, secret)) for some in (both[:1], both))
    finally:
        end.set()
        for thread in threads:
            thread.join()
    how = "a quarter of a core each" if limited else "as the machine is"
    print(f"requests a second, {how:26} {one:6.0f} on one replica, {two:6.0f} on two: {two / one:.2f} times")
    return {"one_per_s": one, "two_per_s": two, "times": two / one}


async def _saturated(replicas: list[Replica], secret: str) -> float:
    headers = {"authorization": f"Bearer {secret}"}
    arms = [Arm("ours", each.url, "coderoute", headers, each.pid) for each in replicas]
    return sum(await asyncio.gather(*(load.saturated(arm, SECONDS, AT_ONCE // len(arms)) for arm in arms)))

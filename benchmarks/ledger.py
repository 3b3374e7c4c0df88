"""The ledger: what a call waits for, beside a bare insert into SQLite, and how fast a million calls are summed up.

``python -m benchmarks ledger``
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from coderoute_ls.domain import Alternative, LedgerEntry, Limits, Outcome
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.ledger.acceptance_rates import experience
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.schema import day_of
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.ledger.usage_queries import GROUPS, Period, Usage

CALLS = 3_000
ROWS = 1_000_000
DAYS = 365
BATCH = 10_000
ACTIONS = ("inline_completion", "completion", "refactor", "edit", "explain", "fix")
OFFERS = ("local/qwen", "deepseek/v4", "openai/gpt-5", "mistral/codestral", "anthropic/claude")
OUTCOMES: tuple[Outcome, ...] = ("shown", "accepted", "rejected", "partly")


def run() -> dict[str, object]:
    """Prints the figures and returns them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        bare = _bare(folder / "bare.sqlite")
        waiting = asyncio.run(_waiting(folder / "waiting.sqlite"))
        million = _million(folder / "million.sqlite")
    return {"waiting_us": {**bare, **waiting}, "million": million}


def _call(chance: random.Random, index: int, when: float) -> LedgerEntry:
    offer = chance.choice(OFFERS)
    usd = chance.uniform(0, 0.002)
    other = Alternative("anthropic/claude", usd * 20, "deepseek/v4", usd * 1.5)
    return LedgerEntry(
        f"{index:032x}", when, f"/home/u/p{chance.randrange(5)}", chance.choice(ACTIONS), f"{index:032x}", offer, offer, 0.7,
        0.75, 4_000, 0, 300, 3_900, 310, usd, usd, chance.lognormvariate(-1, 0.6), chance.lognormvariate(0, 0.6), "stop", "",
        shown_chars=200, alternative=other,
    )  # fmt: skip


def _percentiles(name: str, seconds: list[float]) -> dict[str, dict[str, float]]:
    ranked = sorted(seconds)
    p50, p99 = (ranked[int(share * (len(ranked) - 1))] * 1e6 for share in (0.5, 0.99))
    print(f"{name:44} p50 {p50:7.0f} µs   p99 {p99:7.0f} µs   max {ranked[-1] * 1e6:7.0f} µs   ({len(ranked):,} times)")
    return {name: {"p50": p50, "p99": p99}}


def _bare(path: Path) -> dict[str, dict[str, float]]:
    """The raw floor: one row a transaction, WAL, nothing else."""
    seconds: list[float] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, usd REAL)")
        for index in range(CALLS):
            begun = time.perf_counter()
            connection.execute("INSERT INTO t VALUES (?, ?)", (f"{index:032x}", 0.1))
            seconds.append(time.perf_counter() - begun)
    return _percentiles("bare SQLite insert, for comparison", seconds)


async def _waiting(path: Path) -> dict[str, dict[str, float]]:
    """What a call on the event loop waits for: asking what is left, reserving, settling, an outcome."""
    ledger = SqliteLedger(path)
    chance, limits = random.Random(1), Limits(daily_usd=1e6, monthly_usd=1e6, workspace_daily_usd=1e6)
    thread, hop = ThreadPoolExecutor(1), list[float]()
    left: list[float] = []
    reserving: list[float] = []
    writing: list[float] = []
    whole: list[float] = []
    for index in range(CALLS):
        call = _call(chance, index, time.time())
        t0 = time.perf_counter()
        ledger.left_usd(call.workspace, limits)
        t1 = time.perf_counter()
        reservation = await ledger.reserve(call.workspace, 0.01, limits)
        t2 = time.perf_counter()
        assert reservation is not None
        ledger.settle(reservation, call)
        ledger.outcome(call.id, "accepted")
        t3 = time.perf_counter()
        left.append(t1 - t0)
        reserving.append(t2 - t1)
        writing.append(t3 - t2)
        whole.append(t3 - t0)
        t4 = time.perf_counter()
        await asyncio.wrap_future(thread.submit(int))
        hop.append(time.perf_counter() - t4)
        await asyncio.sleep(0.002)  # calls come one after the other, not in a burst
    await ledger.close()
    thread.shutdown()
    return {
        **_percentiles("a bare hop to a thread and back, to compare", hop),
        **_percentiles("asking what is left", left),
        **_percentiles("reserving (awaited, the loop runs on)", reserving),
        **_percentiles("settling and one outcome (handed over)", writing),
        **_percentiles("all that one call waits for", whole),
    }


def _calls() -> Iterator[LedgerEntry]:
    chance, now = random.Random(2), time.time()
    for index in range(ROWS):
        yield _call(chance, index, now - DAYS * 86_400 * (1 - index / ROWS))


def _million(path: Path) -> dict[str, float]:
    begun = time.perf_counter()
    with closing(connect(path)) as connection:
        ledger, batch = LedgerStore(connection), list[LedgerEntry]()
        for call in _calls():
            batch.append(call)
            if len(batch) == BATCH:
                ledger.record_many(batch)
                batch.clear()
        for index in range(0, ROWS, 1_000):
            ledger.outcome(f"{index:032x}", OUTCOMES[index // 1_000 % len(OUTCOMES)], None)
    filled = time.perf_counter() - begun
    print(f"filling {ROWS:,} calls: {filled:.0f} s, {filled / ROWS * 1e6:.0f} µs each; {path.stat().st_size / 1e6:.0f} MB")
    return {name: _asked(path, name, days) for name, days in (("today", 0), ("30 days", 29), (f"{DAYS} days", DAYS))}


def _asked(path: Path, name: str, days: int) -> float:
    """Seconds for everything that ``coderoute-ls usage`` shows, from opening the file."""
    begun = time.perf_counter()
    period = Period(day_of(time.time() - days * 86_400), day_of(time.time()))
    with closing(connect(path)) as connection:
        usage = Usage(connection, period)
        answers = [usage.totals(group) for group in GROUPS], usage.alternative("strongest"), usage.alternative("single")
        more = (
            usage.estimates(),
            usage.latencies("first", "action"),
            usage.latencies("total", "offer"),
            experience(connection, period),
        )
    seconds = time.perf_counter() - begun
    print(f"all of `usage`, {name:10} {seconds:6.3f} s   ({usage.total().calls:,} calls, {len(answers) + len(more)} questions)")
    return seconds


if __name__ == "__main__":
    run()

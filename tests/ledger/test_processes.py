"""Several processes spend from one budget, and some of them are killed at any moment."""

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from coderoute_ls.domain import Limits
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.transactions import LedgerStore
from tests.ledger.moments import NOON
from tests.ledger.spender import MOST, OVER

PROCESSES, CALLS, KILLS = 4, 3_000, 3
ROOT = Path(__file__).parents[2]


async def _run(path: Path, name: str, daily_usd: float, chance: random.Random) -> tuple[list[str], int]:
    """One editor's calls, over several lives. Returns the ids whose commit returned, and how often it was killed."""
    committed: list[str] = []
    attempts = killed = 0
    while attempts < CALLS:
        mortal = killed < KILLS
        last_word = chance.randrange(1, CALLS // KILLS) if mortal else CALLS
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.ledger.spender", str(path), f"{name}-{killed}", str(CALLS - attempts), str(daily_usd),
            stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert process.stdout is not None
        said = 0
        async for line in process.stdout:
            said += 1
            attempts += 1
            if line != b"refused\n":
                committed.append(line.decode().strip())
            if said == last_word and mortal:
                process.kill()
        if await process.wait() == 0:
            break
        killed += 1
    return committed, killed


@pytest.mark.slow
async def test_no_call_is_lost_or_doubled_and_no_budget_passed_when_processes_are_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    daily_usd = PROCESSES * CALLS * MOST * 0.4  # about four fifths of what they want to spend
    chances = [random.Random(seed) for seed in range(PROCESSES)]
    runs = await asyncio.gather(*(_run(path, f"p{index}", daily_usd, chance) for index, chance in enumerate(chances)))
    committed = [call for calls, _ in runs for call in calls]
    kills = sum(killed for _, killed in runs)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = [name for (name,) in connection.execute("SELECT id FROM calls")]
        (sums,) = connection.execute("SELECT SUM(calls), SUM(billed_nusd), SUM(by_model) FROM sums").fetchall()
        (rows,) = connection.execute("SELECT COUNT(*), SUM(billed_nusd), COUNT(*) FROM calls").fetchall()
        latencies = connection.execute("SELECT SUM(calls) FROM latencies").fetchone()[0]

    assert kills == PROCESSES * KILLS
    assert len(committed) == len(set(committed))
    assert set(committed) <= set(kept)
    assert len(kept) == len(set(kept))
    assert len(kept) - len(committed) <= kills, "only a call that was killed between its commit and its word may be unheard"
    assert sums == rows
    assert latencies == len(kept)
    spent = sums[1] / 1e9
    assert spent > 0.95 * daily_usd, "the budget was in play"
    assert spent <= daily_usd + PROCESSES * OVER

    with closing(connect(path)) as connection:
        left = LedgerStore(connection).left("/w", Limits(daily_usd=2 * daily_usd), NOON)
    assert left == pytest.approx(2 * daily_usd - spent), "nothing stays reserved for the dead"

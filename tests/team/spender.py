"""A replica without HTTP, as a process that may be killed at any time: ``python -m tests.team.spender URL SEED LOG SKEW``.

It asks for money and books calls as fast as it can, with a clock that is ``SKEW`` seconds off, until it is told to end (SIGTERM).
To its log it adds a line for each thing that is certain: ``R id nusd`` the money is set aside, ``N -`` it was refused, ``S id
nusd`` the call is booked, ``F id`` the money is free again.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.errors import BudgetExceeded, DatabaseLost
from coderoute_ls.team.administration import Administration
from coderoute_ls.team.budgets.budget_store import BudgetStore
from coderoute_ls.team.caller_ledger import CallerLedger
from coderoute_ls.team.database import Database, connected
from coderoute_ls.team.database_loss import Allowance
from coderoute_ls.team.keys import Key
from coderoute_ls.team.team_ledger import TeamLedger

LEASE_S = 20.0
AT_ONCE = 4
MODELS = ("m/one", "m/two", "m/three")
MOST_NUSD = 1_000
CALL = LedgerEntry("", 0.0, "", "refactor", finish="stop")


class Log:
    """A line is in the file when `add` returns: killing the process does not take it back."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())


class Store(BudgetStore):
    """Writes down what the database has confirmed."""

    def __init__(self, database: Database, log: Log) -> None:
        super().__init__(database, lease_s=LEASE_S)
        self._log = log

    async def settle_all(self, bookings: Sequence[tuple[UUID | None, Mapping[str, object] | None]]) -> list[str]:
        outcomes = await super().settle_all(bookings)
        for reservation, call in bookings:
            self._log.add(*(("F", reservation) if call is None else ("S", call["id"], call["billed_nusd"])))
        return outcomes


async def spend(team: TeamLedger, keys: list[Key], chance: random.Random, log: Log) -> None:
    while True:
        caller, nusd = CallerLedger(team, chance.choice(keys)), chance.randrange(1, MOST_NUSD)
        model = chance.choice(MODELS)
        try:
            held = await caller.reserve("", nusd / 1e9, Limits(), model=model)
        except BudgetExceeded:
            log.add("N", "-")
            continue
        except DatabaseLost:
            await asyncio.sleep(0.05)
            continue
        assert held is not None
        log.add("R", held.id, nusd)
        await asyncio.sleep(chance.random() * 0.004)
        if chance.random() < 0.05:
            caller.release(held)
        else:
            billed = chance.randrange(nusd + 1) / 1e9
            caller.settle(held, replace(CALL, id=held.id, offer=model, model=model, billed_usd=billed))


async def main(url: str, seed: int, path: str, skew: float) -> None:
    real = time.time
    time.time = lambda: real() + skew
    with connected(url) as connection:
        keys = Administration(connection).keys()
    log, database = Log(path), Database(url)
    await database.open()
    team = TeamLedger(Store(database, log), Allowance(0))
    team.start()
    chance = random.Random(seed)
    work = asyncio.gather(*(spend(team, keys, chance, log) for _ in range(AT_ONCE)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        await team.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))

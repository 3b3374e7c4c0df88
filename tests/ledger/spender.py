"""A process that spends: reserves, settles, and prints a call's id once its commit has returned. Tests start and kill it."""

import os
import random
import sys
from pathlib import Path

from coderoute_ls.domain import LedgerEntry, Limits
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.transactions import LedgerStore
from tests.ledger.moments import NOON

MOST = 0.0010
"""C_max of each call, in USD."""
OVER = 0.0005
"""By how much one call in fifty costs more than that."""


def main(path: Path, name: str, calls: int, daily_usd: float) -> None:
    store = LedgerStore(connect(path))
    limits = Limits(daily_usd=daily_usd)
    chance = random.Random(name)
    for number in range(calls):
        reservation = store.reserve("/w", MOST, limits, NOON)
        if reservation is None:
            os.write(1, b"refused\n")
            continue
        billed = MOST + OVER if number % 50 == 0 else chance.uniform(0, MOST)
        call = LedgerEntry(
            f"{name}-{number}",
            NOON,
            "/w",
            "refactor",
            "d",
            "offer",
            "model",
            expected_usd=MOST / 2,
            billed_usd=billed,
            total_s=1.5,
        )
        store.settle(reservation, call)
        os.write(1, f"{call.id}\n".encode())
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))

"""What ``coderoute-ls doctor`` says of budgets: which are used up, or nearly."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

from coderoute_ls.cli._doctor_checks import Check
from coderoute_ls.domain.ledger import Limits
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.schema import NewerVersion
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.text.dollars import dollars


def budgets(path: Path, limits: Limits, folder: Path, now: float) -> Iterator[Check]:
    """Budgets that are used up, or nearly."""
    each = {
        "daily_usd": (limits.daily_usd, "today"),
        "monthly_usd": (limits.monthly_usd, "this month"),
        "workspace_daily_usd": (limits.workspace_daily_usd, f"today in {folder}"),
    }
    for name, (limit, when) in each.items():
        if limit is None:
            continue
        left = _left(path, replace(limits, **{other: limit if other == name else None for other in each}), folder, now)
        remedy = f"Raise {name} under [budget] in your config.toml, or go on with free and local models."
        if left <= 0:
            told = f"budget.{name} of {dollars(limit)} is used up {when}: only free and local models are asked"
            yield Check("budgets", "problem" if limit else "note", told, remedy)
        elif left < limit * (1 - limits.warn_at):
            yield Check("budgets", "note", f"{dollars(left)} is left of budget.{name}, {dollars(limit)}, {when}", remedy)


def _left(path: Path, limits: Limits, folder: Path, now: float) -> float:
    """USD that may still be spent under this one limit; all of it where nothing was recorded or the ledger cannot be read."""
    whole = min(limit for limit in (limits.daily_usd, limits.monthly_usd, limits.workspace_daily_usd) if limit is not None)
    try:
        with closing(connect(path, wait=2)) if path.exists() else nullcontext() as connection:
            left = None if connection is None else LedgerStore(connection).left(str(folder), limits, now)
    except (sqlite3.Error, OSError, NewerVersion):
        return whole  # another check's finding
    return whole if left is None else left

"""Budgets as people write them: ``20/month``. Money is whole billionths of a dollar, as in the ledger."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.ledger import nano_usd

Level = Literal["organisation", "team", "user", "key", "model"]
Period = Literal["day", "week", "month", "lifetime"]
LEVELS: tuple[Level, ...] = get_args(Level)
PERIODS: tuple[Period, ...] = get_args(Period)
_PERIODS: dict[str, Period] = {period: period for period in PERIODS}


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be spent in each such period; ``lifetime`` is one period without end. Periods begin at midnight UTC,
    weeks on Monday."""

    nusd: int
    period: Period

    def __str__(self) -> str:
        return f"{dollars_text(self.nusd)}/{self.period}"


def cap(text: str) -> Cap:
    """From ``20/month`` or ``0.5/day``: exact, to a billionth of a dollar. Raises `ConfigurationError`."""
    found = re.fullmatch(r"\s*\$?(\d{1,10}(?:\.\d{1,9})?)\s*/\s*([a-z]+)\s*", text)
    period = _PERIODS.get(found[2]) if found else None
    if found is None or period is None or (nusd := int(Decimal(found[1]) * nano_usd.NANO)) > nano_usd.MOST_USD * nano_usd.NANO:
        raise ConfigurationError(
            f"{text[:40]!r} is no budget. Write dollars and a period, as in 20/month; periods are {', '.join(PERIODS)}."
        )
    return Cap(nusd, period)


def dollars_text(nusd: int) -> str:
    """Exact, with at least two digits behind the point."""
    whole, rest = divmod(nusd, nano_usd.NANO)
    digits = f"{rest:09}".rstrip("0")
    return f"${whole}.{digits:0<2}"


def budget_name(level: str, subject: str, period: str) -> str:
    """For sentences: ``the budget of team web per month``."""
    whose = "the organisation" if level == "organisation" else f"{level} {subject}"
    return f"the {'lifetime budget' if period == 'lifetime' else f'budget per {period}'} of {whose}"

"""Dollars as whole billionths: exact sums, exact limits."""

import math

NANO = 1_000_000_000
MOST_USD = 1e9


def cost(usd: float) -> int:
    """What was, or would be, paid: never negative, and never more than the tables hold."""
    return round(min(max(usd, 0.0), MOST_USD) * NANO) if usd == usd else 0  # noqa: PLR0124


def promise(usd: float) -> int:
    """What is set aside: never less than the cost it stands for, and exactly what `dollars` made of whole billionths."""
    return math.ceil(usd * NANO - 1e-3)


def cap(usd: float) -> int:
    """What may be spent: never more than the limit."""
    return math.floor(usd * NANO + 1e-3)


def dollars(nanos: int) -> float:
    return nanos / NANO

"""Which reported counts and sums are plausible. Needs no tables."""

import math
from dataclasses import replace

from coderoute_ls.domain import Usage

DOUBTFUL_SHARE = 16
"""A count below the estimate by this factor is a mistake: of a cache that is left out, of a wrapper, of nothing."""
MOST_TOKENS = 10_000_000
"""More than any model takes or gives in one call, where the offer's window is not known."""


def plausible(told: int, estimate: int, most: int) -> bool:
    """Whether a count can be true: not nothing for something, and within what a model takes."""
    return (told > 0 or estimate == 0) and estimate <= told * DOUBTFUL_SHARE and told <= max(most, 2 * estimate)


def clamped(usage: Usage) -> Usage:
    """The usage without what no count and no sum of money can be: nothing is negative, and no part is more than its whole."""
    if _sound(usage):
        return usage
    entered, left = max(usage.input, 0), max(usage.output, 0)
    read = min(max(usage.cached_read, 0), entered)
    return replace(
        usage,
        input=entered,
        output=left,
        cached_read=read,
        cached_write=min(max(usage.cached_write, 0), entered - read),
        reasoning=min(max(usage.reasoning, 0), left),
        cost_usd=_amount(usage.cost_usd),
        upstream_usd=_amount(usage.upstream_usd),
    )


def _amount(usd: float | None) -> float | None:
    return usd if usd is not None and math.isfinite(usd) and usd >= 0 else None


def _sound(usage: Usage) -> bool:
    """Whether there is nothing to clamp: nearly always."""
    tokens = usage.cached_read >= 0 and usage.cached_write >= 0 and usage.cached_read + usage.cached_write <= usage.input
    return (
        tokens
        and 0 <= usage.reasoning <= usage.output
        and _amount(usage.cost_usd) == usage.cost_usd
        and _amount(usage.upstream_usd) == usage.upstream_usd
    )

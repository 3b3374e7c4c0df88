"""Which offer to ask when the chosen offer fails: the order of the fall-backs behind it."""

import numpy as np

from coderoute_ls.domain import Chosen
from coderoute_ls.selection.decision.offer_candidates import Candidates, Floats

UNHEALTHY = 1e9
"""Puts an offer of a worse health class behind all of a better one."""
CHAIN = 3
HOP_CEILING, OTHER_VENDOR_CEILING = 5.0, 3.0
"""A fall-back costs at most this many times the first; one at another vendor goes first while it costs at most that many."""
NOTES = {
    whose: tuple(f"fall-back {n}: next within {HOP_CEILING:g}× {whose} cost" for n in range(1, CHAIN))
    for whose in ("the first's", "the cheapest paid one's")
}
"""What is said of each fall-back, by whose cost bounds it."""


def fallback_chain(candidates: Candidates, place: int, why: str, rank: Floats) -> tuple[Chosen, ...]:
    """The chosen offer, then at most two others within the ceiling, the first at another vendor if one is near in price.

    ``rank``: the lowest first, inf for offers that may not be asked.
    """
    costs, columns = candidates.figures.expected, candidates.columns
    first, base = _base(candidates, place)
    order = np.where(costs <= first * HOP_CEILING, rank + columns.behind if columns.any_estimated else rank, np.inf)
    order[place] = np.inf
    for i, grade in candidates.failing.items():
        order[i] += grade * UNHEALTHY
    near = costs <= first * OTHER_VENDOR_CEILING
    near &= columns.vendor != columns.vendor[place]
    elsewhere = np.where(near, order, np.inf)
    hops: list[int] = []
    for pool in (elsewhere, order, order):
        if len(hops) < CHAIN - 1 and (best := candidates.lowest(pool)) is not None:
            hops.append(best)
            order[best] = np.inf
    if columns.any_standing_by and not columns.stands_by[place]:
        hops = _with_own_key(candidates, hops, order)
    return (candidates.chosen(place, why), *map(candidates.chosen, hops, NOTES[base]))


def _with_own_key(candidates: Candidates, hops: list[int], order: Floats) -> list[int]:
    """What the team's gateway has comes first, and last a key of the user's own: for when the gateway itself is out of reach."""
    stands_by = candidates.columns.stands_by
    order = order.copy()
    own = next((hop for hop in hops if stands_by[hop]), None)
    team = [hop for hop in hops if not stands_by[hop]]
    if own is None:
        own = candidates.lowest(np.where(stands_by, order, np.inf))
    if not team and (best := candidates.lowest(np.where(stands_by, np.inf, order))) is not None:
        team = [best]
    return [*team[: CHAIN - 2], own] if own is not None else team


def _base(candidates: Candidates, place: int) -> tuple[float, str]:
    """The cost that bounds the fall-backs of the offer, USD, and whose it is: behind a free offer stand paid ones."""
    costs = candidates.figures.expected
    first = float(costs[place])
    paid = costs[candidates.ok & (costs > 0)] if first == 0 and candidates.request.rules > 1 else costs[:0]
    return (float(paid.min()), "the cheapest paid one's") if paid.size else (first, "the first's")

"""How often each offer's answers are kept, with how sure that is, and the small correction of its score that follows."""

import math
import sqlite3
from dataclasses import dataclass

from coderoute_ls.ledger.usage_queries import Period

MOST = 0.05
"""No amount of experience moves a score further than this."""
PRIOR = 30.0
"""OfferExperience counts half after this many judged answers."""
_Z = 1.96


@dataclass(frozen=True, slots=True)
class OfferExperience:
    """What the user made of one offer's answers to one action."""

    action: str
    offer: str
    judged: int
    kept: int
    """Accepted, whole or in part, and neither undone nor retried."""
    low: float
    high: float
    """95 % interval (Wilson) of the share that is kept."""
    correction: float
    """What ``learn = true`` adds to the offer's score for this action, within ± `MOST`."""

    @property
    def rate(self) -> float:
        return self.kept / self.judged


def experience(connection: sqlite3.Connection, period: Period) -> tuple[OfferExperience, ...]:
    """Every offer that was judged, by action and most judged first."""
    found = connection.execute(
        "SELECT action, offer, SUM(shown + accepted + partly + rejected + undone + retried) AS judged, SUM(accepted + partly) "
        "FROM sums WHERE day BETWEEN ? AND ? GROUP BY action, offer HAVING judged > 0 ORDER BY action, judged DESC, offer",
        (period.first, period.last),
    ).fetchall()
    judged: dict[str, int] = {}
    kept: dict[str, int] = {}
    for action, _, of, yes in found:
        judged[action] = judged.get(action, 0) + of
        kept[action] = kept.get(action, 0) + yes
    return tuple(
        OfferExperience(action, offer, of, yes, *wilson(yes, of), correction(yes, of, kept[action] - yes, judged[action] - of))
        for action, offer, of, yes in found
    )


def wilson(kept: int, judged: int) -> tuple[float, float]:
    """95 % interval of a share; (0, 1) when nothing is known."""
    if judged == 0:
        return 0.0, 1.0
    rate, weight = kept / judged, _Z * _Z / judged
    middle = (rate + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(rate * (1 - rate) / judged + weight / (4 * judged))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def correction(kept: int, judged: int, others_kept: int, others_judged: int) -> float:
    """How far an offer's score moves for how its answers fared beside the other offers' answers to the same action.

    The difference of the two shares, shrunk by how little either side is known, scaled so that a certain difference of 1 would
    be `MOST`. 0 without anything to compare with: an action's difficulty says nothing about an offer.
    """
    if not judged or not others_judged:
        return 0.0
    known = min(judged, others_judged)
    difference = kept / judged - others_kept / others_judged
    return MOST * difference * known / (known + PRIOR)

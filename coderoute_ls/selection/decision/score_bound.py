"""R7: what of a score counts against the floor, by how sure it is."""

from coderoute_ls.domain import Offer, Score
from coderoute_ls.selection.catalog.score_placement import logistic, logit
from coderoute_ls.selection.decision.eligibility import Failure, Policy

TRUSTED = frozenset({"multi", "single", "measured", "inherited", "estimate", "local-quant", "user"})
FAR_ERRORS = 2.5
"""So many standard errors below its value counts a score that only the model's maker measured."""


def bound_of(score: Score, policy: Policy) -> float:
    """What the floor is compared with: a bound of the score, and one far below it where only the model's maker measured."""
    if policy.rules > 1 and not policy.trust_vendor_scores and (far := far_below(score)) is not None:
        return far
    return score.low if policy.bound == "low" else score.value


def far_below(score: Score) -> float | None:
    """`FAR_ERRORS` standard errors below a score that only the maker measured, on the logit scale (``high`` is one error above);
    None for any other score, and where no error is known.
    """
    if score.confidence != "maker-only" or not 0 < score.value < score.high < 1:
        return None
    error = logit(score.high) - logit(score.value)
    return min(logistic(logit(score.value) - FAR_ERRORS * error), score.low)


def score_barrier(offer: Offer, policy: Policy) -> Failure | None:
    """R7: is there a score, is it to be trusted, does it reach the floor?"""
    score = offer.scores.get(policy.axis)
    if score is None:
        return Failure(7, "unknown_score", f"no {policy.axis} score" + (f" at effort {offer.effort}" if offer.effort else ""))
    if not score.method or not score.date:
        return Failure(7, "unknown_score", "a score without method and date")
    if not (policy.trust_vendor_scores or _trusted(score, policy)):
        return Failure(7, "untrusted_score", score.confidence)
    bound = bound_of(score, policy)
    if not bound >= policy.floor:
        return Failure(7, "below_floor", f"{bound:.3g} < {policy.floor:.3g}")
    return None


def _trusted(score: Score, policy: Policy) -> bool:
    if policy.rules == 1:
        return score.confidence in TRUSTED and score.confidence != "estimate"
    return score.confidence in TRUSTED or far_below(score) is not None

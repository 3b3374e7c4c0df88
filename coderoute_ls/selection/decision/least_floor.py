"""A floor that nothing excuses: neither the lack of a better offer nor a name. Pure."""

from dataclasses import replace

from coderoute_ls.domain import Chosen, Decision
from coderoute_ls.selection.decision.built_in_engine import EMBEDDED


def above(decision: Decision, least: float) -> Decision:
    """The decision without the offers whose score is below ``least``, or not known. The built-in engine is no model."""
    chain = tuple(one for one in decision.chain if one.offer.provider == EMBEDDED.provider or _reaches(one, decision, least))
    return decision if chain == decision.chain else replace(decision, chain=chain, chosen=chain[0] if chain else None)


def _reaches(chosen: Chosen, decision: Decision, least: float) -> bool:
    score = chosen.score
    return score is not None and (score.low if decision.request.score_bound == "low" else score.value) >= least

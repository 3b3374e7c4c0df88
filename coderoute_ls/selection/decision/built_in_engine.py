"""The built-in engine as an offer: when it answers alone, and when it is the last resort. Needs neither catalogue nor tables."""

import math
from datetime import UTC, datetime

from coderoute_ls.domain import Chosen, Cost, Decision, Offer, Request, Score, State, Unmet
from coderoute_ls.selection.reasons_in_words import reason

EMBEDDED_ALONE = 0.80
"""The embedded engine answers without a model only when it is at least this sure."""

EMBEDDED = Offer(
    "embedded/engine", "embedded/engine", "embedded", "engine", "embedded", "Built-in engine",
    local=True, privacy=("no_training", "zdr"),
)  # fmt: skip
"""The built-in engine as an offer: free, always there, as good as its own estimate says."""


def alone_from(floor: float, *, allowed: bool) -> float:
    """The probability from which a draft that completes its line answers without a model being asked; inf where it never may."""
    return max(floor, EMBEDDED_ALONE) if allowed else math.inf


def alone(request: Request, state: State) -> Chosen | None:
    """The engine, where its draft clears the floor and completes the line: then no other offer is asked."""
    sure = request.embedded_score
    if sure is None or sure < alone_from(request.floor.value, allowed=request.embedded_alone and not request.pinned):
        return None
    return _chosen(request, state, f"the built-in engine is {sure:.0%} sure and completes the line")


def last_resort(request: Request, state: State, unmet: Unmet) -> Chosen | None:
    """The engine, where no model can be asked and the action is within it."""
    cause = "no key" if unmet.rule == "all_no_credentials" else f"all are {reason(unmet.rule)}"
    return _instead(request, state, f"no model can be asked ({cause}): the built-in engine answers")


def after_all(request: Request, state: State, problem: str) -> Chosen | None:
    """The engine, where all that were asked have failed, the last one of them with this problem, a sentence; but not for an offer
    that was asked for by name."""
    return None if request.pinned else _instead(request, state, f"{problem} The built-in engine answers instead")


def _instead(request: Request, state: State, why: str) -> Chosen | None:
    available = request.embedded_available or request.embedded_score is not None
    return _chosen(request, state, why) if available and request.on_unmet_floor != "error" else None


def without_models(request: Request, state: State) -> Decision:
    """What `select` decides when no vendor is within reach and none is pinned: no catalogue has a say, ``snapshot`` is ""."""
    unmet = None
    chosen = alone(request, state)
    if chosen is None:
        unmet = Unmet("all_no_credentials")
        chosen = last_resort(request, state, unmet)
    return Decision(request, "", state.now, chosen, () if chosen is None else (chosen,), unmet=unmet)


def _chosen(request: Request, state: State, why: str) -> Chosen:
    sure = request.embedded_score
    today = datetime.fromtimestamp(state.now, UTC).date().isoformat()
    score = None if sure is None else Score(sure, sure, sure, "embedded", "embedded-calibration", today)
    return Chosen(EMBEDDED, score, Cost(0.0, 0.0), why)

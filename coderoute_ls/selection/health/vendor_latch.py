"""A vendor that refused the key, or whose account has no money: it is not asked for a while, longer each time. Pure transitions.

Times are seconds on the clock of `State.now`. A latch always ends by itself: keys are corrected and accounts topped up elsewhere,
and a refusal may have been a mistake.
"""

from dataclasses import replace
from typing import Literal

from coderoute_ls.domain import ProviderState
from coderoute_ls.errors import ProviderError

LATCH_S = (60.0, 300.0, 1800.0)
"""The first latch, the second in a row, and every later one."""


def block(error: ProviderError) -> Literal["", "auth_blocked", "no_credit"]:
    """What an error's scope bars at its vendor: all that the key opens, all that the account pays for, or nothing."""
    return "auth_blocked" if error.scope == "vendor" else "no_credit" if error.scope == "account" else ""


def latched(state: ProviderState, error: ProviderError, now: float) -> ProviderState:
    """The vendor after this error; as it was where the error concerns something smaller."""
    blocked = block(error)
    if not blocked:
        return state
    wait = LATCH_S[min(state.latches, len(LATCH_S) - 1)]
    return replace(state, blocked=blocked, blocked_until=now + wait, latches=state.latches + 1)


def released(state: ProviderState, now: float) -> ProviderState:
    """The vendor as it is now: without a latch whose time is over."""
    return replace(state, blocked="", blocked_until=0.0) if state.blocked and state.blocked_until <= now else state


def answered(state: ProviderState) -> ProviderState:
    """After an answer: the next latch is a first one again."""
    return replace(state, blocked="", blocked_until=0.0, latches=0) if state.latches else state

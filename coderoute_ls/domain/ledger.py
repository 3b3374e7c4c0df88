"""The ledger's contract, and what the engine records about each call: numbers and names, never text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Outcome = Literal["shown", "accepted", "partly", "rejected", "undone", "retried"]
"""What became of an answer; a later word replaces an earlier one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets that hold for one call, in USD. None is no limit."""

    daily_usd: float | None = None
    monthly_usd: float | None = None
    workspace_daily_usd: float | None = None
    warn_at: float = 0.8
    """Share of a budget at which `Ledger.reserve` reports a warning."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one call that is under way."""

    id: str
    usd: float
    warning: str = ""
    """A sentence for the user when a budget is nearly used up; "" otherwise."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What this same call would have cost at other offers that could have answered it: the base of an honest savings figure. None
    where no model could, or none answered."""

    strongest: str = ""
    """The offer with the highest score."""
    strongest_usd: float | None = None
    single: str = ""
    """The cheapest offer that clears the floors of every action on the axis: the best model to use if one used only one."""
    single_usd: float | None = None
    paid_usd: float | None = None
    """What the call cost, offers that failed before the answer included; None: what its row says."""


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """What the user has decided about an edit: numbers of its hunks, and the changed lines of those that are not rejected. A line
    that is replaced counts once."""

    hunks: int
    kept: int
    rejected: int
    lines: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One finished call. Counts are tokens, costs USD, times seconds; None is unknown."""

    id: str
    """Unique; recording the same id again changes nothing."""
    time: float
    """Unix time at which the call began."""
    workspace: str
    """Root of the workspace folder, or ""."""
    action: str
    decision: str = ""
    offer: str = ""
    model: str = ""
    floor: float | None = None
    score: float | None = None
    """Lower bound of the chosen offer's score."""
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    expected_input: int | None = None
    expected_output: int | None = None
    expected_usd: float = 0.0
    billed_usd: float = 0.0
    first_token_s: float | None = None
    total_s: float | None = None
    finish: str = ""
    error: str = ""
    """Class name of the error, never its message."""
    answered_by: Literal["model", "embedded", "cache", "typed"] = "model"
    """``cache`` and ``typed`` (typed as suggested) are answers without a request."""
    shown_chars: int = 0
    alternative: Alternative = Alternative()


class Ledger(Protocol):
    """What was spent, shown and accepted. No method blocks the event loop on the disk, and none raises when the disk fails: the
    editor goes on, and `Ledger.problem` tells.
    """

    @property
    def problem(self) -> str:
        """Why nothing is being recorded; "" when all is well."""
        ...

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        """What may still be spent under all limits, reservations taken off: `State.budget_left_usd`. None without limits. May be
        a second old: it guides choices, `reserve` keeps the budget."""
        ...

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        """Set ``usd`` (C_max) aside for a call to ``model``, or None when a limit would be passed (or nothing can be written). 0
        sets nothing aside. Raises `CoderouteError` where there is more to say than that a limit would be passed."""
        ...

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None:
        """The call is over: free the money and record what it really cost, in one step."""
        ...

    def release(self, reservation: Reservation) -> None:
        """The call never happened."""
        ...

    def record(self, call: LedgerEntry) -> None:
        """Record a call that reserved nothing."""
        ...

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        """What became of the answer; ``chars`` accepted characters (all of those shown when None and accepted)."""
        ...

    def reviewed(self, call_id: str, count: ReviewCount) -> None:
        """What the user has decided about the hunks of an edit so far; a later word replaces an earlier one."""
        ...

    def today_usd(self, workspace: str | None = None) -> float:
        """Spent since local midnight, everywhere or in one workspace; the last milliseconds may be missing."""
        ...

    def corrections(self, action: str) -> Mapping[str, float]:
        """Offer → what ``learn = true`` adds to its score for this action, for how its answers fared. Counted anew now and
        then; each within ± 0.05, and offers that nothing is known of are absent.
        """
        ...

    async def close(self) -> None:
        """Write what is still waiting."""
        ...


class NullLedger:
    """The ledger that keeps nothing: ``ledger.enable = false``. Without a memory, only per-call caps hold."""

    problem = ""

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        del workspace, limits

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        del workspace, limits, model
        return Reservation("", usd)

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None: ...

    def release(self, reservation: Reservation) -> None: ...

    def record(self, call: LedgerEntry) -> None: ...

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None: ...

    def reviewed(self, call_id: str, count: ReviewCount) -> None: ...

    def today_usd(self, workspace: str | None = None) -> float:
        del workspace
        return 0.0

    def corrections(self, action: str) -> Mapping[str, float]:
        del action
        return {}

    async def close(self) -> None: ...

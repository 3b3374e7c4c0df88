"""The team's ledger as one request uses it: whose key pays, and for which repository, branch and action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from coderoute_ls.domain import LedgerEntry, Limits, Outcome, Reservation
from coderoute_ls.domain.vendor import BUDGET_HEADER, LEFT_HEADER
from coderoute_ls.errors import BudgetExceeded, CoderouteError, DatabaseLost, KeyRefused
from coderoute_ls.ledger import nano_usd
from coderoute_ls.team.database_loss import MARK
from coderoute_ls.team.keys import Key
from coderoute_ls.team.money import dollars_text
from coderoute_ls.team.team_ledger import Posting, TeamLedger


@dataclass(frozen=True, slots=True)
class CallerLedger:
    """Implements `coderoute_ls.domain.Ledger`."""

    team: TeamLedger
    key: Key
    repository: str = ""
    branch: str = ""
    action: str = ""
    """What the caller calls the action; "" is the gateway's own."""
    told: dict[str, str] = field(default_factory=dict[str, str])
    """Headers that tell the caller of a budget which is nearly used up, or that none could be asked."""
    refused: list[int] = field(default_factory=list[int])
    """What was left each time the database refused a call of this request, in billionths of a dollar. A budget of one model says
    nothing of others, and is left out."""

    @property
    def problem(self) -> str:
        return self.team.problem

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        """As the database said when it last refused a call of this request; None: it did not. What it said to other requests is
        not remembered: calls that end free money, and who went by an older figure would refuse what the database allows."""
        del workspace, limits
        return nano_usd.dollars(self.refused[-1]) if self.refused else None

    async def left(self) -> Mapping[str, str]:
        """Headers that say what is left of this key's budgets now; none where nothing bounds it, or nobody can be asked."""
        try:
            tightest = await self.team.left(self.key.id)
        except CoderouteError:
            return {}
        if tightest is None or tightest.left_nusd is None:
            return {}
        return {
            LEFT_HEADER: f"{nano_usd.dollars(tightest.left_nusd):.6f}",
            BUDGET_HEADER: f"{tightest.told(self.key.prefix)}.",
        }

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        """Raises `BudgetExceeded` with the budget's name, `KeyRefused`, `DatabaseLost`."""
        del workspace
        nusd, new_id = nano_usd.promise(usd), uuid4()
        if nusd <= 0:
            return Reservation("", 0.0)
        try:
            answer = await self.team.reserve(self.key.id, model, nusd, new_id)
        except DatabaseLost:
            local = self.team.reserve_locally(usd)
            if local is None:
                raise
            self.told[BUDGET_HEADER] = "local; the team's database cannot be reached, this answer is paid from a small allowance"
            return local
        if answer.outcome == "key":
            raise KeyRefused(f"The key {self.key.prefix} was revoked or has expired. Ask your administrator for another.")
        if answer.outcome == "refused":
            if answer.level != "model" and answer.left_nusd is not None:
                self.refused.append(answer.left_nusd)
            raise BudgetExceeded(
                f"The spending limit is reached: {answer.told(self.key.prefix)}, and this call could cost up to "
                f"{dollars_text(nusd)}. Your administrator can raise it with `coderoute-ls team budget set`."
            )
        if answer.left_nusd is not None:
            self.told[LEFT_HEADER] = f"{nano_usd.dollars(answer.left_nusd):.6f}"
        warning = f"{answer.told(self.key.prefix)}." if answer.level and answer.share >= limits.warn_at else ""
        if warning:
            self.told[BUDGET_HEADER] = warning
        return Reservation(str(new_id), usd, warning)

    def settle(self, reservation: Reservation, call: LedgerEntry) -> None:
        if reservation.id.startswith(MARK):
            self.team.allowance.settle(reservation, nano_usd.cost(call.billed_usd))
            self.record(call)
        else:
            self.team.post(Posting(UUID(reservation.id) if reservation.id else None, self._row(call)))

    def release(self, reservation: Reservation) -> None:
        if reservation.id.startswith(MARK):
            self.team.allowance.settle(reservation, 0)
        elif reservation.id:
            self.team.post(Posting(UUID(reservation.id), None))

    def record(self, call: LedgerEntry) -> None:
        self.team.post(Posting(None, self._row(call)))

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        """Callers do not tell what became of an answer."""
        del call_id, outcome, chars

    def today_usd(self, workspace: str | None = None) -> float:
        del workspace
        return 0.0

    def corrections(self, action: str) -> Mapping[str, float]:
        del action
        return {}

    async def close(self) -> None:
        """The replica closes its `TeamLedger`."""

    def _row(self, call: LedgerEntry) -> dict[str, object]:
        """The call as the table of calls has it."""
        other = call.alternative
        return {
            "id": call.id,
            "key_id": self.key.id,
            "user_name": self.key.user,
            "team": self.key.team,
            "repository": self.repository,
            "branch": self.branch,
            "action": self.action or call.action,
            "decision": call.decision,
            "offer": call.offer,
            "model": call.model,
            "floor": call.floor,
            "score": call.score,
            "input_tokens": call.input_tokens,
            "cached_tokens": call.cached_tokens,
            "output_tokens": call.output_tokens,
            "expected_nusd": nano_usd.cost(call.expected_usd),
            "billed_nusd": nano_usd.cost(call.billed_usd),
            "first_token_s": call.first_token_s,
            "total_s": call.total_s,
            "finish": call.finish,
            "error": call.error,
            "answered_by": call.answered_by,
            "strongest": other.strongest,
            "strongest_nusd": None if other.strongest_usd is None else nano_usd.cost(other.strongest_usd),
            "single": other.single,
            "single_nusd": None if other.single_usd is None else nano_usd.cost(other.single_usd),
        }

"""What an attempt cost, what may be spent, and the ledger's row about it."""

from coderoute_ls.domain import Usage
from coderoute_ls.domain.ledger import LedgerEntry as Row
from coderoute_ls.domain.ledger import Limits
from coderoute_ls.engine.attempt import CHARS_PER_TOKEN, Attempt
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.settings import Effective


def limits(effective: Effective) -> Limits:
    """The budgets of these settings, as the ledger takes them."""
    budget = effective.settings.budget
    return Limits(budget.daily_usd, budget.monthly_usd, budget.workspace_daily_usd, budget.warn_at)


def usage_of(attempt: Attempt) -> Usage:
    """As billed where the vendor said so; else estimated from what was sent and what arrived."""
    if attempt.finish is not None and attempt.finish.usage is not None:
        return attempt.finish.usage
    return Usage(input=attempt.chosen.cost.tokens_in, output=round(attempt.chars / CHARS_PER_TOKEN))


def row(identity: str, started: float, call: EngineCall, attempt: Attempt, cost_usd: float) -> Row:
    """The ledger's row of one attempt: numbers and names, never text."""
    chosen, action = attempt.chosen, call.action
    usage = usage_of(attempt)
    return Row(
        id=identity,
        time=started,
        workspace=call.target.folder,
        action=action.id,
        decision=identity.partition("-")[0],
        offer=chosen.offer.id,
        model=chosen.offer.model,
        floor=call.settings.floor_for(action.id, action.axis, action.min_coding_score).value,
        score=None if chosen.score is None else chosen.score.low,
        input_tokens=usage.input,
        cached_tokens=usage.cached_read,
        output_tokens=usage.output,
        expected_input=chosen.cost.tokens_in,
        expected_output=chosen.cost.tokens_out,
        expected_usd=chosen.cost.expected_usd,
        billed_usd=cost_usd,
        first_token_s=attempt.first_token_s,
        total_s=attempt.total_s,
        finish=attempt.finish.reason if attempt.finish else "",
        error=type(attempt.error).__name__ if attempt.error else "",
        answered_by="embedded" if chosen.offer.provider == "embedded" else "model",
        shown_chars=attempt.chars,
    )

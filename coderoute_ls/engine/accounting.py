"""The only way into the ledger: the tokens and money that an attempt is booked with, and its row in the ledger."""

import math
from collections.abc import Sequence
from dataclasses import replace

from coderoute_ls.domain import Alternative, Chosen, Usage
from coderoute_ls.domain.ledger import LedgerEntry as Row
from coderoute_ls.domain.ledger import Limits
from coderoute_ls.engine.attempt import Attempt, Booked
from coderoute_ls.engine.types import EngineCall, Hop, RoutedCall
from coderoute_ls.errors import BudgetExceeded
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.selection.pricing.plausible_usage import MOST_TOKENS, clamped, plausible
from coderoute_ls.settings import Effective
from coderoute_ls.text.dollars import dollars

CHARS_PER_TOKEN = 4.0
"""For answers whose tokens were not counted."""


def limits(effective: Effective) -> Limits:
    """The budgets of these settings, as the ledger takes them."""
    budget = effective.settings.budget
    return Limits(budget.daily_usd, budget.monthly_usd, budget.workspace_daily_usd, budget.warn_at)


def spent_up(chosen: Chosen) -> BudgetExceeded:
    """What is raised where a limit leaves no room for this offer."""
    return BudgetExceeded(
        f"The spending limit is reached: {chosen.offer.name} could cost up to {dollars(chosen.cost.max_usd)}. "
        "`coderoute-ls usage` shows what was spent; raise [budget] in your config.toml, or use a free model."
    )


def affordable(routed: RoutedCall, hops: Sequence[Hop]) -> RoutedCall | None:
    """What is chosen anew after a limit has left no room for a chain, without what was tried; None: nothing. How little was left
    was not known when that chain was made: others spend from the same budget."""
    tried = {hop.offer for hop in hops}
    chain = tuple(chosen for chosen in routed.decision.chain if chosen.offer.id not in tried)
    if routed.state.budget_left_usd is None or not chain:
        return None
    return replace(routed, decision=replace(routed.decision, chosen=chain[0], chain=chain))


def booked(attempt: Attempt) -> Booked:
    """What the vendor counted, as far as it can be true; an estimate from what was sent and what arrived for the rest. The
    attempt is over: it is reckoned once."""
    if attempt.booked is None:
        attempt.booked = _reckoned(attempt)
    return attempt.booked


def _reckoned(attempt: Attempt) -> Booked:
    offer, told = attempt.chosen.offer, attempt.usage
    if offer.provider == EMBEDDED.provider or not attempt.may_cost:
        return Booked(told or Usage(), input_counted=False, output_counted=False)
    usage = clamped(told or Usage())
    most = max(offer.context or MOST_TOKENS, offer.max_output or 0)
    sent, wrote = attempt.chosen.cost.tokens_in, math.ceil(attempt.chars / CHARS_PER_TOKEN)
    input_counted, output_counted = plausible(usage.input, sent, most), plausible(usage.output, wrote, most)
    entered, left = usage.input if input_counted else sent, usage.output if output_counted else wrote
    if input_counted and output_counted:
        return Booked(usage, input_counted, output_counted)
    kept = replace(usage, input=entered, output=left)
    if not input_counted:
        kept = replace(kept, cached_read=0, cached_write=0)
    return Booked(clamped(kept), input_counted, output_counted)


def row(identity: str, started: float, call: EngineCall, attempt: Attempt, alternative: Alternative) -> Row:
    """The ledger's row of one attempt: numbers and names, never text."""
    chosen, action = attempt.chosen, call.action
    usage = booked(attempt).usage
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
        billed_usd=attempt.cost_usd,
        first_token_s=attempt.first_token_s,
        total_s=attempt.total_s,
        finish=attempt.finish.reason if attempt.finish else "",
        error=type(attempt.error).__name__ if attempt.error else "",
        answered_by="embedded" if chosen.offer.provider == EMBEDDED.provider else "model",
        shown_chars=attempt.text_chars,
        alternative=alternative,
    )

"""Inline completion: the text that continues at the cursor, as ghost text."""

from coderoute_ls.actions.fill_in_middle import at_cursor, hole
from coderoute_ls.domain import Action

ACTION = Action(
    id="inline_completion",
    title="Inline completion",
    kind="",
    surface="ghost",
    axis="completion",
    min_coding_score=0.55,
    median_output=24,
    max_tokens=256,
    max_cost_usd=0.05,
    prompt=hole,
    region=at_cursor,
    doc="Offers ghost text at the cursor while you type.",
    required=frozenset({"streaming", "fim", "beats_built_in"}),
    first_token_budget_s=1.5,
)

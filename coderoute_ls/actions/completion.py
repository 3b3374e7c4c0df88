"""Completion: the same as ghost text, in editors that only have a completion menu."""

from coderoute_ls.actions.fill_in_middle import at_cursor, hole
from coderoute_ls.domain import Action

ACTION = Action(
    id="completion",
    title="Completion",
    kind="",
    surface="ghost",
    axis="completion",
    min_coding_score=0.55,
    median_output=24,
    max_tokens=256,
    max_cost_usd=0.05,
    prompt=hole,
    region=at_cursor,
    doc="Offers what ghost text would, as an entry of the completion menu.",
    required=frozenset({"streaming", "fim", "beats_built_in"}),
    first_token_budget_s=1.5,
)

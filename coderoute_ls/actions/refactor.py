"""Refactor: rewrite the selection, or the definition around the cursor, so that it does the same and reads better."""

from coderoute_ls.actions.action_region import selection_or_definition
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.actions.region_description import bounds
from coderoute_ls.domain import Action, Brief, Prompt


def prompt(brief: Brief) -> Prompt:
    return render("refactor", brief, max_tokens=ACTION.max_tokens, bounds=bounds(brief))


ACTION = Action(
    id="refactor",
    title="Refactor",
    kind="refactor.rewrite.coderoute.refactor",
    surface="replace",
    axis="coding",
    min_coding_score=0.70,
    median_output=12,
    answer_per_region=1.05,
    max_tokens=8192,
    max_cost_usd=0.50,
    prompt=prompt,
    region=selection_or_definition,
    doc="Rewrites the selection, or the definition around the cursor, without changing what it does.",
)

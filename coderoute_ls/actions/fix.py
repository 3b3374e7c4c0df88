"""Fix: rewrite the statement that a diagnostic is about, so that the diagnostic disappears."""

from coderoute_ls.actions.diagnostics import complaint, statement
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.actions.region_description import bounds
from coderoute_ls.domain import Action, Brief, Prompt


def prompt(brief: Brief) -> Prompt:
    return render("fix", brief, max_tokens=ACTION.max_tokens, bounds=bounds(brief), complaint=complaint(brief.target))


ACTION = Action(
    id="fix",
    title="Fix",
    kind="quickfix.coderoute.fix",
    surface="replace",
    axis="coding",
    min_coding_score=0.70,
    median_output=10,
    answer_per_region=1.05,
    max_tokens=4096,
    max_cost_usd=0.50,
    prompt=prompt,
    region=statement,
    doc="Rewrites the smallest statement around a diagnostic so that it goes away.",
    needs_diagnostic=True,
)

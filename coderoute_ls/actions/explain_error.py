"""Explain error: say what a diagnostic means here, why it appears and how to resolve it, in a read-only document."""

from coderoute_ls.actions.diagnostics import complaint, statement
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.domain import Action, Brief, Prompt


def prompt(brief: Brief) -> Prompt:
    return render("explain_error", brief, max_tokens=ACTION.max_tokens, cut=True, complaint=complaint(brief.target))


ACTION = Action(
    id="explain_error",
    title="Explain the error",
    kind="quickfix.coderoute.explain",
    surface="report",
    axis="coding",
    min_coding_score=0.50,
    median_output=300,
    max_tokens=4096,
    max_cost_usd=0.50,
    prompt=prompt,
    region=statement,
    doc="Explains a diagnostic in a read-only document: what it means here, why it appears, how to fix it.",
    needs_diagnostic=True,
)

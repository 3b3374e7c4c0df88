"""Explain: say what the selection, the definition around the cursor or the file does, in a read-only document."""

from coderoute_ls.actions.action_region import selection_or_definition
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.domain import Action, Brief, Position, Prompt, Span, Target


def region(target: Target) -> Span | None:
    """The selection, else the definition, else the whole file; None in an empty one."""
    document = target.document
    found = selection_or_definition(target)
    if found is None and any(line.strip() for line in document.lines):
        return Span(Position(0, 0), document.end)
    return found


def prompt(brief: Brief) -> Prompt:
    return render("explain", brief, max_tokens=ACTION.max_tokens, cut=True)


ACTION = Action(
    id="explain",
    title="Explain",
    kind="source.coderoute.explain",
    surface="report",
    axis="coding",
    min_coding_score=0.50,
    median_output=500,
    max_tokens=4096,
    max_cost_usd=0.50,
    prompt=prompt,
    region=region,
    doc="Explains the selection, the definition around the cursor or the file, in a read-only document.",
)

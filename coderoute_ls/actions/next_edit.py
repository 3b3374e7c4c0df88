"""Next edit: what follows from the last edits, written by a model as a region of the document."""

from coderoute_ls.actions.prompt_rendering import shown_path
from coderoute_ls.domain import Action, Brief, Message, Part, Position, Prompt, Span, Target
from coderoute_ls.ignore import redact_pieces
from coderoute_ls.next_edit.codecs import CODECS, RegionRequest

ABOVE, BELOW = 12, 20
"""Lines around the cursor that the model may write anew."""
SHOWN = 60
"""Further lines on each side that it sees."""


def region(target: Target) -> Span | None:
    """Some lines around the cursor."""
    document, line = target.document, target.span.end.line
    first, end = max(0, line - ABOVE), min(len(document.lines), line + BELOW)
    return document.whole_lines(Span(Position(first, 0), Position(end - 1, len(document.line(end - 1)))))


def region_request(brief: Brief) -> RegionRequest:
    """The region with what stands around it; the last edits come as snippets of the kind ``edit``. What looks like a secret goes
    as one word: a region that holds one comes back otherwise than it was, and is refused."""
    document, span = brief.target.document, brief.region
    end = span.end.line if span.end.character == 0 else span.end.line + 1
    low, high = max(0, span.start.line - SHOWN), min(len(document.lines), end + SHOWN)
    before = "".join(document.lines[low : span.start.line])
    after = "".join(document.lines[end:high])
    prefix, inside, suffix = redact_pieces(before, "".join(document.lines[span.start.line : end]), after)
    lines = tuple(f"{prefix}{inside}{suffix}".replace("\r\n", "\n").split("\n"))
    first = prefix.count("\n")
    last = min(len(lines), first + max(1, end - span.start.line))
    cursor = brief.target.span.end
    return RegionRequest(
        shown_path(document, brief.target.folder),
        document.language,
        lines,
        first,
        last,
        Position(min(max(cursor.line - low, first), last - 1), cursor.character),
        snippets=brief.snippets,
        diagnostics=brief.target.diagnostics,
    )


def prompt(brief: Brief) -> Prompt:
    """The region for a model that chats."""
    text = CODECS["chat"].render(region_request(brief))
    return Prompt(messages=(Message("user", text),), max_tokens=1024, temperature=0.0, parts=(Part("region", len(text)),))


ACTION = Action(
    id="next_edit",
    title="Next edit",
    kind="",
    surface="ghost",
    axis="next_edit",
    min_coding_score=0.50,
    median_output=120,
    max_tokens=1024,
    max_cost_usd=0.05,
    prompt=prompt,
    region=region,
    doc="Suggests the edit that follows from your last ones, there or elsewhere.",
    first_token_budget_s=2.5,
    answer_per_region=1.0,
)

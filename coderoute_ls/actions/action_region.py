"""Which lines an action is about: the selection, or the definition around the cursor."""

from coderoute_ls import syntax
from coderoute_ls.domain import Document, Span, Target


def selection(target: Target) -> Span | None:
    """The selected lines, whole; None when nothing but blanks is selected."""
    document = target.document
    start, end = document.clamp(target.span.start), document.clamp(target.span.end)
    for line in range(start.line, end.line + 1):
        first = start.character if line == start.line else 0
        last = end.character if line == end.line else len(document.lines[line])
        if document.lines[line][first:last].strip():
            return document.whole_lines(target.span)
    return None


def definition(target: Target) -> syntax.Definition | None:
    """The innermost definition that holds the whole of what is pointed at."""
    document = target.document
    around = [
        found
        for found in syntax.definitions_around(document, target.span.start.line)
        if document.whole_lines(found.span).contains(target.span)
    ]
    return max(around, key=lambda found: found.span.start, default=None)


def selection_or_definition(target: Target) -> Span | None:
    """The selected lines, else those of the definition around the cursor."""
    selected = selection(target)
    if selected is not None:
        return selected
    around = definition(target)
    return None if around is None else target.document.whole_lines(around.span)


def part_of_line(document: Document, span: Span) -> Span | None:
    """The selection, where it leaves out more than blanks of its first or last line; None where it is whole lines."""
    start, end = document.clamp(span.start), document.clamp(span.end)
    if start == end:
        return None
    before = document.line(start.line)[: start.character]
    after = document.line(end.line)[end.character :] if end.character or end.line == start.line else ""
    return Span(start, end) if before.strip() or after.strip() else None

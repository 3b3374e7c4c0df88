"""Which lines an action is about: the selection, or the definition around the cursor."""

from coderoute_ls import syntax
from coderoute_ls.domain import Span, Target


def selection(target: Target) -> Span | None:
    """The selected lines, whole; None when nothing but blanks is selected."""
    if not target.document.slice(target.span).strip():
        return None
    return target.document.whole_lines(target.span)


def definition(target: Target) -> syntax.Definition | None:
    """The innermost definition that holds the whole of what is pointed at."""
    document = target.document
    around = [
        found
        for found in syntax.definitions(document.language, document.text)
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

"""Which lines an action is about: the selection, the definition around the cursor, the statement of a diagnostic."""

from coderoute_ls import syntax
from coderoute_ls.domain import Diagnostic, Span, Target


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


def diagnosed(target: Target) -> Diagnostic | None:
    """The diagnostic that is meant: the gravest of those at the target."""
    return min(target.diagnostics, key=lambda found: (found.severity or 4, found.span), default=None)


def diagnosed_statement(target: Target) -> Span | None:
    """The lines of the smallest statement that holds the diagnostic."""
    diagnostic = diagnosed(target)
    if diagnostic is None:
        return None
    document = target.document
    first = syntax.enclosing_statement(document.language, document.text, diagnostic.span.start)
    last = syntax.enclosing_statement(document.language, document.text, diagnostic.span.end)
    # A diagnostic that ends with its statement touches the next one only by its end.
    end = max(first.end, last.end) if last.start < diagnostic.span.end else first.end
    return document.whole_lines(Span(min(first.start, last.start), end))

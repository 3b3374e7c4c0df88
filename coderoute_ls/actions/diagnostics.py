"""The diagnostic that an action is about: which one, on which lines, and its message."""

from coderoute_ls import syntax
from coderoute_ls.domain import Diagnostic, Span, Target


def diagnosed(target: Target) -> Diagnostic | None:
    """The diagnostic that is meant: the gravest of those at the target."""
    return min(target.diagnostics, key=lambda found: (found.severity or 4, found.span), default=None)


def statement(target: Target) -> Span | None:
    """The lines of the smallest statement that holds the diagnostic."""
    diagnostic = diagnosed(target)
    if diagnostic is None:
        return None
    document = target.document
    first = syntax.statement_around(document, diagnostic.span.start)
    last = syntax.statement_around(document, diagnostic.span.end)
    # A diagnostic that ends with its statement touches the next one only by its end.
    end = max(first.end, last.end) if last.start < diagnostic.span.end else first.end
    return document.whole_lines(Span(min(first.start, last.start), end))


def complaint(target: Target) -> str:
    """The diagnostic in words, with its code and the text it points at."""
    diagnostic = diagnosed(target)
    if diagnostic is None:
        return ""
    said = " ".join(part for part in (diagnostic.source, diagnostic.code) if part)
    pointed = target.document.slice(diagnostic.span).strip().partition("\n")[0].rstrip()
    return (f"{said}: " if said else "") + diagnostic.message.strip() + (f"\nIt points at: {pointed}" if pointed else "")

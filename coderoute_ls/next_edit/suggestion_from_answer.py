"""From the lines that a model wrote to a suggestion: the smallest edits that lead from the region to them."""

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import NextEdit, fingerprint, unchanged_ends

USUAL = 0.75
"""How sure a model's answer counts that says nothing of it."""


def model_edit(document: Document, first: int, end: int, lines: list[str], why: str) -> NextEdit | None:
    """Lines ``first`` to ``end`` of the document become ``lines``; None where nothing changes. What stays at the start and the
    end of the region is not touched."""
    old = [document.line(number) for number in range(first, end)]
    above, below = unchanged_ends(old, lines)
    gone, new = old[above : len(old) - below], lines[above : len(lines) - below]
    if gone == new:
        return None
    edit = _edit(document, first + above, gone, new)
    return NextEdit(
        "edit",
        document.uri,
        document.version,
        edit.span.start,
        (edit,),
        why=why,
        confidence=USUAL,
        source="model",
        rule="model",
        path=document.path,
        sameness=fingerprint((document.uri, gone, new)),
        follows=fingerprint((gone, new)),
        lines=fingerprint(gone),
    )


def _edit(document: Document, first: int, gone: list[str], new: list[str]) -> TextEdit:
    """Whole lines; at the end of a document the line end is taken from before them."""
    last = first + len(gone)
    if last < len(document.lines):
        return TextEdit(Span(Position(first, 0), Position(last, 0)), "".join(f"{line}{document.eol}" for line in new))
    text = document.eol.join(new)
    if gone and new:
        return TextEdit(Span(Position(first, 0), document.end), text)
    if gone:
        start = Position(first - 1, len(document.line(first - 1))) if first else Position(0, 0)
        return TextEdit(Span(start, document.end), "")
    return TextEdit(Span(document.end, document.end), document.eol + text)

"""Refactor by rewrites that are proven to keep behaviour, each listed with its rule; nothing to change is a proper answer."""

from collections.abc import Iterable, Sequence

from coderoute_ls.domain import Answer, Document, Position, Span, TextEdit
from coderoute_ls.embedded.refactor.rewrites import Rewrite
from coderoute_ls.embedded.refactor.ruff_fixes import ruff_fixes
from coderoute_ls.embedded.refactor.tree_fixes import tree_fixes
from coderoute_ls.text import split_lines

MAX_ROUNDS = 8
"""A rewrite can make room for another; after so many rounds what is done is enough."""


def refactor(document: Document, region: Span) -> Answer | None:
    """Apply every safe rewrite that lies wholly inside the region. None for a language about which nothing can be proven here."""
    lines = list(document.lines)
    if _find(document, lines) is None:
        return None
    after = document.end
    tail = (after.line - region.end.line, len(lines[region.end.line]) - region.end.character)
    notes: list[str] = []
    for _ in range(MAX_ROUNDS):
        span = Span(region.start, _end(lines, tail))
        rewrites = _apart(rewrite for rewrite in _find(document, lines) or () if _inside(rewrite, span))
        if not rewrites:
            break
        notes += [f"line {rewrite.line + 1}: {rewrite.title} ({rewrite.rule})" for rewrite in rewrites]
        lines = _applied(lines, [edit for rewrite in rewrites for edit in rewrite.edits])
    span = Span(region.start, _end(lines, tail))
    text = Document(document.uri, document.language, document.version, lines).slice(span)
    if not notes:
        return Answer(text, False, ("nothing safe to change",))
    return Answer(text, text != document.slice(region), tuple(notes))


def _find(document: Document, lines: Sequence[str]) -> list[Rewrite] | None:
    """What could be rewritten in this version of the document."""
    if document.language == "python":
        return ruff_fixes(lines, document.path)
    return tree_fixes(document.language, lines)


def _end(lines: Sequence[str], tail: tuple[int, int]) -> Position:
    """The end of the region, which stays as far from the end of the text as it was."""
    line = len(lines) - 1 - tail[0]
    return Position(line, len(lines[line]) - tail[1])


def _inside(rewrite: Rewrite, region: Span) -> bool:
    return all(region.contains(edit.span) for edit in rewrite.edits)


def _apart(rewrites: Iterable[Rewrite]) -> list[Rewrite]:
    """Those that do not touch what an earlier one changes; the others get their turn in the next round."""
    taken: list[Span] = []
    kept: list[Rewrite] = []
    for rewrite in sorted(rewrites, key=lambda rewrite: rewrite.edits[0].span):
        spans = [edit.span for edit in rewrite.edits]
        if not any(a.start <= b.end and b.start <= a.end for a in spans for b in taken):
            taken += spans
            kept.append(rewrite)
    return kept


def _applied(lines: Sequence[str], edits: Sequence[TextEdit]) -> list[str]:
    text = Document("", "", 0, lines)
    pieces: list[str] = []
    at = Position(0, 0)
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text.slice(Span(at, edit.span.start)), edit.text]
        at = edit.span.end
    pieces.append(text.slice(Span(at, text.end)))
    return split_lines("".join(pieces))

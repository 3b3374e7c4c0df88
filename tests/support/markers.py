"""Marked source: ``$0`` is the cursor, ``$0…$0`` the selection."""

from coderoute_ls.domain import Position, Span

MARK = "$0"


def unmark(marked: str) -> tuple[str, Span]:
    """The text without its marks, and the span between them (empty at a single mark). Raises ValueError without a mark, or
    with more than two."""
    before, *rest = marked.split(MARK)
    if len(rest) not in (1, 2):
        raise ValueError(f"{len(rest)} marks where one ($0) or two ($0…$0) are expected")
    start = place(before)
    return "".join([before, *rest]), Span(start, place(before + rest[0]) if len(rest) == 2 else start)


def mark(text: str, offset: int) -> str:
    """The text with a cursor mark at an offset."""
    return text[:offset] + MARK + text[offset:]


def place(before: str) -> Position:
    """Where a text ends: what comes before a position."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Position(len(lines) - 1, len(lines[-1]))

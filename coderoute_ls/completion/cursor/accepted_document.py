"""The document as it will be once a suggestion is accepted: what a request ahead of the user starts from."""

from dataclasses import replace

from coderoute_ls.domain import Document, Position
from coderoute_ls.text import split_lines


def accepted(document: Document, position: Position, text: str, replaces: int) -> tuple[Document, Position]:
    """The document with ``text`` in place of the ``replaces`` characters after the position, and where the cursor is then."""
    line = document.lines[position.line]
    before, after = line[: position.character], line[position.character + replaces :]
    new = split_lines(before + text + after)
    if new[-1] == "" and after.endswith(("\n", "\r")):
        new.pop()
    lines = [*document.lines[: position.line], *new, *document.lines[position.line + 1 :]]
    written = split_lines(before + text)
    return replace(document, lines=lines), Position(position.line + len(written) - 1, len(written[-1]))

"""The code around a position in a document of any length: a long document is parsed only near the position."""

from dataclasses import replace

from coderoute_ls.domain import Document, Position, Span
from coderoute_ls.syntax.definitions import Definition, definitions, enclosing_statement
from coderoute_ls.syntax.embedded_scripts import script_around
from coderoute_ls.text import indentation, split_lines

PARSED = 1 << 16
"""Characters parsed at most: the parser holds the interpreter, and so every other request, for about 0.2 ms per kB."""


def definitions_around(document: Document, line: int) -> tuple[Definition, ...]:
    """`definitions` of the document; of a long one, those in the text near the line; of a page, those in the script there."""
    document = script_around(document, line) or document
    first, text = _near(document, line)
    found = definitions(document.language, text)
    return tuple(_moved(definition, first) for definition in found) if first else found


def statement_around(document: Document, position: Position) -> Span:
    """`enclosing_statement` of the document; of a long one, as far as the text near the position tells; of an endless line,
    the line."""
    line, character = document.clamp(position)
    document = script_around(document, line) or document
    if len(document.line(line)) >= PARSED // 2:
        return _down(enclosing_statement("", document.line(line), Position(0, character)), line)
    first, text = _near(document, line)
    return _down(enclosing_statement(document.language, text, Position(line - first, character)), first)


def _near(document: Document, line: int) -> tuple[int, str]:
    """The text to parse for a question about this line, in whole lines, and the number of its first one. It begins at the
    margin if it can: what begins there is seldom in the middle of something.
    """
    if document.size <= PARSED:
        return 0, document.text
    at = Position(line, 0)
    before, after = document.before(at, PARSED // 2), document.after(at, PARSED // 2)
    above = split_lines(before)[:-1]
    if len(before) == PARSED // 2:
        above = above[1:]  # the first is a part of a line
        skip = next((number for number, text in enumerate(above) if text.strip() and not indentation(text)), 0)
        above = above[skip:]
    below = split_lines(after)
    if len(after) == PARSED // 2:
        below.pop()
    return line - len(above), "".join((*above, *below))


def _moved(definition: Definition, lines: int) -> Definition:
    return replace(
        definition,
        span=_down(definition.span, lines),
        name_span=_down(definition.name_span, lines),
        body=None if definition.body is None else _down(definition.body, lines),
    )


def _down(span: Span, lines: int) -> Span:
    start, end = span
    return Span(Position(start.line + lines, start.character), Position(end.line + lines, end.character))

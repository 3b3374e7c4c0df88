"""From our positions (code points) to the editor's (utf-8, utf-16 or utf-32 units), and back."""

from collections.abc import Sequence

from lsprotocol import types as lsp

from coderoute_ls.domain import Diagnostic, Document, Position, Span, TextEdit

ENCODINGS = (lsp.PositionEncodingKind.Utf8, lsp.PositionEncodingKind.Utf16, lsp.PositionEncodingKind.Utf32)


def units_to_points(line: str, units: int, encoding: str) -> int:
    """Code points before the given number of code units; a unit inside a character counts as its start."""
    if units <= 0:
        return 0
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    if encoding == "utf-16":
        return len(line.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
    return len(line.encode("utf-8", "surrogatepass")[:units].decode("utf-8", "ignore"))


def points_to_units(line: str, points: int, encoding: str) -> int:
    """Code units before the given number of code points."""
    if encoding == "utf-32" or line.isascii():
        return points
    if encoding == "utf-16":
        return len(line[:points].encode("utf-16-le", "surrogatepass")) // 2
    return len(line[:points].encode("utf-8", "surrogatepass"))


class PositionConverter:
    """Positions in and out, for one negotiated encoding. Lines are looked up in the version the position belongs to."""

    def __init__(self, encoding: str = "utf-16") -> None:
        self.encoding = encoding

    def position_in(self, lines: Sequence[str], position: lsp.Position) -> Position:
        """Clamped: past the last line is the end, past a line's end is before its ending."""
        if position.line >= len(lines):
            return Position(len(lines) - 1, len(lines[-1]))
        line = lines[position.line].rstrip("\r\n")
        return Position(position.line, units_to_points(line, position.character, self.encoding))

    def span_in(self, lines: Sequence[str], span: lsp.Range) -> Span:
        start, end = self.position_in(lines, span.start), self.position_in(lines, span.end)
        return Span(start, max(start, end))

    def position_out(self, lines: Sequence[str], position: Position) -> lsp.Position:
        line = lines[position.line] if position.line < len(lines) else ""
        return lsp.Position(position.line, points_to_units(line, position.character, self.encoding))

    def span_out(self, lines: Sequence[str], span: Span) -> lsp.Range:
        return lsp.Range(self.position_out(lines, span.start), self.position_out(lines, span.end))

    def edits_out(self, lines: Sequence[str], edits: Sequence[TextEdit]) -> list[lsp.TextEdit]:
        return [lsp.TextEdit(self.span_out(lines, edit.span), edit.text) for edit in edits]

    def diagnostic_in(self, document: Document, diagnostic: lsp.Diagnostic) -> Diagnostic:
        return Diagnostic(
            span=self.span_in(document.lines, diagnostic.range),
            message=diagnostic.message,
            source=diagnostic.source or "",
            code="" if diagnostic.code is None else str(diagnostic.code),
            severity=int(diagnostic.severity or lsp.DiagnosticSeverity.Error),
        )

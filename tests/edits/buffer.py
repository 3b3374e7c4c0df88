"""An editor's buffer that knows whose each character is: edits by range in any encoding, stale versions refused."""

from itertools import pairwise
from typing import Literal

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, Span, TextEdit
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.text import line_starts, split_lines

Owner = Literal["file", "region", "model", "user"]


class Buffer:
    """The text, and in step with it the owner of each character. ``region`` is what the model may replace."""

    def __init__(self, text: str, border: PositionConverter, region: tuple[int, int]) -> None:
        self.text = text
        self.version = 1
        self.shared = False
        """The user has typed in the region: lines of theirs are among ours."""
        start, end = region
        self.owners: list[Owner] = ["region" if start <= index < end else "file" for index in range(len(text))]
        self._border = border

    def document(self) -> Document:
        return Document("file:///a.py", "python", self.version, split_lines(self.text))

    @property
    def extent(self) -> tuple[int, int]:
        """Where what is left of the region starts and ends; the middle of the text when nothing is."""
        inner = [index for index, owner in enumerate(self.owners) if owner in {"region", "model"}]
        return (inner[0], inner[-1] + 1) if inner else (len(self.text) // 2, len(self.text) // 2)

    def owned(self, *owners: Owner) -> str:
        return "".join(character for character, owner in zip(self.text, self.owners, strict=True) if owner in owners)

    def apply(self, edits: list[lsp.TextEdit], version: int) -> list[TextEdit] | None:
        """All of them, from the last to the first, as editors do; what is reported then. None on any version but the newest."""
        if version != self.version:
            return None
        places = [(self._offset(edit.range.start), self._offset(edit.range.end), edit.new_text) for edit in edits]
        assert all(one[1] <= next_[0] for one, next_ in pairwise(places)), "edits overlap"
        reports = [self._put(start, end, text, "model") for start, end, text in reversed(places)]
        self.version += 1
        return reports

    def type(self, start: int, end: int, text: str) -> TextEdit:
        """The user replaces a stretch."""
        report = self._put(start, end, text, "user")
        self.version += 1
        return report

    def near_region(self, start: int, end: int) -> bool:
        """Whether a line that this stretch touches has anything of the region."""
        starts = [*line_starts(self.text), len(self.text) + 1]
        first = max(begin for begin in starts if begin <= start)
        last = min(begin for begin in starts if begin > end)
        return any(owner in {"region", "model"} for owner in self.owners[first:last])

    def _put(self, start: int, end: int, text: str, owner: Owner) -> TextEdit:
        """Replace, and report it as an editor would: through its encoding, on the text before."""
        lines = split_lines(self.text)
        span = Span(*(self._border.position_in(lines, self._lsp(offset)) for offset in (start, end)))
        if owner == "model":
            touched = set(self.owners[start:end])
            assert self.shared or touched <= {"region", "model"}, f"the model removed what is not its own: {touched}"
        self.text = self.text[:start] + text + self.text[end:]
        self.owners[start:end] = [owner for _ in text]
        return TextEdit(span, text)

    def _units(self, text: str) -> int:
        return {"utf-32": len(text), "utf-16": len(text.encode("utf-16-le")) // 2, "utf-8": len(text.encode())}[
            self._border.encoding
        ]

    def _lsp(self, offset: int) -> lsp.Position:
        starts = line_starts(self.text)
        line = max(number for number, begin in enumerate(starts) if begin <= offset)
        return lsp.Position(line, self._units(self.text[starts[line] : offset]))

    def _offset(self, position: lsp.Position) -> int:
        """Naive: walk along the line, counting what the encoding counts."""
        start = offset = line_starts(self.text)[position.line]
        while self._units(self.text[start:offset]) < position.character:
            assert self.text[offset] not in "\r\n", "a position past the end of its line"
            offset += 1
        assert self._units(self.text[start:offset]) == position.character, "a position inside a character"
        return offset

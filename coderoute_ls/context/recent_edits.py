"""Recent edits as small diffs: what the user just changed elsewhere is the best hint at what comes next."""

from collections import deque
from dataclasses import dataclass, replace
from difflib import unified_diff

from coderoute_ls.domain import Document, Position, TextEdit
from coderoute_ls.ignore import redact_pieces

HUNKS = 8
_NEAR = 3
"""Lines between two edits that still belong together."""
_LONGEST_LINE = 2_000
"""Characters; a longer line is data."""
_AROUND = 2_000
"""Characters on each side that are looked at for what they say of the lines between."""
_LONGEST = 40
"""A hunk with more lines is a paste or a reformatting, not a hint."""


@dataclass(slots=True)
class Hunk:
    """Lines ``start`` to ``end`` of the newest version came from ``old`` lines of the version before the edits began."""

    document: Document
    start: int
    end: int
    old: list[str]
    final: str | None = None
    """The diff as it was when the document was closed."""

    def diff(self) -> str:
        """Unified, without headers and secrets; "" when nothing is left of the change."""
        if self.final is not None:
            return self.final
        new = [self.document.line(number) for number in range(self.start, self.end)]
        if any(len(line) > _LONGEST_LINE for line in (*self.old, *new)):
            return ""
        lines = list(unified_diff(self._clear(self.old), self._clear(new), n=1, lineterm=""))[3:]
        return "\n".join(lines) + "\n" if lines else ""

    def _clear(self, lines: list[str]) -> list[str]:
        """The lines without their secrets. A diff shows a few lines of a text: what they hold is seen in the whole, before."""
        above = self.document.before(Position(self.start, 0), _AROUND)
        below = self.document.after(Position(self.end, 0), _AROUND)
        return redact_pieces(above, "".join(f"{line}\n" for line in lines), below)[1].split("\n")[:-1]


class RecentEdits:
    """The last hunks of all documents, oldest first. Neighbouring edits join into one."""

    def __init__(self) -> None:
        self._hunks: deque[Hunk] = deque(maxlen=HUNKS)
        self.begun = 0
        """How many hunks were ever begun: changes when the list does, not at every keystroke."""

    def changed(self, before: Document, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """Take note of one change. Several edits at once (a rename, a formatter) are taken one by one, a whole new text not."""
        if len(edits) > HUNKS or any(edit.span.end.line - edit.span.start.line > _LONGEST for edit in edits):
            self._forget(document.uri)
            return
        for edit in edits:
            self._edit(before, document, edit)
        for hunk in self._of(document.uri):
            hunk.document = document

    def closed(self, uri: str) -> None:
        """Keep what was changed in this document, but not the document."""
        for hunk in self._of(uri):
            hunk.final = hunk.diff()
            hunk.document = replace(hunk.document, lines=("",))

    def elsewhere(self, document: Document, line: int, reach: int) -> list[Hunk]:
        """Hunks in other documents, or at least ``reach`` lines away from the cursor; oldest first."""
        return [
            hunk
            for hunk in self._hunks
            if hunk.document.uri != document.uri or line < hunk.start - reach or line > hunk.end + reach
        ]

    def _edit(self, before: Document, document: Document, edit: TextEdit) -> None:
        start, stop = edit.span.start.line, edit.span.end.line + 1
        added = edit.text.count("\n") - (stop - start - 1)
        known = self._of(document.uri)
        current = next((hunk for hunk in reversed(known) if _near(hunk, start, stop)), None)
        for hunk in known:
            if hunk is not current and hunk.start >= stop:
                hunk.start += added
                hunk.end += added
        if current is None:
            old = [before.line(number) for number in range(start, stop)]
            self._hunks.append(Hunk(document, start, stop + added, old))
            self.begun += 1
            return
        # What the edit touches beyond the hunk was unchanged until now, so it belongs to its old side as it is.
        above = [before.line(number) for number in range(start, current.start)]
        below = [before.line(number) for number in range(current.end, stop)]
        current.old = [*above, *current.old, *below]
        current.start = min(current.start, start)
        current.end = max(current.end, stop) + added
        if current.end - current.start > _LONGEST:
            self._hunks.remove(current)

    def _of(self, uri: str) -> list[Hunk]:
        """What was changed in this document since it was opened."""
        return [hunk for hunk in self._hunks if hunk.document.uri == uri and hunk.final is None]

    def _forget(self, uri: str) -> None:
        self._hunks = deque((hunk for hunk in self._hunks if hunk.document.uri != uri), maxlen=HUNKS)


def _near(hunk: Hunk, start: int, stop: int) -> bool:
    return start <= hunk.end + _NEAR and stop >= hunk.start - _NEAR

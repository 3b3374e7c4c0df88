"""What the user changed, grouped into intentions: a pause, another place or a save closes one. Pure: time is handed in."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coderoute_ls.domain import Document, TextEdit

KEPT = 24
"""Intentions that are remembered, over all documents."""
NEAR = 1
"""Lines between two changes of one intention."""
PAUSE_S = 8.0
"""Seconds without typing after which the next change is another intention, even at the same place."""
MOST_PLACES = 8
"""Edits in one change; more are a rename or a formatter at work."""
LONGEST = 60
"""Lines; a larger change is a paste, another branch or a formatter, and no example of anything."""
LONGEST_LINE = 2_000
"""Characters; a longer line is data."""
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class PastEdit:
    """One intention: lines that became others. Lines are without their endings."""

    uri: str
    path: str
    language: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    line: int = -1
    """Where the new lines begin in the document as it is now; -1 where that is not known."""
    time: float = 0.0
    """Seconds, of its last key, by the clock of the part that reports changes."""
    closed: bool = False
    """Nothing joins it any more."""

    @property
    def end(self) -> int:
        """The line behind the new ones."""
        return self.line + len(self.new)

    def trimmed(self) -> "PastEdit":
        """Without the lines that it left as they were, above and below."""
        old, new, above = self.old, self.new, 0
        while above < min(len(old), len(new)) and old[above] == new[above]:
            above += 1
        below = 0
        while below < min(len(old), len(new)) - above and old[-1 - below] == new[-1 - below]:
            below += 1
        if not above and not below:
            return self
        line = self.line + above if self.line >= 0 else -1
        return replace(self, old=old[above : len(old) - below], new=new[above : len(new) - below], line=line)


class PastEdits:
    """The last intentions, oldest first, and what was taken back."""

    def __init__(self) -> None:
        self._edits: deque[PastEdit] = deque(maxlen=KEPT)
        self._undone: deque[PastEdit] = deque(maxlen=KEPT)

    @property
    def edits(self) -> tuple[PastEdit, ...]:
        """Intentions that still hold, oldest first, each without the lines that it left as they were."""
        return tuple(edit for edit in (each.trimmed() for each in self._edits) if edit.old or edit.new)

    @property
    def undone(self) -> tuple[PastEdit, ...]:
        """What was done and taken back again, as it was done: it is not wanted."""
        return tuple(self._undone)

    def changed(self, before: Document, edits: Sequence[TextEdit], now: float) -> None:
        """Takes note of one change; each edit is on the text that the one before it left. A change of many places or lines at
        once is no example: what is known of the document keeps its text, but no longer its place."""
        if len(edits) > MOST_PLACES or any(_large(edit) for edit in edits):
            self.forget(before.uri)
            return
        lines: Sequence[str] = before.lines
        for edit in edits:
            start, stop = edit.span.start.line, edit.span.end.line + 1
            touched = lines[start:stop]
            first, last = (touched[0], touched[-1]) if touched else ("", "")
            text = first[: edit.span.start.character] + edit.text + last[edit.span.end.character :]
            old, new = [_bare(line) for line in touched], _LINE_END.split(text)
            if text.endswith(("\n", "\r")):
                new.pop()
            self._take(lines, PastEdit(before.uri, before.path, before.language, tuple(old), tuple(new), start, now))
            if len(edits) > 1:
                lines = [*lines[:start], *text.splitlines(keepends=True), *lines[stop:]]

    def saved(self, uri: str) -> None:
        """A save closes what was going on in this document."""
        self._close(uri, lost=False)

    def forget(self, uri: str) -> None:
        """The document was closed or replaced: its line numbers mean nothing any more."""
        self._close(uri, lost=True)

    def _take(self, lines: Sequence[str], edit: PastEdit) -> None:
        start, stop, added = edit.line, edit.line + len(edit.old), len(edit.new) - len(edit.old)
        joined = next((known for known in reversed(self._edits) if _joins(known, edit)), None)
        if joined is not None:
            # What the change touches beyond the intention was unchanged until now: it belongs to its old side as it is.
            above = [_bare(line) for line in lines[start : joined.line]] if start < joined.line else []
            below = [_bare(line) for line in lines[joined.end : stop]] if stop > joined.end else []
            first, end = min(start, joined.line), max(stop, joined.end)
            new = [_bare(line) for line in lines[first:end]]
            new[start - first : stop - first] = edit.new
            edit = replace(edit, old=(*above, *joined.old, *below), new=tuple(new), line=first)
        self._edits = deque((_moved(each, edit.uri, stop, added) for each in self._edits if each is not joined), maxlen=KEPT)
        if joined is not None and edit.old == edit.new:
            self._undone.append(replace(joined.trimmed(), time=edit.time))
        elif not _too_large(edit) and not self._takes_back(edit.trimmed()):
            self._edits.append(edit)

    def _takes_back(self, edit: PastEdit) -> bool:
        """An intention whose place is not known any more is undone: neither it nor its undoing holds."""
        for past in self._edits:
            was = past.trimmed()
            if was.uri == edit.uri and was.line < 0 and was.old == edit.new and was.new == edit.old:
                self._edits.remove(past)
                self._undone.append(replace(was, time=edit.time))
                return True
        return False

    def _close(self, uri: str, *, lost: bool) -> None:
        closed = (replace(edit, closed=True, line=-1 if lost else edit.line) if edit.uri == uri else edit for edit in self._edits)
        self._edits = deque(closed, maxlen=KEPT)


def _joins(known: PastEdit, edit: PastEdit) -> bool:
    """Whether a change goes on with an intention: on its lines at any time, beside them only at once."""
    if known.uri != edit.uri or known.line < 0:
        return False
    stop = edit.line + len(edit.old)
    if edit.line < known.end and stop > known.line:
        return True
    if known.closed or edit.time - known.time > PAUSE_S:
        return False
    return edit.line <= known.end + NEAR and stop >= known.line - NEAR


def _moved(edit: PastEdit, uri: str, stop: int, added: int) -> PastEdit:
    return replace(edit, line=edit.line + added) if added and edit.uri == uri and edit.line >= stop else edit


def _too_large(edit: PastEdit) -> bool:
    both = (*edit.old, *edit.new)
    return max(len(edit.old), len(edit.new)) > LONGEST or any(len(line) > LONGEST_LINE for line in both)


def _large(edit: TextEdit) -> bool:
    return edit.span.end.line - edit.span.start.line > LONGEST or edit.text.count("\n") > LONGEST or len(edit.text) > 8_000


def _bare(line: str) -> str:
    return line.rstrip("\r\n")

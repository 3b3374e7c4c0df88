"""What the user changed, grouped into intentions: a pause, another place or a save closes one. Pure: time is handed in."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.domain.next_edits import PastEdit

KEPT = 24
"""Intentions that are remembered, over all documents."""
NEAR = 0
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


class PastEdits:
    """The last intentions, oldest first, and what was taken back."""

    def __init__(self) -> None:
        self._edits: deque[PastEdit] = deque(maxlen=KEPT)
        self._undone: deque[PastEdit] = deque(maxlen=KEPT)
        self._changes: deque[PastEdit] = deque(maxlen=KEPT)
        """Each change by itself, as an editor's undo takes them back: a part of an intention may be undone."""

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
        first, below = len(lines), len(lines)
        """Of all edits together: their first line, and the lines that stay below them."""
        for edit in edits:
            start, stop = edit.span.start.line, edit.span.end.line + 1
            first, below = min(first, start), min(below, max(0, len(lines) - stop))
            touched = lines[start:stop]
            head, tail = (touched[0], touched[-1]) if touched else ("", "")
            text = head[: edit.span.start.character] + edit.text + tail[edit.span.end.character :]
            old, new = [_bare(line) for line in touched], _LINE_END.split(text)
            if text.endswith(("\n", "\r")):
                new.pop()
            change = PastEdit(before.uri, before.path, before.language, tuple(old), tuple(new), start, now)
            self._take(lines, change)
            if len(edits) == 1:
                self._note_undo(change.trimmed())
                return
            lines = [*lines[:start], *text.splitlines(keepends=True), *lines[stop:]]
        old, new = (tuple(_bare(line) for line in each[first : len(each) - below]) for each in (before.lines, lines))
        self._note_undo(PastEdit(before.uri, before.path, before.language, old, new, first, now).trimmed())

    def saved(self, uri: str) -> None:
        """A save closes what was going on in this document."""
        self._close(uri, lost=False)

    def forget(self, uri: str) -> None:
        """The document was closed or replaced: its line numbers mean nothing any more."""
        self._close(uri, lost=True)

    def _take(self, lines: Sequence[str], edit: PastEdit) -> None:
        stop, added = edit.line + len(edit.old), len(edit.new) - len(edit.old)
        if edit.old == edit.new:
            return
        joined = sorted((known for known in self._edits if _joins(known, edit)), key=lambda known: known.line)
        if joined:
            edit = _joined(joined, edit, lines)
        kept = (known for known in self._edits if known not in joined)
        self._edits = deque((_moved(known, edit.uri, stop, added) for known in kept), maxlen=KEPT)
        if joined and edit.old == edit.new:
            self._undone.extend(replace(known.trimmed(), time=edit.time) for known in joined)
        elif not _too_large(edit) and not self._takes_back(edit.trimmed()):
            self._edits.append(edit)

    def _note_undo(self, edit: PastEdit) -> None:
        """A change that takes back the last one of its document."""
        if edit.old == edit.new:
            return
        last = next((each for each in reversed(self._changes) if each.uri == edit.uri), None)
        if last is not None and (last.line, last.old, last.new) == (edit.line, edit.new, edit.old):
            self._changes.remove(last)
            self._undone.append(replace(last, time=edit.time))
        elif not _too_large(edit):
            self._changes.append(edit)

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


def _joined(known: Sequence[PastEdit], edit: PastEdit, lines: Sequence[str]) -> PastEdit:
    """One intention of several and a change that goes on with them. What the change touches beyond them was unchanged until now:
    it belongs to the old side as it is."""
    start, stop = edit.line, edit.line + len(edit.old)
    first, end = min(start, known[0].line), max(stop, *(each.end for each in known))
    old: list[str] = []
    at = first
    for each in known:
        old += [_bare(line) for line in lines[at : each.line]]
        old += each.old
        at = each.end
    old += [_bare(line) for line in lines[at:end]]
    new = [_bare(line) for line in lines[first:end]]
    new[start - first : stop - first] = edit.new
    return replace(edit, old=tuple(old), new=tuple(new), line=first)


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

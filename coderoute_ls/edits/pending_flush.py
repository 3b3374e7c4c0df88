"""An edit that was sent to the editor: was it applied, or did the user type something meanwhile?

Until the editor has both answered and reported its change, either may be true, and the two come in any order (Neovim
reports 150 ms after it has answered). So both stories are followed until one is told to the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits.rebase import Stretch, followed, outside, untouched_ends
from coderoute_ls.text import line_starts, split_lines


@dataclass(slots=True)
class PendingFlush:
    """One flush. ``first`` is the line where the region began when it was made."""

    edits: tuple[TextEdit, ...]
    first: int
    shown: list[str]
    """What the region held before."""
    wanted: list[str]
    """What it holds once all edits are applied."""
    untouched: Stretch | None
    """Where the region is if nothing was applied; None when the user would have typed in it, then."""
    echoed: Stretch | None = None
    """Where it is if what the editor reported was our own edit, or the first of them."""
    reported: int = 0
    """How many of the edits have been reported, then: some editors report them one by one."""
    applied: bool = False
    """The editor has answered that it did."""

    @property
    def seen(self) -> bool:
        """Our whole edit has come back, or the user has typed the very same."""
        return self.reported == len(self.edits)

    @property
    def landed(self) -> bool:
        return self.applied and self.seen and self.echoed is not None

    @property
    def lost(self) -> bool:
        """The edit can no longer be followed: the user has typed inside the region."""
        return self.echoed is None and (self.untouched is None or (self.applied and self.seen))

    def on_change(self, before: Document, after: Document, edits: tuple[TextEdit, ...]) -> None:
        """Carry both stories over a change of the document."""
        was = self.untouched
        self.untouched = was and followed(was, self.shown, before, after, edits)
        if self.seen:
            self.echoed = self.echoed and followed(self.echoed, self.wanted, before, after, edits)
        else:
            self.echoed = self._echo(self.echoed or was, before, after, edits)

    def _echo(self, place: Stretch | None, before: Document, after: Document, edits: tuple[TextEdit, ...]) -> Stretch | None:
        """The region after our edits, or the next few of them, and perhaps a change of the user's outside. Only lines that may
        have changed are compared: there may be a million others.
        """
        if place is None:
            return None
        head, tail = untouched_ends(len(before.lines), edits)
        head, tail = min(head, place.first), min(tail, len(before.lines) - place.last)
        above, below = before.lines[head : place.first], before.lines[place.last : len(before.lines) - tail]
        now = after.lines[head : len(after.lines) - tail]
        for reported, state in self._states(len(edits)):
            landed = outside(Stretch(len(above), len(above) + len(state)), [*above, *state, *below], now)
            if landed is not None:
                self.reported = reported
                return landed.moved(head)
        return None

    def _states(self, count: int) -> Iterator[tuple[int, list[str]]]:
        """What the region may hold next: everything wanted, or the edits up to the next ones from below or from above."""
        yield len(self.edits), self.wanted
        reported = self.reported + count
        if reported < len(self.edits):
            yield reported, _applied(self.shown, self.first, self.edits[-reported:])
            yield reported, _applied(self.shown, self.first, self.edits[:reported])


def _applied(lines: list[str], first: int, edits: Sequence[TextEdit]) -> list[str]:
    """The lines after these edits of one version. ``first`` is the number of the first line."""
    text = "".join(lines)
    starts = line_starts(text)
    for edit in reversed(edits):
        start, end = (starts[place.line - first] + place.character for place in edit.span)
        text = text[:start] + edit.text + text[end:]
    result = split_lines(text)
    return result if result[-1] else result[:-1]

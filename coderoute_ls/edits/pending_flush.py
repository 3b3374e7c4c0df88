"""An edit that was sent to the editor: was it applied, or did the user type something meanwhile?

Until the editor has both answered and reported its change, either may be true, and the two come in any order (Neovim
reports 150 ms after it has answered). So both stories are followed until one is told to the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits.region_rebase import Stretch, changed_characters, outside, untouched_ends
from coderoute_ls.edits.region_versions import Known, Standing
from coderoute_ls.text import line_starts, split_lines


@dataclass(slots=True)
class PendingFlush:
    """One flush."""

    edits: tuple[TextEdit, ...]
    before: Standing
    """The region when it was made."""
    wanted: list[str]
    """What the region holds once all edits are applied."""
    untouched: Standing = field(init=False)
    """The region if nothing was applied."""
    echoed: Standing | None = None
    """The region if what the editor reported was our own edit, or the first of them."""
    doubted: bool = False
    """What was reported is no larger a change of the user's if our edit is no part of it."""
    reported: int = 0
    """How many of the edits have been reported, then: some editors report them one by one."""
    applied: bool = False
    """The editor has answered that it did."""

    def __post_init__(self) -> None:
        self.untouched = self.before

    @property
    def seen(self) -> bool:
        """Our whole edit has come back, or the user has typed the very same."""
        return self.reported == len(self.edits)

    @property
    def likely(self) -> Standing:
        """The region as far as is known."""
        if self.echoed is None or (self.doubted and not self.applied):
            return self.untouched
        return self.echoed

    def landed(self, now: Document) -> Standing | None:
        """The region with our edit in it, once the editor has answered and reported it; None until then."""
        if not self.applied:
            return None
        if self.echoed is not None:
            return self.echoed if self.seen else None
        if not self.untouched.touch:
            return None
        # The editor has told of our edit and of another change of the region at once.
        base = replace(self.before, lines=self.wanted)
        return base.changed(self.wanted, self.before.original, self.untouched.place, now)

    def on_change(self, before: Document, after: Document, edits: tuple[TextEdit, ...], known: Known) -> None:
        """Carry both stories over a change of the document."""
        was = self.untouched
        # Who typed the very same as this flush has typed words of theirs.
        self.untouched = was.after(before, after, edits, known[:-1])
        if self.seen and self.echoed is not None:
            self.echoed = self.echoed.after(before, after, edits, known)
            return
        if self.echoed is None and was.touch:
            return
        place = self._echo((self.echoed or was).place, before, after, edits)
        lines = self.wanted if self.seen else self.before.lines
        self.echoed = place and replace(self.before, place=place, lines=lines)

    def _echo(self, place: Stretch, before: Document, after: Document, edits: tuple[TextEdit, ...]) -> Stretch | None:
        """The region after our edits, or the next few of them, and perhaps a change of the user's outside. Only lines that may
        have changed are compared: there may be a million others.
        """
        head, tail = untouched_ends(len(before.lines), edits)
        head, tail = min(head, place.first), min(tail, len(before.lines) - place.last)
        above, below = before.lines[head : place.first], before.lines[place.last : len(before.lines) - tail]
        was, now = before.lines[head : len(before.lines) - tail], after.lines[head : len(after.lines) - tail]
        for reported, state in self._states(len(edits)):
            ours = [*above, *state, *below]
            landed = outside(Stretch(len(above), len(above) + len(state)), ours, now)
            if landed is not None:
                self.reported = reported
                self.doubted = changed_characters(was, now) <= changed_characters(ours, now)
                return landed.moved(head)
        return None

    def _states(self, count: int) -> Iterator[tuple[int, list[str]]]:
        """What the region may hold next: everything wanted, or the edits up to the next ones from below or from above."""
        yield len(self.edits), self.wanted
        reported = self.reported + count
        if reported < len(self.edits):
            for some in (self.edits[-reported:], self.edits[:reported]):
                yield reported, _applied(self.before.lines, self.before.place.first, some)


def _applied(lines: list[str], first: int, edits: Sequence[TextEdit]) -> list[str]:
    """The lines after these edits of one version. ``first`` is the number of the first line."""
    text = "".join(lines)
    starts = line_starts(text)
    for edit in reversed(edits):
        start, end = (starts[place.line - first] + place.character for place in edit.span)
        text = text[:start] + edit.text + text[end:]
    result = split_lines(text)
    return result if result[-1] else result[:-1]

"""One hunk of an edit: the lines it wrote, the lines that stood there, and where it is now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coderoute_ls.edits.minimal_edits import changed_blocks
from coderoute_ls.edits.region_rebase import Stretch
from coderoute_ls.edits.review.line_changes import Block

State = Literal["open", "changed", "kept", "rejected"]
"""``open``: undecided, and as it was written but for blanks, which a formatter may move. ``changed``: somebody has changed its
lines since. ``rejected``: the old lines are back, by a decision, by hand, or by the editor's undo."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines are whole, with their endings."""

    id: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    place: Stretch
    """The lines of the document that are the hunk's now; empty where it only takes lines away."""
    state: State = "open"

    @property
    def undecided(self) -> bool:
        return self.state in ("open", "changed")

    @property
    def size(self) -> int:
        """Lines that it changes: a line that is replaced counts once."""
        return max(len(self.old), len(self.new))

    def after(self, block: Block) -> "Hunk":
        """The hunk once this block of lines was replaced. What the user writes across a border of the hunk is no part of it: its
        lines are those that are certainly its own, so that rejecting it writes over nothing else."""
        (begin, end, lines), (first, last) = block, self.place
        if block.begin == block.end == first == last:
            # Beside a hunk that has no lines: its own where the change puts back what it stands for.
            back = tuple(lines) in (self.old, self.new)
            return replace(self, place=Stretch(first, first + len(lines)) if back else Stretch(first, last).moved(block.added))
        if begin >= last:
            return self
        if end <= first:
            return replace(self, place=self.place.moved(block.added))
        if first <= begin and end <= last:
            return replace(self, place=Stretch(first, last + block.added))
        if begin <= first and last <= end:
            at = begin if first == begin else begin + len(lines)
            return replace(self, place=Stretch(at, at))
        if begin < first:
            return replace(self, place=Stretch(begin + len(lines), last + block.added))
        return replace(self, place=Stretch(first, begin))

    def judged(self, lines: Sequence[str]) -> "Hunk":
        """The hunk, whose lines are these now. One that is kept stays so, unless the old lines are back."""
        now = tuple(lines)
        if self.state == "kept" and now != self.old:
            return self
        if now != self.new and now == self.old:
            state: State = "rejected"
        else:
            state = "open" if now == self.new or _words(now) == _words(self.new) else "changed"
        return self if state == self.state else replace(self, state=state)


def _words(lines: Sequence[str]) -> str:
    return "".join("".join(lines).split())


def hunks_of(old: Sequence[str], new: Sequence[str], first: int) -> tuple[Hunk, ...]:
    """The hunks between two texts of a region, whose first line is line ``first`` of the document."""
    return tuple(
        Hunk(number, tuple(old[begin:end]), tuple(new[start:stop]), Stretch(first + start, first + stop))
        for number, (begin, end, start, stop) in enumerate(changed_blocks(old, new))
    )

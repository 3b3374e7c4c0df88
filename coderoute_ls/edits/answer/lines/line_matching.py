"""Which of the region's lines the lines of an answer are: the same, or the same changed."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.target_region import closes


class Matching:
    """``new`` against ``old``, both without endings. ``skipped`` are the numbers of new lines that may stand for others.

    Blanks around a line do not count, and blank lines are no lines. Both starts and both ends are matched first, then what is
    equal between them: a run of equal lines counts when one of its lines is the only one of its kind on both sides.
    """

    def __init__(self, new: Sequence[str], old: Sequence[str], skipped: frozenset[int] = frozenset()) -> None:
        self.new = new
        self.old = old
        self.skipped = skipped
        self.lines = [n for n, line in enumerate(new) if line.strip() and n not in skipped]
        self.olds = [n for n, line in enumerate(old) if line.strip()]
        self.exact = self._aligned()
        """New line → the old line that it is."""
        self._taken = frozenset(self.exact.values())

    def _aligned(self) -> dict[int, int]:
        mine, theirs = [self.new[n].strip() for n in self.lines], [self.old[n].strip() for n in self.olds]
        most = min(len(mine), len(theirs))
        head = 0
        while head < most and mine[head] == theirs[head] and not self._cut(head):
            head += 1
        tail = 0
        while tail < most - head and mine[-1 - tail] == theirs[-1 - tail]:
            tail += 1
            if self._cut(len(mine) - tail):
                break
        pairs = {n: n for n in range(head)} | {len(mine) - n: len(theirs) - n for n in range(1, tail + 1)}
        inner, outer = mine[head : len(mine) - tail], theirs[head : len(theirs) - tail]
        if inner and outer:
            once = {key for key in set(inner) & set(outer) if inner.count(key) == 1 == outer.count(key)}
            for a, b, size in SequenceMatcher(None, inner, outer, autojunk=False).get_matching_blocks():
                if any(inner[a + n] in once for n in range(size)):
                    pairs |= {head + a + n: head + b + n for n in range(size)}
        return {self.lines[a]: self.olds[b] for a, b in pairs.items()}

    def _cut(self, index: int) -> bool:
        """Whether a line that may stand for others comes right before this one."""
        before = self.lines[index - 1] if index else -1
        return any(before < n < self.lines[index] for n in self.skipped)

    # -- neighbours -----------------------------------------------------------------------------------------------------

    def new_before(self, line: int) -> int | None:
        """The nearest written line above that is not skipped."""
        return max((n for n in self.lines if n < line), default=None)

    def new_after(self, line: int) -> int | None:
        return min((n for n in self.lines if n > line), default=None)

    def around(self, line: int) -> tuple[int, int]:
        """The nearest old lines, above and below, that are in the answer unchanged: -1 and the number of old lines at the
        ends."""
        low = max((self.exact[n] for n in self.lines if n < line and n in self.exact), default=-1)
        high = min((self.exact[n] for n in self.lines if n > line and n in self.exact), default=len(self.old))
        return low, high

    def fresh_around(self, line: int) -> int:
        """How many new or changed lines stand with it between unchanged ones."""
        return len(self._run(line, -1)) + len(self._run(line, 1))

    def between_known(self, line: int) -> bool:
        """The lines above and below it are both the user's, unchanged."""
        return self.new_before(line) in self.exact and self.new_after(line) in self.exact

    def beside_known(self, line: int) -> bool:
        """One of the lines above and below it is the user's, unchanged, and more than a bracket."""
        beside = (self.new_before(line), self.new_after(line))
        return any(n is not None and n in self.exact and not closes(self.new[n]) for n in beside)

    def alike(self, line: int | None) -> list[int]:
        """Old lines, between the unchanged ones around it, that this line may be a change of."""
        if line is None:
            return []
        low, high = self.around(line)
        free = (n for n in self.olds if low < n < high and n not in self._taken)
        return [n for n in free if similar(self.new[line], self.old[n])]

    def near(self, line: int) -> int | None:
        """The old line that this one is, or most likely is a change of."""
        alike = [self.exact[line]] if line in self.exact else self.alike(line)
        return alike[0] if len(alike) == 1 else None

    # -- the sides of a line that stands for others -----------------------------------------------------------------------

    def left(self, line: int) -> int | None:
        """The old line that is above: -1 at the start, None where it cannot be told."""
        before = self.new_before(line)
        return -1 if before is None else self.place(before, -1)

    def right(self, line: int) -> int | None:
        after = self.new_after(line)
        return len(self.old) if after is None else self.place(after, 1)

    def place(self, line: int, far: int) -> int | None:
        """The old line that this line is. A changed one has to be like no other; on its far side (-1 above, 1 below), up to the
        next unchanged line, there have to be as many old lines as new ones: else it may be an addition, or something was
        dropped.
        """
        if line in self.exact:
            return self.exact[line]
        alike = self.alike(line)
        if len(alike) != 1:
            return None
        run = self._run(line, far)
        beyond = (min(run) if far < 0 else max(run)) if run else line
        if any(n in self.skipped for n in self._up_to_next(beyond, far)):
            return alike[0]
        low, high = self.around(line)
        passed = [n for n in self.olds if (low < n < alike[0] if far < 0 else alike[0] < n < high)]
        return alike[0] if len(passed) == len(run) else None

    def _run(self, line: int, step: int) -> list[int]:
        """The changed or new lines next to it, up to an unchanged or skipped one."""
        run: list[int] = []
        n = line + step
        while 0 <= n < len(self.new) and n not in self.exact and n not in self.skipped:
            if self.new[n].strip():
                run.append(n)
            n += step
        return run

    def _up_to_next(self, line: int, step: int) -> range:
        """Lines from the next one to the next written one that is not skipped."""
        n = line + step
        while 0 <= n < len(self.new) and (not self.new[n].strip() or n in self.skipped):
            n += step
        return range(line + 1, n) if step > 0 else range(n + 1, line)

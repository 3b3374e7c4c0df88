"""Real changes done again: the first hunk of a changed file is done, then the user takes what is right and does the rest by hand.

The hunks of a file are done from top to bottom. After each, the best suggestion that passes the gate is looked at: it is
right when it is a part of a later hunk, every token of it (``exact``: it makes a later hunk complete), and is taken; else it is
wrong, and is not shown again. The edits of the files before are remembered, as in a session.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from benchmarks.embedded_data import Package, releases
from benchmarks.next_edit.collect import KEPT, MOST_HUNKS, bare, changed_files, language_of, moved, past
from benchmarks.next_edit.hunks import Hunk, done, exact, hunks, near_or_in, shifted
from coderoute_ls.domain import Document, Position
from coderoute_ls.domain.next_edits import NextEdit, PastEdit, Situation
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed
from coderoute_ls.next_edit.gate.proposal import proposal_of


@dataclass(slots=True)
class Tally:
    """What was offered, and what became of it."""

    later: int = 0
    """Hunks after the first of their file."""
    offered: int = 0
    """Of those, how many were made by suggestions alone, mostly by one."""
    parts: int = 0
    """Other right suggestions: parts of hunks."""
    wrong: int = 0
    by_rule: Counter[str] = field(default_factory=Counter[str])
    ranks: Counter[int] = field(default_factory=Counter[int])
    seconds: list[float] = field(default_factory=list[float])
    failures: list[str] = field(default_factory=list[str])
    threshold: ConfidenceThreshold = field(default_factory=ConfidenceThreshold)

    @property
    def precision(self) -> float:
        """Share of what was shown that was right."""
        shown = self.offered + self.parts + self.wrong
        return (self.offered + self.parts) / shown if shown else 0.0

    @property
    def strict(self) -> float:
        """Share of what was shown that was, or completed, a whole hunk."""
        shown = self.offered + self.parts + self.wrong
        return self.offered / shown if shown else 0.0

    @property
    def share(self) -> float:
        return self.offered / self.later if self.later else 0.0

    def add(self, other: "Tally") -> None:
        self.later += other.later
        self.offered += other.offered
        self.parts += other.parts
        self.wrong += other.wrong
        self.by_rule.update(other.by_rule)
        self.ranks.update(other.ranks)
        self.seconds += other.seconds
        self.failures += other.failures


@dataclass(slots=True)
class _File:
    """One file on its way."""

    path: str
    now: list[str]
    left: list[Hunk]
    rejected: set[str] = field(default_factory=set[str])
    version: int = 1
    by_hand: set[int] = field(default_factory=set[int])
    """Hunks of which the user did something."""

    def document(self) -> Document:
        lines = [f"{line}\n" for line in self.now] + [""]
        return Document(self.path, language_of(self.path), self.version, lines, self.path)


def replay(package: Package, budget: float) -> Tally:
    """All changed files with at least two hunks, in an order of their own, for at most so many seconds."""
    old, new = releases(package)
    tally = Tally()
    edits: list[PastEdit] = []
    paths = changed_files(old, new)
    random.Random(package.name).shuffle(paths)
    ends = time.perf_counter() + budget
    for path in paths:
        now = bare(old[path])
        left = hunks(now, bare(new[path]))
        if 2 <= len(left) <= MOST_HUNKS and time.perf_counter() < ends:
            tally.later += len(left) - 1
            numbered = [replace(hunk, root=number) for number, hunk in enumerate(left)]
            edits = _file(_File(path, now, numbered), edits, tally)
    return tally


def _file(file: _File, edits: list[PastEdit], tally: Tally) -> list[PastEdit]:
    while file.left:
        hunk = file.left[0]
        file.by_hand.add(hunk.root)
        edits = _remember(file, edits, hunk)
        file.left = shifted(file.left)
        cursor = max(hunk.first, hunk.first + len(hunk.new) - 1)
        while file.left and (taken := _offer(file, edits, cursor, tally)) is not None:
            edits, cursor = taken
    return edits


def _remember(file: _File, edits: list[PastEdit], hunk: Hunk) -> list[PastEdit]:
    edits = [*moved(edits, file.path, hunk), past(file.path, file.now, hunk, file.version)][-KEPT:]
    file.now = done(file.now, hunk)
    file.version += 1
    return edits


def _offer(file: _File, edits: list[PastEdit], cursor: int, tally: Tally) -> tuple[list[PastEdit], int] | None:
    """Shows suggestions until one is right, which is taken; None when nothing (more) is shown."""
    document = file.document()
    situation = Situation(document, document.clamp(Position(cursor, 0)), tuple(edits), rejected=frozenset(file.rejected))
    began = time.process_time()
    found = [each for each in candidates(situation) if each.kind == "edit"]
    shown = next((each for each in found if why_suppressed(each, situation, tally.threshold) is None), None)
    tally.seconds.append(time.process_time() - began)
    if shown is None:
        return None
    change = proposal_of(shown, document)
    assert change is not None
    ours = Hunk(change.first, change.end, tuple(change.new))
    whole = next((h for h in file.left if exact(h, ours.first, ours.end, ours.new, file.now)), None)
    part = whole or next((h for h in file.left if near_or_in(h, ours, file.now)), None)
    tally.by_rule[f"{shown.rule} {'exact' if whole else 'part' if part else 'wrong'}"] += 1
    if part is None:
        tally.wrong += 1
        tally.failures.append(_failure(file, shown, ours))
        file.rejected |= shown.keys
        tally.threshold = tally.threshold.rejected()
        return _offer(file, edits, cursor, tally) if len(file.rejected) < 200 else None
    tally.threshold = tally.threshold.accepted()
    alone = part.root not in file.by_hand and sum(each.root == part.root for each in file.left) == 1
    if whole is not None and alone:
        tally.offered += 1
        tally.ranks[1 + [each.sameness for each in found].index(shown.sameness)] += 1
    else:
        tally.parts += 1
    edits = _remember(file, edits, ours)
    file.left = _rest(file, part, ours)
    return edits, ours.first


def _rest(file: _File, hunk: Hunk, ours: Hunk) -> list[Hunk]:
    """What is left once a part of a hunk is done: its own rest is compared anew."""
    added = len(ours.new) - (ours.end - ours.first)
    low, high = min(hunk.first, ours.first), max(hunk.end, ours.end)
    left: list[Hunk] = []
    for each in file.left:
        if each is not hunk:
            moves = added if each.first >= high else 0
            left.append(replace(each, first=each.first + moves, end=each.end + moves))
            continue
        before, after = list(file.now[low : hunk.first]), list(file.now[hunk.end + added : high + added])
        if ours.first < hunk.first:
            before = list(ours.new[: hunk.first - low])
        goal = [*before, *hunk.new, *after]
        rest = hunks(file.now[low : high + added], goal)
        left += [replace(h, first=h.first + low, end=h.end + low, root=hunk.root) for h in rest]
    return left


def _failure(file: _File, shown: NextEdit, ours: Hunk) -> str:
    old = " ⏎ ".join(file.now[ours.first : ours.end])
    new = " ⏎ ".join(ours.new)
    return f"{shown.rule} {shown.confidence:.2f} {file.path}:{ours.first + 1}: {old.strip()[:90]} → {new.strip()[:90]}"


def percentile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] * 1e3 if seconds else 0.0

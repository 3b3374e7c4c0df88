"""A simulated user types the lines that a release added, and takes every right suggestion.

The editor indents by itself; every other character costs a key, and so does every suggestion taken. A suggestion is right when
the rest of the line begins with it. It is counted as shown once, as long as it stays the same while being typed: an editor goes
on showing the rest of what it showed. The user is ideal: what is saved is an upper bound.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.embedded_data import Change, Texts
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.indexer import segments_of
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.prediction.drafting import Hole

Suggest = Callable[[Hole], tuple[str, float] | None]
"""What to offer in this hole: text and the probability that it is right."""
Judge = Callable[[float, bool], None]
"""Hears of every suggestion shown: its probability, and whether it was taken. The product's feedback."""
Watch = Callable[[Hole, str], None]
"""Sees every hole, and what the user is going to write there."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that suggests, and may learn from what becomes of it."""

    suggest: Suggest
    judge: Judge | None = None


@dataclass(slots=True)
class Tally:
    """What the user did, and what was offered."""

    chars: int = 0
    keys: int = 0
    lines: int = 0
    shown: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])
    """Probability as said, and whether it was right."""
    seconds: list[float] = field(default_factory=list[float])

    @property
    def saved(self) -> float:
        return 1 - self.keys / self.chars if self.chars else 0.0

    @property
    def precision(self) -> float:
        return float(np.mean([right for _, right in self.shown])) if self.shown else 0.0

    @property
    def calibration_error(self) -> float:
        """Expected difference between what was said and what held, over ten equal ranges of probability."""
        if not self.shown:
            return 0.0
        said, right = np.array([p for p, _ in self.shown]), np.array([r for _, r in self.shown], float)
        ranges = np.minimum((said * 10).astype(int), 9)
        return float(sum(abs(said[ranges == i].sum() - right[ranges == i].sum()) for i in range(10)) / len(said))


def build_index(texts: Texts) -> Index:
    """An index of these files."""
    index = Index()
    index.put("", segments_of(index.vocabulary, ((path, texts[path], (0, 0)) for path in sorted(texts))))
    return index


def replay(index: Index, old: Texts, files: Sequence[Sequence[Change]], system: System, watch: Watch | None = None) -> Tally:
    """Type the changes of each file into its old text, whose indexed copy does not count meanwhile."""
    tally = Tally()
    for edits in files:
        path = edits[0].path
        buffer = OpenDocument(path, index.vocabulary, old[path])
        index.buffers[path] = buffer
        index.mask(path)
        moved = 0
        for edit in edits:
            first, end = edit.removed[0] + moved, edit.removed[1] + moved
            moved += len(edit.added) - (end - first)
            if not edit.typed:
                buffer.replace(first, end, edit.added)
                continue
            buffer.replace(first, end, [])
            for number, line in enumerate(edit.added, first):
                buffer.replace(number, number, [line if not line.strip() else "\n"])
                if line.strip():
                    _type(tally, buffer, (number, line), system, watch)
        index.close(path)
    return tally


def _type(tally: Tally, buffer: OpenDocument, target: tuple[int, str], system: System, watch: Watch | None) -> None:
    number, line = target
    wanted = line.rstrip()
    at = len(wanted) - len(wanted.lstrip())
    tally.lines += 1
    tally.chars += len(wanted) - at
    showing = ""
    while at < len(wanted):
        buffer.replace(number, number + 1, [wanted[:at] + "\n"])
        hole = Hole(buffer, number, wanted[:at], "")
        if watch is not None:
            watch(hole, wanted[at:])
        begun = time.perf_counter()
        offered = system.suggest(hole)
        tally.seconds.append(time.perf_counter() - begun)
        tally.keys += 1
        if offered is None:
            showing = ""
            at += 1
            continue
        text, probability = offered
        right = wanted.startswith(text, at)
        if text != showing:
            tally.shown.append((probability, right))
            if system.judge is not None:
                system.judge(probability, right)
        at += len(text) if right else 1
        showing = "" if right else text[1:] if wanted[at - 1] == text[0] else ""
    buffer.replace(number, number + 1, [line])

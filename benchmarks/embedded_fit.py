"""Fit the engine's weights on the tuning set and write ``coderoute_ls/embedded/prediction/weights.py``.

``python -m benchmarks.embedded_fit``. First the log-linear model over candidates, from places in the lines of the newer release;
then, with it, the curve over a whole draft, from what a simulated user was shown.
"""

import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedded_data import TUNING, Package, changes, releases
from benchmarks.embedded_replay import System, build_index, replay
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.token_table import LINE_END
from coderoute_ls.embedded.index.tokenizer import typed_part, words
from coderoute_ls.embedded.prediction.calibration import Calibration, draft_features, expit
from coderoute_ls.embedded.prediction.drafting import Drafter, Hole
from coderoute_ls.embedded.prediction.ranker import Ranker, regime
from coderoute_ls.embedded.prediction.token_candidates import CandidateFinder, Candidates
from coderoute_ls.embedded.prediction.token_position import TokenPosition

LINES = 250
SHARE = 0.35
"""Of the places that the model is fitted on."""
LOW_GATE = 0.35
"""Drafts for the curve are shown from here on, so that it also learns where the gate must be."""
RIDGE = 1.0
STEPS, RATE, SHRINK = 250, 0.1, 1e-3
REGIMES = 3
TARGET = Path(__file__).parent.parent / "coderoute_ls" / "embedded" / "prediction" / "weights.py"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What could have come next somewhere, and which of it came."""

    field: Candidates
    typed: str
    right: int
    """Row of the candidate that came, −1 when none of them did."""


def fit_ranker(lessons: Sequence[Sequence[Lesson]]) -> tuple[Floats, Floats]:
    """Weights of the rows by regime, and of the doubts: gradient descent on the log loss, every package weighing the same."""
    every = [lesson for group in lessons for lesson in group]
    importance = np.array([1 / len(group) for group in lessons for _ in group]) / len(lessons)
    sizes = np.array([len(lesson.field.ids) for lesson in every])
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(every)), sizes)
    plain = np.concatenate([lesson.field.rows for lesson in every])
    regimes = np.array([regime(lesson.typed) for lesson in every])[owner]
    rows = np.concatenate([plain * (regimes == number)[:, None] for number in range(REGIMES)], axis=1)
    doubts = np.stack([lesson.field.doubts for lesson in every])
    right = np.array([lesson.right for lesson in every])
    hit = np.flatnonzero(right >= 0)
    x, y = np.zeros(rows.shape[1]), np.zeros(doubts.shape[1])
    both = [np.zeros_like(x), np.zeros_like(y)]
    squares = [np.zeros_like(x), np.zeros_like(y)]
    loss = 0.0
    for step in range(1, STEPS + 1):
        scores, none = rows @ x, doubts @ y
        highest = np.maximum(np.maximum.reduceat(scores, starts), none)
        odds, nothing = np.exp(scores - highest[owner]), np.exp(none - highest)
        total = np.add.reduceat(odds, starts) + nothing
        odds, nothing = odds / total[owner], nothing / total
        chosen = nothing.copy()
        chosen[hit] = odds[starts[hit] + right[hit]]
        loss = -float(importance @ np.log(chosen + 1e-9))
        slope = odds * importance[owner]
        slope[starts[hit] + right[hit]] -= importance[hit]
        gradients = rows.T @ slope + SHRINK * x, doubts.T @ (importance * (nothing - (right < 0))) + SHRINK * y
        for weights, gradient, mean, square in zip((x, y), gradients, both, squares, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.01 * (gradient * gradient - square)
            rate = RATE * (1 - step / (STEPS + 1))
            weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    print(f"candidates: log loss {loss:.4f} over {len(every):,}")
    return x.reshape(REGIMES, -1), y


def fit(features: Sequence[Sequence[float]], outcomes: Sequence[bool], weights: Sequence[float]) -> Floats:
    """Weighted logistic regression by Newton's method."""
    x, y, importance = np.array(features), np.array(outcomes, float), np.array(weights)
    found = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (importance * (y - p)) - RIDGE * found
        curve = (x.T * (importance * p * (1 - p))) @ x + RIDGE * np.eye(len(found))
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-7:
            break
    return found


def main() -> None:
    loaded = [_Loaded(package) for package in TUNING]
    rows, doubts = fit_ranker([list(one.lessons()) for one in loaded])
    ranker = Ranker(rows.tolist(), doubts.tolist())
    drafts = [list(one.draft_rows(ranker)) for one in loaded]
    draft = fit(*_balanced(drafts))
    print("draft curve", _loss(drafts, draft))
    listed = "".join(f"    {_tuple(row)},\n" for row in rows)
    TARGET.write_text(
        '"""Weights of the engine\'s model and curve (data, written by ``benchmarks/embedded_fit.py`` on the tuning set)."""\n\n'
        f"ROWS = (\n{listed})\nDOUBTS = {_tuple(doubts)}\nDRAFT = {_tuple(draft)}\n"
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(TARGET)], check=True)


def _tuple(weights: Floats) -> str:
    return f"({', '.join(f'{weight:.4f}' for weight in weights)})"


Row = tuple[tuple[float, ...], bool]


class _Loaded:
    def __init__(self, package: Package) -> None:
        self.name = package.name
        self.old, new = releases(package)
        self.files = changes(package, self.old, new, LINES, seed=1)
        self.index: Index = build_index(self.old)

    def lessons(self) -> Iterator[Lesson]:
        """Some places of the typed lines: where the user asks, and between tokens, where a draft goes on."""
        fields = CandidateFinder(self.index)
        chance = random.Random(1)
        found: list[Lesson] = []

        def learn(hole: Hole, before: str, typed: str, right: str | None) -> None:
            context, own = hole.buffer.context(hole.line, before), 1 + len(words(before))
            field = fields.at(TokenPosition(hole.buffer, hole.line, context, own, typed))
            if field is not None:
                number = LINE_END if right is None else self.index.vocabulary.find([right])[0]
                rows = np.flatnonzero(field.ids == number)
                found.append(Lesson(field, typed, int(rows[0]) if len(rows) else -1))

        def watch(hole: Hole, rest: str) -> None:
            line = hole.before + rest
            tokens = _tokens_at(line)
            typed = typed_part(hole.before.lstrip())
            at = len(hole.before) - len(typed)
            if chance.random() < SHARE:
                learn(hole, hole.before[:at], typed, tokens.get(at, ""))
            if len(hole.before) in tokens and chance.random() < SHARE:
                learn(hole, hole.before, "", tokens[len(hole.before)])
            if len(rest) == 1:
                learn(hole, line, "", None)

        replay(self.index, self.old, self.files, System(lambda _: None), watch)
        print(self.name, len(found), "places")
        return iter(found)

    def draft_rows(self, ranker: Ranker) -> Iterator[Row]:
        """What was shown to the user, and whether it was right."""
        drafter = Drafter(self.index, Calibration((0.0, 1.0, 0.0)), ranker)
        features: list[tuple[float, ...]] = []

        def suggest(hole: Hole) -> tuple[str, float] | None:
            made = drafter.draft(hole, LOW_GATE)
            if made is None:
                return None
            features.append(draft_features(made.product, made.tokens))
            return made.text, float(len(features) - 1)

        tally = replay(self.index, self.old, self.files, System(suggest))
        print(self.name, len(tally.shown), "drafts")
        return ((features[int(number)], right) for number, right in tally.shown)


def _tokens_at(line: str) -> dict[int, str]:
    """Where tokens of a line begin → the token."""
    begin = len(line) - len(line.lstrip())
    found: dict[int, str] = {}
    for token in words(line):
        found[begin] = token
        begin += len(token)
    return found


def _balanced(rows: Sequence[Sequence[Row]]) -> tuple[list[tuple[float, ...]], list[bool], list[float]]:
    """All rows, each package weighing the same."""
    mean = sum(map(len, rows)) / len(rows)
    weights = [mean / max(1, len(group)) for group in rows for _ in group]
    return [row[0] for group in rows for row in group], [row[1] for group in rows for row in group], weights


def _loss(rows: Sequence[Sequence[Row]], weights: Floats) -> str:
    every = [row for group in rows for row in group]
    said = np.array([expit(float(np.dot(weights, features))) for features, _ in every])
    right = np.array([outcome for _, outcome in every], float)
    loss = -np.mean(right * np.log(said) + (1 - right) * np.log(1 - said))
    return f"log loss {loss:.4f} over {len(every):,}"


if __name__ == "__main__":
    main()

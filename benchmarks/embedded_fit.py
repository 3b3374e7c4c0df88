"""Fit the calibration's curves on the tuning set and write ``coderoute_ls/embedded/weights.py``.

``python -m benchmarks.embedded_fit``. First the curve over a single token's evidence, from drafts made without a gate; then, with
it, the curve over a whole draft, from what a simulated user was shown.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedded_data import TUNING, Package, changes, releases
from benchmarks.embedded_replay import System, build_index, replay
from coderoute_ls.embedded.calibration import Calibration, draft_features, expit, token_features
from coderoute_ls.embedded.drafting import Drafted, Drafter, Hole
from coderoute_ls.embedded.index import Index
from coderoute_ls.embedded.tokens import is_break, typed_part

LINES = 250
SHARE = 0.3
"""Of the places that the first curve is fitted on."""
LOW_GATE = 0.35
"""Drafts for the second curve are shown from here on, so that it also learns where the gate must be."""
RIDGE = 1.0
TARGET = Path(__file__).parent.parent / "coderoute_ls" / "embedded" / "weights.py"
Floats = NDArray[np.float64]


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
    tokens = [list(one.token_rows()) for one in loaded]
    token = fit(*_balanced(tokens))
    print("token curve", _loss(tokens, token))
    drafts = [list(one.draft_rows(Calibration(token.tolist(), (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)))) for one in loaded]
    draft = fit(*_balanced(drafts))
    print("draft curve", _loss(drafts, draft))
    TARGET.write_text(
        '"""Weights of the calibration\'s curves (data, written by ``benchmarks/embedded_fit.py`` from the tuning set)."""\n\n'
        f"TOKEN = ({', '.join(f'{weight:.4f}' for weight in token)})\n"
        f"DRAFT = ({', '.join(f'{weight:.4f}' for weight in draft)})\n"
    )


Row = tuple[tuple[float, ...], bool]


class _Loaded:
    def __init__(self, package: Package) -> None:
        self.name = package.name
        self.old, new = releases(package)
        self.files = changes(package, self.old, new, LINES, seed=1)
        self.index: Index = build_index(self.old)

    def token_rows(self) -> Iterator[Row]:
        """Evidence and outcome of every token of drafts made at some random places, up to the first wrong one."""
        drafter = Drafter(self.index, Calibration())
        chance = random.Random(1)
        rows: list[Row] = []

        def watch(hole: Hole, rest: str) -> None:
            if chance.random() < SHARE and (made := drafter.draft(hole, 0.0)) is not None:
                rows.extend(_judged(hole, rest, made))

        replay(self.index, self.old, self.files, System(lambda _: None), watch)
        print(self.name, len(rows), "tokens")
        return iter(rows)

    def draft_rows(self, calibration: Calibration) -> Iterator[Row]:
        """What was shown to the user, and whether it was right."""
        drafter = Drafter(self.index, calibration)
        features: list[tuple[float, ...]] = []

        def suggest(hole: Hole) -> tuple[str, float] | None:
            made = drafter.draft(hole, LOW_GATE)
            if made is None:
                return None
            features.append(draft_features(made.probability, len(made.steps), hole.misses))
            return made.text, float(len(features) - 1)

        tally = replay(self.index, self.old, self.files, System(suggest))
        print(self.name, len(tally.shown), "drafts")
        return ((features[int(number)], right) for number, right in tally.shown)


def _judged(hole: Hole, rest: str, made: Drafted) -> Iterator[Row]:
    """Each token of the draft with its outcome, up to the first wrong one."""
    at, typed = 0, typed_part(hole.before.lstrip())
    for step in made.steps:
        if is_break(step.token):
            yield token_features(step.evidence), at == len(rest)
            return
        piece = step.token[len(typed) :]
        end = at + len(piece)
        broken = _in_word(step.token[-1:]) and _in_word(rest[end : end + 1])
        right = rest.startswith(piece, at) and not broken
        yield token_features(step.evidence), right
        if not right:
            return
        at, typed = end, ""


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


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

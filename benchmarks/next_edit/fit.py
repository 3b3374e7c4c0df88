"""Fits the confidence of repeated edits on the tuning packages and writes it to ``by_example/confidence_weights.py``.

``python -m benchmarks.next_edit.fit [seconds per package]``. Nothing of the report set is read.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedded_data import TUNING
from benchmarks.next_edit.collect import rows
from coderoute_ls.next_edit.by_example.confidence_features import FEATURES

RIDGE = 1.0
STEPS = 60
FILE = Path(__file__).parents[2] / "coderoute_ls" / "next_edit" / "by_example" / "confidence_weights.py"

Numbers = NDArray[np.float64]


def fitted(values: Numbers, right: Numbers, importance: Numbers) -> Numbers:
    """Weights, the bias last, by Newton's steps with a ridge."""
    x = np.hstack([values, np.ones((len(values), 1))])
    ridge = np.full(x.shape[1], RIDGE)
    ridge[-1] = 1e-3
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (importance * (right - p)) - ridge * weights
        curve = (x.T * (importance * p * (1 - p))) @ x + np.diag(ridge)
        step = np.linalg.solve(curve, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def importance_of(groups: Sequence[str]) -> Numbers:
    """Each file counts the same, however many places it has, up to a bound."""
    names, numbers, counts = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    del names
    return np.minimum(1.0, 200.0 / counts[numbers])


def write(weights: Numbers) -> None:
    shown = "".join(f"    {weight:.4f},  # {name}\n" for name, weight in zip(FEATURES, weights[:-1], strict=True))
    FILE.write_text(
        '"""Weights of the confidence (data, written by ``benchmarks/next_edit/fit.py`` on the tuning set)."""\n\n'
        f"BIAS = {weights[-1]:.4f}\nWEIGHTS = (\n{shown})\n",
        "utf-8",
    )


def main(seconds: float) -> None:
    values: list[tuple[float, ...]] = []
    right: list[bool] = []
    groups: list[str] = []
    for package in TUNING:
        for weighed, was_right, path, _ in rows(package, seconds):
            values.append(weighed.features)
            right.append(was_right)
            groups.append(f"{package.name}/{path}")
        print(package.name, len(right), sum(right), flush=True)
    write(fitted(np.array(values), np.array(right, float), importance_of(groups)))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 40.0)

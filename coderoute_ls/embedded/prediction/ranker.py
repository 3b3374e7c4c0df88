"""How likely each candidate is: a log-linear model over its evidence, fitted by ``benchmarks/embedded_fit.py``."""

from collections.abc import Sequence

import numpy as np

from coderoute_ls.embedded.prediction.token_candidates import Candidates
from coderoute_ls.embedded.prediction.vote import Floats
from coderoute_ls.embedded.prediction.weights import DOUBTS, ROWS


class Ranker:
    """``rows`` are weights of a field's rows, one set for no letter typed, one letter, more; ``doubts`` those of its doubts."""

    def __init__(self, rows: Sequence[Sequence[float]] = ROWS, doubts: Sequence[float] = DOUBTS) -> None:
        self._rows = np.array(rows)
        self._doubts = np.array(doubts)

    def probabilities(self, field: Candidates, typed: str) -> Floats:
        """Of each candidate that it is the next token; the rest is for what is not among them."""
        scores = field.rows @ self._rows[regime(typed)]
        none = float(field.doubts @ self._doubts)
        highest = max(float(scores.max()), none)
        odds = np.exp(scores - highest)
        return odds / (odds.sum() + np.exp(none - highest))


def regime(typed: str) -> int:
    """Which set of weights holds when so much of a token is typed already."""
    return min(len(typed.strip()), 2)

"""From a draft's tokens to a probability that means what it says: a logistic curve, fitted on other people's code by
``benchmarks/embedded_fit.py`` and moved by what this user accepts.

Moving it beforehand by how lines of the same workspace fare that are held out made it worse (calibration error 0.032 instead of
0.027 on the tuning set): lines that are written already are not like those that are typed next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from coderoute_ls.embedded.prediction.weights import DRAFT

MEMORY = 200.0
"""So many judged drafts are remembered; older ones fade."""
PRIOR = 20.0
"""The fitted curve counts as much as this many drafts of the user's."""


def draft_features(probability: float, tokens: int) -> tuple[float, ...]:
    """``probability`` is the product over the draft's tokens."""
    return 1.0, logit(probability), log(tokens)


@dataclass(frozen=True, slots=True)
class AcceptanceHistory:
    """What became of the drafts that this user was shown, older ones faded."""

    judged: float = 0.0
    accepted: float = 0.0
    expected: float = 0.0
    """How many the fitted curve would have expected to be accepted."""


class Calibration:
    """`draft` gives probabilities; `judged` tells how a shown draft went."""

    def __init__(self, draft: Sequence[float] = DRAFT, experience: AcceptanceHistory | None = None) -> None:
        self._draft = tuple(draft)
        self.experience = experience or AcceptanceHistory()

    def draft(self, probability: float, tokens: int) -> float:
        """Probability that a whole draft is right, from the product over its tokens."""
        fitted = _curve(self._draft, draft_features(probability, tokens))
        return expit(logit(fitted) + self.shift)

    @property
    def shift(self) -> float:
        """By how much this user's acceptance differs from the fitted curve, in log-odds."""
        known = self.experience
        total = known.judged + PRIOR
        return logit((known.accepted + PRIOR / 2) / total) - logit((known.expected + PRIOR / 2) / total)

    def judged(self, probability: float, accepted: bool) -> None:
        """A shown draft was accepted or not; ``probability`` is what was said of it."""
        known = self.experience
        fade = 1.0 if known.judged < MEMORY else 1.0 - 1.0 / MEMORY
        fitted = expit(logit(probability) - self.shift)
        self.experience = AcceptanceHistory(
            known.judged * fade + 1.0, known.accepted * fade + float(accepted), known.expected * fade + fitted
        )


def logit(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return log(bounded / (1.0 - bounded))


def expit(odds: float) -> float:
    return 1.0 / (1.0 + exp(-odds))


def _curve(weights: Sequence[float], features: Sequence[float]) -> float:
    return expit(sum(weight * feature for weight, feature in zip(weights, features, strict=True)))

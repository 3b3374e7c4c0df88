"""From votes to probabilities that mean what they say: a logistic curve over the evidence, fitted on other people's code by
``benchmarks/embedded_fit.py`` and moved by what this user accepts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log1p

from coderoute_ls.embedded.weights import DRAFT, TOKEN

MEMORY = 200.0
"""So many judged drafts are remembered; older ones fade."""
PRIOR = 20.0
"""The fitted curve counts as much as this many drafts of the user's."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a token that may come next."""

    share: float
    """Of the votes, 0..1."""
    longest: int
    """Tokens of context that its best place shares."""
    places: float
    """Weighted number of places that share as many."""
    typed: int
    """Letters of the token that stand already."""
    is_break: bool
    is_word: bool
    guessed: bool
    """Nobody has seen it in this context; it is only a frequent word."""
    second: float
    """Share of the next best token."""
    first: bool
    """Of its draft."""


def token_features(evidence: Evidence) -> tuple[float, ...]:
    odds = logit(evidence.share)
    second = logit(evidence.second) / 5
    length = log1p(evidence.longest)
    places = log1p(evidence.places)
    typed = min(evidence.typed, 6)
    return (
        *(1.0, odds, max(odds - 1.0, 0.0), max(odds - 2.5, 0.0)),
        *(length, odds * length, max(evidence.longest - 8, 0) / 8),
        *(places, odds * places, places * length),
        *(float(evidence.guessed), evidence.guessed * typed),
        *(float(evidence.is_break), evidence.is_break * odds, float(evidence.is_word), evidence.is_word * odds),
        *(float(typed > 0), float(typed), typed * odds),
        *(float(evidence.first), evidence.first * odds),
        *(second, second * odds),
    )


def draft_features(probability: float, tokens: int, misses: int) -> tuple[float, ...]:
    """``probability`` is the product over the draft's tokens; ``misses`` the drafts on this line that were not taken."""
    odds = logit(probability)
    missed = min(misses, 3)
    return 1.0, odds, log(tokens), float(missed), float(missed > 0), missed * odds


@dataclass(frozen=True, slots=True)
class Experience:
    """What became of the drafts that this user was shown, older ones faded."""

    judged: float = 0.0
    accepted: float = 0.0
    expected: float = 0.0
    """How many the fitted curve would have expected to be accepted."""


class Calibration:
    """``token`` and ``draft`` give probabilities; `judged` tells how a shown draft went."""

    def __init__(
        self, token: Sequence[float] = TOKEN, draft: Sequence[float] = DRAFT, experience: Experience | None = None
    ) -> None:
        self._token = tuple(token)
        self._draft = tuple(draft)
        self.experience = experience or Experience()

    def token(self, evidence: Evidence) -> float:
        """Probability that this token is right, given that those before it are."""
        return _curve(self._token, token_features(evidence))

    def draft(self, probability: float, tokens: int, misses: int) -> float:
        """Probability that a whole draft is right, from the product over its tokens."""
        fitted = _curve(self._draft, draft_features(probability, tokens, misses))
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
        self.experience = Experience(
            known.judged * fade + 1.0, known.accepted * fade + float(accepted), known.expected * fade + fitted
        )


def logit(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return log(bounded / (1.0 - bounded))


def expit(odds: float) -> float:
    return 1.0 / (1.0 + exp(-odds))


def _curve(weights: Sequence[float], features: Sequence[float]) -> float:
    return expit(sum(weight * feature for weight, feature in zip(weights, features, strict=True)))

"""From likely tokens to a draft: token by token, as long as the whole is likely enough, and never past the end of the line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np

from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.index.segment import DEPTH
from coderoute_ls.embedded.index.token_table import LINE_END
from coderoute_ls.embedded.index.tokenizer import LONG, typed_part, words
from coderoute_ls.embedded.prediction.calibration import Calibration
from coderoute_ls.embedded.prediction.ranker import Ranker
from coderoute_ls.embedded.prediction.shared_prefix import beginnings
from coderoute_ls.embedded.prediction.token_candidates import CandidateFinder, Candidates
from coderoute_ls.embedded.prediction.token_position import TokenPosition
from coderoute_ls.embedded.prediction.vote import Floats

GATE = 0.65
"""Lowest probability of a draft that is shown."""
COMPLETE = 0.80
"""Lowest probability that the text is right and the line ends after it, for a draft that may answer without a model."""
MAX_TOKENS = 40
MIN_CHARS = 2
COMPETITORS = 24
"""Tokens whose common beginnings are looked at."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where to complete: a line of a document, what is on it before the cursor and after it."""

    buffer: OpenDocument
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Drafted:
    text: str
    probability: float
    """That the rest of the line begins with the text, calibrated."""
    product: float
    """The same before calibration."""
    tokens: int
    completes_line: bool


class Drafter:
    """Drafts from one index, with one calibration."""

    def __init__(self, index: Index, calibration: Calibration, ranker: Ranker | None = None) -> None:
        self._vocabulary = index.vocabulary
        self._fields = CandidateFinder(index)
        self._calibration = calibration
        self._ranker = ranker or Ranker()

    def draft(self, hole: Hole, gate: float = GATE) -> Drafted | None:
        """What is on the line next, as far as it is right with probability ``gate`` or more and a longer draft would not lose
        more by being wrong than it saves; None when there is nothing to say."""
        if len(hole.before) >= LONG:
            return None
        typed = typed_part(hole.before.lstrip())
        before = hole.before[: len(hole.before) - len(typed)]
        context, own = hole.buffer.context(hole.line, before), 1 + len(words(before))
        rest = hole.after.strip()
        made = _Draft(self._calibration, gate)
        completes = False
        while made.tokens < MAX_TOKENS:
            field = self._fields.at(TokenPosition(hole.buffer, hole.line, context, own + made.tokens, typed))
            if field is None:
                break
            odds = self._ranker.probabilities(field, typed)
            best = int(odds.argmax())
            number, sure = int(field.ids[best]), float(odds[best])
            if number == LINE_END:
                completes = made.with_one_more(sure) >= COMPLETE and not rest
                break
            if not made.likely(sure):
                made.take_first_likely(beginnings(self._first(field, odds), typed))
                break
            token = self._vocabulary.tokens[number]
            piece = token[len(typed) :]
            if rest and piece.strip() and rest.startswith(piece.strip()):
                completes = rest == piece.strip()
                break
            if made.loses(sure):
                break
            made.take(piece, sure)
            typed = ""
            context = [self._vocabulary.keys[number], *context[: DEPTH - 1]]
        if len(made.text.strip()) < MIN_CHARS:
            return None
        return Drafted(made.text, made.said(), made.product, made.tokens, completes)

    def _first(self, field: Candidates, odds: Floats) -> list[tuple[str, float]]:
        """The likeliest tokens with their probabilities."""
        first = np.argsort(-odds)[:COMPETITORS]
        numbers = cast("list[int]", field.ids[first].tolist())
        tokens = self._vocabulary.tokens
        return [(tokens[n], p) for n, p in zip(numbers, odds[first].tolist(), strict=True) if n != LINE_END]


class _Draft:
    """A draft while it grows."""

    def __init__(self, calibration: Calibration, gate: float) -> None:
        self._calibration, self._gate = calibration, gate
        self.text, self.product, self.tokens = "", 1.0, 0

    def said(self) -> float:
        """Its probability, calibrated."""
        return self._calibration.draft(self.product, self.tokens)

    def with_one_more(self, sure: float) -> float:
        """The probability with one more token of this probability."""
        return self._calibration.draft(self.product * sure, self.tokens + 1)

    def likely(self, sure: float) -> bool:
        """Whether it would still pass the gate with one more token of this probability."""
        return self.with_one_more(sure) >= self._gate

    def loses(self, sure: float) -> bool:
        """Whether it is better offered without one more token of this probability: what it has would be lost with it more often
        than accepting a second time is saved, in expected keys."""
        return (1 - sure) * (len(self.text) - 1) > sure

    def take(self, piece: str, sure: float) -> None:
        self.text, self.product, self.tokens = self.text + piece, self.product * sure, self.tokens + 1

    def take_first_likely(self, pieces: Iterable[tuple[str, float]]) -> None:
        for piece, sure in pieces:
            if self.likely(sure):
                self.take(piece, sure)
                return

"""From votes to a draft: token by token, as long as the whole is likely enough, and never past the end of the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.buffer import Buffer
from coderoute_ls.embedded.calibration import Calibration, Evidence
from coderoute_ls.embedded.index import Index
from coderoute_ls.embedded.segment import DEPTH
from coderoute_ls.embedded.tokens import is_break, typed_part
from coderoute_ls.embedded.vocabulary import Ids
from coderoute_ls.embedded.vote import Ballot, vote

GATE = 0.65
"""Least probability of what is shown."""
MAX_TOKENS = 40
MIN_CHARS = 2
SPELLED = 0.5
"""How much each typed letter thins out the words that nobody has seen in this place."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where to complete: a line of a document, what stands on it before the cursor and after it."""

    buffer: Buffer
    line: int
    before: str
    after: str
    misses: int = 0
    """Drafts for this line that were offered before and not taken."""


@dataclass(frozen=True, slots=True)
class Step:
    """The most likely next token and its calibrated probability, given that all before it are right."""

    token: str
    probability: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Drafted:
    text: str
    probability: float
    completes_line: bool
    steps: tuple[Step, ...]


class Drafter:
    """Drafts from one index, with one calibration."""

    def __init__(self, index: Index, calibration: Calibration) -> None:
        self._index = index
        self._calibration = calibration

    def draft(self, hole: Hole, gate: float = GATE) -> Drafted | None:
        """The longest completion of the line that is right with probability ``gate`` or more; None when there is none."""
        vocabulary = self._index.vocabulary
        typed = typed_part(hole.before.lstrip())
        context = hole.buffer.context(hole.line, hole.before[: len(hole.before) - len(typed)])
        rest = hole.after.strip()
        steps: list[Step] = []
        text, product, probability, completes = "", 1.0, 0.0, False
        while len(steps) < MAX_TOKENS:
            step = self.next_token(hole, context, typed, first=not steps)
            if step is None:
                break
            product *= step.probability
            whole = self._calibration.draft(product, len(steps) + 1, hole.misses)
            if whole < gate:
                break
            steps.append(step)
            probability = whole
            if is_break(step.token):
                completes = not rest
                break
            piece = step.token[len(typed) :]
            if rest and piece.strip() and rest.startswith(piece.strip()):
                completes = rest == piece.strip()
                break
            text += piece
            typed = ""
            (number,) = vocabulary.find([step.token])
            context = [vocabulary.keys[number], *context[: DEPTH - 1]]
        return Drafted(text, probability, completes, tuple(steps)) if len(text.strip()) >= MIN_CHARS else None

    def next_token(self, hole: Hole, context: Sequence[int], typed: str, *, first: bool) -> Step | None:
        """The most likely token after ``context`` that begins with ``typed``; None when nothing is known."""
        index = self._index
        ballot = vote(index.sources(context, hole.buffer, hole.buffer.line_extent(hole.line)))
        ids, shares = ballot.ids, ballot.shares
        seen = len(ids)
        if typed:
            ids, shares = self._fitting(ballot, hole, typed)
        if not len(ids):
            return None
        tokens = index.vocabulary.tokens
        ends = np.array([is_break(tokens[number]) for number in cast("list[int]", ids.tolist())], np.bool_)
        end = float(shares[ends].sum())
        best = int(shares.argmax())
        if end > shares[best]:
            best = int(np.where(ends, shares, -1.0).argmax())
        token = tokens[int(ids[best])]
        same = ends if ends[best] else ids == ids[best]
        word = token.strip()[:1]
        evidence = Evidence(
            share=end if ends[best] else float(shares[best]),
            second=float(np.where(same, 0.0, shares).max()),
            longest=ballot.longest,
            places=ballot.places,
            typed=len(typed.strip()),
            is_break=bool(ends[best]),
            is_word=word.isalnum() or word == "_",
            guessed=best >= seen,
            first=first,
        )
        return Step(token, self._calibration.token(evidence), evidence)

    def _fitting(self, ballot: Ballot, hole: Hole, typed: str) -> tuple[Ids, NDArray[np.float64]]:
        """The ballot's tokens that begin with ``typed``, and words that nobody has seen in this context; their shares sum to less
        than 1, the rest is for what nobody knows."""
        tokens = self._index.vocabulary.tokens
        fits = np.array([tokens[number].startswith(typed) for number in cast("list[int]", ballot.ids.tolist())], np.bool_)
        shares = np.where(fits, ballot.shares, 0.0)
        unseen = max(0.0, 1.0 - float(ballot.shares.sum())) * SPELLED ** len(typed.strip())
        total = float(shares.sum()) + unseen
        ids = ballot.ids
        if typed.strip():
            words = self._index.complete_word(typed, hole.buffer, hole.line)
            known = np.searchsorted(ids, words.ids)
            both = (
                (known < len(ids)) & (ids[np.minimum(known, len(ids) - 1)] == words.ids)
                if len(ids)
                else np.zeros(len(words.ids), np.bool_)
            )
            shares[known[both]] += words.parts[both] * unseen
            ids = np.concatenate((ids, words.ids[~both]))
            shares = np.concatenate((shares, words.parts[~both] * unseen))
        if not shares.any():
            return ids[:0], shares[:0]
        return ids, shares / total

"""From votes to a draft: token by token, as long as the whole is likely enough, and never past the end of the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from coderoute_ls.embedded.buffer import Buffer
from coderoute_ls.embedded.calibration import Calibration, Evidence
from coderoute_ls.embedded.index import Index
from coderoute_ls.embedded.segment import DEPTH
from coderoute_ls.embedded.tokens import is_break, typed_part
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
        names: list[str] = [index.vocabulary.tokens[number] for number in cast("list[int]", ballot.ids.tolist())]
        shares = ballot.shares
        if typed:
            fits = np.array([name.startswith(typed) for name in names], np.bool_)
            unseen = max(0.0, 1.0 - float(shares.sum())) * SPELLED ** len(typed.strip())
            shares = np.where(fits, shares, 0.0)
            total = float(shares.sum()) + unseen
            guess = index.complete_word(typed, hole.buffer) if typed.strip() else None
            if guess is not None and guess[1] * unseen > shares.max(initial=0.0):
                return self._step(index.vocabulary.tokens[guess[0]], guess[1] * unseen / total, ballot, typed, (True, first))
            if total == unseen:
                return None
            shares = shares / total
        elif not names:
            return None
        ends = np.array([is_break(name) for name in names], np.bool_)
        end = float(shares[ends].sum())
        best = int(shares.argmax())
        if end > shares[best]:
            best = int(np.where(ends, shares, -1.0).argmax())
        share = end if ends[best] else float(shares[best])
        return self._step(names[best], share, ballot, typed, (False, first))

    def _step(self, token: str, share: float, ballot: Ballot, typed: str, flags: tuple[bool, bool]) -> Step:
        guessed, first = flags
        word = token.strip()[:1]
        evidence = Evidence(
            share=share,
            longest=ballot.longest,
            places=ballot.places,
            typed=len(typed.strip()),
            is_break=is_break(token),
            is_word=word.isalnum() or word == "_",
            guessed=guessed,
            first=first,
        )
        return Step(token, self._calibration.token(evidence), evidence)

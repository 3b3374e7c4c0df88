"""Every word that was learned, in order, with how often: what a typed beginning can become when no context is known."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.vocabulary import Ids, Vocabulary

HERE = 100.0
"""One use in this file, right here, counts as so many elsewhere."""
HALF = 50.0
"""Tokens after which it counts half."""
MOST = 12
"""Words that are looked at."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Words:
    """Token numbers, and the part of each of all uses."""

    ids: Ids
    parts: NDArray[np.float64]


class Lexicon:
    """A frozen look at the vocabulary. Words added later are found through the document that holds them."""

    def __init__(self, vocabulary: Vocabulary, learned: Sequence[Ids]) -> None:
        self._vocabulary = vocabulary
        tokens = vocabulary.tokens[: len(vocabulary)]
        ordered = sorted(range(len(tokens)), key=tokens.__getitem__)
        self._size = len(tokens)
        self._ids = np.array(ordered, np.int32)
        self._tokens = [tokens[number] for number in ordered]
        counts = np.zeros(self._size, np.int64)
        for ids in learned:
            counts += np.bincount(ids, minlength=self._size)[: self._size]
        self._counts = counts

    def complete(self, typed: str, here: Ids, at: int) -> Words:
        """Tokens that begin with ``typed``, the most used first, with their parts of all uses of such tokens. Uses in this
        document, whose tokens are ``here``, count the more the nearer they are to ``at``."""
        distances = np.abs(np.arange(len(here)) - at)
        in_file = np.bincount(here, HERE / (1.0 + distances / HALF), self._size)
        low, high = bisect_left(self._tokens, typed), bisect_left(self._tokens, typed + _LAST)
        ids = self._ids[low:high]
        scores = self._counts[ids] + in_file[ids]
        fresh = np.flatnonzero(in_file[self._size :]) + self._size
        tokens = self._vocabulary.tokens
        young = [number for number in fresh.tolist() if tokens[number].startswith(typed)]
        if young:
            ids = np.concatenate((ids, np.array(young, np.int32)))
            scores = np.concatenate((scores, in_file[young]))
        if len(ids) > MOST:
            best = np.argpartition(scores, -MOST)[-MOST:]
            return Words(ids[best], scores[best] / scores.sum())
        return Words(ids, scores / max(float(scores.sum()), 1.0))

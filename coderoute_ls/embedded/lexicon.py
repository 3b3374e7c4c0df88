"""Every word that was learned, in order, with how often: what a typed beginning can become when no context is known."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from coderoute_ls.embedded.vocabulary import Ids, Vocabulary

HERE = 20
"""One use in this file counts as so many elsewhere."""
_LAST = "\U0010ffff"


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

    def complete(self, typed: str, here: Ids) -> tuple[int, float] | None:
        """The most used token that begins with ``typed`` (and is longer), and its share among all uses of such tokens."""
        low, high = bisect_left(self._tokens, typed), bisect_left(self._tokens, typed + _LAST)
        in_file = np.bincount(here, minlength=self._size)
        ids = self._ids[low:high]
        scores = self._counts[ids] + HERE * in_file[ids]
        fresh = np.flatnonzero(in_file[self._size :]) + self._size
        tokens = self._vocabulary.tokens
        young = [number for number in fresh.tolist() if tokens[number].startswith(typed)]
        if young:
            ids = np.concatenate((ids, np.array(young, np.int32)))
            scores = np.concatenate((scores, HERE * in_file[young]))
        if not len(ids):
            return None
        total = int(scores.sum())
        best = int(scores.argmax())
        return (int(ids[best]), float(scores[best]) / total) if total else None

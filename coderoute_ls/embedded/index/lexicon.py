"""All learned tokens, sorted: the completions of a typed prefix when no context is known."""

from bisect import bisect_left
from typing import cast

import numpy as np

from coderoute_ls.embedded.index.vocabulary import Ids, Vocabulary

CHUNK = 50_000
"""Tokens sorted in at once: sorting holds the interpreter, and drafts want it too."""
LATE = 0.05
"""Of a large vocabulary, this share may be missing for a while."""
_LAST = "\U0010ffff"


class Lexicon:
    """The vocabulary in order, as of the last `refresh`. One thread refreshes, another reads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._sorted: tuple[list[str], Ids] = [], np.empty(0, np.int32)

    def refresh(self) -> None:
        """Sort in what was added to the vocabulary."""
        words, ids = self._sorted
        known, size = len(ids), len(self._vocabulary.keys)
        if size - known < LATE * (known - CHUNK):
            return
        tokens = self._vocabulary.tokens
        for begin in range(known, size, CHUNK):
            fresh = sorted(range(begin, min(size, begin + CHUNK)), key=tokens.__getitem__)
            ids = np.insert(ids, [bisect_left(words, tokens[number]) for number in fresh], np.array(fresh, np.int32))
            words = words + [tokens[number] for number in fresh]
            words.sort()
        self._sorted = words, ids

    def beginning_with(self, typed: str, open_text: Ids) -> Ids:
        """Tokens that begin so. Of those too young to be sorted in, the ones in ``open_text`` are found."""
        words, ids = self._sorted
        found = ids[bisect_left(words, typed) : bisect_left(words, typed + _LAST)]
        young = cast("list[int]", np.unique(open_text[open_text >= len(ids)]).tolist())
        tokens = self._vocabulary.tokens
        fitting = [number for number in young if tokens[number].startswith(typed)]
        return np.concatenate((found, np.array(fitting, np.int32))) if fitting else found

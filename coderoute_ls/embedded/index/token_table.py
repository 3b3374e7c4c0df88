"""Properties of every token, as arrays that grow with the vocabulary."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.vocabulary import Ids, Vocabulary

END, WORD = 1, 2
"""Kinds of tokens: a line break, a word or number; anything else is 0."""
LINE_END = 0
"""Stands for all line breaks, where only the end of the line counts: the number of the first token that any vocabulary has."""


class TokenTable:
    """Call `sync` before use: what was added to the vocabulary since is added here. Threads may share it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._keys: Ids = np.empty(1 << 12, np.int32)
        self._kinds: NDArray[np.int8] = np.empty(1 << 12, np.int8)
        self._size = 0
        self._lock = Lock()
        self.sync()

    @property
    def keys(self) -> Ids:
        """Token → key."""
        return self._keys[: self._size]

    @property
    def kinds(self) -> NDArray[np.int8]:
        """Token → kind."""
        return self._kinds[: self._size]

    def sync(self) -> None:
        if self._size == len(self._vocabulary.keys):
            return
        with self._lock:
            known, size = self._size, len(self._vocabulary.keys)
            if size > len(self._keys):
                self._keys, self._kinds = np.resize(self._keys, 2 * size), np.resize(self._kinds, 2 * size)
            self._keys[known:size] = self._vocabulary.keys[known:size]
            self._kinds[known:size] = [_kind(token) for token in self._vocabulary.tokens[known:size]]
            self._size = size  # last: who reads meanwhile sees what was there before


def _kind(token: str) -> int:
    if token[0] == "\n":
        return END
    char = token.lstrip(" ")[:1]
    return WORD if char.isalnum() or char == "_" else 0

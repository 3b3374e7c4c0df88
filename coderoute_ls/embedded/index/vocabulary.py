"""Numbers for all different tokens, and for the form of each that counts in a context."""

from array import array
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.tokenizer import FILE_START, context_key

Ids = NDArray[np.int32]


class Vocabulary:
    """Token ↔ number, growing. Numbers are never taken back. Threads may share it."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._lock = Lock()
        self.tokens: list[str] = []
        """Number → token."""
        self.keys = array("i")
        """Number → number of the token's context key, which is never larger than the number itself plus one."""
        self.add([FILE_START])

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, tokens: Sequence[str]) -> Ids:
        """The tokens' numbers, new ones for those never seen."""
        with self._lock:
            ids = self._ids
            for token in dict.fromkeys(tokens):  # in this order: what is loaded from the disk gets its old numbers
                if token not in ids:
                    self._number(token)
            return np.fromiter(map(ids.__getitem__, tokens), np.int32, len(tokens))

    def find(self, tokens: Iterable[str]) -> list[int]:
        """The tokens' numbers, −1 for those never seen."""
        return [self._ids.get(token, -1) for token in tokens]

    def key_array(self) -> Ids:
        with self._lock:
            return np.array(self.keys, np.int32)

    def _number(self, token: str) -> int:
        known = self._ids.get(token)
        if known is not None:
            return known
        key = context_key(token)
        number_of_key = self._number(key) if key != token else len(self.tokens)
        number = self._ids[token] = len(self.tokens)
        self.tokens.append(token)
        self.keys.append(number_of_key)
        return number

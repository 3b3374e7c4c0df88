"""Indexed files as one array of tokens, and its positions sorted by the text before them, read backwards.

All places with the longest common context are neighbours in that order, so finding them is one binary search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.vocabulary import Ids

DEPTH = 16
"""Tokens of context that are compared."""

_BITS = 21
MOST = (1 << _BITS) - 1
"""Tokens in one segment."""

Lengths = NDArray[np.int64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matches:
    """Places where the context occurs: the token that follows there, and how many tokens of context agree."""

    following: Ids
    lengths: Lengths


NO_MATCHES = Matches(np.empty(0, np.int32), np.empty(0, np.int64))


def sort_by_context(keys: Ids) -> Ids:
    """Places 1..n-1, ordered by the `DEPTH` keys before each, nearest first, for up to `MOST` keys.

    Prefix doubling: O(n log n log DEPTH). Two ranks and the place are packed into one number each and these are sorted in place,
    which takes half of the memory and of the time of sorting places by their ranks.
    """
    size = len(keys)
    if size > MOST:
        raise ValueError(f"a segment has room for {MOST} tokens, not for {size}")
    present = np.zeros(int(keys.max()) + 1, np.int32)
    present[keys] = 1
    keys = (np.cumsum(present, dtype=np.int32) - 1)[keys]
    reach = 1
    while True:
        packed = keys.astype(np.int64)
        packed <<= _BITS
        packed[reach:] += keys[:-reach]
        packed[reach:] += 1
        packed <<= _BITS
        del keys  # memory while building is what limits a segment: nothing is kept that is not needed
        packed |= np.arange(size, dtype=np.int32)
        packed.sort()
        order = np.empty(size, np.int32)
        np.bitwise_and(packed, MOST, out=order, casting="unsafe")
        reach *= 2
        if reach >= DEPTH:
            del packed
            return order[order != size - 1] + 1
        packed >>= _BITS
        ranks = np.zeros(size, np.int32)
        np.cumsum(packed[1:] != packed[:-1], dtype=np.int32, out=ranks[1:])
        del packed
        keys = np.empty(size, np.int32)
        keys[order] = ranks


class Segment:
    """Some files, immutable. A file that was learned anew elsewhere is masked by its number here."""

    def __init__(self, tokens: Ids, order: Ids, starts: Ids, stamps: Mapping[str, tuple[int, int]]) -> None:
        """``tokens`` of all files one after another, ``order`` from `sort_by_context`, ``starts`` of the files in tokens, and the
        files in that order with their size and time of change."""
        self.tokens = tokens
        self.order = order
        self.starts = starts
        self.stamps = stamps
        self.masked = np.zeros(len(stamps), np.bool_)
        self._numbers = {path: number for number, path in enumerate(stamps)}
        self._tokens_view = tokens.data
        self._order_view = order.data

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + self.order.nbytes

    def mask(self, path: str, masked: bool) -> None:
        """Whether what is known of this file counts no longer."""
        number = self._numbers.get(path)
        if number is not None:
            self.masked[number] = masked

    def hides(self, path: str) -> bool:
        """Whether the file is known here and masked."""
        number = self._numbers.get(path)
        return number is not None and bool(self.masked[number])

    def tokens_of(self, path: str) -> Ids:
        """The file's tokens, whether it is masked or not."""
        number = self._numbers[path]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.tokens)
        return self.tokens[self.starts[number] : end]

    def visible(self) -> Ids:
        """The tokens of all files that are not masked."""
        if not self.masked.any():
            return self.tokens
        return self.tokens[np.repeat(~self.masked, np.diff(self.starts, append=len(self.tokens)))]

    def files_with(self, numbers: Sequence[int]) -> list[str]:
        """Files that hold any of these tokens."""
        places = np.flatnonzero(np.isin(self.tokens, numbers))
        files = np.unique(np.searchsorted(self.starts, places, side="right") - 1)
        paths = list(self.stamps)
        return [paths[int(file)] for file in files if not self.masked[file]]

    def matches(self, context: Sequence[int], keys: Sequence[int], key_array: Ids, sample: int) -> Matches:
        """At most ``sample`` places on each side of where the context would be sorted in, so that the longest agreements are
        among them. ``context`` holds the keys before the cursor, nearest first."""
        if not len(self.order):
            return NO_MATCHES
        at = self._insertion(context, keys)
        places = self.order[max(0, at - sample) : at + sample].astype(np.int64)
        if self.masked.any():
            files = np.searchsorted(self.starts, places, side="right") - 1
            places = places[~self.masked[files]]
        return agreeing(self.tokens, places, context, key_array)

    def _insertion(self, context: Sequence[int], keys: Sequence[int]) -> int:
        tokens, order = self._tokens_view, self._order_view
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) >> 1
            place = order[middle]
            for key in context:
                place -= 1
                here = keys[tokens[place]] if place >= 0 else -1
                if here != key:
                    if here < key:
                        low = middle + 1
                    else:
                        high = middle
                    break
            else:
                high = middle
        return low


def agreeing(tokens: Ids, places: Places, context: Sequence[int], key_array: Ids) -> Matches:
    """How far each place's context agrees; places that do not agree at all are dropped."""
    before = _before(places, context)
    lengths = _lengths(key_array[tokens[np.maximum(before, 0)]], before, context)
    kept = lengths > 0
    return Matches(tokens[places[kept]], lengths[kept])


def _before(places: Places, context: Sequence[int]) -> Places:
    """A row for each place: where the tokens before it stand, nearest first."""
    return places[:, None] - np.arange(1, len(context) + 1)


def _lengths(found: Ids, before: Places, context: Sequence[int]) -> Lengths:
    """How many keys of each row agree with the context before the first that does not."""
    equal = (found == np.array(context, np.int32)) & (before >= 0)
    return np.where(equal.all(axis=1), len(context), equal.argmin(axis=1))


def scan(tokens: Ids, keys: Ids, context: Sequence[int], skip: tuple[int, int], limit: int) -> Matches:
    """The same for text that changes and is not sorted: every place is looked at, none whose token lies in ``skip``. At most
    ``limit`` of the last ones with the longest agreement are compared."""
    if not context or len(tokens) < 2:
        return NO_MATCHES
    places = np.flatnonzero(keys[:-1] == context[0]) + 1
    places = places[(places < skip[0]) | (places >= skip[1])]
    shorter: list[Places] = []
    for depth in range(2, 5):
        if len(places) <= limit or depth > len(context):
            break
        inside = places[places >= depth]
        longer = inside[keys[inside - depth] == context[depth - 1]]
        if not len(longer):
            break
        shorter.append(places)
        places = longer
    places = places[-limit:]
    if shorter and len(places) < limit:
        places = np.union1d(shorter[-1][-(limit - len(places)) :], places)
    before = _before(places, context)
    return Matches(tokens[places], _lengths(keys[np.maximum(before, 0)], before, context))

"""What may come next: positions with the same context vote; longer matches count before shorter ones.

A chain of estimates from no context up to the longest agreement; each level trusts its own counts as far as they go and the
level below for the rest, as in a back-off language model. This file's places weigh more than the workspace's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.segment import DEPTH, Lengths, Matches
from coderoute_ls.embedded.index.token_table import END, LINE_END
from coderoute_ls.embedded.index.vocabulary import Ids

Floats = NDArray[np.float64]

TRUST = np.array([8.0, 6.0, 4.0, 2.5, 1.5, 1.0, 0.8, 0.6, 0.5, 0.4, 0.35, 0.3, 0.3, 0.25, 0.25, 0.25, 0.25])
"""Weight of the shorter context's estimate, in places, by the number of agreeing tokens."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """The outcome, by token; all line breaks are one token, `LINE_END`."""

    ids: Ids
    shares: Floats
    """They sum to less than 1; the rest is for what was not seen here."""
    here: Lengths
    """Tokens of context that its best place in this file shares."""
    elsewhere: Lengths
    longest: int
    """Tokens of context that the best place of all shares."""
    places: float
    """Weighted number of places that share as many."""


def vote(sources: Sequence[tuple[Matches, float]], kinds: NDArray[np.int8]) -> Ballot:
    """Count the votes of (places, weight of each); the first source is this file. ``kinds`` are those of `Tables`."""
    following = np.concatenate([matches.following for matches, _ in sources])
    lengths = np.concatenate([matches.lengths for matches, _ in sources])
    if not len(following):
        return Ballot(following, np.empty(0), lengths, lengths, 0, 0.0)
    following = np.where(kinds[following] == END, np.int32(LINE_END), following)
    weights = np.concatenate([np.full(len(matches.following), weight) for matches, weight in sources])
    ids, inverse = np.unique(following, return_inverse=True)
    width = len(ids)
    counts = np.bincount(lengths * width + inverse, weights, (DEPTH + 1) * width).reshape(DEPTH + 1, width)
    counts = counts[::-1].cumsum(axis=0)[::-1]
    totals = counts.sum(axis=1)
    shares = np.zeros(width)
    present = np.flatnonzero(np.bincount(lengths))
    for length in present.tolist():
        shares = (counts[length] + TRUST[length] * shares) / (totals[length] + TRUST[length])
    longest = int(present[-1])
    own = len(sources[0][0].following)
    here, elsewhere = np.zeros(width, np.int64), np.zeros(width, np.int64)
    np.maximum.at(here, inverse[:own], lengths[:own])
    np.maximum.at(elsewhere, inverse[own:], lengths[own:])
    return Ballot(ids, shares, here, elsewhere, longest, float(totals[longest]))

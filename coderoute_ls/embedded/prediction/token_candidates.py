"""The tokens that may come next, and the evidence for each of them and for none."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.token_table import END, WORD
from coderoute_ls.embedded.index.vocabulary import Ids
from coderoute_ls.embedded.prediction import same_shape
from coderoute_ls.embedded.prediction.token_position import TokenPosition
from coderoute_ls.embedded.prediction.vote import Ballot, Floats, vote

HALF = 50.0
"""Tokens after which a use counts half."""
WINDOW = 20_000
"""Uses further away than so many tokens are not looked for."""
HERE = 100.0
"""One use right here counts as so many elsewhere, when frequent words are looked for."""
MOST_WORDS = 12
FAR = 1e6
"""Tokens to the next use of what is not used near."""
TINY = 1e-4


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates, at least one; all line breaks are one."""

    ids: Ids
    rows: Floats
    """For each, the numbers that speak for it."""
    doubts: Floats
    """Numbers that speak for none of them."""


@dataclass(frozen=True, slots=True)
class _Uses:
    """By key: uses in this document, the nearer the more; their number; tokens to the nearest."""

    recent: Floats
    number: Floats
    distance: Floats


class CandidateFinder:
    """Looks candidates up in one index. For one thread."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._numbers: NDArray[np.int32] = np.full(0, -1, np.int32)
        """Key → its number among those looked for, −1 for others; all −1 between calls."""

    def at(self, place: TokenPosition) -> Candidates | None:
        """None when nothing is known."""
        index = self._index
        spot = place.buffer.blind_spot(place.line)
        same, alike = index.sources(place.context, place.buffer, spot), [(same_shape.alike(index, place, spot), 1.0)]
        tables = index.tables()
        ballot, shaped = vote(same, tables.kinds), vote(alike, tables.kinds)
        ids, columns = ballot.ids, np.stack((ballot.shares, ballot.here.astype(float), ballot.elsewhere.astype(float)))
        ids, columns = _joined(ids, columns, shaped.ids, np.stack((shaped.shares, shaped.here.astype(float))))
        if place.typed:
            tokens = index.vocabulary.tokens
            fits = np.array([tokens[number].startswith(place.typed) for number in cast("list[int]", ids.tolist())], np.bool_)
            ids, columns = ids[fits], columns[:, fits]
        voted = len(ids)
        if place.typed.strip():
            words = self._words(place, spot)
            more = words[~np.isin(words, ids)]
            ids, columns = np.concatenate((ids, more)), np.concatenate((columns, np.zeros((len(columns), len(more)))), axis=1)
        if not len(ids):
            return None
        uses = self._uses(place, spot, tables.keys[ids])
        kinds, learned = tables.kinds[ids], np.log1p(index.counts(ids))
        facts = (kinds == END, kinds == WORD, ids == index.vocabulary.find([place.typed])[0])
        rows = np.stack((*_evidence(columns, uses, learned), *facts), axis=1)
        return Candidates(ids, rows, _doubts(ballot, place.typed, len(ids), voted))

    def _words(self, place: TokenPosition, spot: tuple[int, int]) -> Ids:
        """Words that begin as typed, the most used ones, whatever the context."""
        index = self._index
        words = index.lexicon.beginning_with(place.typed, place.buffer.tokens)
        scores = index.counts(words) + HERE * self._uses(place, spot, index.tables().keys[words]).recent
        used = np.flatnonzero(scores)
        if len(used) > MOST_WORDS:
            used = used[np.argpartition(scores[used], -MOST_WORDS)[-MOST_WORDS:]]
        return words[used]

    def _uses(self, place: TokenPosition, spot: tuple[int, int], keys: Ids) -> _Uses:
        size = len(self._index.vocabulary)
        if len(self._numbers) < size:
            self._numbers = np.full(2 * size, -1, np.int32)
        begin = max(0, spot[0] - WINDOW)
        self._numbers[keys] = np.arange(len(keys), dtype=np.int32)
        around = self._numbers[place.buffer.keys[begin : spot[1] + WINDOW]]
        around[spot[0] - begin : spot[1] - begin] = -1
        before = np.array(place.context[: place.own], np.int32)
        before = np.where(before < 0, -1, self._numbers[before])
        same = self._numbers[keys]
        self._numbers[keys] = -1
        there, ahead = np.flatnonzero(around >= 0), np.flatnonzero(before >= 0)
        numbers = np.concatenate((around[there], before[ahead]))
        away = np.concatenate((np.abs(there + (begin - spot[0])) + 1.0, ahead + 1.0))
        nearest = np.full(len(keys), FAR)
        np.minimum.at(nearest, numbers, away)
        recent = np.bincount(numbers, 1 / (1 + away / HALF), len(keys)).astype(float)
        number = np.bincount(numbers, minlength=len(keys)).astype(float)
        return _Uses(recent[same], number[same], nearest[same])


def _joined(ids: Ids, columns: Floats, others: Ids, more: Floats) -> tuple[Ids, Floats]:
    """The candidates of both, each with the columns of both."""
    every = np.union1d(ids, others)
    joined = np.zeros((len(columns) + len(more), len(every)))
    joined[: len(columns), np.searchsorted(every, ids)] = columns
    joined[len(columns) :, np.searchsorted(every, others)] = more
    return every, joined


def _evidence(columns: Floats, uses: _Uses, learned: Floats) -> tuple[Floats, ...]:
    """What the places with this context, those of the same shape, the uses near and those in the workspace say; and where two of
    them say the same."""
    shares, here, elsewhere, renamed, agreeing = columns
    share, length = np.log(shares + TINY), np.log1p(np.maximum(here, elsewhere))
    odds = np.log((shares + 1e-3) / (1.01 - shares))
    shape = np.log(renamed + TINY)
    recent, distance = np.log1p(10 * uses.recent), np.log(uses.distance)
    return (
        *(share, np.maximum(odds, 0), np.maximum(odds - 2.5, 0)),
        *(np.log1p(here), np.log1p(elsewhere), share * length, np.maximum(odds, 0) * length),
        *(recent, np.log1p(uses.number), distance, learned),
        *(share * recent, share * distance, share * learned),
        *(shape, np.log1p(agreeing), shape * np.log1p(agreeing), share * shape),
    )


def _doubts(ballot: Ballot, typed: str, candidates: int, voted: int) -> Floats:
    letters = len(typed.strip())
    unseen = max(0.0, 1 - float(ballot.shares.sum()))
    evidence = np.log1p((ballot.longest, ballot.places, candidates)).tolist()
    return np.array((1.0, letters == 1, letters == 2, letters == 3, letters > 3, *evidence, np.log(unseen + 1e-3), not voted))

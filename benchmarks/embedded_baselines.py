"""What the embedded engine is compared with: a plain cache n-gram, copying the longest match, and words by frequency.

Each runs over the same index and sees the same text.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np

from benchmarks.embedded_replay import Suggest
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.index.segment import DEPTH, Matches
from coderoute_ls.embedded.index.tokenizer import is_break, typed_part
from coderoute_ls.embedded.prediction.drafting import Hole
from coderoute_ls.embedded.prediction.vote import vote

ORDER = 3
"""Tokens of context of the n-gram: a four-gram."""
LEAST_MATCH = 3
MAX_TOKENS = 40
LEAST_TYPED = 2
HERE = 20
"""One use in this file counts as so many elsewhere, for the stronger of the two word completions."""


def n_gram(index: Index, gate: float) -> Suggest:
    """A back-off n-gram over this file and the workspace, this file's counts first (Hellendoorn & Devanbu's cache, without
    nesting): token by token while the product of the estimates is above ``gate``. No words, no calibration."""

    def suggest(hole: Hole) -> tuple[str, float] | None:
        text = ""
        probability = 1.0
        typed, context = _start(hole)
        for _ in range(MAX_TOKENS):
            ballot = vote(index.sources(context[:ORDER], hole.buffer, hole.buffer.blind_spot(hole.line)), index.tables().kinds)
            numbers = cast("list[int]", ballot.ids.tolist())
            ranked = sorted(zip(ballot.shares.tolist(), numbers, strict=True), reverse=True)
            fitting = [(share, number) for share, number in ranked if index.vocabulary.tokens[number].startswith(typed)]
            if not fitting:
                break
            share, number = fitting[0]
            probability *= share / sum(share for share, _ in fitting) if typed else share
            token = index.vocabulary.tokens[number]
            if probability < gate or is_break(token):
                break
            text += token[len(typed) :]
            typed, context = "", [index.vocabulary.keys[number], *context]
        text = text.rstrip()
        return (text, probability) if len(text.strip()) >= 2 else None

    return suggest


def longest_match(index: Index) -> Suggest:
    """Copy what follows the longest, then the nearest, other place with the same context, up to the end of its line."""

    def suggest(hole: Hole) -> tuple[str, float] | None:
        typed, context = _start(hole)
        text = ""
        for _ in range(MAX_TOKENS):
            found = _longest(index, context, hole.buffer, hole, typed)
            if found is None:
                break
            token = index.vocabulary.tokens[found]
            if is_break(token):
                break
            text += token[len(typed) :]
            typed, context = "", [index.vocabulary.keys[found], *context[: DEPTH - 1]]
        text = text.rstrip()
        return (text, 1.0) if len(text.strip()) >= 2 else None

    return suggest


def word_completion(index: Index, here: int = 1) -> Suggest:
    """The word most used in this file and the workspace that begins as typed: what editors do without a language server. A use
    in this file counts as ``here`` elsewhere; the old copy of the edited file counts nowhere."""
    known: dict[str, list[int]] = {}

    def suggest(hole: Hole) -> tuple[str, float] | None:
        typed = typed_part(hole.before.lstrip())
        if len(typed.strip()) < LEAST_TYPED:
            return None
        tokens = index.vocabulary.tokens
        if typed not in known:
            known[typed] = [number for number, token in enumerate(tokens) if token.startswith(typed) and token != typed]
        if not known[typed]:
            return None
        numbers = np.array(known[typed], np.int32)
        counts = np.bincount(hole.buffer.tokens, minlength=len(tokens))[numbers] * here + index.counts(numbers)
        best = int(counts.argmax())
        rest = tokens[int(numbers[best])][len(typed) :]
        return (rest, float(counts[best] / max(1, counts.sum()))) if len(rest) >= 2 and counts[best] else None

    return suggest


def _start(hole: Hole) -> tuple[str, list[int]]:
    typed = typed_part(hole.before.lstrip())
    return typed, hole.buffer.context(hole.line, hole.before[: len(hole.before) - len(typed)])


def _longest(index: Index, context: Sequence[int], buffer: OpenDocument, hole: Hole, typed: str) -> int | None:
    best: tuple[int, float, int] | None = None
    sources: list[tuple[Matches, float]] = index.sources(context, buffer, buffer.blind_spot(hole.line))
    for matches, weight in sources:
        for length, number in zip(matches.lengths.tolist(), cast("list[int]", matches.following.tolist()), strict=True):
            fits = length >= LEAST_MATCH and index.vocabulary.tokens[number].startswith(typed)
            if fits and (best is None or (length, weight) >= best[:2]):
                best = (length, weight, number)
    return None if best is None else best[2]

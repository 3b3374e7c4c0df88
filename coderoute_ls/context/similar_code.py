"""The pieces of other open files that look most like the surroundings of the cursor."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from coderoute_ls.domain import Document
from coderoute_ls.text import words

LINES = 32
_MOST_LINES = 4_000
_MOST_CHARS = 8_000
"""Of one piece: longer lines are data."""
_COMMON = frozenset({
    "if", "else", "for", "while", "return", "def", "class", "self", "this", "import", "from", "in", "is", "not", "and",
    "or", "None", "null", "true", "false", "let", "const", "var", "func", "fn", "function", "new", "public", "private",
    "static", "void", "int", "string", "struct", "type", "async", "await", "try", "except", "catch", "finally", "with",
    "as", "pub", "mut", "use", "end", "do", "then",
})  # fmt: skip
"""Words that say nothing about what a piece of code is about."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an open file and the words in it."""

    document: Document
    start: int
    end: int
    words: frozenset[str]

    @property
    def text(self) -> str:
        return "".join(self.document.lines[self.start : self.end])


class Pieces:
    """The pieces of every open document, cut once per version."""

    def __init__(self) -> None:
        self._cut: dict[str, tuple[int, tuple[Piece, ...]]] = {}

    def of(self, document: Document) -> tuple[Piece, ...]:
        if not self.known(document):
            self._cut[document.uri] = (document.version, tuple(_cut(document)))
        return self._cut[document.uri][1]

    def known(self, document: Document) -> bool:
        """Whether `of` is instant."""
        known = self._cut.get(document.uri)
        return known is not None and known[0] == document.version

    def forget(self, uri: str) -> None:
        self._cut.pop(uri, None)


def most_similar(pieces: Iterable[Piece], around: str) -> list[Piece]:
    """The pieces that share words with this text, best first; rare shared words count more. Ties keep their order."""
    wanted = set(words(around)) - _COMMON
    listed = list(pieces)
    shared = [(found, piece) for piece in listed if (found := piece.words & wanted)]
    spread = Counter(chain.from_iterable(found for found, _ in shared))
    weight = {word: math.log(1 + len(listed) / count) for word, count in spread.items()}
    scored = [(sum(map(weight.__getitem__, found)) / math.sqrt(8 + len(piece.words)), piece) for found, piece in shared]
    return [piece for _, piece in sorted(scored, key=lambda pair: -pair[0])]


def _cut(document: Document) -> Iterable[Piece]:
    """Stretches of about 32 lines, cut at empty lines where there are any near."""
    count = min(len(document.lines), _MOST_LINES)
    start = 0
    while start < count:
        end = min(start + LINES, count)
        for candidate in range(end, max(start + LINES // 2, end - 8), -1):
            if end < count and not document.lines[candidate - 1].strip():
                end = candidate
                break
        found = frozenset(words("".join(document.lines[start:end])[:_MOST_CHARS])) - _COMMON
        if found:
            yield Piece(document, start, end, found)
        start = end

"""An open document as tokens, updated with its changes: only changed lines are read again."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.line_difference import difference
from coderoute_ls.embedded.index.segment import DEPTH
from coderoute_ls.embedded.index.tokenizer import FILE_START, columns, line_break, line_tokens, words
from coderoute_ls.embedded.index.vocabulary import Ids, Vocabulary


class OpenDocument:
    """The tokens of one text that changes."""

    def __init__(self, path: str, vocabulary: Vocabulary, lines: Sequence[str] = ("",)) -> None:
        self.path = path
        self._vocabulary = vocabulary
        self.lines: list[str] = []
        self._counts: NDArray[np.int32] = np.empty(0, np.int32)
        self.tokens: Ids = vocabulary.add([FILE_START])
        self.keys: Ids = self.tokens
        self.update(lines)

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + self.keys.nbytes + self._counts.nbytes

    def update(self, lines: Sequence[str]) -> None:
        """Take the new version; time grows with the changed lines, not with the file."""
        new = list(lines)
        first, end, new_end = difference(self.lines, new)
        if first < max(end, new_end):
            self.replace(first, end, new[first:new_end])

    def replace(self, first: int, end: int, lines: Sequence[str]) -> None:
        """Put ``lines`` in the place of the lines ``first`` to ``end`` (exclusive)."""
        indent, blank = self._standing(first)
        after = end
        while after < len(self.lines) and not self.lines[after].strip():
            after += 1
        tail = self.lines[end : after + 1]
        read = list(line_tokens([*lines, *tail], indent, blank))
        counts = np.fromiter(map(len, read), np.int32, len(read))
        ids = self._vocabulary.add([token for line in read for token in line])
        begin = 1 + int(self._counts[:first].sum())
        stop = begin + int(self._counts[first : end + len(tail)].sum())
        keys = np.fromiter(map(self._vocabulary.keys.__getitem__, ids.tolist()), np.int32, len(ids))
        self.tokens = np.concatenate((self.tokens[:begin], ids, self.tokens[stop:]))
        self.keys = np.concatenate((self.keys[:begin], keys, self.keys[stop:]))
        self._counts = np.concatenate((self._counts[:first], counts, self._counts[end + len(tail) :]))
        self.lines[first:end] = lines

    def line_extent(self, line: int) -> tuple[int, int]:
        """Where the line's tokens begin and end."""
        begin = 1 + int(self._counts[:line].sum())
        return begin, begin + (int(self._counts[line]) if line < len(self._counts) else 0)

    def blind_spot(self, line: int) -> tuple[int, int]:
        """The tokens that say nothing about this line: its own, and the break and first token behind it, whose context is this
        very line or, while it is empty, the lines above it."""
        begin, end = self.line_extent(line)
        return begin, end + 2

    def context(self, line: int, before: str) -> list[int]:
        """Keys of the tokens before the cursor, nearest first: those of earlier lines, then ``before`` on this line."""
        indent, blank = self._standing(line)
        here = [line_break(blank, columns(before) - indent), *words(before)]
        vocabulary = self._vocabulary
        own = vocabulary.find(here[-DEPTH:])
        context = [vocabulary.keys[number] if number >= 0 else -1 for number in reversed(own)]
        if len(context) < DEPTH:
            begin, _ = self.line_extent(line)
            earlier = self.keys[max(0, begin - (DEPTH - len(context))) : begin]
            context += earlier[::-1].tolist()
        return context

    def _standing(self, line: int) -> tuple[int, int]:
        """Indentation of the last line with text before this one, and the blank lines between."""
        for number in range(line - 1, -1, -1):
            if self.lines[number].strip():
                return columns(self.lines[number]), line - 1 - number
        return 0, line

"""The whole index: the sorted segments of the workspace's folders, and the documents that are open or were just changed."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.lexicon import Lexicon
from coderoute_ls.embedded.index.open_document import OpenDocument
from coderoute_ls.embedded.index.segment import Matches, Segment, scan
from coderoute_ls.embedded.index.token_table import TokenTable
from coderoute_ls.embedded.index.vocabulary import Ids, Vocabulary

SAMPLE = 64
"""Places that vote, on each side of the best, per segment."""
HERE, NEAR, FAR = 3.0, 1.5, 1.0
"""Weight of a place in this file, in another changed file, in the rest of the workspace."""
COMMON = 1 / 400
"""Share of all tokens from which on a word is taken for one of the language's own."""
TOKEN_BYTES = 400
"""What one more token costs in the tables, as measured on a large workspace."""


class Index:
    """Segments come from the indexing thread, whole; buffers change with the documents. Reading needs no lock: what a request
    sees is replaced, never changed, except masks, where a late view costs one vote."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.buffers: dict[str, OpenDocument] = {}
        """Address → open document."""
        self._folders: dict[str, tuple[Segment, ...]] = {}
        self._segments: tuple[Segment, ...] = ()
        self._tables = TokenTable(self.vocabulary)
        self._counts: Ids = np.zeros(0, np.int32)
        """Token → how often the segments have it, masked files left out."""
        self._common: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.lexicon = Lexicon(self.vocabulary)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self._segments

    @property
    def folders(self) -> Mapping[str, tuple[Segment, ...]]:
        return self._folders

    @property
    def nbytes(self) -> int:
        arrays = sum(segment.nbytes for segment in self._segments) + sum(b.nbytes for b in tuple(self.buffers.values()))
        return arrays + TOKEN_BYTES * len(self.vocabulary)

    def put(self, root: str, segments: Iterable[Segment]) -> None:
        """These are the folder's segments now; an empty sequence forgets it."""
        folders = {name: kept for name, kept in {**self._folders, root: tuple(segments)}.items() if kept}
        every = tuple(segment for kept in folders.values() for segment in kept)
        for buffer in tuple(self.buffers.values()):
            for segment in every:
                segment.mask(buffer.path, True)
        size = len(self.vocabulary.keys)
        counts = np.zeros(size, np.int32)
        for segment in every:
            counts += np.bincount(segment.visible(), minlength=size).astype(np.int32)
        uses = np.bincount(self.tables().keys[:size], counts, size)
        self._counts, self._common = counts, uses > COMMON * uses.sum()
        self._folders, self._segments = folders, every
        for buffer in tuple(self.buffers.values()):
            self.mask(buffer.path)  # of documents opened meanwhile
        self.lexicon.refresh()

    def open(self, uri: str, path: str) -> OpenDocument:
        """The document's buffer, a new one where it was not open; what the segments know of its file no longer counts."""
        if uri not in self.buffers:
            self.buffers[uri] = OpenDocument(path, self.vocabulary)
            self.mask(path)
        return self.buffers[uri]

    def mask(self, path: str) -> None:
        """What the segments know of this file no longer counts."""
        for segment in self._segments:
            if path in segment.stamps and not segment.hides(path):
                segment.mask(path, True)
                np.subtract.at(self._counts, segment.tokens_of(path), 1)

    def close(self, uri: str) -> str:
        """The document's file counts again as it was last learned; returns its path, "" when it was not open."""
        buffer = self.buffers.pop(uri, None)
        if buffer is None:
            return ""
        newest = next((segment for segment in reversed(self._segments) if buffer.path in segment.stamps), None)
        if newest is not None and newest.hides(buffer.path):
            newest.mask(buffer.path, False)
            np.add.at(self._counts, newest.tokens_of(buffer.path), 1)
        return buffer.path

    def tables(self) -> TokenTable:
        """Keys and kinds of all tokens known now."""
        self._tables.sync()
        return self._tables

    def counts(self, ids: Ids) -> Ids:
        """How often the segments have each of these tokens, masked files left out."""
        counts = self._counts
        return np.where(ids < len(counts), counts[np.minimum(ids, len(counts) - 1)], 0) if len(counts) else np.zeros_like(ids)

    def common(self, keys: Ids) -> NDArray[np.bool_]:
        """Which of these keys stand everywhere, as the language's own words do."""
        common = self._common
        return (keys < len(common)) & common[np.minimum(keys, len(common) - 1)] if len(common) else np.zeros(len(keys), np.bool_)

    def sources(self, context: Sequence[int], here: OpenDocument, skip: tuple[int, int]) -> list[tuple[Matches, float]]:
        """Where this context occurs, with the weight of each source, this document first; ``skip`` is what does not count of its
        tokens."""
        segments = self._segments  # before the tables, which then know all their tokens
        keys, key_array = self.vocabulary.keys, self.tables().keys
        return [
            (scan(here.tokens, here.keys, context, skip, SAMPLE * 2), HERE),
            *((scan(b.tokens, b.keys, context, (0, 0), SAMPLE), NEAR) for b in self.buffers.values() if b is not here),
            *((segment.matches(context, keys, key_array, SAMPLE), FAR) for segment in segments),
        ]

"""Everything learned: the sorted segments of the workspace's folders, and the documents that are open or were just changed."""

from collections.abc import Iterable, Mapping, Sequence

from coderoute_ls.embedded.buffer import Buffer
from coderoute_ls.embedded.lexicon import Lexicon, Words
from coderoute_ls.embedded.segment import Matches, Segment, scan
from coderoute_ls.embedded.vocabulary import Ids, Vocabulary

SAMPLE = 64
"""Places that vote, on each side of the best, per segment."""
HERE, NEAR, FAR = 3.0, 1.5, 1.0
"""Weight of a place in this file, in another changed file, in the rest of the workspace."""
TOKEN_BYTES = 120
"""What one more token costs in the vocabulary's tables."""


class Index:
    """Segments come from the indexing thread, whole; buffers change with the documents. Reading needs no lock: what a request
    sees is replaced, never changed, except masks, where a late view costs one vote."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.buffers: dict[str, Buffer] = {}
        """Address → open document."""
        self._folders: dict[str, tuple[Segment, ...]] = {}
        self._segments: tuple[Segment, ...] = ()
        self._keys: Ids = self.vocabulary.key_array()
        self._lexicon = Lexicon(self.vocabulary, ())

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
        folders = {**self._folders, root: tuple(segments)}
        self._folders = {name: kept for name, kept in folders.items() if kept}
        self._segments = tuple(segment for kept in self._folders.values() for segment in kept)
        for buffer in tuple(self.buffers.values()):
            self.mask(buffer.path)
        self._lexicon = Lexicon(self.vocabulary, [segment.tokens for segment in self._segments])

    def open(self, uri: str, path: str) -> Buffer:
        """The document's buffer, a new one where it was not open; what the segments know of its file no longer counts."""
        if uri not in self.buffers:
            self.buffers[uri] = Buffer(path, self.vocabulary)
            self.mask(path)
        return self.buffers[uri]

    def mask(self, path: str) -> None:
        """What the segments know of this file no longer counts."""
        for segment in self._segments:
            segment.mask(path, True)

    def close(self, uri: str) -> str:
        """The document's file counts again as it was last learned; returns its path, "" when it was not open."""
        buffer = self.buffers.pop(uri, None)
        if buffer is None:
            return ""
        newest = next((segment for segment in reversed(self._segments) if buffer.path in segment.stamps), None)
        if newest is not None:
            newest.mask(buffer.path, False)
        return buffer.path

    def key_array(self) -> Ids:
        """Token number → key number, for all tokens known now."""
        if len(self._keys) != len(self.vocabulary):
            self._keys = self.vocabulary.key_array()
        return self._keys

    def sources(self, context: Sequence[int], here: Buffer, skip: tuple[int, int]) -> list[tuple[Matches, float]]:
        """Where this context stands elsewhere, with the weight of each source; ``skip`` is what the cursor's line takes of the
        tokens of ``here``."""
        keys, key_array = self.vocabulary.keys, self.key_array()
        return [
            (scan(here.tokens, here.keys, context, skip, SAMPLE * 2), HERE),
            *((scan(b.tokens, b.keys, context, (0, 0), SAMPLE), NEAR) for b in self.buffers.values() if b is not here),
            *((segment.matches(context, keys, key_array, SAMPLE), FAR) for segment in self._segments),
        ]

    def complete_word(self, typed: str, here: Buffer, line: int) -> Words:
        """Words that begin so, for this line of this document."""
        return self._lexicon.complete(typed, here.tokens, here.line_extent(line)[0])

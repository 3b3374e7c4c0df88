"""Learns the workspace's folders on a thread of its own, in batches, so that drafts come while it works."""

import os
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.index_file import IndexFiles
from coderoute_ls.embedded.index.segment import MOST, Segment, sort_by_context
from coderoute_ls.embedded.index.source_files import Found, nearness, text_of, walk
from coderoute_ls.embedded.index.tokenizer import file_tokens
from coderoute_ls.embedded.index.vocabulary import Ids, Vocabulary
from coderoute_ls.embedded.process.worker_messages import Progress
from coderoute_ls.ignore import Ignore
from coderoute_ls.text import split_lines

FIRST = 1 << 16
"""Tokens in the first segment: few, so that something is known after a tenth of a second."""
MAX_SEGMENTS = 24
"""Every one costs a search for each token; with more, they are made anew."""
RENEW = 0.2
"""Share of a folder's files that may be stale before all its segments are made anew."""
Source = tuple[str, Sequence[str], tuple[int, int]]
"""A file's path, its lines, its size and time of change."""


class Indexer:
    """``add`` and ``remove`` return at once; the thread reports through ``report``."""

    def __init__(self, index: Index, store: IndexFiles, memory_bytes: int, report: Callable[[Progress], None]) -> None:
        self._index = index
        self._store = store
        self._globs: dict[str, Sequence[str]] = {}
        self._memory = memory_bytes
        self._report = report
        self._wanted: dict[str, bool] = {}
        self._left_out: dict[str, dict[str, tuple[int, int]]] = {}
        """By folder, files that turned out to be generated or binary, or for which there was no room, as they were then."""
        self._full: set[str] = set()
        """Folders of which it was said that they are too large."""
        self._queued: set[str] = set()
        self._jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._free = threading.Event()
        self._free.set()
        threading.Thread(target=self._run, name="embedded-indexer", daemon=True).start()

    def add(self, root: str, globs: Sequence[str]) -> None:
        """Learn this folder but for what the globs name; one that is known is looked through for changes."""
        self._wanted[root] = True
        self._globs[root] = globs
        if root not in self._queued:
            self._queued.add(root)
            self._jobs.put(root)

    def remove(self, root: str) -> None:
        self._wanted[root] = False
        self._jobs.put(root)

    @contextmanager
    def resting(self) -> Generator[None]:
        """The thread begins no file meanwhile: two threads that want the interpreter hand it over every half millisecond, and a
        draft would wait for its turn dozens of times."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def _run(self) -> None:
        _lower_priority()
        while True:
            root = self._jobs.get()
            self._queued.discard(root)
            if not self._wanted.get(root):
                self._index.put(root, ())
                continue
            try:
                self._learn(root)
            except OSError as error:
                self._report(Progress(root, 0, 0, f"{root} cannot be learned: {error.strerror}"))

    def _learn(self, root: str) -> None:
        edited = [buffer.path for buffer in tuple(self._index.buffers.values()) if buffer.path.startswith(root)]
        near = edited[0] if edited else root
        every = self._when_free(walk(root, Ignore([root], self._globs[root])))
        found = sorted(every, key=lambda file: (nearness(file.path, near), file.path))
        segments, left_out = self._known(root)
        known = {
            path: (segment, stamp)
            for segment in segments
            for path, stamp in segment.stamps.items()
            if not segment.hides(path) or path in edited
        }
        seen = left_out | {path: stamp for path, (_, stamp) in known.items()}
        fresh = [file for file in found if seen.get(file.path) != stamp_of(file)]
        gone = set(known).difference(file.path for file in found)
        if root in self._index.folders and not fresh and not gone:
            return
        far = root not in self._index.folders and sum(file.path in known for file in found[: len(known)]) < len(known) / 2
        if far or len(fresh) + len(gone) > RENEW * len(found) or (fresh and len(segments) > MAX_SEGMENTS):
            segments, fresh, gone = [], found, set[str]()
        for path in gone:
            known[path][0].mask(path, True)
        for file in fresh:
            for segment in segments:
                segment.mask(file.path, True)
        self._index.put(root, segments)
        done, left = len(found) - len(fresh), {file.path for file in fresh}
        for segment in segments_of(self._index.vocabulary, self._read(fresh), FIRST):
            if not self._wanted.get(root):
                return
            left -= segment.stamps.keys()
            segments.append(segment)
            self._index.put(root, segments)
            done += len(segment.stamps)
            if done < len(found):  # the end is reported once, below
                self._report(Progress(root, done, len(found)))
            if self._index.nbytes > self._memory:
                note = f"{root} is larger than the built-in engine's memory: it learned the {done} nearest of {len(found)} files"
                self._report(Progress(root, done, len(found), "" if root in self._full else note))
                self._full.add(root)
                break
        left_out |= {file.path: stamp_of(file) for file in fresh if file.path in left}
        self._left_out[root] = left_out
        why = self._store.save(root, self._index.vocabulary, segments, left_out) if fresh or gone else ""
        note = (
            f"What was learned of your folders cannot be kept ({why}), so it is learned again at the next start." if why else ""
        )
        self._report(Progress(root, len(found), len(found), note))

    def _read(self, files: Iterable[Found]) -> Iterator[Source]:
        """Files that turn out to be generated or binary are left out."""
        for file in self._when_free(files):
            text = text_of(file.path)
            if text is not None:
                yield file.path, split_lines(text), stamp_of(file)

    def _when_free(self, files: Iterable[Found]) -> Iterator[Found]:
        for file in files:
            self._free.wait()
            yield file

    def _known(self, root: str) -> tuple[list[Segment], dict[str, tuple[int, int]]]:
        """What was learned of this folder, and which files were left out: in this session, or in the one before."""
        if root in self._index.folders:
            return list(self._index.folders[root]), self._left_out.get(root, {})
        segments, left_out = self._store.load(root, self._index.vocabulary)
        return segments, dict(left_out)


def stamp_of(file: Found) -> tuple[int, int]:
    return file.size, file.modified_ns


def segments_of(vocabulary: Vocabulary, files: Iterable[Source], first: int = MOST) -> Iterator[Segment]:
    """These files in as many segments as they need, the first of about ``first`` tokens. One text is held at a time."""
    batch: dict[str, Ids] = {}
    stamps: dict[str, tuple[int, int]] = {}
    size, limit = 0, first
    for path, lines, stamp in files:
        tokens = vocabulary.add(file_tokens(lines))
        if batch and size + len(tokens) > limit:
            yield _segment(vocabulary, batch, stamps)
            batch, stamps, size, limit = {}, {}, 0, MOST
        batch[path], stamps[path] = tokens, stamp
        size += len(tokens)
    if batch:
        yield _segment(vocabulary, batch, stamps)


def _segment(vocabulary: Vocabulary, batch: dict[str, Ids], stamps: Mapping[str, tuple[int, int]]) -> Segment:
    tokens = np.concatenate(list(batch.values()))
    starts = np.cumsum([0, *map(len, batch.values())], dtype=np.int32)[:-1]
    batch.clear()  # there is no room for both while sorting
    return Segment(tokens, sort_by_context(vocabulary.key_array()[tokens]), starts, stamps)


def _lower_priority() -> None:
    """Typing comes first: on Linux a thread has a priority of its own. Elsewhere a thread's number means nothing here."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

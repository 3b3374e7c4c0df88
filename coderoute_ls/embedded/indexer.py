"""Learns the workspace's folders on a thread of its own, in batches, so that drafts come while it works."""

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from coderoute_ls.embedded.files import Found, nearness, text_of, walk
from coderoute_ls.embedded.index import Index
from coderoute_ls.embedded.segment import Segment, sort_by_context
from coderoute_ls.embedded.store import Store
from coderoute_ls.embedded.tokens import file_tokens
from coderoute_ls.embedded.vocabulary import Ids
from coderoute_ls.embedded.wire import Progress
from coderoute_ls.ignore import Ignore
from coderoute_ls.text import split_lines

FIRST_BATCH, BATCH = 1 << 18, 1 << 23
"""Characters per segment: the first one small, so that something is known after a tenth of a second."""
RENEW = 0.2
"""Share of a folder's files that may be stale before all its segments are made anew."""


class Indexer:
    """``add`` and ``remove`` return at once; the thread reports through ``report``."""

    def __init__(
        self, index: Index, store: Store, globs: Sequence[str], memory_bytes: int, report: Callable[[Progress], None]
    ) -> None:
        self._index = index
        self._store = store
        self._globs = tuple(globs)
        self._memory = memory_bytes
        self._report = report
        self._wanted: dict[str, bool] = {}
        self._jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="embedded-indexer", daemon=True).start()

    def add(self, root: str) -> None:
        """Learn this folder; one that is known is looked through for changes."""
        self._wanted[root] = True
        self._jobs.put(root)

    def remove(self, root: str) -> None:
        self._wanted[root] = False
        self._jobs.put(root)

    def _run(self) -> None:
        _lower_priority()
        while True:
            root = self._jobs.get()
            if not self._wanted.get(root):
                self._index.put(root, ())
                continue
            try:
                self._learn(root)
            except OSError as error:
                self._report(Progress(root, 0, 0, f"{root} cannot be learned: {error.strerror}"))

    def _learn(self, root: str) -> None:
        near = next((buffer.path for buffer in tuple(self._index.buffers.values()) if buffer.path.startswith(root)), root)
        found = sorted(walk(root, Ignore([root], self._globs)), key=lambda file: (nearness(file.path, near), file.path))
        segments = list(self._index.folders.get(root) or self._store.load(root, self._index.vocabulary))
        known = {path: (segment, stamp) for segment in segments for path, stamp in segment.stamps.items()}
        fresh = [file for file in found if file.path not in known or known[file.path][1] != stamp_of(file)]
        gone = set(known).difference(file.path for file in found)
        if len(fresh) + len(gone) > RENEW * len(found):
            segments, fresh, gone = [], found, set[str]()
        for path in gone:
            known[path][0].mask(path, True)
        for file in fresh:
            for segment in segments:
                segment.mask(file.path, True)
        self._index.put(root, segments)
        done = len(found) - len(fresh)
        for batch, files in self._batches(fresh):
            if not self._wanted.get(root):
                return
            segments.append(build(self._index, batch, files))
            self._index.put(root, segments)
            done += len(files)
            if done < len(found):  # the end is reported once, below
                self._report(Progress(root, done, len(found)))
            if self._index.nbytes > self._memory:
                note = f"{root} is larger than the built-in engine's memory: it learned the {done} nearest of {len(found)} files"
                self._report(Progress(root, done, len(found), note))
                break
        if fresh or gone:
            self._store.save(root, self._index.vocabulary, segments)
        self._report(Progress(root, len(found), len(found)))

    def _batches(self, files: Sequence[Found]) -> Iterator[tuple[list[str], list[Found]]]:
        """Texts and their files, some characters at a time; files that turn out to be generated or binary are left out."""
        texts: list[str] = []
        taken: list[Found] = []
        size, limit = 0, FIRST_BATCH
        for file in files:
            text = text_of(file.path)
            if text is None:
                continue
            texts.append(text)
            taken.append(file)
            size += len(text)
            if size >= limit:
                yield texts, taken
                texts, taken, size, limit = [], [], 0, BATCH
        if taken:
            yield texts, taken


def stamp_of(file: Found) -> tuple[int, int]:
    return file.size, file.modified_ns


def build(index: Index, texts: Sequence[str], files: Sequence[Found]) -> Segment:
    """One segment of these files."""
    parts: list[Ids] = [index.vocabulary.add(file_tokens(split_lines(text))) for text in texts]
    tokens = np.concatenate(parts)
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])], dtype=np.int32)
    order = sort_by_context(index.vocabulary.key_array()[tokens])
    return Segment(tokens, order, starts, {file.path: stamp_of(file) for file in files})


def _lower_priority() -> None:
    """Typing comes first: on Linux a thread has a priority of its own."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

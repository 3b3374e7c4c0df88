"""The learned folders on disk, so that the second start is warm: one file per folder, versioned, checksummed.

A file that is of another version, damaged or another folder's is not used; what it knew is learned again.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypedDict, cast

import numpy as np

from coderoute_ls.embedded.segment import Segment, sort_by_context
from coderoute_ls.embedded.vocabulary import Ids, Vocabulary
from coderoute_ls.state import write_atomic

VERSION = 1
"""Of the layout and of the tokeniser: raise it when either changes."""
MAGIC = b"coderoute-index\n"


class _Segment(TypedDict):
    files: list[tuple[str, int, int]]
    """Path, size, time of last change in ns."""
    masked: list[int]
    tokens: int
    order: int
    """How many 32-bit numbers of each follow."""


class _Header(TypedDict):
    version: int
    root: str
    vocabulary: int
    """Bytes of the vocabulary, which is JSON too."""
    segments: list[_Segment]


class Store:
    """The files below ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, root: str) -> Path:
        return self._directory / f"{hashlib.sha256(root.encode()).hexdigest()[:32]}.index"

    def save(self, root: str, vocabulary: Vocabulary, segments: Sequence[Segment]) -> None:
        """Replace what is kept of this folder. A full disk is no reason to stop: then the next start is cold."""
        words = json.dumps(vocabulary.tokens[: len(vocabulary)]).encode()
        parts: list[bytes] = [words]
        described: list[_Segment] = []
        for segment in segments:
            parts += [segment.tokens.tobytes(), segment.order.tobytes(), segment.starts.tobytes()]
            described.append(
                {
                    "files": [(path, *stamp) for path, stamp in segment.stamps.items()],
                    "masked": np.flatnonzero(segment.masked).tolist(),
                    "tokens": len(segment.tokens),
                    "order": len(segment.order),
                }
            )
        header: _Header = {"version": VERSION, "root": root, "vocabulary": len(words), "segments": described}
        body = json.dumps(header).encode() + b"\n" + b"".join(parts)
        with suppress(OSError):
            write_atomic(self.path(root), MAGIC + hashlib.sha256(body).digest() + body)

    def load(self, root: str, vocabulary: Vocabulary) -> list[Segment]:
        """The folder's segments in the numbers of ``vocabulary``; empty when nothing usable is kept."""
        try:
            content = self.path(root).read_bytes()
        except OSError:
            return []
        digest = content[len(MAGIC) : len(MAGIC) + 32]
        body = content[len(MAGIC) + 32 :]
        if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
            return []
        line, _, data = body.partition(b"\n")
        header = cast("_Header", json.loads(line))
        if header["version"] != VERSION or header["root"] != root:
            return []
        words: list[str] = json.loads(data[: header["vocabulary"]])
        numbers = vocabulary.add(words)
        same = bool((numbers == np.arange(len(numbers))).all())
        at = header["vocabulary"]
        segments: list[Segment] = []
        for described in header["segments"]:
            count = len(described["files"])
            arrays: list[Ids] = []
            for size in (described["tokens"], described["order"], count):
                arrays.append(np.frombuffer(data, np.int32, size, at))
                at += 4 * size
            tokens, order, starts = arrays
            if not same:
                tokens = numbers[tokens]
                order = sort_by_context(vocabulary.key_array()[tokens])
            stamps = {path: (size, modified) for path, size, modified in described["files"]}
            segment = Segment(tokens, order, starts, stamps)
            segment.masked[described["masked"]] = True
            segments.append(segment)
        return segments

    def forget(self) -> int:
        """Delete everything kept; how many folders that were."""
        files = list(self._directory.glob("*.index"))
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

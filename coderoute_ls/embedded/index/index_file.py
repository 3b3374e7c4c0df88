"""The learned folders on disk, so that the second start is warm: one file per folder, versioned, checksummed.

A file that is of another version, damaged or another folder's is not used; what it knew is learned again.
"""

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, TypedDict, cast

import numpy as np

from coderoute_ls.embedded.index.segment import Segment, sort_by_context
from coderoute_ls.embedded.index.vocabulary import Vocabulary
from coderoute_ls.embedded.prediction.calibration import AcceptanceHistory
from coderoute_ls.storage import patiently, read_document, write_atomic, write_document

VERSION = 5
"""Of the layout and of the tokeniser: raise it when either changes."""
CHUNK = 20_000
"""Tokens written or read at once: that holds the interpreter, and drafts want it too."""
DIGEST = 32
"""Bytes of the checksum behind the magic words."""
Stamps = Mapping[str, tuple[int, int]]
"""Path → size and time of last change."""
MAGIC = b"coderoute-index\n"
EXPERIENCE = "experience.json"


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
    """Lines of the vocabulary, each a JSON list of tokens."""
    segments: list[_Segment]
    left_out: list[tuple[str, int, int]]
    """Files that were not learned: path, size, time of last change in ns."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One folder on disk."""

    root: str
    files: int
    tokens: int
    size: int
    """Bytes of its file."""


class IndexFiles:
    """The files below ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, root: str) -> Path:
        return self._directory / f"{hashlib.sha256(root.encode()).hexdigest()[:32]}.index"

    def save(self, root: str, vocabulary: Vocabulary, segments: Sequence[Segment], left_out: Stamps) -> str:
        """Replace what is kept of this folder; ``left_out`` are files that were looked at and not learned.

        Returns why it could not be, "" mostly: a full disk is no reason to stop, then the next start is cold.
        """
        size = len(vocabulary.keys)
        words = [json.dumps(vocabulary.tokens[at : min(size, at + CHUNK)]).encode() + b"\n" for at in range(0, size, CHUNK)]
        described: list[_Segment] = [
            {
                "files": [(path, *stamp) for path, stamp in segment.stamps.items()],
                "masked": np.flatnonzero(segment.masked).tolist(),
                "tokens": len(segment.tokens),
                "order": len(segment.order),
            }
            for segment in segments
        ]
        left = [(path, *stamp) for path, stamp in left_out.items()]
        header: _Header = {
            "version": VERSION,
            "root": root,
            "vocabulary": len(words),
            "segments": described,
            "left_out": left,
        }
        arrays = [array.data for segment in segments for array in (segment.tokens, segment.order, segment.starts)]
        parts = [json.dumps(header).encode() + b"\n", *words, *arrays]
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
        try:
            write_atomic(self.path(root), MAGIC, digest.digest(), *parts)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def load(self, root: str, vocabulary: Vocabulary) -> tuple[list[Segment], Stamps]:
        """The folder's segments in the numbers of ``vocabulary``, and the files left out; empty when nothing usable is kept."""
        segments: list[Segment] = []
        with _checked(self.path(root)) as read:
            if read is None or read[0]["root"] != root:
                return segments, {}
            header, stream = read
            numbers = np.concatenate([vocabulary.add(json.loads(stream.readline())) for _ in range(header["vocabulary"])])
            same = bool((numbers == np.arange(len(numbers))).all())
            for described in header["segments"]:
                sizes = described["tokens"], described["order"], len(described["files"])
                tokens, order, starts = (np.fromfile(stream, np.int32, size) for size in sizes)
                if not same:
                    tokens = numbers[tokens]
                    order = sort_by_context(vocabulary.key_array()[tokens])
                stamps = {path: (size, modified) for path, size, modified in described["files"]}
                segment = Segment(tokens, order, starts, stamps)
                segment.masked[described["masked"]] = True
                segments.append(segment)
        return segments, {path: (size, modified) for path, size, modified in header["left_out"]}

    def save_experience(self, experience: AcceptanceHistory) -> None:
        with suppress(OSError):
            write_document(self._directory / EXPERIENCE, VERSION, asdict(experience))

    def load_experience(self) -> AcceptanceHistory:
        """What was kept of the user's accepting and rejecting; none when nothing usable is kept."""
        content = read_document(self._directory / EXPERIENCE, VERSION).content or {}
        numbers = [content.get(name) for name in ("judged", "accepted", "expected")]
        judged, accepted, expected = (float(n) if isinstance(n, int | float) else 0.0 for n in numbers)
        sane = 0 <= accepted <= judged and 0 <= expected <= judged < 1e9
        return AcceptanceHistory(judged, accepted, expected) if sane else AcceptanceHistory()

    def kept(self) -> list[Kept]:
        """What is kept of each folder, damaged files left out."""
        found: list[Kept] = []
        for file in sorted(self._directory.glob("*.index")):
            with _checked(file) as read:
                if read is not None:
                    header, _ = read
                    segments = header["segments"]
                    files = sum(len(segment["files"]) - len(segment["masked"]) for segment in segments)
                    found.append(Kept(header["root"], files, sum(s["tokens"] for s in segments), file.stat().st_size))
        return found

    def forget(self) -> int:
        """Delete everything kept; how many folders that were."""
        folders = len(list(self._directory.glob("*.index")))
        for file in self._directory.glob("*") if folders or self._directory.is_dir() else ():  # half-written and damaged ones too
            if file.is_file() or file.is_symlink():
                file.unlink(missing_ok=True)
        return folders


@contextmanager
def _checked(file: Path) -> Generator[tuple[_Header, BinaryIO] | None]:
    """Header of an index file and its data, to be read on; None for one that is not there, damaged or of another version."""
    try:
        stream = patiently(lambda: file.open("rb"))
    except OSError:
        yield None
        return
    with stream:
        magic, digest = stream.read(len(MAGIC)), stream.read(DIGEST)
        if magic != MAGIC or hashlib.file_digest(stream, "sha256").digest() != digest:
            yield None
            return
        stream.seek(len(MAGIC) + DIGEST)
        header = cast("_Header", json.loads(stream.readline()))
        yield (header, stream) if header["version"] == VERSION else None

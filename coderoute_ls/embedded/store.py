"""The learned folders on disk, so that the second start is warm: one file per folder, versioned, checksummed.

A file that is of another version, damaged or another folder's is not used; what it knew is learned again.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict, cast

import numpy as np

from coderoute_ls.embedded.calibration import Experience
from coderoute_ls.embedded.segment import Segment, sort_by_context
from coderoute_ls.embedded.vocabulary import Ids, Vocabulary
from coderoute_ls.state import read_document, write_atomic, write_document

VERSION = 3
"""Of the layout and of the tokeniser: raise it when either changes."""
NUMBER = 4
"""Bytes of one."""
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
    """Bytes of the vocabulary, which is JSON too."""
    segments: list[_Segment]


@dataclass(frozen=True, slots=True)
class Kept:
    """One folder on disk."""

    root: str
    files: int
    tokens: int
    size: int
    """Bytes of its file."""


class Store:
    """The files below ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, root: str) -> Path:
        return self._directory / f"{hashlib.sha256(root.encode()).hexdigest()[:32]}.index"

    def save(self, root: str, vocabulary: Vocabulary, segments: Sequence[Segment]) -> None:
        """Replace what is kept of this folder. A full disk is no reason to stop: then the next start is cold."""
        words = json.dumps(vocabulary.tokens[: len(vocabulary)]).encode()
        words += b" " * (-len(words) % NUMBER)  # numbers that are not aligned cannot be read in place
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
        read = _checked(self.path(root))
        if read is None or read[0]["root"] != root:
            return []
        header, data = read
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
                at += NUMBER * size
            tokens, order, starts = arrays
            if not same:
                tokens = numbers[tokens]
                order = sort_by_context(vocabulary.key_array()[tokens])
            stamps = {path: (size, modified) for path, size, modified in described["files"]}
            segment = Segment(tokens, order, starts, stamps)
            segment.masked[described["masked"]] = True
            segments.append(segment)
        return segments

    def save_experience(self, experience: Experience) -> None:
        with suppress(OSError):
            write_document(self._directory / EXPERIENCE, VERSION, asdict(experience))

    def load_experience(self) -> Experience:
        """What was kept of the user's accepting and rejecting; none when nothing usable is kept."""
        content = read_document(self._directory / EXPERIENCE, VERSION).content or {}
        numbers = [content.get(name) for name in ("judged", "accepted", "expected")]
        judged, accepted, expected = (float(n) if isinstance(n, int | float) else 0.0 for n in numbers)
        sane = 0 <= accepted <= judged and 0 <= expected <= judged < 1e9
        return Experience(judged, accepted, expected) if sane else Experience()

    def kept(self) -> list[Kept]:
        """What is kept of each folder, damaged files left out."""
        found: list[Kept] = []
        for file in sorted(self._directory.glob("*.index")):
            read = _checked(file)
            if read is not None:
                header, _ = read
                segments = header["segments"]
                files = sum(len(segment["files"]) - len(segment["masked"]) for segment in segments)
                found.append(Kept(header["root"], files, sum(s["tokens"] for s in segments), file.stat().st_size))
        return found

    def forget(self) -> int:
        """Delete everything kept; how many folders that were."""
        files = list(self._directory.glob("*.index"))
        for file in (*files, self._directory / EXPERIENCE):
            file.unlink(missing_ok=True)
        return len(files)


def _checked(file: Path) -> tuple[_Header, bytes] | None:
    """Header and data of an index file; None for one that is not there, damaged or of another version."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest = content[len(MAGIC) : len(MAGIC) + 32]
    body = content[len(MAGIC) + 32 :]
    if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        return None
    line, _, data = body.partition(b"\n")
    header = cast("_Header", json.loads(line))
    return (header, data) if header["version"] == VERSION else None

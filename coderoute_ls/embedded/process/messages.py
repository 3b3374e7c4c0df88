"""What goes between the server and its embedded child process: length-prefixed pickles over the child's own pipes.

Nobody else writes to these pipes, so pickle is safe here; it carries our frozen values as they are.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import IO

from coderoute_ls.domain import Position, Span, Target

HEADER = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message: where the index is kept, and its bound."""

    cache: str
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Folder:
    """Learn this folder but for what ``globs`` name, look through it again, or, where it is not ``present``, forget it."""

    root: str
    present: bool
    globs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Lines ``first`` to ``end`` (exclusive) of this document became ``lines``."""

    uri: str
    path: str
    first: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    uri: str


@dataclass(frozen=True, slots=True)
class Feedback:
    probability: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class DraftAsked:
    id: int
    uri: str
    position: Position


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    id: int
    action: str
    target: Target
    region: Span


@dataclass(frozen=True, slots=True)
class Ready:
    """The child's first message: from now on it answers in milliseconds."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The child's answer to the request with this id; ``value`` is a Draft, an Answer or None."""

    id: int
    value: object


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the learning of a folder is, in files. ``note`` is a sentence for the user, "" mostly."""

    root: str
    done: int
    total: int
    note: str = ""


def pack(message: object) -> bytes:
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def read(pipe: IO[bytes]) -> object | None:
    """The next message; None when the other side is gone."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = pipe.read(size)
    return pickle.loads(body) if len(body) == size else None  # noqa: S301  (our own child's pipe)

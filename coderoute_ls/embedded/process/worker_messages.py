"""The messages between the server and the built-in engine's child process: length-prefixed JSON over pipes.

What a child says is data, never code: a message that is not exactly one of these types is refused (`wire_format`).
"""

from dataclasses import dataclass
from typing import IO

from coderoute_ls.domain import Answer, Diagnostic, Draft, Position, Span, Target
from coderoute_ls.domain.next_edits import NextEdit, PastEdit
from coderoute_ls.embedded.process import wire_format
from coderoute_ls.embedded.process.wire_format import HEADER, size_of


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
class Opened:
    """One document that is open: the child has its lines, and is told here what they are."""

    uri: str
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class NextEditsAsked:
    """What the last edits ask for in the first document, and, where ``cross_file``, in the others."""

    id: int
    documents: tuple[Opened, ...]
    cursor: Position
    edits: tuple[PastEdit, ...]
    undone: tuple[PastEdit, ...]
    diagnostics: tuple[Diagnostic, ...]
    rejected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextEdits:
    """The child's answer: best first."""

    found: tuple[NextEdit, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The child's first message: from now on it answers in milliseconds."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The child's answer to the request with this id; ``value`` is a Draft, an Answer, NextEdits or None."""

    id: int
    value: Draft | Answer | NextEdits | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the learning of a folder is, in files. ``note`` is a sentence for the user, "" mostly."""

    root: str
    done: int
    total: int
    note: str = ""


Message = Setup | Folder | Change | Closed | Feedback | DraftAsked | AnswerAsked | NextEditsAsked | Ready | Replied | Progress


def pack(message: Message) -> bytes:
    return wire_format.pack(message)


def unpack(body: bytes) -> Message:
    """Raises `wire_format.Malformed`."""
    return wire_format.unpack(body, Message)


def read(pipe: IO[bytes]) -> Message | None:
    """The next message; None when the other side is gone. Raises `wire_format.Malformed`."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    size = size_of(header)
    body = pipe.read(size)
    return unpack(body) if len(body) == size else None

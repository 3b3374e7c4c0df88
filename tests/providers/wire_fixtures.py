"""Answers as they stand on the wire, one text file per fact that breaks parsers: expectations in TOML, ``=====``, the body.

``newline = "crlf"`` sends CRLF where the file has LF; ``escapes = true`` turns ``\\xNN`` into that byte; ``hole = true`` answers
a completion of a dialect that can also chat.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Delta, FimSupport, Finish, Offer, Prompt, Usage
from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.answers.answer_reader import AnswerReader
from coderoute_ls.providers.dialect import dialect
from tests.providers.asking import CHAT, HOLE, offer, vendor

FOLDER = Path(__file__).parent / "wire"


@dataclass(frozen=True)
class Wire:
    """One answer and what it means. ``error`` names the class that it ends with; else the finish is expected."""

    name: str
    dialect: str
    body: bytes
    text: str
    reasoning: str
    finish: tuple[str, str] | None
    """Our reason for the end and the dialect's word."""
    usage: Usage | None
    error: str
    hole: bool

    @classmethod
    def read(cls, path: Path) -> "Wire":
        head, _, body = path.read_bytes().partition(b"=====\n")
        said = tomllib.loads(head.decode())
        if said.get("newline") == "crlf":
            body = body.replace(b"\n", b"\r\n")
        if said.get("escapes"):
            body = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), body)
        return cls(
            path.stem,
            said["dialect"],
            body,
            said["text"],
            said.get("reasoning", ""),
            None if "error" in said else (said["reason"], said["wire_reason"]),
            Usage(**said["usage"]) if "usage" in said else None,
            said.get("error", ""),
            said.get("hole", dialect(said["dialect"]).fim and said["dialect"] != "ollama"),
        )

    def question(self) -> tuple[Offer, Prompt]:
        """What to ask so that this answer fits."""
        return (offer(self.dialect, fim=FimSupport(self.dialect)), HOLE) if self.hole else (offer(self.dialect), CHAT)


WIRES = [Wire.read(path) for path in sorted(FOLDER.glob("*.txt"))]


@dataclass
class Outcome:
    """What the reader made of some bytes."""

    text: str
    reasoning: str
    finish: Finish | None
    error: ProviderError | None = None


def decode(name: str, pieces: Iterable[bytes], max_tokens: int = 100_000) -> Outcome:
    """Read these bytes in this dialect, without any network."""
    how = dialect(name)
    decoder = how.decoder(vendor("http://wire.test", name))
    reader = AnswerReader(decoder, how.framing, max_tokens)
    deltas: list[Delta] = []
    try:
        for piece in pieces:
            deltas += (event for event in reader.feed(piece) if isinstance(event, Delta))
        deltas += (event for event in reader.close() if isinstance(event, Delta))
    except ProviderError as error:
        return Outcome(*_joined(deltas), None, error)
    return Outcome(*_joined(deltas), reader.finish())


def _joined(deltas: list[Delta]) -> tuple[str, str]:
    return "".join(delta.text for delta in deltas), "".join(delta.reasoning for delta in deltas)

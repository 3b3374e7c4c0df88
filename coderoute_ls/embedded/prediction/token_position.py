"""The position at which a token is predicted."""

from collections.abc import Sequence
from dataclasses import dataclass

from coderoute_ls.embedded.index.open_document import OpenDocument


@dataclass(frozen=True, slots=True)
class TokenPosition:
    """Keys of the tokens before, nearest first, and what is typed of the token already."""

    buffer: OpenDocument
    line: int
    context: Sequence[int]
    own: int
    """How many of them stand on this line."""
    typed: str

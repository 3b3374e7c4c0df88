"""The values of ghost text: the editor's request, the suggestion, the request to a model and its events."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coderoute_ls.domain import Brief, Delta, Document, Draft, Finish, Position, Span

if TYPE_CHECKING:
    from coderoute_ls.settings.all_settings import Inline

Why = Literal[
    "model", "typed", "cache", "deadline", "draft",
    "nothing", "superseded", "late", "failed",
    "disabled", "language", "suspended", "ignored file", "secret", "deletion", "text after cursor", "empty file",
]  # fmt: skip
"""Where suggestions came from, or why there are none: first the answers (``typed``: what was typed is what had been suggested;
``draft``: the built-in engine's, before a model's or without one), then the failures to get one, then the refusals."""

Purpose = Literal["typing", "invoked", "ahead", "warming"]
"""``ahead``: for the state after accepting what is shown; ``warming``: only to fill a local server's prompt cache."""


@dataclass(frozen=True, slots=True)
class InlineRequest:
    """One request of the editor, on the snapshot that was current when it arrived."""

    document: Document
    position: Position
    inline: "Inline"
    invoked: bool = False
    """Asked for by the user, not by typing."""
    waited: bool = False
    """The client debounces by itself, so we do not."""
    folder: str = ""
    max_chars: int = 8_000
    """Budget of the prompt, other files included."""
    other_files: bool = True
    draft_first: bool = False
    """The client can be told to ask again, and the user wants to see the built-in engine's answer meanwhile."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Insert ``text`` over ``span``, which starts at the cursor and never leaves its line."""

    id: str
    text: str
    span: Span
    filter_text: str
    """The word before the cursor and the first line of the text: clients keep the item while the user types it."""
    call: str = ""
    """Id of the engine's call that wrote it; "" when none did."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    items: tuple[Suggestion, ...] = ()
    why: Why = "model"
    is_incomplete: bool = False
    """A deadline cut it: asking again may give more."""
    problem: str = ""
    """A sentence for the user when the model failed."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked: the brief of the completion action, and the bounds of this answer."""

    brief: Brief
    purpose: Purpose = "typing"
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    draft: Draft | None = None
    """The built-in engine's own completion of the same place: it competes as an offer."""

    def asks_as(self, other: "ModelRequest") -> bool:
        """Whether a model is sent the same; the draft is no part of that."""
        return self.brief is other.brief and self._bounds == other._bounds

    @property
    def _bounds(self) -> tuple[object, ...]:
        return (self.purpose, self.max_tokens, self.stop, self.temperature)


@dataclass(frozen=True, slots=True)
class Answering:
    """This offer is answering now; with ``restart`` the text so far came from another one and is void."""

    call: str = ""
    local: bool = False
    embedded: bool = False
    restart: bool = False


Event = Answering | Delta | Finish


@dataclass(frozen=True, slots=True)
class Prospect:
    """The offer that a request of this kind would probably go to."""

    local: bool = False
    first_token_s: float | None = None
    """Expected seconds to its first token; None is unknown."""
    ahead: bool = False
    """Asking ahead of the user costs nothing, or next to nothing."""
    max_chars: int = 1 << 30
    """The longest prompt that its window takes and that it reads in time."""
    alone_from: float = math.inf
    """A draft of the built-in engine with this probability wins without a model being asked."""
    below_floor: bool = False
    """No offer clears the floor."""

    @property
    def draft_decides(self) -> bool:
        """Whether a draft can change what is asked, so that it is worth waiting for before anything is."""
        return self.alone_from < math.inf or self.below_floor


@dataclass(frozen=True, slots=True)
class Remembered:
    """A cleaned answer. ``text`` goes in at the cursor and replaces the ``replaces`` characters after it; an empty text means
    that the model had nothing to say here."""

    text: str
    replaces: int = 0
    call: str = ""
    draft: Draft | None = None
    """Set when the built-in engine wrote it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result: answers that fit the context, or why there are none."""

    answers: tuple[Remembered, ...] = ()
    why: Why = "model"
    problem: str = ""

"""What is sent to a model, free of any vendor's wire format."""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.domain.decisions import Privacy
from coderoute_ls.domain.documents import Snippet


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Fim:
    """A hole to fill: the text before it and after it, and pieces of other files that help."""

    prefix: str
    suffix: str
    path: str = ""
    language: str = ""
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a prompt by name and size (characters): what the decision record shows, never its text."""

    name: str
    chars: int


@dataclass(slots=True)
class Dispatch:
    """How far one request has come, as its sender knows: whether it may be repeated, and what it may cost, hang on it."""

    left: bool = True
    """The vendor may have got a part of it. A sender that can tell says False until then, and again when a kept connection turns
    out to have been closed before it got anything."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request in our own words. Either ``messages`` (chat) or ``fim`` (completion) is filled; a dialect that
    only chats turns ``fim`` into the snippet-and-trim prompt, one that only completes refuses ``messages``.
    """

    system: str = ""
    messages: tuple[Message, ...] = ()
    fim: Fim | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int = 1024
    """Upper bound of the answer, in the model's tokens, reasoning included."""
    temperature: float | None = None
    session: str = ""
    """Opaque id that is the same for requests sharing a cacheable prefix; "" when nothing is worth caching."""
    cacheable_chars: int = 0
    """How many leading characters (system first) stay the same in the next request of this session."""
    privacy: Privacy = "any"
    """What the vendor may do with it, for vendors that are told so in each request."""
    parts: tuple[Part, ...] = field(default=())
    dispatch: Dispatch | None = field(default=None, compare=False, repr=False)
    """Told by the sender as the request goes out."""

    @property
    def chars(self) -> int:
        """Characters sent, all parts together: what the cost estimate starts from."""
        fim = self.fim
        hole = 0 if fim is None else len(fim.prefix) + len(fim.suffix) + sum(len(s.text) for s in fim.snippets)
        return len(self.system) + sum(len(m.text) for m in self.messages) + hole

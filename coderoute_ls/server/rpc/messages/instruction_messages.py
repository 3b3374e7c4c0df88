"""Our own messages about what the user asks in words: named context, what would be sent to whom, what was sent, and asking on."""

from dataclasses import dataclass, field

from coderoute_ls.server.rpc.wire import Json, Wire


@dataclass(frozen=True, kw_only=True)
class NamedContext(Wire):
    """A file that the user names, a part of it, or a symbol in it."""

    uri: str
    range: Json | None = None
    """LSP Range of the part, of an open document in the version that the client has."""
    symbol: str = ""
    """Name of a function, a class or a type of the file: its definition is meant."""


@dataclass(frozen=True, kw_only=True)
class ContextShown(Wire):
    """What became of one `NamedContext`."""

    label: str
    """``shop/prices.py:10-20``."""
    chars: int = 0
    problem: str = ""
    """Why nothing of it may be sent."""


@dataclass(frozen=True, kw_only=True)
class PartShown(Wire):
    """An ingredient of the prompt."""

    name: str
    chars: int


@dataclass(frozen=True, kw_only=True)
class QualityOffered(Wire):
    """A floor, and who would answer at it."""

    floor: float
    model: str = ""
    cost_usd: float | None = None
    problem: str = ""
    """Why nobody would."""


@dataclass(frozen=True, kw_only=True)
class Preview(Wire):
    """The answer of ``coderoute/preview``: what ``coderoute.run`` with the same argument would do. No model was asked."""

    problem: str = ""
    """Why it would be refused, and what to do."""
    model: str = ""
    cost_usd: float | None = None
    """Expected."""
    floor: float = 0.0
    why: str = ""
    parts: list[PartShown] = field(default_factory=list[PartShown])
    context: list[ContextShown] = field(default_factory=list[ContextShown])
    """In the order in which it was named."""
    qualities: list[QualityOffered] = field(default_factory=list[QualityOffered])


@dataclass(frozen=True, kw_only=True)
class Instructions(Wire):
    """The answer of ``coderoute/instructions``: the user's last ones, the latest first."""

    items: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, kw_only=True)
class Sent(Wire):
    """The answer of ``coderoute.sent``: what the last action sent to a model. It is in memory alone."""

    text: str
    """Markdown."""


@dataclass(frozen=True, kw_only=True)
class FollowUpParams(Wire):
    """``coderoute.followUp``: ask on about what this job answered, or about the last one's answer."""

    question: str
    job: str = ""


@dataclass(frozen=True, kw_only=True)
class ConversationParams(Wire):
    """Request ``coderoute/conversation``: can one ask on, who would answer, for how much? The answer is `ConversationShown`. Asks
    no model."""

    job: str = ""


@dataclass(frozen=True, kw_only=True)
class ConversationShown(Wire):
    problem: str = ""
    """Why nobody can be asked, and what to do."""
    job: str = ""
    title: str = ""
    """What it is about: ``Explain: prices.py:12``."""
    model: str = ""
    cost_usd: float | None = None
    """Expected."""
    why: str = ""
    """Why this model: that the conversation stays with it, for example."""


PREVIEW = "coderoute/preview"
"""Request with `RunParams`; the answer is `Preview`."""
INSTRUCTIONS = "coderoute/instructions"
"""Request without parameters; the answer is `Instructions`."""
CONVERSATION = "coderoute/conversation"

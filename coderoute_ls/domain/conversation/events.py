"""What a model says beside text and readable reasoning (`domain.Delta`), and what is told about it.

A stream is: any `Loss` and `Note`, then `Delta` and the events here in the order in which the vendor sent them, then exactly one
`domain.Finish`; or it ends by raising a `ProviderError`. ``choice`` is the index of the answer where several were asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coderoute_ls.domain.conversation.content import ReasoningToken
from coderoute_ls.domain.conversation.losses import Loss


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """A token came. It belongs to what came just before it in its choice: to the call that is open or just ended where ``call``
    is its id, to the text where ``text``, else to the reasoning since the last token (or to none, where there was no
    reasoning)."""

    token: ReasoningToken
    call: str = ""
    text: bool = False
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallStart:
    """A call opens: its id and its whole name are known. Several may be open at once."""

    id: str
    """Ours: not "", unique in the answer, and the same for the same bytes."""
    name: str
    """As the prompt's tool is called, whatever the vendor was told."""
    custom: bool = False
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallPiece:
    """A piece of a call's arguments: JSON text, or plain text of a custom tool."""

    id: str
    arguments: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallEnd:
    """The call is complete, and only now: arguments that happen to parse half-way are no end. A stream that is cut off leaves its
    calls open."""

    id: str
    arguments: str
    """All of them; the pieces joined, or what the vendor's own end says they are. "" is none."""
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A piece of a refusal that comes in a field of its own. All of it is in `Finish.refusal` too."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something in the text before it comes from."""

    url: str = ""
    title: str = ""
    quote: str = ""
    """The cited words, where the vendor gives them."""
    start: int | None = None
    end: int | None = None
    """Code points of the answer's text that it is about, where the vendor says so."""
    raw: Mapping[str, object] = field(default_factory=dict[str, object])
    """The vendor's own object."""
    choice: int = 0


@dataclass(frozen=True, slots=True)
class OpaqueEvent:
    """An item of the answer that we do not know (a search that the vendor ran, a compaction), kept whole, for a conversation that
    goes on in the same format."""

    format: str
    json: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Tokens as counted so far, where the vendor tells while it answers. What counts is `Finish.usage`."""

    input: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """How the answer was brought about, for the record: a schema by a forced tool, an answer that was repaired once."""

    code: str
    """``schema_by_tool``, ``schema_by_json_mode``, ``schema_repaired``, ``schema_failed``."""
    message: str


ModelEvent = (
    TokenEvent | ToolCallStart | ToolCallPiece | ToolCallEnd | Refusal | Citation | OpaqueEvent | UsageReport | Loss | Note
)

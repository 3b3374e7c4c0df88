"""Our own messages about chat: the models that an editor's own chat may choose, what it asks them, and what they say."""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.server.rpc.wire import Json, Wire


@dataclass(frozen=True, kw_only=True)
class ChatModelsParams(Wire):
    """Request ``coderoute/chatModels``: which models can an editor's chat choose? The answer is `ChatModels`. Asks no model."""

    uri: str = ""
    """A document: its folder's settings and budget hold. "": those of the first folder."""


@dataclass(frozen=True, kw_only=True)
class ChatModel(Wire):
    """One floor, as a model to choose."""

    id: str
    name: str
    """``CodeRoute · 0.70``."""
    detail: str
    """Who would answer now, and for about how much: ``Claude Sonnet 4.6 ≈ $0.02``."""
    tooltip: str
    max_input_tokens: int
    max_output_tokens: int
    tools: bool
    """Whether tools may be offered to it."""
    images: bool


@dataclass(frozen=True, kw_only=True)
class ChatModels(Wire):
    models: list[ChatModel] = field(default_factory=list[ChatModel])
    """Those that would be answered now."""
    problem: str = ""
    """Why there is none, and what to do about it."""


@dataclass(frozen=True, kw_only=True)
class ChatPiece(Wire):
    """Words or a picture."""

    kind: Literal["text", "image"]
    text: str = ""
    data: str = ""
    """The picture's bytes in base64."""
    media_type: str = ""
    """``image/png``."""


@dataclass(frozen=True, kw_only=True)
class ChatPart(Wire):
    """A part of a message: words, a picture, a call of a tool (only the assistant's), or what a tool answered."""

    kind: Literal["text", "image", "call", "result"]
    text: str = ""
    data: str = ""
    media_type: str = ""
    id: str = ""
    """Of the call that is made, or answered."""
    name: str = ""
    """Of the tool."""
    arguments: str = ""
    """Of the call, as JSON text."""
    pieces: list[ChatPiece] = field(default_factory=list[ChatPiece])
    """What the tool answered."""


@dataclass(frozen=True, kw_only=True)
class ChatMessage(Wire):
    role: Literal["system", "user", "assistant"]
    parts: list[ChatPart] = field(default_factory=list[ChatPart])


@dataclass(frozen=True, kw_only=True)
class ChatTool(Wire):
    name: str
    description: str = ""
    schema: Json = field(default_factory=dict[str, object])
    """JSON Schema of its arguments."""


@dataclass(frozen=True, kw_only=True)
class ChatParams(Wire):
    """Request ``coderoute/chat``: ask a chat model. What it says arrives as `ChatEvent`s; the answer, `ChatAnswer`, comes after
    the last of them. Cancelling the request closes the connection to the vendor; what was used until then is booked."""

    chat: str
    """The client's own id of this request, for the events."""
    model: str
    """`ChatModel.id`."""
    messages: list[ChatMessage]
    tools: list[ChatTool] = field(default_factory=list[ChatTool])
    required: bool = False
    """One of the tools has to be called."""
    uri: str = ""


@dataclass(frozen=True, kw_only=True)
class ChatEvent(Wire):
    """Notification ``coderoute/chatEvent``: a piece of the answer's text, or one whole call of a tool."""

    chat: str
    part: ChatPart


@dataclass(frozen=True, kw_only=True)
class ChatAnswer(Wire):
    model: str
    """Name of the model that answered."""
    cost_usd: float | None = None
    why: str = ""
    """Why this model, in a sentence."""
    problem: str = ""
    """What is wrong with how the answer ended."""


@dataclass(frozen=True, kw_only=True)
class CountTokensParams(Wire):
    """Request ``coderoute/countTokens``: how many tokens a text or a message has; the answer is `TokenCount`. Asks no model."""

    model: str
    messages: list[ChatMessage]
    uri: str = ""


@dataclass(frozen=True, kw_only=True)
class TokenCount(Wire):
    tokens: int
    """As the model that would answer counts, estimated."""


CHAT_MODELS = "coderoute/chatModels"
CHAT = "coderoute/chat"
CHAT_EVENT = "coderoute/chatEvent"
COUNT_TOKENS = "coderoute/countTokens"

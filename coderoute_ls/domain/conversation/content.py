"""What a message is made of: text, pictures, documents, tool calls and their results, reasoning, cache marks, and what we do not
know. One vocabulary; each wire dialect writes it and reads it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeGuard


@dataclass(frozen=True, slots=True)
class ReasoningToken:
    """What a vendor gave beside its reasoning (or beside text or a tool call) and wants back unchanged: a signature, encrypted
    thoughts. It goes back byte for byte to the same vendor and model family, and nowhere else.
    """

    vendor: str
    """Id of the vendor that issued it: ``anthropic``, ``bedrock``, ``openrouter``. The same model at another vendor is
    another."""
    family: str
    """Family of the model that issued it, as `family_of` says."""
    kind: Literal["signature", "redacted", "item", "thought_signature", "details"]
    """What it is on the wire: a signature over the text of its part (Anthropic, Bedrock), thoughts that may not be read (the same
    two), a whole ``reasoning`` item (Responses), Gemini's ``thoughtSignature``, OpenRouter's list of ``reasoning_details``."""
    value: str
    """Byte for byte. For ``item`` and ``details`` the JSON text of the whole item or list."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words. ``token`` where the vendor signed this very part (Gemini does)."""

    text: str
    token: ReasoningToken | None = None


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture: its bytes, or an address that the vendor fetches. Exactly one of ``data`` and ``url`` is filled."""

    data: bytes = b""
    media_type: str = ""
    """``image/png``; needed beside ``data``, may be "" beside ``url``."""
    url: str = ""
    detail: Literal["", "auto", "low", "high", "original"] = ""
    """How closely to look, where the caller says so; it changes what the picture costs."""

    def __post_init__(self) -> None:
        _data_or_url("A picture", self.data, self.media_type, self.url)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A document, such as a PDF: its bytes, or an address that the vendor fetches. Exactly one of ``data`` and ``url``."""

    data: bytes = b""
    media_type: str = ""
    """``application/pdf``, ``text/plain``; needed beside ``data``."""
    url: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        _data_or_url("A document", self.data, self.media_type, self.url)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model calls a tool. Only in a message of the assistant."""

    id: str
    """Ours: unique in its conversation, the same on every wire. A dialect whose vendor wants other ids makes them from it."""
    name: str
    arguments: str
    """JSON text as the model wrote it, not normalised; it may be no object, and "" means none. Of a ``custom`` tool: plain
    text."""
    token: ReasoningToken | None = None
    custom: bool = False
    """Of a tool that takes text in place of JSON (`Tool.custom`)."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered. Only in a message of the user; each stands for one `ToolCall` before it."""

    call_id: str
    """`ToolCall.id`."""
    parts: "tuple[TextPart | ImagePart | DocumentPart | OpaquePart, ...]"
    """Empty: the tool said nothing."""
    error: bool = False


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """The model's thoughts: their text ("" where they may not be read), and what the vendor wants back with them. Only in a
    message of the assistant."""

    text: str = ""
    token: ReasoningToken | None = None


@dataclass(frozen=True, slots=True)
class CacheMark:
    """Everything before it stays the same in the next request. Stands behind the part that it marks, never first."""

    ttl: Literal["", "5m", "1h"] = ""
    """How long the vendor should keep it; "" is the vendor's default."""


@dataclass(frozen=True, slots=True)
class OpaquePart:
    """A part that we do not know, kept as it came. Only its own format takes it back; elsewhere it is a `Loss`."""

    format: str
    """Name of the wire format: ``openai-responses``."""
    json: str
    """JSON text of the part or item. It is in the message where it was on the wire."""
    item: bool = False
    """It is an item of the conversation itself (Responses), not a part of a message's content."""


Content = TextPart | ImagePart | DocumentPart | ToolCall | ToolResult | ReasoningPart | CacheMark | OpaquePart


def is_text_only(parts: Iterable[Content]) -> TypeGuard[Iterable[TextPart]]:
    """Whether there is nothing but words without a token."""
    return all(isinstance(part, TextPart) and part.token is None for part in parts)


def words_of(parts: Iterable[Content]) -> Iterator[str]:
    """All that is text for the model: words, reasoning, names and arguments of calls, the words of results, unknown parts."""
    for part in parts:
        match part:
            case TextPart() | ReasoningPart():
                yield part.text
            case ToolCall():
                yield part.name
                yield part.arguments
            case ToolResult():
                yield from words_of(part.parts)
            case OpaquePart():
                yield part.json
            case DocumentPart() if part.media_type.startswith("text/"):
                yield part.data.decode("utf-8", "replace")
            case _:
                pass


def family_of(model: str) -> str:
    """The family that a model's tokens hold for: its line and its major version. ``anthropic/claude-opus-4-6-20260101`` and
    ``us.anthropic.claude-haiku-4-5-v1:0`` are ``claude-4``, ``gpt-5.2-codex`` is ``gpt-5``. Narrow on purpose: a token that is
    kept back costs thinking, one that goes where it does not belong is refused.
    """
    name = re.sub(r"^.*[/]|^(?:[a-z-]+\.)+(?=[a-z])|[:@].*$", "", model.lower())
    line = re.match(r"[a-z]+", name)
    number = re.search(r"\d{1,3}(?!\d)", name)
    if line is None:
        return name
    return f"{line.group()}-{number.group()}" if number else name


def _data_or_url(what: str, data: bytes, media_type: str, url: str) -> None:
    if bool(data) == bool(url):
        raise ValueError(f"{what} has either bytes or an address.")
    if data and not media_type:
        raise ValueError(f"{what} of bytes has a media type.")

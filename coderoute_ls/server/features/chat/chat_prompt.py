"""From an editor's chat messages to a prompt in the house's own words."""

import base64
import binascii
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import (
    Content,
    ImagePart,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.chat.chat_floors import CHAT
from coderoute_ls.server.rpc.messages.chat_messages import ChatMessage, ChatPart, ChatPiece, ChatTool

KEPT = 500
"""Calls whose signatures are remembered, the latest first."""


@dataclass(slots=True)
class SignedCalls:
    """What vendors want back with a call of a tool, and editors do not keep: its signature, and the signed thoughts before it.
    In memory, for as long as the session lives."""

    _known: "OrderedDict[str, tuple[tuple[ReasoningPart, ...], ReasoningToken | None]]" = field(default_factory=OrderedDict)

    def remember(self, call: str, thoughts: tuple[ReasoningPart, ...], token: ReasoningToken | None) -> None:
        if thoughts or token is not None:
            self._known[call] = thoughts, token
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def parts(self, call: ToolCall) -> tuple[Content, ...]:
        """The call with what belongs to it, thoughts first."""
        thoughts, token = self._known.get(call.id, ((), None))
        return (*thoughts, ToolCall(call.id, call.name, call.arguments, token))


def chat_prompt(
    messages: Sequence[ChatMessage], tools: Sequence[ChatTool], signed: SignedCalls, *, required: bool = False
) -> Prompt:
    """Raises `Unsupported` for what is no picture, for a result without its call, and where nothing is asked."""
    system = "\n\n".join(part.text for message in messages if message.role == "system" for part in message.parts)
    said = turns((message for message in messages if message.role != "system"), signed)
    if not said:
        raise Unsupported("There is nothing to answer: the chat sent no message.")
    _check_results(said)
    return Prompt(
        system=system,
        messages=said,
        max_tokens=CHAT.max_tokens,
        tools=tuple(Tool(tool.name, tool.description, tool.schema) for tool in tools),
        tool_choice=ToolChoice("required") if required and tools else None,
    )


def turns(messages: Iterable[ChatMessage], signed: SignedCalls) -> tuple[Message, ...]:
    """The messages that say something. Raises `Unsupported` for what is no picture."""
    said = (_message(message, signed) for message in messages)
    return tuple(message for message in said if message.parts)


def _message(message: ChatMessage, signed: SignedCalls) -> Message:
    parts: list[Content] = []
    for part in message.parts:
        parts += signed.parts(_call(part)) if part.kind == "call" else (_content(part),)
    kept = tuple(part for part in parts if not (isinstance(part, TextPart) and not part.text))
    return Message("assistant" if message.role == "assistant" else "user", parts=kept)


def _call(part: ChatPart) -> ToolCall:
    return ToolCall(part.id, part.name, part.arguments)


def _content(part: ChatPart) -> Content:
    if part.kind == "result":
        return ToolResult(part.id, tuple(_piece(piece) for piece in part.pieces if piece.text or piece.data))
    return _image(part) if part.kind == "image" else TextPart(part.text)


def _piece(piece: ChatPiece) -> TextPart | ImagePart:
    return _image(piece) if piece.kind == "image" else TextPart(piece.text)


def _image(part: ChatPart | ChatPiece) -> ImagePart:
    try:
        data = base64.b64decode(part.data, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or not part.media_type.startswith("image/"):
        raise Unsupported(
            f"The chat sent a picture that is none ({part.media_type[:40] or 'of no type'}); remove it and ask again."
        )
    return ImagePart(data, part.media_type)


def _check_results(messages: Sequence[Message]) -> None:
    """A result that answers no call would be refused by every vendor in its own words."""
    called: set[str] = set()
    for message in messages:
        for part in message.parts:
            if isinstance(part, ToolCall):
                called.add(part.id)
            elif isinstance(part, ToolResult) and part.call_id not in called:
                raise Unsupported("The chat sent the result of a tool that was not called; start a new chat.")

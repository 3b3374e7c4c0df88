"""Vendors of seven dialects that answer what a test lists, as the vendors' documents say; and a gateway in front of one."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from coderoute_ls.domain.conversation import TextPart, ToolCall, ToolResult
from tests.gateway.support import TOKEN, Served, relaying
from tests.providers.conversation.answering import VENDORS, Call, Item, Say
from tests.providers.conversation.request_reading import READERS, Turn
from tests.support.provider import ScriptedProvider

KEY = TOKEN
DIALECTS = tuple(VENDORS)
PNG = b"\x89PNG\r\n\x1a\n"
PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CALLS = (Say("I look."), Call("call_1", "look", ('{"city":', '"Oslo"}')), Call("call_2", "look", ('{"city":"Rome"}',)))
USAGE = (3, 4)
"""What `VENDORS` count: input, output."""
REFUSING: dict[str, bytes] = {
    "openai-chat": (
        b'data: {"choices":[{"index":0,"delta":{"refusal":"I cannot."},"finish_reason":null}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    ),
    "anthropic-messages": (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":3}}}\n\n'
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":1}}\n\n'
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    ),
    "openai-responses": (
        b'data: {"type":"response.refusal.delta","output_index":0,"content_index":0,"item_id":"m","delta":"I cannot."}\n\n'
        b'data: {"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"message","id":"m",'
        b'"content":[{"type":"refusal","refusal":"I cannot."}]}],"usage":{"input_tokens":3,"output_tokens":1}}}\n\n'
    ),
    "gemini": b'data: {"candidates":[{"finishReason":"SAFETY"}],"usageMetadata":{"promptTokenCount":3}}\n\n',
    "cohere-v2": (
        b'data: {"type":"message-end","delta":{"finish_reason":"ERROR_TOXIC","usage":{"tokens":{"input_tokens":3}}}}\n\n'
    ),
}
"""An answer that is a refusal, of those dialects that have one."""

Scripted = Sequence[Item] | bytes | Callable[[Any], Sequence[Item]]


@dataclass
class Fronted:
    """A gateway, its address for clients, and what its vendor was asked."""

    served: Served
    dialect: str
    bodies: list[Any] = field(default_factory=list[Any])
    """Of the vendor's requests, parsed."""
    answers: list[Scripted] = field(default_factory=list[Scripted])
    """What the vendor says next."""

    @property
    def url(self) -> str:
        return self.served.url

    def read(self) -> list[Turn]:
        """The last request, as the vendor reads it."""
        return READERS[self.dialect](self.bodies[-1])


@asynccontextmanager
async def fronted(dialect: str) -> AsyncGenerator[Fronted]:
    """One vendor of this dialect behind one gateway."""
    async with ScriptedProvider() as vendor, relaying(vendor.url, dialect) as served:
        fronting = Fronted(served, dialect)

        async def answer() -> None:
            while True:
                request = await vendor.request()
                body = json.loads(request.body)
                fronting.bodies.append(body)
                said = fronting.answers.pop(0)
                items = said(body) if callable(said) else said
                await request.respond(200, items if isinstance(items, bytes) else VENDORS[dialect](items), _TYPES.get(dialect))

        answering = asyncio.create_task(answer())
        try:
            yield fronting
        finally:
            answering.cancel()
            await asyncio.wait([answering])
            if not answering.cancelled():
                answering.result()


_TYPES = {
    "ollama": {"content-type": "application/x-ndjson"},
    "bedrock-converse": {"content-type": "application/vnd.amazon.eventstream"},
}


def place(body: Any) -> tuple[Item, ...]:
    """As the vendor would: through the tool that it was made to call, where it was asked that way."""
    words = json.dumps(body)
    forced = [tool for tool in body.get("tools", ()) if "answer" in json.dumps(tool) and "look" not in words]
    return (Call("call_9", "answer", ('{"city":"Oslo"}',)),) if forced else (Say('{"city":"Oslo"}'),)


def conversation(front: Fronted) -> list[Any]:
    """Calls and results as the vendor was told; ids only where it has them."""
    parts = [part for _, parts in front.read() for part in parts if isinstance(part, ToolCall | ToolResult)]
    named = front.dialect not in ("gemini",)
    return [
        (part.id if named else "", part.name, json.loads(part.arguments))
        if isinstance(part, ToolCall)
        else (part.call_id if named else "", part.parts)
        for part in parts
    ]


def expected(ids: list[str], dialect: str) -> list[Any]:
    first, second = ids if dialect not in ("gemini",) else ("", "")
    return [
        (first, "look", {"city": "Oslo"}),
        (second, "look", {"city": "Rome"}),
        (first, (TextPart("rain"),)),
        (second, (TextPart("sun"),)),
    ]

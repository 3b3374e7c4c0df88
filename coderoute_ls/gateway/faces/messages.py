"""``POST /v1/messages``: Claude Code and Anthropic's own clients."""

from collections.abc import Mapping
from typing import ClassVar

import orjson

from coderoute_ls.domain import Delta, Finish, FinishReason, StreamEvent, Usage
from coderoute_ls.domain.conversation import (
    OpaqueEvent,
    Refusal,
    TokenEvent,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    UsageReport,
)
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.face import FaceRequest, Json, WhoAnswers, server_sent
from coderoute_ls.gateway.faces.messages_request import FORMAT, read
from coderoute_ls.gateway.http.request_body import json_object
from coderoute_ls.gateway.sealed_reasoning_token import sealed
from coderoute_ls.providers.json_access import as_object

STOP_REASONS: Mapping[FinishReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "filtered": "refusal",
    "refused": "refusal",
    "paused": "pause_turn",
}
"""What is not here is no end that this format knows: the caller gets an error."""


class Messages:
    """The face."""

    paths: ClassVar[tuple[str, ...]] = ("/v1/messages",)
    format: ClassVar[str] = FORMAT

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        return self.read(json_object(body), headers, body)

    def read(self, said: Json, headers: Mapping[str, str], body: bytes = b"") -> FaceRequest:
        return read(said, headers, body)

    def writer(self, request: FaceRequest, who: WhoAnswers) -> "MessagesWriter":
        return MessagesWriter(who)

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        if finish.reason not in STOP_REASONS:
            raise CallerError(502, "upstream", finish.problem)
        blocks = _Blocks()
        for event in events:
            blocks.event(event)
        blocks.close()
        return {**_head(who), "content": blocks.content, **_ending(finish), "usage": usage(finish.usage)}

    def error(self, error: CallerError) -> Json:
        return {"type": "error", "error": {"type": _ERROR_TYPES[error.kind], "message": error.message}}


_ERROR_TYPES = {
    "invalid_request": "invalid_request_error",
    "authentication": "authentication_error",
    "permission": "permission_error",
    "not_found": "not_found_error",
    "too_large": "request_too_large",
    "rate_limit": "rate_limit_error",
    "budget": "billing_error",
    "timeout": "timeout_error",
    "overloaded": "overloaded_error",
    "upstream": "api_error",
}


class _Blocks:
    """The content blocks of an answer, and the events that tell of them. Blocks of this format follow each other: what comes
    while the arguments of a call are written waits until that call has ended.
    """

    def __init__(self) -> None:
        self.content: list[Json] = []
        self._open = ""
        """Type of the block that is being written; "" where none is."""
        self._call = ""
        """Id of the call that is being written."""
        self._arguments = ""
        """Its arguments so far."""
        self._waiting: list[StreamEvent] = []

    def event(self, event: StreamEvent) -> bytes:
        if self._call and not (isinstance(event, ToolCallPiece | ToolCallEnd) and event.id == self._call):
            self._waiting.append(event)
            return b""
        written = self._write(event)
        if isinstance(event, ToolCallEnd):
            waiting, self._waiting = self._waiting, []
            written += b"".join(map(self.event, waiting))
        return written

    def _write(self, event: StreamEvent) -> bytes:
        match event:
            case Delta():
                thought = self._grow("thinking", "thinking_delta", event.reasoning) if event.reasoning else b""
                return thought + (self._grow("text", "text_delta", event.text) if event.text else b"")
            case Refusal():
                return self._grow("text", "text_delta", event.text)
            case TokenEvent():
                return self._token(event)
            case ToolCallStart():
                self._call, self._arguments = event.id, ""
                return self._begin({"type": "tool_use", "id": event.id, "name": event.name, "input": {}})
            case ToolCallPiece():
                self._arguments += event.arguments
                return self._json(event.arguments)
            case ToolCallEnd():
                whole = event.arguments or "{}"
                rest = b"" if self._arguments else self._json(whole)
                self.content[-1]["input"] = _arguments(whole)
                self._call = ""
                return rest + self.close()
            case OpaqueEvent() if event.format == FORMAT:
                return self._own(as_object(orjson.loads(event.json)))
            case _:
                return b""

    def _own(self, block: Json) -> bytes:
        """A block of Anthropic's own, such as a search that it ran: its input comes in pieces, as that of any tool."""
        given = as_object(block.get("input"))
        written = self._begin({**block, "input": {}} if given else block)
        if given:
            written += self._json(orjson.dumps(given).decode())
        self.content[-1] = block
        return written + self.close()

    def close(self) -> bytes:
        """End the block that is open."""
        if not self._open:
            return b""
        self._open = ""
        return self._told("content_block_stop", {})

    def _json(self, piece: str) -> bytes:
        return self._told("content_block_delta", {"delta": {"type": "input_json_delta", "partial_json": piece}})

    def _grow(self, kind: str, delta: str, piece: str) -> bytes:
        before = (
            b""
            if self._open == kind
            else self._begin({"type": kind, kind: "", **({"signature": ""} if kind == "thinking" else {})})
        )
        self.content[-1][kind] = f"{self.content[-1][kind]}{piece}"
        return before + self._told("content_block_delta", {"delta": {"type": delta, kind: piece}})

    def _token(self, event: TokenEvent) -> bytes:
        """A signature ends the thoughts that it stands for; any other token is a block of its own that cannot be read."""
        signature = sealed(event)
        if event.call or event.text or event.token.kind == "redacted":
            return self._begin({"type": "redacted_thinking", "data": signature}) + self.close()
        before = b"" if self._open == "thinking" else self._begin({"type": "thinking", "thinking": "", "signature": ""})
        self.content[-1]["signature"] = signature
        delta: Json = {"delta": {"type": "signature_delta", "signature": signature}}
        return before + self._told("content_block_delta", delta) + self.close()

    def _begin(self, block: Json) -> bytes:
        closed = self.close()
        self.content.append(dict(block))
        self._open = str(block["type"])
        return closed + self._told("content_block_start", {"content_block": block})

    def _told(self, name: str, more: Json) -> bytes:
        return server_sent({"type": name, "index": len(self.content) - 1, **more}, name)


class MessagesWriter:
    """Named events: exactly one ``message_start``, blocks one after another, exactly one end."""

    def __init__(self, who: WhoAnswers) -> None:
        self._who = who
        self._blocks = _Blocks()
        self._counted = UsageReport()

    def start(self) -> bytes:
        counted = {**usage(None), "input_tokens": self._counted.input, "output_tokens": 1}
        message: Json = {**_head(self._who), "content": [], "stop_reason": None, "stop_sequence": None, "usage": counted}
        return server_sent({"type": "message_start", "message": message}, "message_start")

    def event(self, event: StreamEvent) -> bytes:
        if isinstance(event, UsageReport):
            self._counted = event
            return b""
        return self._blocks.event(event)

    def finish(self, finish: Finish) -> bytes:
        if finish.reason not in STOP_REASONS:
            return self.failed(CallerError(502, "upstream", finish.problem))
        closed = self._blocks.close()
        delta: Json = {"type": "message_delta", "delta": _ending(finish), "usage": usage(finish.usage)}
        return closed + server_sent(delta, "message_delta") + server_sent({"type": "message_stop"}, "message_stop")

    def failed(self, error: CallerError) -> bytes:
        return server_sent(FACE.error(error), "error")


def usage(said: Usage | None) -> Json:
    """Tokens as this format counts them: what the cache gave or took is beside ``input_tokens``."""
    said = said or Usage()
    return {
        "input_tokens": max(said.input - said.cached_read - said.cached_write, 0),
        "output_tokens": said.output,
        "cache_read_input_tokens": said.cached_read,
        "cache_creation_input_tokens": said.cached_write,
    }


def _head(who: WhoAnswers) -> Json:
    return {"id": f"msg_{who.id}", "type": "message", "role": "assistant", "model": who.model}


def _ending(finish: Finish) -> Json:
    reason = "stop_sequence" if finish.reason == "stop" and finish.stop else STOP_REASONS[finish.reason]
    return {"stop_reason": reason, "stop_sequence": finish.stop or None}


def _arguments(text: str) -> Json:
    """A call's arguments as an object, which is all that this format knows; ``_raw`` holds what is none."""
    try:
        parsed: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"_raw": text}
    return as_object(parsed) or ({} if parsed == {} else {"_raw": text})


FACE = Messages()

"""``POST /v1/chat/completions``: what most tools speak."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

from coderoute_ls.domain import Delta, Finish, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import (
    Citation,
    Refusal,
    TokenEvent,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
)
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.collected_answer import CollectedAnswer, collected
from coderoute_ls.gateway.faces.chat_request import FORMAT, read
from coderoute_ls.gateway.faces.face import FaceRequest, Json, WhoAnswers, server_sent
from coderoute_ls.gateway.http.request_body import json_object
from coderoute_ls.gateway.requested_model import from_plugins
from coderoute_ls.gateway.sealed_reasoning_token import sealed

FINISH_REASONS: Mapping[FinishReason, str] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "filtered": "content_filter",
    "refused": "content_filter",
    "paused": "error",
    "error": "error",
    "incomplete": "error",
    "other": "error",
}
"""What is no good end is none here either: the format's clients take ``error`` for a failure. A refusal in words ends with
``stop``: its words stand in a field of their own."""


class ChatCompletions:
    """The face."""

    paths: ClassVar[tuple[str, ...]] = ("/v1/chat/completions",)
    format: ClassVar[str] = FORMAT

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        return self.read(json_object(body), headers, body)

    def read(self, said: Json, headers: Mapping[str, str], body: bytes = b"") -> FaceRequest:
        request, plugins = read(said, body)
        return replace(request, narrowed=partial(from_plugins, plugins=plugins))

    def writer(self, request: FaceRequest, who: WhoAnswers) -> "ChatWriter":
        options = request.options
        return ChatWriter(who, usage=bool(options.get("include_usage")), thoughts=not options.get("exclude_reasoning"))

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        choices: list[Json] = []
        if request.options.get("exclude_reasoning"):
            events = list(map(_without_thoughts, events))
        answered = {0, *finish.others, *(getattr(event, "choice", 0) for event in events)}  # not every vendor gives several
        for index in sorted(answered):
            message = _message(collected(events, index), finish)
            reason = finish.others.get(index, finish.reason) if index else finish.reason
            ended = _finish_reason(reason, in_words=bool(message["refusal"]))
            choices.append({"index": index, "message": message, "finish_reason": ended, "logprobs": None})
        return {**_head(who, "chat.completion"), "choices": choices, "usage": usage(finish, who)}

    def error(self, error: CallerError) -> Json:
        kind = _ERROR_TYPES.get(error.kind, "api_error")
        return {"error": {"message": error.message, "type": kind, "param": error.param or None, "code": error.kind}}


_ERROR_TYPES = {
    "invalid_request": "invalid_request_error",
    "not_found": "invalid_request_error",
    "too_large": "invalid_request_error",
    "authentication": "authentication_error",
    "permission": "permission_error",
    "rate_limit": "rate_limit_error",
    "budget": "insufficient_quota",
}


class ChatWriter:
    """Chunks. The role comes first, once for each choice; then each event in its order; usage in a chunk without choices."""

    def __init__(self, who: WhoAnswers, *, usage: bool, thoughts: bool = True) -> None:
        self._who = who
        self._usage = usage
        self._thoughts = thoughts
        self._begun: set[int] = set()
        self._refused: set[int] = set()
        """Choices that refused in words."""
        self._calls: dict[str, tuple[int, bool]] = {}
        """By id: its index within its choice, and whether a piece of its arguments was written."""
        self._custom: set[str] = set()
        """Calls of tools that take plain text."""
        self._called: dict[int, int] = {}
        """How many calls each choice has."""

    def start(self) -> bytes:
        return b""

    def event(self, event: StreamEvent) -> bytes:
        if not self._thoughts:
            event = _without_thoughts(event)
        match event:
            case Delta():
                said: Json = {}
                if event.reasoning:
                    said["reasoning_content"] = said["reasoning"] = event.reasoning  # some clients read one, some the other
                if event.text:
                    said["content"] = event.text
                return self._chunk(event.choice, said) if said else b""
            case ToolCallStart():
                index = self._called.get(event.choice, 0)
                self._called[event.choice] = index + 1
                self._calls[event.id] = index, False
                if event.custom:
                    self._custom.add(event.id)
                call = {"index": index, **_call(event.id, event.name, "", custom=event.custom)}
                return self._chunk(event.choice, {"tool_calls": [call]})
            case ToolCallPiece():
                index, _ = self._calls[event.id]
                self._calls[event.id] = index, True
                return self._arguments(event, index, event.arguments)
            case ToolCallEnd():
                index, written = self._calls[event.id]
                whole = event.arguments or ("" if event.id in self._custom else "{}")
                return b"" if written else self._arguments(event, index, whole)
            case Refusal():
                self._refused.add(event.choice)
                return self._chunk(event.choice, {"refusal": event.text})
            case TokenEvent():
                return self._chunk(event.choice, {"reasoning_details": [_detail(event)]})
            case Citation():
                return self._chunk(event.choice, {"annotations": [_annotation(event)]})
            case _:
                return b""

    def finish(self, finish: Finish) -> bytes:
        ends: dict[int, FinishReason] = {0: finish.reason, **finish.others}
        reasons = {index: _finish_reason(reason, in_words=index in self._refused) for index, reason in sorted(ends.items())}
        written = b"".join(self._chunk(index, {}, reason) for index, reason in reasons.items())
        if self._usage:
            head = _head(self._who, "chat.completion.chunk")
            written += server_sent({**head, "choices": [], "usage": usage(finish, self._who)})
        return written + b"data: [DONE]\n\n"

    def failed(self, error: CallerError) -> bytes:
        return server_sent(ChatCompletions().error(error)) + b"data: [DONE]\n\n"

    def _arguments(self, event: ToolCallPiece | ToolCallEnd, index: int, arguments: str) -> bytes:
        said: Json = {"custom": {"input": arguments}} if event.id in self._custom else {"function": {"arguments": arguments}}
        return self._chunk(event.choice, {"tool_calls": [{"index": index, **said}]})

    def _chunk(self, choice: int, delta: Json, finish: str | None = None) -> bytes:
        if choice not in self._begun:
            self._begun.add(choice)
            delta = {"role": "assistant", **delta}
        choices = [{"index": choice, "delta": delta, "finish_reason": finish, "logprobs": None}]
        return server_sent({**_head(self._who, "chat.completion.chunk"), "choices": choices})


def _finish_reason(reason: FinishReason, *, in_words: bool) -> str:
    return "stop" if reason == "refused" and in_words else FINISH_REASONS[reason]


def usage(finish: Finish, who: WhoAnswers) -> Json:
    """Tokens as this format counts them; zeros where the vendor said nothing."""
    said = finish.usage
    read, wrote = (said.input, said.output) if said else (0, 0)
    told: Json = {
        "prompt_tokens": read,
        "completion_tokens": wrote,
        "total_tokens": read + wrote,
        "prompt_tokens_details": {"cached_tokens": said.cached_read if said else 0},
        "completion_tokens_details": {"reasoning_tokens": said.reasoning if said else 0},
    }
    return told if who.cost_usd is None else {**told, "cost": who.cost_usd}


def _head(who: WhoAnswers, kind: str) -> Json:
    return {"id": f"chatcmpl-{who.id}", "object": kind, "created": who.created, "model": who.model}


def _message(answer: CollectedAnswer, finish: Finish) -> Json:
    message: Json = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal or finish.refusal or None}
    if answer.reasoning:
        message["reasoning_content"] = message["reasoning"] = answer.reasoning
    if answer.tokens:
        message["reasoning_details"] = [_detail(TokenEvent(token)) for token in answer.tokens]
    if answer.citations:
        message["annotations"] = [_annotation(citation) for citation in answer.citations]
    if answer.calls:
        message["tool_calls"] = [
            _call(call.id, call.name, call.arguments or ("" if call.custom else "{}"), custom=call.custom)
            for call in answer.calls.values()
        ]
        tokens = [_detail(TokenEvent(call.token, call.id)) for call in answer.calls.values() if call.token]
        if tokens:
            message["reasoning_details"] = [*([_detail(TokenEvent(token)) for token in answer.tokens]), *tokens]
    return message


def _without_thoughts(event: StreamEvent) -> StreamEvent:
    """Their tokens stay: without them the vendor would have to think again."""
    return replace(event, reasoning="") if isinstance(event, Delta) else event


def _call(identity: str, name: str, arguments: str, *, custom: bool) -> Json:
    if custom:
        return {"id": identity, "type": "custom", "custom": {"name": name, "input": arguments}}
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}


def _detail(event: TokenEvent) -> Json:
    """A token in OpenRouter's form, the only one of this format; ``id`` names the call that it belongs to."""
    told: Json = {"type": "reasoning.encrypted", "format": "coderoute", "data": sealed(event)}
    return {**told, "id": event.call} if event.call else told


def _annotation(citation: Citation) -> Json:
    told = {"url": citation.url, "title": citation.title, "start_index": citation.start, "end_index": citation.end}
    return {"type": "url_citation", "url_citation": told}


FACE = ChatCompletions()

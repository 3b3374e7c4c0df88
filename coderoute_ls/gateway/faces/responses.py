"""``POST /v1/responses``: Codex, and other clients of that format. Stateless: nothing is kept between requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, cast

import orjson

from coderoute_ls.domain import Delta, Finish, StreamEvent, Usage
from coderoute_ls.domain.conversation import Citation, OpaqueEvent, Refusal, TokenEvent, ToolCallEnd, ToolCallPiece, ToolCallStart
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.chat_completions import FACE as CHAT
from coderoute_ls.gateway.faces.face import FaceRequest, Json, WhoAnswers, server_sent
from coderoute_ls.gateway.faces.responses_request import FORMAT, NAMESPACE_MARK, read
from coderoute_ls.gateway.http.request_body import json_object
from coderoute_ls.gateway.sealed_reasoning_token import sealed
from coderoute_ls.providers.json_access import as_object

_CUT = {"length": "max_output_tokens", "filtered": "content_filter"}
_WHOLE = ("stop", "tool_calls", "refused")


def _cut(finish: Finish) -> str | None:
    """Why the answer is incomplete; None where it is not. A refusal without words would look like an empty answer."""
    return "content_filter" if finish.reason == "refused" and not finish.refusal else _CUT.get(finish.reason)


class Responses:
    """The face."""

    paths: ClassVar[tuple[str, ...]] = ("/v1/responses",)
    format: ClassVar[str] = FORMAT

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        return self.read(json_object(body), headers, body)

    def read(self, said: Json, headers: Mapping[str, str], body: bytes = b"") -> FaceRequest:
        return read(said, headers, body)

    def writer(self, request: FaceRequest, who: WhoAnswers) -> "ResponsesWriter":
        return ResponsesWriter(who, request)

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        writer = self.writer(request, who)
        for event in events:
            writer.event(event)
        writer.close()
        if finish.reason not in (*_WHOLE, *_CUT):
            raise CallerError(502, "upstream", finish.problem)
        return writer.response(finish)

    def error(self, error: CallerError) -> Json:
        return CHAT.error(error)


@dataclass(slots=True)
class _Item:
    """An item of the output that is being written."""

    index: int
    fields: Json
    part: str = ""
    """Of a message: ``output_text`` or ``refusal``."""
    text: str = ""
    annotations: list[Json] = field(default_factory=list[Json])


class ResponsesWriter:
    """Numbered events: each item is announced before its pieces and told whole at its end; then the whole response."""

    def __init__(self, who: WhoAnswers, request: FaceRequest) -> None:
        self._who = who
        self._request = request
        self._number = 0
        self._output: list[Json] = []
        self._spoken: _Item | None = None
        """The message or the thoughts that are being written: one at a time, while calls may be open beside it."""
        self._calls: dict[str, _Item] = {}

    def start(self) -> bytes:
        created = self._told("response.created", {"response": self.response(None)})
        return created + self._told("response.in_progress", {"response": self.response(None)})

    def event(self, event: StreamEvent) -> bytes:
        match event:
            case Delta():
                thought = self._think(event.reasoning) if event.reasoning else b""
                return thought + (self._say("output_text", event.text) if event.text else b"")
            case Refusal():
                return self._say("refusal", event.text)
            case TokenEvent():
                return self._token(event)
            case Citation():
                return self._cite(event)
            case ToolCallStart():
                return self.close() + self._call(event)
            case ToolCallPiece():
                return self._piece(self._calls[event.id], event.arguments)
            case ToolCallEnd():
                return self._called(self._calls[event.id], event.arguments)
            case OpaqueEvent() if event.format == FORMAT:
                return self.close() + self._own(as_object(orjson.loads(event.json)))
            case _:
                return b""

    def finish(self, finish: Finish) -> bytes:
        if finish.reason not in (*_WHOLE, *_CUT):
            return self.failed(CallerError(502, "upstream", finish.problem))
        closed = self.close()
        if _cut(finish) is None:
            return closed + self._told("response.completed", {"response": self.response(finish)})
        return closed + self._told("response.incomplete", {"response": self.response(finish)})

    def failed(self, error: CallerError) -> bytes:
        code = "rate_limit_exceeded" if error.kind == "rate_limit" else "server_error"
        closed = self.close()
        response = {**self.response(None), "status": "failed", "error": {"code": code, "message": error.message}}
        return closed + self._told("response.failed", {"response": response})

    def response(self, finish: Finish | None) -> Json:
        """The response as it is; ``finish`` None: it is not over."""
        cut = _cut(finish) if finish else None
        return {
            "id": f"resp_{self._who.id}",
            "object": "response",
            "created_at": self._who.created,
            "status": "in_progress" if finish is None else "incomplete" if cut else "completed",
            "error": None,
            "incomplete_details": {"reason": cut} if cut else None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "temperature": None,
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
            **cast("Json", self._request.options["echoed"]),
            "model": self._who.model,
            "output": [*self._output],
            "store": False,
            "usage": None if finish is None else usage(finish.usage),
        }

    # -- text and thoughts ------------------------------------------------------------------------------------------------------

    def _open(self, fields: Json) -> tuple[_Item, bytes]:
        item = _Item(len(self._output), {"id": "", **fields})
        item.fields["id"] = f"{_PREFIXES[str(fields['type'])]}_{self._who.id}_{item.index}"
        self._output.append(item.fields)
        return item, self._told("response.output_item.added", {"output_index": item.index, "item": {**item.fields}})

    def _at(self, item: _Item) -> Json:
        return {"item_id": item.fields["id"], "output_index": item.index}

    def _speak(self, kind: str, part: str) -> tuple[_Item, bytes]:
        """The item that is being written if it is of this kind; else a new one."""
        if self._spoken is not None and (self._spoken.fields["type"], self._spoken.part) == (kind, part):
            return self._spoken, b""
        closed = self.close()
        if kind == "reasoning":
            self._spoken, opened = self._open({"type": kind, "summary": []})
            begun = {**self._at(self._spoken), "summary_index": 0, "part": {"type": "summary_text", "text": ""}}
            return self._spoken, closed + opened + self._told("response.reasoning_summary_part.added", begun)
        self._spoken, opened = self._open({"type": kind, "status": "in_progress", "role": "assistant", "content": []})
        self._spoken.part = part
        begun = {**self._at(self._spoken), "content_index": 0, "part": _part(part, "")}
        return self._spoken, closed + opened + self._told("response.content_part.added", begun)

    def _think(self, text: str) -> bytes:
        item, opened = self._speak("reasoning", "")
        item.text += text
        return opened + self._told("response.reasoning_summary_text.delta", {**self._at(item), "summary_index": 0, "delta": text})

    def _say(self, part: str, text: str) -> bytes:
        item, opened = self._speak("message", part)
        item.text += text
        delta = {**self._at(item), "content_index": 0, "delta": text}
        return opened + self._told(f"response.{part}.delta", {**delta, "logprobs": []} if part == "output_text" else delta)

    def _cite(self, citation: Citation) -> bytes:
        item = self._spoken
        if item is None or item.fields["type"] != "message":
            return b""
        told = {"type": "url_citation", "url": citation.url, "title": citation.title}
        annotation: Json = {**told, "start_index": citation.start or 0, "end_index": citation.end or 0}
        item.annotations.append(annotation)
        index = len(item.annotations) - 1
        place = {**self._at(item), "content_index": 0, "annotation_index": index, "annotation": annotation}
        return self._told("response.output_text.annotation.added", place)

    def close(self) -> bytes:
        """Tell the message, or the thoughts, that are being written as a whole."""
        item, self._spoken = self._spoken, None
        if item is None:
            return b""
        if item.fields["type"] == "reasoning":
            whole = {"type": "summary_text", "text": item.text}
            item.fields["summary"] = [whole]
            at = {**self._at(item), "summary_index": 0}
            done = self._told("response.reasoning_summary_text.done", {**at, "text": item.text})
            done += self._told("response.reasoning_summary_part.done", {**at, "part": whole})
        else:
            whole = {**_part(item.part, item.text), **({"annotations": item.annotations} if item.annotations else {})}
            item.fields |= {"status": "completed", "content": [whole]}
            at = {**self._at(item), "content_index": 0}
            text: Json = {"refusal": item.text} if item.part == "refusal" else {"text": item.text, "logprobs": []}
            done = self._told(f"response.{item.part}.done", {**at, **text})
            done += self._told("response.content_part.done", {**at, "part": whole})
        return done + self._done(item)

    def _own(self, fields: Json) -> bytes:
        """An item of OpenAI's own, such as a search that it ran."""
        item = _Item(len(self._output), fields)
        self._output.append(fields)
        begun = {**fields, "status": "in_progress"} if "status" in fields else fields
        return self._told("response.output_item.added", {"output_index": item.index, "item": begun}) + self._done(item)

    def _done(self, item: _Item) -> bytes:
        return self._told("response.output_item.done", {"output_index": item.index, "item": {**item.fields}})

    def _token(self, event: TokenEvent) -> bytes:
        """What a vendor wants back is in an item of reasoning, which every client of this format returns."""
        if not event.call and not event.text and self._spoken is not None and self._spoken.fields["type"] == "reasoning":
            self._spoken.fields["encrypted_content"] = sealed(event)
            return self.close()
        closed = self.close()
        item, opened = self._open({"type": "reasoning", "summary": [], "encrypted_content": sealed(event)})
        return closed + opened + self._done(item)

    # -- calls ------------------------------------------------------------------------------------------------------------------

    def _call(self, start: ToolCallStart) -> bytes:
        space = cast("Mapping[str, str]", self._request.options["namespaces"]).get(start.name, "")
        name = start.name.removeprefix(f"{space}{NAMESPACE_MARK}") if space else start.name
        named: Json = {"call_id": start.id, "name": name, **({"namespace": space} if space else {})}
        if start.custom:
            item, opened = self._open({"type": "custom_tool_call", "status": "in_progress", **named, "input": ""})
        else:
            item, opened = self._open({"type": "function_call", "status": "in_progress", **named, "arguments": ""})
        self._calls[start.id] = item
        return opened

    def _piece(self, item: _Item, piece: str) -> bytes:
        item.text += piece
        return self._told(f"response.{_words(item)}.delta", {**self._at(item), "delta": piece})

    def _called(self, item: _Item, arguments: str) -> bytes:
        custom = item.fields["type"] == "custom_tool_call"
        whole = arguments if custom else arguments or "{}"
        rest = b"" if item.text or not whole else self._piece(item, whole)
        name = "input" if custom else "arguments"
        item.fields |= {"status": "completed", name: whole}
        return rest + self._told(f"response.{_words(item)}.done", {**self._at(item), name: whole}) + self._done(item)

    def _told(self, kind: str, more: Json) -> bytes:
        number, self._number = self._number, self._number + 1
        return server_sent({"type": kind, "sequence_number": number, **more}, kind)


_PREFIXES = {"message": "msg", "reasoning": "rs", "function_call": "fc", "custom_tool_call": "ctc"}


def _words(item: _Item) -> str:
    return "custom_tool_call_input" if item.fields["type"] == "custom_tool_call" else "function_call_arguments"


def _part(kind: str, text: str) -> Json:
    if kind == "refusal":
        return {"type": kind, "refusal": text}
    return {"type": kind, "text": text, "annotations": [], "logprobs": []}


def usage(said: Usage | None) -> Json:
    """Tokens as this format counts them."""
    said = said or Usage()
    return {
        "input_tokens": said.input,
        "input_tokens_details": {"cached_tokens": said.cached_read},
        "output_tokens": said.output,
        "output_tokens_details": {"reasoning_tokens": said.reasoning},
        "total_tokens": said.input + said.output,
    }


FACE = Responses()

"""The request of ``/v1/messages`` in the house's vocabulary. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import orjson

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import (
    CacheMark,
    Content,
    DocumentPart,
    ImagePart,
    OpaquePart,
    OpaqueTool,
    OutputFormat,
    ReasoningPart,
    ReasoningToken,
    Sampling,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    WireRequest,
    family_of,
)
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.faces.face import MOST_MESSAGES, MOST_TOOLS, FaceRequest, Json
from coderoute_ls.gateway.faces.known_tools import known_tools
from coderoute_ls.gateway.sealed_reasoning_token import SealedToken, attached, unsealed
from coderoute_ls.providers.json_access import as_object, as_text, is_list, is_object

FORMAT = "anthropic-messages"
"""Name of the dialect that speaks it upstream."""
FORWARDED = ("anthropic-beta", "anthropic-version")
_KNOWN = frozenset(
    ("model", "messages", "system", "stream", "tools", "tool_choice", "temperature", "top_p", "top_k", "stop_sequences",
     "max_tokens", "metadata", "thinking", "min_coding_score", "output_config", "output_format")
)  # fmt: skip
_KNOWN_OF_A_TOOL = frozenset(("type", "name", "description", "input_schema", "strict", "cache_control"))


def read(said: Json, headers: Mapping[str, str], body: bytes) -> FaceRequest:
    """Raises `CallerError`."""
    turns = fields.objects(said, "messages", MOST_MESSAGES)
    if not turns:
        raise invalid("`messages` must hold at least one message.", "messages")
    reader = _Reader(fields.text(said, "model"))
    messages = tuple(reader.message(turn, f"messages[{index}].") for index, turn in enumerate(turns))
    choice, parallel = _tool_choice(fields.object_at(said, "tool_choice"))
    metadata = fields.object_at(said, "metadata")
    sampling = Sampling(top_p=fields.number(said, "top_p", 0, 1), top_k=fields.count(said, "top_k", 0, 100_000))
    prompt = Prompt(
        system_parts=reader.content(said.get("system"), "system"),
        messages=messages,
        tools=known_tools(fields.objects(said, "tools", MOST_TOOLS), _tools),
        tool_choice=choice,
        parallel=parallel,
        output=_output(said),
        temperature=fields.number(said, "temperature", 0, 1),
        sampling=None if sampling == Sampling() else sampling,
        stop=fields.texts(said, "stop_sequences", 64),
        effort=_effort(said),
        max_tokens=_max_tokens(said),
        session=headers.get("x-claude-code-session-id", ""),
        user=as_text(metadata.get("user_id")),
        extras=(
            *fields.unknown(said, _KNOWN, FORMAT),
            *fields.unknown_inside(said, "thinking", ("type", "budget_tokens"), FORMAT, hints=("display",)),
            *fields.unknown_inside(said, "output_config", ("effort", "format"), FORMAT),
        ),
        origin=WireRequest(FORMAT, body, {name: headers[name] for name in FORWARDED if name in headers}),
    )
    return FaceRequest(prompt, reader.model, fields.flag(said, "stream"), said.get("min_coding_score"))


def _max_tokens(said: Json) -> int:
    most = fields.count(said, "max_tokens")
    if most is None:
        raise invalid("`max_tokens` is missing.", "max_tokens")
    return most


def _effort(said: Json) -> str | None:
    """The kind of thinking that is asked for, as an effort: this format counts tokens where others have words. Thinking without
    an effort is that of its vendor, which is high."""
    thinking = fields.object_at(said, "thinking")
    named = fields.text(fields.object_at(said, "output_config"), "effort", "output_config.")
    match thinking.get("type"):
        case "disabled":
            return "none"
        case "enabled" if not named:
            return fields.effort_of(fields.count(thinking, "budget_tokens", 1) or 0)
        case "adaptive":
            return named or "high"
        case _:
            return named or None


def _output(said: Json) -> OutputFormat | None:
    """The schema of the answer; older clients send it in a field of its own."""
    config = fields.object_at(said, "output_config")
    at = "output_config.format" if config.get("format") is not None else "output_format"
    form = fields.object_at(config, "format", "output_config.") or fields.object_at(said, "output_format")
    if fields.one_of(form, "type", ("json_schema",), f"{at}.") is None:
        return None
    if not (schema := fields.object_at(form, "schema", f"{at}.")):
        raise invalid(f"`{at}.schema` must be a schema.", f"{at}.schema")
    return OutputFormat("schema", schema, strict=True)


def _tools(tools: list[Json]) -> Iterator[Tool | OpaqueTool]:
    return (_tool(tool, f"tools[{index}].") for index, tool in enumerate(tools))


def _tool(tool: Json, at: str) -> Tool | OpaqueTool:
    if tool.get("type") not in (None, "custom"):
        return OpaqueTool(FORMAT, orjson.dumps(tool).decode())
    name = fields.text(tool, "name", at)
    if not name:
        raise invalid(f"`{at}name` is missing.", f"{at}name")
    mark = as_object(tool.get("cache_control"))
    return Tool(
        name,
        fields.text(tool, "description", at),
        fields.object_at(tool, "input_schema", at),
        fields.optional_flag(tool, "strict"),
        cached=fields.cache_ttl(mark) if mark else None,
        extras=fields.unknown(tool, _KNOWN_OF_A_TOOL, FORMAT),
    )


def _tool_choice(choice: Json) -> tuple[ToolChoice | None, bool | None]:
    if not choice:
        return None, None
    parallel = None if (one := fields.optional_flag(choice, "disable_parallel_tool_use")) is None else not one
    match fields.one_of(choice, "type", ("auto", "any", "tool", "none"), "tool_choice."):
        case "auto":
            return ToolChoice("auto"), parallel
        case "any":
            return ToolChoice("required"), parallel
        case "none":
            return ToolChoice("none"), parallel
        case "tool" if name := fields.text(choice, "name", "tool_choice."):
            return ToolChoice("tool", name), parallel
        case _:
            raise invalid("`tool_choice` must have a type, and a name where one tool is meant.", "tool_choice")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads content. ``model``: a signature that is none of ours was issued for the model that the caller names."""

    model: str

    def message(self, turn: Json, at: str) -> Message:
        role = turn.get("role")
        if role not in ("user", "assistant", "system"):
            raise invalid(f"`{at}role` must be user or assistant.", f"{at}role")
        return Message(role, parts=attached(self._content(turn.get("content"), f"{at}content")))

    def content(self, content: object, at: str) -> tuple[Content, ...]:
        return attached(self._content(content, at))

    def _content(self, content: object, at: str) -> Iterator[Content | SealedToken]:
        if content is None:
            return
        if isinstance(content, str):
            if content:
                yield TextPart(content)
            return
        if not is_list(content):
            raise invalid(f"`{at}` must be a string or a list of blocks.", at)
        for index, block in enumerate(content):
            if not is_object(block):
                raise invalid(f"`{at}[{index}]` must be an object.", f"{at}[{index}]")
            yield self._block(block, f"{at}[{index}].")
            if mark := as_object(block.get("cache_control")):
                yield CacheMark(fields.cache_ttl(mark))

    def _block(self, block: Json, at: str) -> Content | SealedToken:
        match block.get("type"):
            case "text":
                return TextPart(fields.text(block, "text", at))
            case "image" if as_object(block.get("source")).get("type") != "file":
                return ImagePart(*self._source(block, at))
            case "document" if as_object(block.get("source")).get("type") in ("base64", "url", "text"):
                return DocumentPart(*self._source(block, at), fields.text(block, "title", at))
            case "tool_use":
                identity, name = fields.text(block, "id", at), fields.text(block, "name", at)
                if not identity or not name:
                    raise invalid(f"`{at}` must have an id and a name.", at)
                return ToolCall(identity, name, orjson.dumps(fields.object_at(block, "input", at)).decode())
            case "tool_result":
                return self._result(block, at)
            case "thinking":
                signature = self._token(block.get("signature"), "signature")
                return ReasoningPart(fields.text(block, "thinking", at), signature and signature.token)
            case "redacted_thinking" if (token := self._token(block.get("data"), "redacted")) is not None:
                return token
            case _:
                return OpaquePart(FORMAT, orjson.dumps(block).decode())

    def _token(self, value: object, kind: Literal["redacted", "signature"]) -> SealedToken | None:
        ours = unsealed(value)
        if ours is not None or not isinstance(value, str) or not value:
            return ours
        return SealedToken(ReasoningToken("anthropic", family_of(self.model), kind, value))

    def _source(self, block: Json, at: str) -> tuple[bytes, str, str]:
        """Bytes, media type, address."""
        source = fields.object_at(block, "source", at)
        at = f"{at}source."
        match source.get("type"):
            case "base64":
                data = fields.base64_bytes(fields.text(source, "data", at), f"{at}data")
                return data, fields.text(source, "media_type", at) or "application/octet-stream", ""
            case "text":
                if not (text := fields.text(source, "data", at)):
                    raise invalid(f"`{at}data` is empty.", f"{at}data")
                return text.encode(), "text/plain", ""
            case "url":
                return fields.data_or_address(fields.text(source, "url", at), f"{at}url")
            case _:
                raise invalid(f"`{at}type` must be base64, url or text.", f"{at}type")

    def _result(self, block: Json, at: str) -> ToolResult:
        call = fields.text(block, "tool_use_id", at)
        if not call:
            raise invalid(f"`{at}tool_use_id` is missing.", f"{at}tool_use_id")
        inner = [
            part
            for part in self.content(block.get("content"), f"{at}content")
            if isinstance(part, TextPart | ImagePart | DocumentPart | OpaquePart)
        ]
        return ToolResult(call, tuple(inner), fields.flag(block, "is_error"))

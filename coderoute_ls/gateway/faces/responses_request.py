"""The request of ``/v1/responses`` in the house's vocabulary. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import orjson

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import (
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
from coderoute_ls.gateway.faces.allowed_tools import chosen_tools
from coderoute_ls.gateway.faces.chat_request import DEFAULT_MAX_TOKENS, EFFORTS
from coderoute_ls.gateway.faces.face import MOST_MESSAGES, MOST_TOOLS, FaceRequest, Json
from coderoute_ls.gateway.faces.known_tools import known_tools
from coderoute_ls.gateway.sealed_reasoning_token import SealedToken, attached, unsealed
from coderoute_ls.providers.json_access import as_object, as_text, is_list, is_object

FORMAT = "openai-responses"
"""Name of the dialect that speaks it upstream."""
NAMESPACE_MARK = "__"
"""Stands between a namespace and the name of its tool: names of tools have no dots."""
_KNOWN = frozenset(
    ("model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "text",
     "temperature", "top_p", "max_output_tokens", "store", "user", "prompt_cache_key", "min_coding_score", "previous_response_id",
     "conversation", "background", "stream_options")
)  # fmt: skip


def read(said: Json, headers: Mapping[str, str], body: bytes) -> FaceRequest:
    """Raises `CallerError`."""
    for held in ("previous_response_id", "conversation", "background"):
        if said.get(held):
            raise invalid(f"`{held}` cannot be obeyed: the gateway keeps no conversation. Send all of `input`.", held)
    reader = _Reader(fields.text(said, "model"))
    system, messages = reader.conversation(said)
    reasoning, text = fields.object_at(said, "reasoning"), fields.object_at(said, "text")
    sampling = Sampling(top_p=fields.number(said, "top_p", 0, 1))
    tools = known_tools(fields.objects(said, "tools", MOST_TOOLS), _tools)
    callable_tools, choice = chosen_tools(
        tuple(tool for tool, _ in tools),
        said.get("tool_choice"),
        lambda choice: _tool_choice(choice, tools),
        lambda entry: _named_tool(as_text(entry.get("name")), as_text(entry.get("namespace")), tools),
    )
    prompt = Prompt(
        system_parts=system,
        messages=messages,
        tools=callable_tools,
        tool_choice=choice,
        parallel=fields.optional_flag(said, "parallel_tool_calls"),
        output=_output(fields.object_at(text, "format", "text.")),
        temperature=fields.number(said, "temperature", 0, 2),
        sampling=None if sampling == Sampling() else sampling,
        effort=fields.one_of(reasoning, "effort", EFFORTS, "reasoning."),
        max_tokens=fields.count(said, "max_output_tokens") or DEFAULT_MAX_TOKENS,
        session=fields.text(said, "prompt_cache_key") or headers.get("session-id") or headers.get("session_id", ""),
        user=fields.text(said, "user"),
        extras=(
            *fields.unknown({**said, "include": _included(said)}, _KNOWN, FORMAT),
            *fields.unknown_inside(said, "reasoning", ("effort",), FORMAT, hints=("summary", "generate_summary")),
            *fields.unknown_inside(said, "text", ("format",), FORMAT, hints=("verbosity",)),
        ),
        origin=WireRequest(FORMAT, body),
    )
    namespaces = {tool.name: space for tool, space in tools if isinstance(tool, Tool) and space}
    options = {"namespaces": namespaces, "echoed": {name: said[name] for name in ECHOED if name in said}}
    return FaceRequest(prompt, reader.model, fields.flag(said, "stream"), said.get("min_coding_score"), options=options)


def _included(said: Json) -> list[str] | None:
    """What the answer is to hold beside its text; its encrypted thoughts it holds always."""
    return [name for name in fields.texts(said, "include", 64) if name != "reasoning.encrypted_content"] or None


ECHOED = ("instructions", "tools", "tool_choice", "parallel_tool_calls", "temperature", "top_p", "max_output_tokens", "metadata")
"""Fields of the request that this format's answer repeats."""


def _tools(tools: list[Json], space: str = "") -> Iterator[tuple[Tool | OpaqueTool, str]]:
    """Each tool with the namespace it is in. Tools of a namespace become tools of longer names: every format has those."""
    for index, tool in enumerate(tools):
        at = f"tools[{index}]."
        match tool.get("type"):
            case "function" | "custom" as kind:
                name = fields.text(tool, "name", at)
                if not name:
                    raise invalid(f"`{at}name` is missing.", f"{at}name")
                named = f"{space}{NAMESPACE_MARK}{name}" if space else name
                yield _tool(tool, named, at, custom=kind == "custom"), space
            case "namespace" if not space:
                inner = fields.objects(tool, "tools", MOST_TOOLS, at)
                yield from _tools(inner, fields.text(tool, "name", at))
            case str():
                yield OpaqueTool(FORMAT, orjson.dumps(tool).decode()), ""
            case _:
                raise invalid(f"`{at}type` is missing.", f"{at}type")


_KNOWN_OF_A_TOOL = frozenset(("type", "name", "description", "parameters", "strict"))


def _tool(tool: Json, name: str, at: str, *, custom: bool) -> Tool:
    description = fields.text(tool, "description", at)
    if custom:
        return Tool(name, description, custom=True, grammar=fields.object_at(tool, "format", at) or None)
    extras = fields.unknown(tool, _KNOWN_OF_A_TOOL, FORMAT)
    return Tool(name, description, fields.object_at(tool, "parameters", at), fields.optional_flag(tool, "strict"), extras=extras)


def _tool_choice(choice: object, tools: Sequence[tuple[Tool | OpaqueTool, str]]) -> ToolChoice | None:
    match choice:
        case None:
            return None
        case "auto":
            return ToolChoice("auto")
        case "none":
            return ToolChoice("none")
        case "required":
            return ToolChoice("required")
        case _:
            chosen = as_object(choice)
            if chosen.get("type") in ("function", "custom") and (name := as_text(chosen.get("name"))):
                return ToolChoice("tool", _named_tool(name, as_text(chosen.get("namespace")), tools))
            raise invalid("`tool_choice` must be auto, none, required, or one function or custom tool.", "tool_choice")


def _named_tool(name: str, space: str, tools: Sequence[tuple[Tool | OpaqueTool, str]]) -> str:
    """The name that this tool has here. A tool of a namespace may be named with it, or alone where only one has that name."""
    names = {tool.name: inside for tool, inside in tools if isinstance(tool, Tool)}
    if space:
        return f"{space}{NAMESPACE_MARK}{name}"
    alike = [one for one, inside in names.items() if inside and one == f"{inside}{NAMESPACE_MARK}{name}"]
    return alike[0] if name not in names and len(alike) == 1 else name


def _output(form: Json) -> OutputFormat | None:
    match fields.one_of(form, "type", ("text", "json_object", "json_schema"), "text.format."):
        case "json_object":
            return OutputFormat("json")
        case "json_schema":
            schema = fields.object_at(form, "schema", "text.format.")
            if not schema:
                raise invalid("`text.format.schema` must be a schema.", "text.format.schema")
            name, doc = fields.text(form, "name") or "answer", fields.text(form, "description")
            return OutputFormat("schema", schema, name, doc, fields.optional_flag(form, "strict"))
        case _:
            return None


@dataclass(slots=True)
class _Turns:
    """Items of one role after another become one message."""

    messages: list[Message] = field(default_factory=list[Message])
    _role: Literal["user", "assistant", "system"] = "user"
    _parts: list[Content | SealedToken] = field(default_factory=list["Content | SealedToken"])

    def add(self, role: Literal["user", "assistant", "system"], *parts: Content | SealedToken) -> None:
        if role != self._role:
            self.close()
            self._role = role
        self._parts += parts

    def close(self) -> None:
        if self._parts:
            self.messages.append(Message(self._role, parts=attached(self._parts)))
            self._parts = []


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads items. ``model``: reasoning that is none of ours was issued for the model that the caller names."""

    model: str

    def conversation(self, said: Json) -> tuple[tuple[Content, ...], tuple[Message, ...]]:
        instructions = fields.text(said, "instructions")
        system: list[Content] = [TextPart(instructions)] if instructions else []
        turns = _Turns()
        given = said.get("input")
        if isinstance(given, str):
            turns.add("user", TextPart(given))
        else:
            for index, item in enumerate(fields.objects(said, "input", MOST_MESSAGES)):
                self._item(item, f"input[{index}].", turns)
        turns.close()
        messages = turns.messages
        while messages and messages[0].role == "system":
            system += messages.pop(0).parts
        if not messages:
            raise invalid("`input` must hold at least one message.", "input")
        return tuple(system), tuple(messages)

    def _item(self, item: Json, at: str, turns: _Turns) -> None:
        match item.get("type", "message"):
            case "message":
                self._message(item, at, turns)
            case "function_call" | "custom_tool_call" as kind:
                custom = kind == "custom_tool_call"
                arguments = fields.text(item, "input" if custom else "arguments", at)
                space, name = fields.text(item, "namespace", at), self._needed(item, "name", at)
                named = f"{space}{NAMESPACE_MARK}{name}" if space else name
                turns.add("assistant", ToolCall(self._needed(item, "call_id", at), named, arguments, custom=custom))
            case "function_call_output" | "custom_tool_call_output":
                output = self._content(item.get("output"), f"{at}output")
                inner = [part for part in output if isinstance(part, TextPart | ImagePart | DocumentPart | OpaquePart)]
                turns.add("user", ToolResult(self._needed(item, "call_id", at), tuple(inner)))
            case "reasoning":
                turns.add("assistant", self._reasoning(item))
            case "item_reference":
                raise invalid(f"`{at}type` item_reference cannot be obeyed: the gateway keeps no items.", f"{at}type")
            case str():
                turns.add("assistant", OpaquePart(FORMAT, orjson.dumps(item).decode(), item=True))
            case _:
                raise invalid(f"`{at}type` must be a string.", f"{at}type")

    @staticmethod
    def _needed(item: Json, name: str, at: str) -> str:
        if not (value := fields.text(item, name, at)):
            raise invalid(f"`{at}{name}` is missing.", f"{at}{name}")
        return value

    def _message(self, item: Json, at: str, turns: _Turns) -> None:
        parts = self._content(item.get("content"), f"{at}content")
        match item.get("role"):
            case "system" | "developer":
                turns.add("system", *parts)
            case "user":
                turns.add("user", *parts)
            case "assistant":
                turns.add("assistant", *parts)
            case _:
                raise invalid(f"`{at}role` must be user, assistant, system or developer.", f"{at}role")

    def _reasoning(self, item: Json) -> Content | SealedToken:
        """The text is what it says aloud; an item that OpenAI itself signed goes back as it is."""
        packed = item.get("encrypted_content")
        ours = unsealed(packed)
        if ours is not None and (ours.call or ours.text):
            return ours
        said = [*_listed(item.get("summary")), *_listed(item.get("content"))]
        text = "\n\n".join(as_text(part.get("text")) for part in said if part.get("text"))
        if ours is not None or not packed:
            return ReasoningPart(text, ours and ours.token)
        return ReasoningPart(text, ReasoningToken("openai", family_of(self.model), "item", orjson.dumps(item).decode()))

    def _content(self, content: object, at: str) -> list[Content]:
        if content is None:
            return []
        if isinstance(content, str):
            return [TextPart(content)] if content else []
        if not is_list(content):
            raise invalid(f"`{at}` must be a string or a list of parts.", at)
        found: list[Content] = []
        for index, part in enumerate(content):
            if not is_object(part):
                raise invalid(f"`{at}[{index}]` must be an object.", f"{at}[{index}]")
            found.append(self._part(part, f"{at}[{index}]."))
        return found

    def _part(self, part: Json, at: str) -> Content:
        match part.get("type"):
            case "input_text" | "output_text" | "text":
                return TextPart(fields.text(part, "text", at))
            case "refusal":
                return TextPart(fields.text(part, "refusal", at))
            case "input_image" if isinstance(part.get("image_url"), str):
                data, media_type, url = fields.data_or_address(fields.text(part, "image_url", at), f"{at}image_url")
                return ImagePart(data, media_type, url, fields.picture_detail(part.get("detail")))
            case "input_file" if isinstance(part.get("file_data"), str):
                data, media_type, url = fields.data_or_address(fields.text(part, "file_data", at), f"{at}file_data")
                return DocumentPart(data, media_type, url, fields.text(part, "filename", at))
            case "input_file" if isinstance(part.get("file_url"), str):
                data, media_type, url = fields.data_or_address(fields.text(part, "file_url", at), f"{at}file_url")
                return DocumentPart(data, media_type, url, fields.text(part, "filename", at))
            case _:
                return OpaquePart(FORMAT, orjson.dumps(part).decode())


def _listed(value: object) -> list[Json]:
    return [part for part in value if is_object(part)] if is_list(value) else []

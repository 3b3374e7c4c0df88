"""Chat completions: parts, tools and formats as OpenAI, OpenRouter, Mistral and servers of open models take them."""

import re
from collections.abc import Iterator, Mapping

import orjson

from coderoute_ls.domain import Message
from coderoute_ls.domain.conversation import (
    CacheMark,
    Content,
    DocumentPart,
    ImagePart,
    OpaquePart,
    ReasoningPart,
    TextPart,
    Tool,
    ToolCall,
    ToolResult,
)
from coderoute_ls.providers.dialect import DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json, as_list, is_list, is_object
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, data_url, inline
from coderoute_ls.providers.requests.json_schema_conversion import is_strict
from coderoute_ls.providers.requests.vendor_schema_keywords import ANY, FUNCTION, MISTRAL, OPENAI_STRICT, Subset

LIMITS = Limits(token_kinds=frozenset({"details"}))
_NAMES = {name: name for name in ("top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty")}
_NAME = re.compile(r"[^\s<|\\/>]{1,64}")
"""What OpenAI takes as the name of a speaker."""
_JSON_WORD = "Answer with JSON."


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _ChatWriter(ask, "openai-chat", LIMITS)
    body = dict(call.body)
    body["messages"] = writer.all_messages()
    writer.tools(body)
    writer.format_of_answer(body)
    writer.rest(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _ChatWriter(Writer):
    def all_messages(self) -> list[object]:
        said: list[object] = []
        if parts := self.system():
            said.append({"role": "system", "content": self._content(parts)})
        for path, message, parts in self.messages():
            if message.role == "assistant":
                said.append(self._assistant(parts) | self.named(message))
            elif message.role == "system":
                said.append({"role": "system", "content": self._content(parts), **self.named(message)})
            else:
                said += self._user(parts, path, self.named(message))
        return list(self._spaced(said))

    def named(self, message: Message) -> Json:
        return {"name": message.name} if self.accent.names and _NAME.fullmatch(message.name) else {}

    def _spaced(self, messages: list[object]) -> Iterator[object]:
        """Mistral wants the assistant to speak between a tool's result and the user."""
        before = ""
        for message in messages:
            role = message.get("role") if is_object(message) else ""
            if before == "tool" and role == "user" and not self.accent.user_after_tool:
                self.lose("info", "rewritten", "messages", "A word of the assistant stands between a tool's result and the user.")
                yield {"role": "assistant", "content": "OK."}
            before = str(role)
            yield message

    def _assistant(self, parts: list[tuple[str, Content]]) -> Json:
        """Content is null where there are only calls; reasoning goes back only to who takes it."""
        spoken: list[tuple[str, Content]] = []
        calls: list[object] = []
        thoughts: list[str] = []
        details: list[object] = []
        for path, part in parts:
            match part:
                case ToolCall():
                    self.token(part.token, path)
                    calls.append(self._call(part, path))
                case ReasoningPart():
                    token = self.token(part.token, path)
                    if token is not None and self.accent.details:
                        details += as_list(orjson.loads(token.value))
                    elif part.text and self.accent.reasoning:
                        thoughts.append(part.text)
                    elif part.text:
                        self.unfit(part, path)
                case _:
                    spoken.append((path, part))
        content = self._content(spoken) if spoken else None
        said: Json = {"role": "assistant", "content": content}
        if content is None and not calls:
            said["content"] = ""
        if details:
            said["reasoning_details"] = details
        if thoughts and not details:
            said[self.accent.reasoning] = "\n\n".join(thoughts)
        if calls:
            said["tool_calls"] = calls
        return said

    def _call(self, call: ToolCall, path: str) -> Json:
        name, wire_id = self.tool_name(call.name), self.opened(call, path)
        if call.custom and self.ask.vendor.id == "openai":
            return {"id": wire_id, "type": "custom", "custom": {"name": name, "input": call.arguments}}
        arguments = call.arguments or "{}"
        if call.custom:
            arguments = orjson.dumps({"input": call.arguments}).decode()
        return {"id": wire_id, "type": "function", "function": {"name": name, "arguments": arguments}}

    def _user(self, parts: list[tuple[str, Content]], path: str, named: Json) -> Iterator[Json]:
        """Results of tools are messages of their own, before what the user says; what a result shows goes behind all of them."""
        spoken: list[tuple[str, Content]] = []
        shown: list[tuple[str, Content]] = []
        for where, part in parts:
            if not isinstance(part, ToolResult):
                spoken.append((where, part))
                continue
            words = [each.text for each in part.parts if isinstance(each, TextPart)]
            for index, each in enumerate(part.parts):
                if isinstance(each, ImagePart | DocumentPart):
                    shown.append((f"{where}.parts[{index}]", each))
                elif isinstance(each, OpaquePart):
                    self.own(each, f"{where}.parts[{index}]")
            if any(isinstance(each, ImagePart | DocumentPart) for each in part.parts):
                self.lose("info", "moved", where, "What a tool shows stands in the next message of the user.")
                words.append("(Shown in the next message.)")
            if part.error:
                self.lose("info", "rewritten", f"{where}.error", "That a tool failed is said in words.")
                words.insert(0, "Error:")
            yield {"role": "tool", "tool_call_id": self.answered(part), "content": "\n".join(words)}
        content = self._content([*shown, *spoken])
        if content or not any(isinstance(part, ToolResult) for _, part in parts):
            yield {"role": "user", "content": content or "", **named}

    def _content(self, parts: list[tuple[str, Content]]) -> object:
        """One text as a string, anything else as a list of parts."""
        made: list[Json] = []
        for path, part in parts:
            match part:
                case CacheMark():
                    self._mark(made, part, path)
                case TextPart():
                    self.token(part.token, path)
                    made.append({"type": "text", "text": part.text})
                case ImagePart():
                    made.append({"type": "image_url", "image_url": self._image(part)})
                case DocumentPart():
                    made += self._document(part, path)
                case OpaquePart():
                    if (own := self.own(part, path)) is not None:
                        made.append(own)
                case _:
                    self.unfit(part, path)
        if len(made) == 1 and made[0].keys() == {"type", "text"}:
            return made[0]["text"]
        return made

    def _mark(self, made: list[Json], mark: CacheMark, path: str) -> None:
        if made and self.accent.marks:
            made[-1]["cache_control"] = {"type": "ephemeral", **({"ttl": mark.ttl} if mark.ttl else {})}
        else:
            self.lose("info", "dropped", path, "It finds what stays the same by itself.")

    def _image(self, part: ImagePart) -> Json:
        return {"url": data_url(part), **({"detail": part.detail} if part.detail else {})}

    def _document(self, part: DocumentPart, path: str) -> list[Json]:
        if (words := inline(part)) is not None:
            self.lose("info", "rewritten", path, "A document of plain text stands in the message.")
            return [{"type": "text", "text": words}]
        if self.accent.documents == "file":
            return [{"type": "file", "file": {"filename": part.name or "document", "file_data": data_url(part)}}]
        if self.accent.documents == "document_url":
            named: Json = {"document_name": part.name} if part.name else {}
            return [{"type": "document_url", "document_url": data_url(part), **named}]
        self.unfit(part, path)
        return []

    def tools(self, body: Json) -> None:
        """Tools, and how they may be called. Without a word for "none" there are no tools."""
        choice = self.prompt.tool_choice
        if not self.prompt.tools:
            return
        if choice is not None and choice.mode == "none" and not self.accent.none:
            return
        made: list[object] = []
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                made.append(self._tool(tool))
            elif (own := self.own(tool, "tools")) is not None:
                made.append(own)
        if not made:
            return
        body["tools"] = made
        if choice is not None:
            free = {tool.name for _, tool in self.schemas() if tool.custom and self.ask.vendor.id == "openai"}
            kind = "custom" if choice.name in free else "function"
            named = {"type": kind, kind: {"name": self.tool_name(choice.name)}}
            body["tool_choice"] = {"auto": "auto", "none": "none", "required": self.accent.required, "tool": named}[choice.mode]
            if choice.mode == "required" and self.accent.required == "auto":
                self.lose("warning", "dropped", "tool_choice", "It cannot be made to call a tool.")
        if self.prompt.parallel is not None and self.accent.parallel:
            body["parallel_tool_calls"] = self.prompt.parallel

    def _tool(self, tool: Tool) -> Json:
        name, path = self.tool_name(tool.name), f"tools[{tool.name}]"
        if tool.cached is not None and not self.accent.marks:
            self.lose("info", "dropped", f"{path}.cached", "It finds what stays the same by itself.")
        if tool.custom and self.ask.vendor.id == "openai":
            custom: Json = {"name": name, "description": tool.description}
            return {"type": "custom", "custom": custom | ({"format": _format(tool.grammar)} if tool.grammar else {})}
        function: Json = {"name": name}
        if tool.description:
            function["description"] = tool.description
        if tool.custom:
            self.emulate(tool, path)
            function["parameters"] = dict(FREE_TEXT)
        else:
            subset, strict = self._strict(tool.schema, tool.strict, f"{path}.strict")
            function["parameters"] = self.schema(tool.schema, FUNCTION if subset is ANY else subset, f"{path}.schema")
            if strict is not None:
                function["strict"] = strict
        said: Json = {"type": "function", "function": function}
        if tool.cached is not None and self.accent.marks:
            said["cache_control"] = {"type": "ephemeral", **({"ttl": tool.cached} if tool.cached else {})}
        self.tool_extras(tool, function)
        return said

    def _strict(self, schema: object, strict: bool | None, path: str) -> tuple[Subset, bool | None]:
        """How much of a schema is held to: a strict mode takes only closed objects, and fewer words."""
        if not strict:
            return ANY, strict if self.accent.strict else None
        if not self.accent.strict or not is_object(schema) or not is_strict(schema):
            words = "It does not hold answers to a schema with open objects." if self.accent.strict else "It has no strict mode."
            self.lose("warning", "schema_widened", path, words)
            return ANY, False if self.accent.strict else None
        return (MISTRAL if self.ask.vendor.id in ("mistral", "codestral") else OPENAI_STRICT), True

    def format_of_answer(self, body: Json) -> None:
        """JSON, or JSON of a schema."""
        output = self.prompt.output
        if output is None:
            return
        if output.kind == "json":
            body["response_format"] = {"type": "json_object"}
            if "json" not in f"{self.prompt.system_words} {' '.join(m.words for m in self.prompt.messages)}".lower():
                self.lose("info", "rewritten", "output", "The word JSON is added to the request: JSON mode wants it there.")
                messages = body["messages"]
                assert is_list(messages)
                messages.insert(0, {"role": "system", "content": _JSON_WORD})
            return
        subset, strict = self._strict(dict(output.schema), output.strict, "output.strict")
        inner: Json = {"name": output.name, "schema": self.schema(output.schema, subset, "output.schema")}
        if output.description:
            inner["description"] = output.description
        if strict is not None:
            inner["strict"] = strict
        body["response_format"] = {"type": "json_schema", "json_schema": inner}

    def rest(self, body: Json) -> None:
        """How tokens are drawn, several answers, the user, fields that we do not know."""
        prompt, ways = self.prompt, self.accent
        self.sampling(body, _NAMES, ways.sampling)
        if prompt.seed is not None and ways.seed:
            body[ways.seed] = prompt.seed
        if prompt.user and ways.user:
            body[ways.user] = prompt.user
        if prompt.choices > 1 and ways.several:
            body["n"] = prompt.choices
        self.unused(seed=bool(ways.seed), user=bool(ways.user), choices=ways.several, parallel=ways.parallel)
        if len(prompt.stop) > 4:
            self.lose(
                "info",
                "clamped",
                "stop",
                "It takes four stop texts; the others are looked for here.",
                source=str(len(prompt.stop)),
                target="4",
            )
        self.extras(body)


def _format(grammar: Mapping[str, object]) -> Json:
    """How a custom tool's text looks: this format puts the grammar into a box of its own."""
    if grammar.get("type") != "grammar":
        return {**grammar}
    return {"type": "grammar", "grammar": {name: value for name, value in grammar.items() if name != "type"}}

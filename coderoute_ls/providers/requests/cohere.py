"""Cohere's chat: much like OpenAI's; what is not taken is told."""

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
from coderoute_ls.providers.json_access import Json
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, data_url, inline
from coderoute_ls.providers.requests.vendor_schema_keywords import ANY, COHERE

LIMITS = Limits(name=r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")
_NAMES = {"top_p": "p", "top_k": "k", "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty"}


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _CohereWriter(ask, "cohere-v2", LIMITS)
    body = dict(call.body)
    body["messages"] = writer.all_messages()
    writer.tools(body)
    writer.rest(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _CohereWriter(Writer):
    def all_messages(self) -> list[object]:
        said: list[object] = []
        if parts := self.system():
            said.append({"role": "system", "content": self._content(parts)})
        for path, message, parts in self.messages():
            if message.role == "assistant":
                said.append(self._assistant(parts))
            else:
                results = [(where, part) for where, part in parts if isinstance(part, ToolResult)]
                rest: list[tuple[str, Content]] = [each for each in parts if not isinstance(each[1], ToolResult)]
                said += [self._result(part, where) for where, part in results]
                if (content := self._content(rest)) or not results:
                    said.append({"role": message.role, "content": content or ""})
            del path
        return said

    def _assistant(self, parts: list[tuple[str, Content]]) -> Json:
        """Thoughts before calls are the plan."""
        calls: list[object] = []
        spoken: list[tuple[str, Content]] = []
        plan: list[str] = []
        called = any(isinstance(part, ToolCall) for _, part in parts)
        for path, part in parts:
            if isinstance(part, ToolCall):
                self.token(part.token, path)
                if part.custom:
                    self.lose("info", "emulated", path, "A call of a tool of free text is one of a function of one text.")
                function = {"name": self.tool_name(part.name), "arguments": self._arguments(part)}
                calls.append({"id": self.opened(part, path), "type": "function", "function": function})
            elif isinstance(part, ReasoningPart):
                self.token(part.token, path)
                if called and part.text and part.token is None:
                    plan.append(part.text)
                elif part.text and part.token is None:
                    spoken.append((path, part))
            else:
                spoken.append((path, part))
        said: Json = {"role": "assistant"}
        if calls:
            said["tool_calls"] = calls
        if plan:
            said["tool_plan"] = "".join(plan)
        if spoken or not calls:
            said["content"] = self._content(spoken) or ""
        return said

    def _arguments(self, call: ToolCall) -> str:
        import orjson

        return orjson.dumps({"input": call.arguments}).decode() if call.custom else call.arguments or "{}"

    def _result(self, result: ToolResult, path: str) -> Json:
        if result.error:
            self.lose("info", "rewritten", f"{path}.error", "That a tool failed is said in words.")
        parts: list[tuple[str, Content]] = [(f"{path}.parts[{index}]", part) for index, part in enumerate(result.parts)]
        words: list[str] = ["Error:"] if result.error else []
        for where, part in parts:
            if isinstance(part, TextPart):
                words.append(part.text)
            elif isinstance(part, OpaquePart):
                self.own(part, where)
            else:
                self.unfit(part, where)
        return {"role": "tool", "tool_call_id": self.answered(result), "content": "\n".join(words)}

    def _content(self, parts: list[tuple[str, Content]]) -> object:
        made: list[Json] = []
        for path, part in parts:
            match part:
                case TextPart():
                    self.token(part.token, path)
                    made.append({"type": "text", "text": part.text})
                case ImagePart():
                    made.append({"type": "image_url", "image_url": {"url": data_url(part)}})
                case DocumentPart() if (words := inline(part)) is not None:
                    self.lose("info", "rewritten", path, "A document of plain text stands in the message.")
                    made.append({"type": "text", "text": words})
                case ReasoningPart():
                    made.append({"type": "thinking", "thinking": part.text})
                case OpaquePart():
                    made += [own] if (own := self.own(part, path)) is not None else []
                case CacheMark():
                    self.lose("info", "dropped", path, "It keeps no prefixes.")
                case _:
                    self.unfit(part, path)
        return made[0]["text"] if len(made) == 1 and made[0].keys() == {"type", "text"} else made

    def tools(self, body: Json) -> None:
        """Strict holds for all tools or for none."""
        tools = [tool for tool in self.prompt.tools if isinstance(tool, Tool)]
        for other in self.prompt.tools:
            if not isinstance(other, Tool):
                self.own(other, "tools")
        if not tools:
            return
        body["tools"] = [self._tool(tool) for tool in tools]
        if all(tool.strict for tool in tools):
            body["strict_tools"] = True
        elif any(tool.strict for tool in tools):
            self.lose("warning", "schema_widened", "tools", "It holds all tools to their schemas, or none.")
        choice = self.prompt.tool_choice
        if choice is not None and choice.mode in ("none", "required", "tool"):
            body["tool_choice"] = "NONE" if choice.mode == "none" else "REQUIRED"
            if choice.mode == "tool":
                body["tools"] = [self._tool(tool) for tool in tools if tool.name == choice.name]
                self.lose("info", "rewritten", "tool_choice", "The tool that must be called is the only one that it is told of.")

    def _tool(self, tool: Tool) -> Json:
        path = f"tools[{tool.name}]"
        if tool.cached is not None:
            self.lose("info", "dropped", f"{path}.cached", "It keeps no prefixes.")
        if tool.custom:
            self.emulate(tool, path)
            parameters: Json = dict(FREE_TEXT)
        else:
            parameters = self.schema(tool.schema, ANY, f"{path}.schema") or {"type": "object", "properties": {}}
        function: Json = {"name": self.tool_name(tool.name), "parameters": parameters}
        if tool.description:
            function["description"] = tool.description
        return {"type": "function", "function": function}

    def rest(self, body: Json) -> None:
        prompt, output = self.prompt, self.prompt.output
        if output is not None:
            said: Json = {"type": "json_object"}
            if output.kind == "schema":
                said["json_schema"] = self.schema(output.schema, COHERE, "output.schema")
            body["response_format"] = said
        self.sampling(body, _NAMES)
        if prompt.seed is not None:
            body["seed"] = prompt.seed
        if len(prompt.stop) > 5:
            self.lose(
                "info",
                "clamped",
                "stop",
                "It takes five stop texts; the others are looked for here.",
                source=str(len(prompt.stop)),
                target="5",
            )
        self.unused(seed=True)
        self.extras(body)

"""Ollama: pictures beside the words, calls with objects, results by the tool's name."""

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
from coderoute_ls.providers.json_access import Json, as_object
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, b64, inline, wrapped
from coderoute_ls.providers.requests.vendor_schema_keywords import ANY

LIMITS = Limits(name=r"[a-zA-Z0-9_.:-]{1,64}", id=r".+")
_NAMES = {
    "top_p": "top_p", "top_k": "top_k", "min_p": "min_p", "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty", "repetition_penalty": "repeat_penalty",
}  # fmt: skip


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _OllamaWriter(ask, "ollama", LIMITS)
    body = dict(call.body)
    body["messages"] = writer.all_messages()
    writer.tools(body)
    writer.rest(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _OllamaWriter(Writer):
    def all_messages(self) -> list[object]:
        said: list[object] = []
        if parts := self.system():
            said.append(self._spoken("system", parts))
        for _, message, parts in self.messages():
            rest: list[tuple[str, Content]] = [each for each in parts if not isinstance(each[1], ToolResult)]
            results = [self._result(part, path) for path, part in parts if isinstance(part, ToolResult)]
            said += results
            spoken = self._spoken(message.role, rest)
            if not results or len(spoken) > 2 or spoken.get("content"):
                said.append(spoken)
        return said

    def _spoken(self, role: str, parts: list[tuple[str, Content]]) -> Json:
        words: list[str] = []
        images: list[object] = []
        thoughts: list[str] = []
        calls: list[object] = []
        for path, part in parts:
            match part:
                case TextPart():
                    self.token(part.token, path)
                    words.append(part.text)
                case ImagePart() if part.data:
                    images.append(b64(part.data))
                case DocumentPart() if (text := inline(part)) is not None:
                    self.lose("info", "rewritten", path, "A document of plain text stands in the message.")
                    words.append(text)
                case ReasoningPart():
                    self.token(part.token, path)
                    if part.text and part.token is None:
                        thoughts.append(part.text)
                case ToolCall():
                    self.token(part.token, path)
                    function = {"name": self.tool_name(part.name), "arguments": wrapped(self, part, path)}
                    calls.append({"id": self.opened(part, path), "function": function})
                case OpaquePart():
                    self.own(part, path)
                case CacheMark():
                    self.lose("info", "dropped", path, "It finds what stays the same by itself.")
                case _:
                    self.unfit(part, path)
        said: Json = {"role": role, "content": "\n\n".join(words)}
        if len(words) > 1:
            self.lose("info", "rewritten", parts[0][0], "Several texts of a message are one.")
        if images:
            said["images"] = images
        if thoughts:
            said["thinking"] = "".join(thoughts)
        if calls:
            said["tool_calls"] = calls
        return said

    def _result(self, result: ToolResult, path: str) -> Json:
        words: list[str] = ["Error:"] if result.error else []
        images: list[object] = []
        if result.error:
            self.lose("info", "rewritten", f"{path}.error", "That a tool failed is said in words.")
        for index, part in enumerate(result.parts):
            if isinstance(part, TextPart):
                words.append(part.text)
            elif isinstance(part, ImagePart) and part.data:
                images.append(b64(part.data))
            elif isinstance(part, OpaquePart):
                self.own(part, f"{path}.parts[{index}]")
            else:
                self.unfit(part, f"{path}.parts[{index}]")
        name = self.called.get(result.call_id)
        said: Json = {"role": "tool", "content": "\n".join(words), "tool_call_id": self.answered(result)}
        if name is not None:
            said["tool_name"] = self.tool_name(name)
        return {**said, "images": images} if images else said

    def tools(self, body: Json) -> None:
        """It cannot be made to call a tool; without a word for "none" there are no tools."""
        choice = self.prompt.tool_choice
        made = [self._tool(tool) for tool in self.prompt.tools if isinstance(tool, Tool)]
        for other in self.prompt.tools:
            if not isinstance(other, Tool):
                self.own(other, "tools")
        if not made or (choice is not None and choice.mode == "none"):
            return
        body["tools"] = made
        if choice is not None and choice.mode in ("required", "tool"):
            self.lose("warning", "dropped", "tool_choice", "It cannot be made to call a tool.")

    def _tool(self, tool: Tool) -> Json:
        path = f"tools[{tool.name}]"
        if tool.strict:
            self.lose("warning", "schema_widened", f"{path}.strict", "It does not promise to hold arguments to the schema.")
        if tool.cached is not None:
            self.lose("info", "dropped", f"{path}.cached", "It finds what stays the same by itself.")
        parameters: Json = dict(FREE_TEXT)
        if tool.custom:
            self.emulate(tool, path)
        else:
            parameters = self.schema(tool.schema, ANY, f"{path}.schema") or {"type": "object", "properties": {}}
        function: Json = {"name": self.tool_name(tool.name), "description": tool.description, "parameters": parameters}
        return {"type": "function", "function": function}

    def rest(self, body: Json) -> None:
        output = self.prompt.output
        if output is not None:
            body["format"] = dict(output.schema) if output.kind == "schema" else "json"
        options = dict(as_object(body.get("options")))
        self.sampling(options, _NAMES)
        if self.prompt.seed is not None:
            options["seed"] = self.prompt.seed
        body["options"] = options
        self.unused(seed=True)
        self.extras(body)

"""Gemini: contents of parts, calls by name, signatures on the part that they came with, schemas in the OpenAPI subset."""

from coderoute_ls.domain.conversation import (
    CacheMark,
    Content,
    DocumentPart,
    ImagePart,
    OpaquePart,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    Tool,
    ToolCall,
    ToolResult,
)
from coderoute_ls.providers.dialect import DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json, as_list, as_object
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, b64, object_of, wrapped
from coderoute_ls.providers.requests.vendor_schema_keywords import GEMINI

LIMITS = Limits(name=r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}", id=r".+", token_kinds=frozenset({"thought_signature"}))
_NAMES = {
    "top_p": "topP", "top_k": "topK", "presence_penalty": "presencePenalty", "frequency_penalty": "frequencyPenalty",
}  # fmt: skip


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _GeminiWriter(ask, "gemini", LIMITS)
    body = dict(call.body)
    body.pop("systemInstruction", None)
    if system := writer.parts(writer.system(), "user"):
        body["systemInstruction"] = {"parts": system}
    body["contents"] = writer.contents()
    config = dict(as_object(body.get("generationConfig")))
    writer.tools(body)
    writer.config(config)
    body["generationConfig"] = config
    writer.extras(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _GeminiWriter(Writer):
    def contents(self) -> list[object]:
        """Turns of one role in a row are one, so that the results of parallel calls stand in one content."""
        contents: list[Json] = []
        for path, message, parts in self.messages():
            role = "model" if message.role == "assistant" else "user"
            if message.role == "system":
                self.lose("warning", "rewritten", path, "A note of the system in the middle is said by the user.")
            made = self.parts(parts, role)
            if not made:
                continue
            if contents and contents[-1]["role"] == role:
                contents[-1]["parts"] = [*as_list(contents[-1]["parts"]), *made]
            else:
                contents.append({"role": role, "parts": made})
        if not contents or contents[0]["role"] != "user":
            self.lose("info", "rewritten", "messages", "An empty word of the user stands where the user says nothing first.")
            contents.insert(0, {"role": "user", "parts": [{"text": "…"}]})
        return list(contents)

    def parts(self, parts: list[tuple[str, Content]], role: str) -> list[object]:
        made: list[object] = []
        for path, part in parts:
            made += self._part(part, path, role)
        return made

    def _part(self, part: Content, path: str, role: str) -> list[object]:
        match part:
            case TextPart():
                signed = self._signed(part.token, path)
                return [{"text": part.text, **signed}] if part.text or signed else []
            case ImagePart() | DocumentPart():
                if isinstance(part, DocumentPart) and part.name:
                    self.lose("info", "dropped", f"{path}.name", "A document has no name there.", source=part.name)
                return [self._media(part)]
            case ToolCall():
                name = self.tool_name(part.name)
                self.opened(part, path)
                call: Json = {"name": name, "args": wrapped(self, part, path)}
                return [{"functionCall": call, **self._signed(part.token, path)}]
            case ToolResult():
                return self._result(part, path)
            case ReasoningPart():
                signed = self._signed(part.token, path)
                if signed:
                    return [{"text": part.text, "thought": True, **signed}]
                if part.text and part.token is None:
                    self.unfit(part, path)
            case OpaquePart():
                own = self.own(part, path)
                return [own] if own is not None else []
            case CacheMark():
                self.lose("info", "dropped", path, "It finds what stays the same by itself.")
        del role
        return []

    def _signed(self, token: ReasoningToken | None, path: str) -> Json:
        kept = self.token(token, path)
        return {} if kept is None else {"thoughtSignature": kept.value}

    def _media(self, part: ImagePart | DocumentPart) -> Json:
        if part.url:
            return {"fileData": {"fileUri": part.url, **({"mimeType": part.media_type} if part.media_type else {})}}
        return {"inlineData": {"mimeType": part.media_type, "data": b64(part.data)}}

    def _result(self, result: ToolResult, path: str) -> list[object]:
        """A result is an object; pictures stand beside it."""
        words = "\n".join(part.text for part in result.parts if isinstance(part, TextPart))
        shown: list[object] = [self._media(part) for part in result.parts if isinstance(part, ImagePart | DocumentPart)]
        for index, part in enumerate(result.parts):
            if isinstance(part, OpaquePart):
                self.own(part, f"{path}.parts[{index}]")
        found = object_of(words) if words.lstrip().startswith("{") and not result.error else None
        response: Json = found if found else {"error" if result.error else "output": words}
        if shown:
            self.lose("info", "moved", path, "What a tool shows stands beside its result.")
        name = self.called.get(result.call_id)
        if name is None:
            self.lose("warning", "rewritten", path, "The result is of a call that is not in the conversation.")
        return [{"functionResponse": {"name": self.tool_name(name or result.call_id), "response": response}}, *shown]

    def tools(self, body: Json) -> None:
        made: list[object] = []
        declared: list[object] = []
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                declared.append(self._tool(tool))
            elif (own := self.own(tool, "tools")) is not None:
                made.append(own)
        if declared:
            made.insert(0, {"functionDeclarations": declared})
        if not made:
            return
        body["tools"] = made
        choice = self.prompt.tool_choice
        if choice is not None:
            said: Json = {"mode": {"auto": "AUTO", "none": "NONE", "required": "ANY", "tool": "ANY"}[choice.mode]}
            if choice.name:
                said["allowedFunctionNames"] = [self.tool_name(choice.name)]
            body["toolConfig"] = {"functionCallingConfig": said}

    def _tool(self, tool: Tool) -> Json:
        path = f"tools[{tool.name}]"
        said: Json = {"name": self.tool_name(tool.name), **({"description": tool.description} if tool.description else {})}
        if tool.cached is not None:
            self.lose("info", "dropped", f"{path}.cached", "It finds what stays the same by itself.")
        if tool.strict:
            self.lose("warning", "schema_widened", f"{path}.strict", "It does not promise to hold arguments to the schema.")
        if tool.custom:
            self.emulate(tool, path)
            said["parameters"] = dict(FREE_TEXT)
            return said
        schema = self.schema(tool.schema, GEMINI, f"{path}.schema")
        if schema.get("properties"):  # an object of nothing is refused: no parameters mean the same
            said["parameters"] = schema
        return said

    def config(self, config: Json) -> None:
        prompt, output = self.prompt, self.prompt.output
        self.sampling(config, _NAMES)
        if prompt.seed is not None:
            config["seed"] = prompt.seed
        if prompt.choices > 1:
            config["candidateCount"] = prompt.choices
        if len(prompt.stop) > 5:
            self.lose(
                "info",
                "clamped",
                "stop",
                "It takes five stop texts; the others are looked for here.",
                source=str(len(prompt.stop)),
                target="5",
            )
        if output is not None:
            config["responseMimeType"] = "application/json"
            if output.kind == "schema":
                config["responseSchema"] = self.schema(output.schema, GEMINI, "output.schema")
        self.unused(seed=True, choices=True)

"""Responses: items of input, tools of functions and of plain text, whole reasoning items that go back as they came."""

import orjson

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
from coderoute_ls.providers.json_access import Json, as_list, is_object
from coderoute_ls.providers.requests.conversation_writer import Limits, Writer, data_url, inline
from coderoute_ls.providers.requests.json_schema_conversion import is_strict
from coderoute_ls.providers.requests.vendor_schema_keywords import ANY, FUNCTION, OPENAI_STRICT, Subset

LIMITS = Limits(token_kinds=frozenset({"item"}))


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _ResponsesWriter(ask, "openai-responses", LIMITS)
    body = dict(call.body)
    body["input"] = writer.items()
    writer.instructions(body)
    writer.tools(body)
    writer.format_of_answer(body)
    writer.rest(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _ResponsesWriter(Writer):
    def instructions(self, body: Json) -> None:
        """Instructions are one text; what else was there opens the input."""
        body.pop("instructions", None)
        words: list[str] = []
        for path, part in self.system():
            if isinstance(part, TextPart):
                words.append(part.text)
            else:
                self._left_out(part, path)
        if words:
            body["instructions"] = "\n\n".join(words)
            if len(words) > 1:
                self.lose("info", "rewritten", "system_parts", "Several texts of the system are one.")

    def items(self) -> list[object]:
        items: list[object] = []
        for _, message, parts in self.messages():
            spoken: list[Json] = []
            for where, part in parts:
                match part:
                    case TextPart() | ImagePart() | DocumentPart():
                        spoken += self._content(part, where, said=message.role == "assistant")
                    case OpaquePart(item=False):
                        spoken += [own] if (own := self.own(part, where)) is not None else []
                    case CacheMark():
                        self._left_out(part, where)
                    case _:
                        items += self._spoken(message.role, spoken)
                        items += self._item(part, where)
                        spoken = []
            items += self._spoken(message.role, spoken)
            if not parts:
                items.append({"role": message.role, "content": ""})
        return items

    def _spoken(self, role: str, parts: list[Json]) -> list[Json]:
        return [{"role": role, "content": self._plain(parts)}] if parts else []

    def _plain(self, parts: list[Json]) -> object:
        """One text as a string, as a plain request says it."""
        if len(parts) == 1 and parts[0].get("type") in ("input_text", "output_text"):
            return parts[0]["text"]
        return list(parts)

    def _content(self, part: TextPart | ImagePart | DocumentPart, path: str, *, said: bool) -> list[Json]:
        """A part of a message; the assistant has only words."""
        if isinstance(part, TextPart):
            self.token(part.token, path)
            return [{"type": "output_text" if said else "input_text", "text": part.text}]
        if said:
            self.unfit(part, path)
            return []
        if isinstance(part, ImagePart):
            return [{"type": "input_image", "image_url": data_url(part), "detail": part.detail or "auto"}]
        if (words := inline(part)) is not None:
            self.lose("info", "rewritten", path, "A document of plain text stands in the message.")
            return [{"type": "input_text", "text": words}]
        if part.url:
            return [{"type": "input_file", "file_url": part.url}]
        return [{"type": "input_file", "filename": part.name or "document", "file_data": data_url(part)}]

    def _item(self, part: Content, path: str) -> list[Json]:
        """What is an item of its own."""
        match part:
            case ToolCall():
                self.token(part.token, path)
                name, wire_id = self.tool_name(part.name), self.opened(part, path)
                if part.custom:
                    return [{"type": "custom_tool_call", "call_id": wire_id, "name": name, "input": part.arguments}]
                return [{"type": "function_call", "call_id": wire_id, "name": name, "arguments": part.arguments or "{}"}]
            case ToolResult():
                return [self._result(part, path)]
            case ReasoningPart():
                token = self.token(part.token, path)
                if token is not None and is_object(item := orjson.loads(token.value)):
                    return [item]
                if part.text and part.token is None:
                    self.unfit(part, path)
            case OpaquePart():
                own = self.own(part, path)
                return [own] if own is not None else []
            case _:
                self.unfit(part, path)
        return []

    def _result(self, result: ToolResult, path: str) -> Json:
        parts: list[Json] = []
        for index, each in enumerate(result.parts):
            if isinstance(each, OpaquePart):
                if (own := self.own(each, f"{path}.parts[{index}]")) is not None:
                    parts.append(own)
            else:
                parts += self._content(each, f"{path}.parts[{index}]", said=False)
        if result.error:
            self.lose("info", "rewritten", f"{path}.error", "That a tool failed is said in words.")
            parts.insert(0, {"type": "input_text", "text": "Error:"})
        output = self._plain(parts) if parts else ""
        kind = "custom_tool_call_output" if result.call_id in self._custom() else "function_call_output"
        return {"type": kind, "call_id": self.answered(result), "output": output}

    def _custom(self) -> set[str]:
        """The calls of tools that take plain text."""
        return {
            part.id for message in self.prompt.messages for part in message.parts if isinstance(part, ToolCall) and part.custom
        }

    def _left_out(self, part: Content, path: str) -> None:
        if isinstance(part, CacheMark):
            self.lose("info", "dropped", path, "It finds what stays the same by itself.")
        elif isinstance(part, OpaquePart):
            self.own(part, path)
        else:
            self.unfit(part, path)

    def tools(self, body: Json) -> None:
        made: list[object] = []
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                made.append(self._tool(tool))
            elif (own := self.own(tool, "tools")) is not None:
                made.append(own)
        if not made:
            return
        body["tools"] = made
        choice = self.prompt.tool_choice
        if choice is not None:
            custom = any(isinstance(tool, Tool) and tool.custom and tool.name == choice.name for tool in self.prompt.tools)
            named = {"type": "custom" if custom else "function", "name": choice.name and self.tool_name(choice.name)}
            body["tool_choice"] = named if choice.mode == "tool" else choice.mode
        if self.prompt.parallel is not None:
            body["parallel_tool_calls"] = self.prompt.parallel

    def _tool(self, tool: Tool) -> Json:
        name, path = self.tool_name(tool.name), f"tools[{tool.name}]"
        if tool.cached is not None:
            self.lose("info", "dropped", f"{path}.cached", "It finds what stays the same by itself.")
        said: Json = {"description": tool.description} if tool.description else {}
        if tool.custom:
            return {"type": "custom", "name": name, **said, **({"format": dict(tool.grammar)} if tool.grammar else {})}
        subset, strict = self._strict(tool.schema, tool.strict, f"{path}.strict")
        parameters = self.schema(tool.schema, FUNCTION if subset is ANY else subset, f"{path}.schema")
        function: Json = {"type": "function", "name": name, **said, "parameters": parameters, "strict": strict}
        self.tool_extras(tool, function)
        return function

    def _strict(self, schema: object, strict: bool | None, path: str) -> tuple[Subset, bool]:
        """Here a tool is strict unless it says that it is not."""
        if strict and is_object(schema) and is_strict(schema):
            return OPENAI_STRICT, True
        if strict:
            self.lose("warning", "schema_widened", path, "It does not hold answers to a schema with open objects.")
        return ANY, False

    def format_of_answer(self, body: Json) -> None:
        output = self.prompt.output
        if output is None:
            return
        if output.kind == "json":
            said: Json = {"type": "json_object"}
            if "json" not in f"{' '.join(m.words for m in self.prompt.messages)}".lower():
                self.lose("info", "rewritten", "output", "The word JSON is added to the request: JSON mode wants it there.")
                body["input"] = [{"role": "system", "content": "Answer with JSON."}, *as_list(body["input"])]
        else:
            subset, strict = self._strict(dict(output.schema), output.strict, "output.strict")
            schema = self.schema(output.schema, subset, "output.schema")
            said = {"type": "json_schema", "name": output.name, "schema": schema, "strict": strict}
            if output.description:
                said["description"] = output.description
        body["text"] = {"format": said}

    def rest(self, body: Json) -> None:
        """Encrypted reasoning is asked for, since nothing is kept at the vendor."""
        prompt = self.prompt
        if self.ask.offer.capabilities.get("reasoning", False):
            body["include"] = ["reasoning.encrypted_content"]
        self.sampling(body, {"top_p": "top_p"})
        if prompt.user:
            body["safety_identifier" if self.ask.vendor.id == "openai" else "user"] = prompt.user
        if prompt.stop:
            self.lose("info", "emulated", "stop", "It takes no stop texts; they are looked for here.")
        self.unused(user=True, parallel=True)
        self.extras(body)

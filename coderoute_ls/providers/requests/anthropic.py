"""Anthropic's Messages: blocks in turns that alternate, results in one message, at most four cache marks, signed thoughts."""

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
from coderoute_ls.providers.json_access import Json, as_list, as_object, is_object
from coderoute_ls.providers.requests.blank_texts import says, without_last_blanks
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, b64, wrapped
from coderoute_ls.providers.requests.json_schema_conversion import is_strict
from coderoute_ls.providers.requests.vendor_schema_keywords import ANTHROPIC, ANTHROPIC_STRICT

LIMITS = Limits(name=r"[a-zA-Z0-9_-]{1,128}", id=r"[a-zA-Z0-9_-]+", token_kinds=frozenset({"signature", "redacted"}))
MOST_MARKS = 4
MOST_STRICT_TOOLS = 20


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _AnthropicWriter(ask, "anthropic-messages", LIMITS)
    body = dict(call.body)
    body.pop("system", None)
    if system := writer.blocks(writer.system(), "system"):
        body["system"] = system
    body["messages"] = writer.turns()
    writer.tools(body)
    writer.format_of_answer(body)
    writer.rest(body)
    if "type" not in as_object(body.get("thinking")):  # only a hint of how to tell thoughts is left of it
        body.pop("thinking", None)
    writer.marks(body)
    return writer.done(DialectCall(call.path, body, writer.headers(dict(call.headers))))


class _AnthropicWriter(Writer):
    def turns(self) -> list[object]:
        """Messages of one role in a row are one; a note of the system in between is a user's."""
        turns: list[Json] = []
        for path, message, parts in self.messages():
            role = message.role
            if role == "system" and not self._as_it_came():
                self.lose("warning", "rewritten", path, "A note of the system in the middle is said by the user.")
                role = "user"
            blocks = self.blocks(parts, role)
            if not blocks:
                continue
            if turns and turns[-1]["role"] == role:
                earlier = as_list(turns[-1]["content"])
                turns[-1]["content"] = [*earlier, *blocks]
            else:
                turns.append({"role": role, "content": blocks})
        for turn in turns:  # results of tools come before what the user says
            content = as_list(turn["content"])
            turn["content"] = sorted(content, key=lambda block: as_object(block).get("type") != "tool_result")
        if turns and turns[-1]["role"] == "assistant":
            without_last_blanks(self, as_list(turns[-1]["content"])[-1])
        if not turns or turns[0]["role"] != "user":
            self.lose("info", "rewritten", "messages", "An empty word of the user stands where the user says nothing first.")
            turns.insert(0, {"role": "user", "content": [{"type": "text", "text": "…"}]})
        return list(turns)

    def _as_it_came(self) -> bool:
        """Whether a note of the system may stay where it is: its caller speaks this format to the vendor whose it is, and some of
        that vendor's models take such notes."""
        origin = self.prompt.origin
        return self.ask.vendor.id == "anthropic" and origin is not None and origin.format == self.format

    def blocks(self, parts: list[tuple[str, Content]], role: str) -> list[object]:
        """The parts of one message. A cache mark goes to the block before it."""
        made: list[Json] = []
        for path, part in parts:
            if isinstance(part, CacheMark):
                if made:
                    made[-1]["cache_control"] = {"type": "ephemeral", **({"ttl": part.ttl} if part.ttl else {})}
                continue
            if (block := self._block(part, path, role)) is not None:
                made.append(block)
        return list(made)

    def _block(self, part: Content, path: str, role: str) -> Json | None:
        match part:
            case TextPart():
                self.token(part.token, path)
                return {"type": "text", "text": part.text} if says(self, part, path) else None
            case ImagePart() if role == "user":
                return {"type": "image", "source": _source(part)}
            case DocumentPart() if role == "user":
                return self._document(part)
            case ToolCall():
                self.token(part.token, path)
                name, wire_id = self.tool_name(part.name), self.opened(part, path)
                return {"type": "tool_use", "id": wire_id, "name": name, "input": wrapped(self, part, path)}
            case ToolResult():
                return self._result(part, path)
            case ReasoningPart():
                return self._thought(part, path)
            case OpaquePart():
                return self.own(part, path)
            case _:
                self.unfit(part, path)
                return None

    def _document(self, part: DocumentPart) -> Json:
        text = part.data and part.media_type.startswith("text/")
        source: Json = {"type": "text", "media_type": "text/plain", "data": part.data.decode("utf-8", "replace")}
        if not text:
            source = _source(part)
        return {"type": "document", "source": source, **({"title": part.name} if part.name else {})}

    def _result(self, result: ToolResult, path: str) -> Json:
        inner = [(f"{path}.parts[{index}]", part) for index, part in enumerate(result.parts)]
        block: Json = {"type": "tool_result", "tool_use_id": self.answered(result)}
        content = self.blocks([(where, part) for where, part in inner], "user")
        first = content[0] if len(content) == 1 else None
        if is_object(first) and first.get("type") == "text" and "cache_control" not in first:
            block["content"] = first["text"]
        elif content:
            block["content"] = content
        if result.error:
            block["is_error"] = True
        return block

    def _thought(self, part: ReasoningPart, path: str) -> Json | None:
        token = self.token(part.token, path)
        if token is None:
            if part.text and part.token is None:
                self.unfit(part, path)
            return None
        if token.kind == "redacted":
            return {"type": "redacted_thinking", "data": token.value}
        return {"type": "thinking", "thinking": part.text, "signature": token.value}

    def tools(self, body: Json) -> None:
        """Of strict tools there are at most twenty. Where the model thinks, it cannot be made to call a tool."""
        made: list[object] = []
        strict = sum(1 for _, tool in self.schemas() if tool.strict)
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                made.append(self._tool(tool, strict=strict <= MOST_STRICT_TOOLS))
            elif (own := self.own(tool, "tools")) is not None:
                made.append(own)
        if not made:
            return
        body["tools"] = made
        choice, parallel = self.prompt.tool_choice, self.prompt.parallel
        word = {"auto": "auto", "none": "none", "required": "any", "tool": "tool"}[choice.mode if choice is not None else "auto"]
        said: Json = {"type": word}
        if choice is not None and choice.name:
            said["name"] = self.tool_name(choice.name)
        if parallel is not None and word != "none":
            said["disable_parallel_tool_use"] = not parallel
        if word in ("any", "tool") and as_object(body.get("thinking")).get("type") in ("enabled", "adaptive"):
            self.lose("warning", "dropped", "effort", "A model that must call a tool does not think before.")
            body.pop("thinking")
            body.pop("output_config", None)
        if choice is not None or parallel is not None:
            body["tool_choice"] = said

    def _tool(self, tool: Tool, *, strict: bool) -> Json:
        name, path = self.tool_name(tool.name), f"tools[{tool.name}]"
        said: Json = {"name": name, **({"description": tool.description} if tool.description else {})}
        if tool.custom:
            self.emulate(tool, path)
            said["input_schema"] = dict(FREE_TEXT)
        else:
            held = bool(tool.strict and strict and is_strict(tool.schema))
            if tool.strict and not held:
                self.lose("warning", "schema_widened", f"{path}.strict", "It does not hold the arguments to this schema.")
            said["input_schema"] = self.schema(tool.schema, ANTHROPIC_STRICT if held else ANTHROPIC, f"{path}.schema")
            if held:
                said["strict"] = True
        self.tool_extras(tool, said, taken=self.ask.vendor.id == "anthropic")
        if tool.cached is not None:
            said["cache_control"] = {"type": "ephemeral", **({"ttl": tool.cached} if tool.cached else {})}
        return said

    def format_of_answer(self, body: Json) -> None:
        """A schema in its own field; JSON without one in words, since there is no mode for it."""
        output = self.prompt.output
        if output is None:
            return
        if output.kind == "json" or not is_strict(output.schema):
            path = "output" if output.kind == "json" else "output.strict"
            if output.kind == "json":
                self.lose("warning", "emulated", path, "That the answer is JSON is asked for in words.")
                words = "Answer with one JSON object and nothing else."
            else:
                import orjson

                self.lose("warning", "schema_widened", path, "It does not hold the answer to a schema with open objects.")
                wanted = orjson.dumps(dict(output.schema)).decode()
                words = f"Answer with one JSON value that fits this JSON Schema, and nothing else:\n{wanted}"
            body["system"] = [*as_list(body.get("system")), {"type": "text", "text": words}]
            return
        schema = self.schema(output.schema, ANTHROPIC_STRICT, "output.schema")
        body["output_config"] = {**as_object(body.get("output_config")), "format": {"type": "json_schema", "schema": schema}}

    def rest(self, body: Json) -> None:
        thinks = as_object(body.get("thinking")).get("type") in ("enabled", "adaptive")
        if thinks and self.prompt.temperature is not None:
            self.lose("warning", "dropped", "temperature", "A model that thinks takes no temperature.")
        if (self.prompt.temperature or 0) > 1 and not thinks:
            self.lose("warning", "clamped", "temperature", "The highest is 1.", source=str(self.prompt.temperature), target="1")
        if thinks and self.prompt.sampling is not None and self.prompt.sampling.top_k is not None:
            self.lose("warning", "dropped", "sampling.top_k", "A model that thinks takes no top_k.")
            self.sampling(body, {"top_p": "top_p"}, frozenset({"top_p", "presence_penalty"}))
        else:
            self.sampling(body, {"top_p": "top_p", "top_k": "top_k"})
        if self.prompt.user:
            body["metadata"] = {"user_id": self.prompt.user}
        self.unused(user=True, parallel=True)
        self.extras(body)

    def marks(self, body: Json) -> None:
        """At most four cache marks: the last ones, which reach furthest. A prompt that sets none but says that
        its beginning stays the same has the end of what is said before the messages marked, and the end of them."""
        blocks = [*as_list(body.get("tools")), *as_list(body.get("system"))]
        for message in as_list(body["messages"]):
            blocks += as_list(as_object(message).get("content"))
        marked = [block for block in blocks if is_object(block) and "cache_control" in block]
        if not marked and self.prompt.cacheable_chars:
            before = [*as_list(body.get("tools")), *as_list(body.get("system"))]
            for block in (*before[-1:], *(block for block in blocks[-1:] if block not in before)):
                if is_object(block) and block.get("type") not in ("thinking", "redacted_thinking"):
                    block["cache_control"] = {"type": "ephemeral"}
        for block in marked[:-MOST_MARKS]:
            del block["cache_control"]
        if len(marked) > MOST_MARKS:
            words = "There are at most four cache marks; the last ones are kept."
            self.lose("info", "dropped", "cache marks", words, source=str(len(marked)), target=str(MOST_MARKS))

    def headers(self, headers: dict[str, str]) -> dict[str, str]:
        """A client's own beta features go on to a vendor of the same format."""
        origin = self.prompt.origin
        if origin is not None and origin.format == self.format and (beta := origin.headers.get("anthropic-beta")):
            headers["anthropic-beta"] = beta
        elif origin is not None and origin.headers.get("anthropic-beta"):
            self.lose("info", "dropped", "headers.anthropic-beta", "Only Anthropic knows it.")
        return headers


def _source(part: ImagePart | DocumentPart) -> Json:
    if part.url:
        return {"type": "url", "url": part.url}
    return {"type": "base64", "media_type": part.media_type, "data": b64(part.data)}

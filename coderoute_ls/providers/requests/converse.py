"""Bedrock's Converse: blocks like Anthropic's under other names. A conversation begins with the user."""

import re

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
from coderoute_ls.providers.json_access import Json, as_list, as_object
from coderoute_ls.providers.requests.anthropic import MOST_MARKS
from coderoute_ls.providers.requests.blank_texts import says, without_last_blanks
from coderoute_ls.providers.requests.conversation_writer import FREE_TEXT, Limits, Writer, b64, inline, json_text, wrapped
from coderoute_ls.providers.requests.vendor_schema_keywords import ANTHROPIC, ANTHROPIC_STRICT

LIMITS = Limits(id=r"[a-zA-Z0-9_-]{1,64}", token_kinds=frozenset({"signature", "redacted"}))
_IMAGES = frozenset({"png", "jpeg", "gif", "webp"})
_DOCUMENTS = {
    "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt", "text/markdown": "md",
    "application/msword": "doc", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip


def written(ask: DialectRequest, call: DialectCall) -> DialectCall:
    """The plain request with everything that is beside text."""
    writer = _ConverseWriter(ask, "bedrock-converse", LIMITS)
    body = dict(call.body)
    body.pop("system", None)
    if system := writer.blocks(writer.system(), "system"):
        body["system"] = system
    body["messages"] = writer.turns()
    writer.tools(body)
    writer.format_of_answer(body)
    writer.rest(body)
    writer.marks(body)
    return writer.done(DialectCall(call.path, body, call.headers))


class _ConverseWriter(Writer):
    _documents = 0

    def turns(self) -> list[object]:
        turns: list[Json] = []
        for path, message, parts in self.messages():
            role = "assistant" if message.role == "assistant" else "user"
            if message.role == "system":
                self.lose("warning", "rewritten", path, "A note of the system in the middle is said by the user.")
            blocks = self.blocks(parts, role)
            if not blocks:
                continue
            if turns and turns[-1]["role"] == role:
                turns[-1]["content"] = [*as_list(turns[-1]["content"]), *blocks]
            else:
                turns.append({"role": role, "content": blocks})
        for turn in turns:
            turn["content"] = sorted(as_list(turn["content"]), key=lambda block: "toolResult" not in as_object(block))
        if turns and turns[-1]["role"] == "assistant":
            without_last_blanks(self, as_list(turns[-1]["content"])[-1])
        if not turns or turns[0]["role"] != "user":
            self.lose("info", "rewritten", "messages", "An empty word of the user stands where the user says nothing first.")
            turns.insert(0, {"role": "user", "content": [{"text": "…"}]})
        return list(turns)

    def blocks(self, parts: list[tuple[str, Content]], role: str) -> list[object]:
        made: list[object] = []
        for path, part in parts:
            if isinstance(part, CacheMark):
                if made:
                    made.append({"cachePoint": {"type": "default", **({"ttl": part.ttl} if part.ttl else {})}})
            elif (block := self._block(part, path, role)) is not None:
                made.append(block)
        return made

    def _block(self, part: Content, path: str, role: str) -> Json | None:
        match part:
            case TextPart():
                self.token(part.token, path)
                return {"text": part.text} if says(self, part, path) else None
            case ImagePart() | DocumentPart() if role == "user":
                return self._media(part, path)
            case ToolCall():
                self.token(part.token, path)
                name, wire_id = self.tool_name(part.name), self.opened(part, path)
                return {"toolUse": {"toolUseId": wire_id, "name": name, "input": wrapped(self, part, path)}}
            case ToolResult():
                return self._result(part, path)
            case ReasoningPart():
                return self._thought(part, path)
            case OpaquePart():
                return self.own(part, path)
            case _:
                self.unfit(part, path)
                return None

    def _media(self, part: ImagePart | DocumentPart, path: str) -> Json | None:
        """A picture or a document; only what lies in Amazon's own store has an address."""
        kind = part.media_type.partition("/")[2]
        source: Json = {"s3Location": {"uri": part.url}} if part.url.startswith("s3://") else {"bytes": b64(part.data)}
        if isinstance(part, ImagePart) and (part.data or part.url.startswith("s3://")) and kind in _IMAGES:
            return {"image": {"format": kind, "source": source}}
        if isinstance(part, DocumentPart) and (part.data or part.url.startswith("s3://")):
            if (form := _DOCUMENTS.get(part.media_type)) is not None:
                self._documents += 1
                name = re.sub(r"[^a-zA-Z0-9 ()\[\]-]+", "-", part.name).strip() or f"document {self._documents}"
                if name != part.name and part.name:
                    words = "The document has another name there."
                    self.lose("info", "renamed", f"{path}.name", words, source=part.name, target=name)
                return {"document": {"format": form, "name": name, "source": source}}
            if (words := inline(part)) is not None:
                self.lose("info", "rewritten", path, "A document of plain text stands in the message.")
                return {"text": words}
        self.unfit(part, path)
        return None

    def _result(self, result: ToolResult, path: str) -> Json:
        content: list[object] = []
        for index, part in enumerate(result.parts):
            where = f"{path}.parts[{index}]"
            if isinstance(part, TextPart):
                content += [{"text": part.text}] if says(self, part, where) else []
            elif isinstance(part, ImagePart | DocumentPart):
                content += [block] if (block := self._media(part, where)) is not None else []
            elif (own := self.own(part, where)) is not None:
                content.append(own)
        said: Json = {"toolUseId": self.answered(result), "content": content}
        if result.error:
            said["status"] = "error"
        return {"toolResult": said}

    def _thought(self, part: ReasoningPart, path: str) -> Json | None:
        token = self.token(part.token, path)
        if token is None:
            if part.text and part.token is None:
                self.unfit(part, path)
            return None
        if token.kind == "redacted":
            return {"reasoningContent": {"redactedContent": token.value}}
        return {"reasoningContent": {"reasoningText": {"text": part.text, "signature": token.value}}}

    def tools(self, body: Json) -> None:
        """There is no word for "none", and a conversation that had calls must declare tools: they stay, and only are not
        wanted."""
        made: list[object] = []
        choice = self.prompt.tool_choice
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                made += self._tool(tool)
            elif (own := self.own(tool, "tools")) is not None:
                made.append(own)
        if choice is not None and choice.mode == "none":
            if not self.called:
                return
            self.lose("warning", "dropped", "tool_choice", "It has no way to forbid tools in a conversation that used some.")
            choice = None
        if not made:
            return
        config: Json = {"tools": made}
        if choice is not None:
            named = {"tool": {"name": choice.name and self.tool_name(choice.name)}}
            config["toolChoice"] = {"auto": {"auto": {}}, "required": {"any": {}}, "tool": named}[choice.mode]
            if choice.mode != "auto" and body.pop("additionalModelRequestFields", None):
                self.lose("warning", "dropped", "effort", "A model that must call a tool does not think before.")
        body["toolConfig"] = config

    def _tool(self, tool: Tool) -> list[object]:
        path = f"tools[{tool.name}]"
        spec: Json = {"name": self.tool_name(tool.name), **({"description": tool.description} if tool.description else {})}
        if tool.custom:
            self.emulate(tool, path)
            schema: Json = dict(FREE_TEXT)
        else:
            schema = self.schema(tool.schema, ANTHROPIC, f"{path}.schema")
        spec["inputSchema"] = {"json": schema}
        if tool.strict:
            self.lose("warning", "schema_widened", f"{path}.strict", "It does not promise to hold arguments to the schema.")
        mark: list[object] = [{"cachePoint": {"type": "default"}}] if tool.cached is not None else []
        return [{"toolSpec": spec}, *mark]

    def format_of_answer(self, body: Json) -> None:
        output = self.prompt.output
        if output is None:
            return
        if output.kind == "json":
            self.lose("warning", "emulated", "output", "That the answer is JSON is asked for in words.")
            body["system"] = [*as_list(body.get("system")), {"text": "Answer with one JSON object and nothing else."}]
            return
        inner: Json = {"schema": json_text(self.schema(output.schema, ANTHROPIC_STRICT, "output.schema")), "name": output.name}
        if output.description:
            inner["description"] = output.description
        body["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": inner}}}

    def rest(self, body: Json) -> None:
        config = dict(as_object(body.get("inferenceConfig")))
        if "additionalModelRequestFields" in body and self.prompt.temperature is not None:
            self.lose("warning", "dropped", "temperature", "A model that thinks takes no temperature.")
        if (self.prompt.temperature or 0) > 1:
            self.lose("warning", "clamped", "temperature", "The highest is 1.", source=str(self.prompt.temperature), target="1")
        self.sampling(config, {"top_p": "topP"})
        if len(self.prompt.stop) > 4:
            self.lose(
                "info",
                "clamped",
                "stop",
                "It takes four stop texts; the others are looked for here.",
                source=str(len(self.prompt.stop)),
                target="4",
            )
        body["inferenceConfig"] = config
        self.unused()
        self.extras(body)

    def marks(self, body: Json) -> None:
        """At most four cache points: the last ones."""
        places = [as_list(as_object(body.get("toolConfig")).get("tools")), as_list(body.get("system"))]
        places += [as_list(as_object(message).get("content")) for message in as_list(body["messages"])]
        found = [(place, block) for place in places for block in place if "cachePoint" in as_object(block)]
        for place, block in found[:-MOST_MARKS]:
            place[:] = [each for each in place if each is not block]
        if len(found) > MOST_MARKS:
            words = "There are at most four cache marks; the last ones are kept."
            self.lose("info", "dropped", "cache marks", words, source=str(len(found)), target=str(MOST_MARKS))

"""Bedrock's Converse: numbered blocks; signatures and thoughts that may not be read come as pieces of the same block."""

from collections.abc import Iterator

from coderoute_ls.domain import Delta, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import Citation
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text, is_object


class ConverseBeside(BesideText):
    """A call's end is told as for Anthropic: not before it is known that the answer was not cut in it. What Bedrock's own tools
    did is kept as it came."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._signatures: dict[object, str] = {}
        self._server: dict[object, Json] = {}
        """Calls of tools that run at Amazon, and their results, while they grow."""
        self._closed: object = None
        self._cut = False

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        return list(self._event(name, data))

    def whole(self, body: Json) -> list[StreamEvent]:
        return list(self._whole(body))

    def _event(self, name: str, data: Json) -> Iterator[StreamEvent]:
        index = data.get("contentBlockIndex")
        match name:
            case "contentBlockStart":
                yield from self._complete()
                yield from self._opened(index, as_object(data.get("start")))
            case "contentBlockDelta":
                yield from self._grown(index, as_object(data.get("delta")))
            case "contentBlockStop":
                yield from self._block_end(index)
            case "messageStop":
                self._cut = as_text(data.get("stopReason")) not in ("tool_use", "end_turn", "stop_sequence")
                yield from self._complete()
            case _:
                pass

    def _whole(self, body: Json) -> Iterator[StreamEvent]:
        cut = as_text(body.get("stopReason")) in ("max_tokens", "model_context_window_exceeded")
        blocks = [as_object(each) for each in as_list(as_object(as_object(body.get("output")).get("message")).get("content"))]
        for index, block in enumerate(blocks):
            if tool := as_object(block.get("toolUse")):
                if tool.get("type") == "server_tool_use":
                    yield self.unknown(block)
                    continue
                yield from self._opened(index, {"toolUse": tool})
                yield from self.calls.grow(index, "", "", arguments_text(tool.get("input")))
            elif thought := as_object(block.get("reasoningContent")):
                inner = as_object(thought.get("reasoningText"))
                yield from self._grown(index, {"reasoningContent": {**inner, **thought}})
            elif cited := as_object(block.get("citationsContent")):
                for part in map(as_object, as_list(cited.get("content"))):
                    if text := as_text(part.get("text")):
                        yield Delta(text)
                yield from map(_citation, map(as_object, as_list(cited.get("citations"))))
            elif "text" in block:
                yield Delta(as_text(block.get("text")))
            else:
                yield self.unknown(block)
            self._cut = cut and index == len(blocks) - 1
            yield from self._block_end(index)
            yield from self._complete()

    def _opened(self, index: object, start: Json) -> Iterator[StreamEvent]:
        tool = as_object(start.get("toolUse"))
        if tool and tool.get("type") != "server_tool_use":
            yield from self.calls.grow(index, as_text(tool.get("toolUseId")), as_text(tool.get("name")), "")
            yield from self.calls.opened(index)
        elif start:
            self._server[index] = dict(start)

    def _grown(self, index: object, delta: Json) -> Iterator[StreamEvent]:
        if text := as_text(delta.get("text")):
            yield Delta(text)
        thought = as_object(delta.get("reasoningContent"))
        if words := as_text(thought.get("text")):
            yield Delta("", words)
        if signature := as_text(thought.get("signature")):
            self._signatures[index] = self._signatures.get(index, "") + signature
        if redacted := as_text(thought.get("redactedContent")):
            yield self.token("redacted", redacted)
        if is_object(tool := delta.get("toolUse")):
            if index in self._server:
                inner = as_object(self._server[index].get("toolUse"))
                self._server[index]["toolUse"] = {**inner, "input": as_text(inner.get("input")) + as_text(tool.get("input"))}
            else:
                yield from self.calls.grow(index, "", "", arguments_text(tool.get("input")))
        elif index in self._server and "toolResult" in delta:
            self._server[index]["content"] = delta["toolResult"]
        if is_object(cited := delta.get("citation")):
            yield _citation(cited)

    def _block_end(self, index: object) -> Iterator[StreamEvent]:
        if signature := self._signatures.pop(index, ""):
            yield self.token("signature", signature)
        if (block := self._server.pop(index, None)) is not None:
            yield self.unknown(block)
        if self.calls.begun(index):
            self._closed = index

    def _complete(self) -> Iterator[StreamEvent]:
        index, self._closed = self._closed, None
        if index is not None and not self._cut:
            yield from self.calls.end(index)

    def reason(self, reason: FinishReason) -> FinishReason:
        return reason


def _citation(citation: Json) -> Citation:
    web = as_object(as_object(citation.get("location")).get("web"))
    quotes = [as_text(each.get("text")) for each in map(as_object, as_list(citation.get("sourceContent")))]
    return Citation(as_text(web.get("url")), as_text(citation.get("title")), "".join(quotes), raw=citation)


READER = ConverseBeside

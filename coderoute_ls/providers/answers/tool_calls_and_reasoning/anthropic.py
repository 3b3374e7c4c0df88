"""Anthropic's Messages: blocks that open, grow and close. Thoughts are signed at the end of their block, and nowhere else."""

from collections.abc import Iterator

import orjson

from coderoute_ls.domain import Delta, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import Citation, UsageReport
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text


class AnthropicBeside(BesideText):
    """A call ends with its block, but where the answer is cut at its length: then the last block closes without being complete.
    So the end of a call is told when the next block opens, or when the answer says how it ended."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._signatures: dict[object, str] = {}
        self._unknown: dict[object, Json] = {}
        """Blocks that we do not know, while they grow."""
        self._json: dict[object, str] = {}
        self._closed: object = None
        """The call whose block closed last."""
        self._calls_cut = False

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        return list(self._event(as_text(data.get("type")) or name, data))

    def whole(self, body: Json) -> list[StreamEvent]:
        self.calls.seed = as_text(body.get("id"))
        return list(self._message(body))

    def _event(self, kind: str, data: Json) -> Iterator[StreamEvent]:
        index = data.get("index")
        match kind:
            case "message_start":
                message = as_object(data.get("message"))
                self.calls.seed = as_text(message.get("id"))
                usage = as_object(message.get("usage"))
                counted = sum(
                    as_count(usage.get(each))
                    for each in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
                )
                if counted:
                    yield UsageReport(counted, as_count(usage.get("output_tokens")))
                if message.get("content"):
                    yield from self._message(message)
            case "content_block_start":
                yield from self._complete()
                yield from self._opened(index, as_object(data.get("content_block")))
            case "content_block_delta":
                yield from self._grown(index, as_object(data.get("delta")))
            case "content_block_stop":
                yield from self._block_end(index)
            case "message_delta":
                if word := as_text(as_object(data.get("delta")).get("stop_reason")):
                    self._calls_cut = word.lower() not in ("tool_use", "end_turn", "stop_sequence", "pause_turn")
                    yield from self._complete()
            case _:
                pass

    def _message(self, message: Json) -> Iterator[StreamEvent]:
        """A message that is whole. A call that its length cut is the last block."""
        cut = as_text(message.get("stop_reason")) in ("max_tokens", "model_context_window_exceeded")
        blocks = [as_object(block) for block in as_list(message.get("content"))]
        for index, block in enumerate(blocks):
            yield from self._opened(index, block)
            yield from self._block_end(index)
            self._calls_cut = cut and index == len(blocks) - 1
            yield from self._complete()

    def _opened(self, index: object, block: Json) -> Iterator[StreamEvent]:
        match block.get("type"):
            case "text":
                if text := as_text(block.get("text")):
                    yield Delta(text)
                yield from map(_citation, map(as_object, as_list(block.get("citations"))))
            case "thinking":
                if thought := as_text(block.get("thinking")):
                    yield Delta("", thought)
                self._signatures[index] = as_text(block.get("signature"))
            case "redacted_thinking":
                yield self.token("redacted", as_text(block.get("data")))
            case "tool_use":
                yield from self.calls.grow(index, as_text(block.get("id")), as_text(block.get("name")), "")
                yield from self.calls.opened(index)
                if given := block.get("input"):
                    yield from self.calls.grow(index, "", "", arguments_text(given))
            case _:
                self._unknown[index] = block

    def _grown(self, index: object, delta: Json) -> Iterator[StreamEvent]:
        match delta.get("type"):
            case "text_delta":
                yield Delta(as_text(delta.get("text")))
            case "thinking_delta":
                yield Delta("", as_text(delta.get("thinking")))
            case "signature_delta":
                self._signatures[index] = self._signatures.get(index, "") + as_text(delta.get("signature"))
            case "input_json_delta" if index not in self._unknown:
                yield from self.calls.grow(index, "", "", as_text(delta.get("partial_json")))
            case "input_json_delta":
                self._json[index] = self._json.get(index, "") + as_text(delta.get("partial_json"))
            case "citations_delta":
                yield _citation(as_object(delta.get("citation")))
            case _:
                if index in self._unknown:
                    more = {name: value for name, value in delta.items() if name != "type"}
                    self._unknown[index] = {**self._unknown[index], **more}

    def _block_end(self, index: object) -> Iterator[StreamEvent]:
        if signature := self._signatures.pop(index, ""):
            yield self.token("signature", signature)
        if (block := self._unknown.pop(index, None)) is not None:
            if written := self._json.pop(index, ""):
                try:
                    block = {**block, "input": orjson.loads(written)}
                except orjson.JSONDecodeError:
                    block = {**block, "input": written}
            yield self.unknown(block)
        if self.calls.begun(index):
            self._closed = index

    def _complete(self) -> Iterator[StreamEvent]:
        """The call whose block closed last is complete, unless the answer was cut in it."""
        index, self._closed = self._closed, None
        if index is not None and not self._calls_cut:
            yield from self.calls.end(index)

    def reason(self, reason: FinishReason) -> FinishReason:
        return reason  # its own word for it is always right


def _citation(citation: Json) -> Citation:
    start, end = citation.get("start_char_index"), citation.get("end_char_index")
    del start, end  # of the document that is cited, not of the answer
    return Citation(
        as_text(citation.get("url")),
        as_text(citation.get("title")) or as_text(citation.get("document_title")),
        as_text(citation.get("cited_text")),
        raw=citation,
    )


READER = AnthropicBeside

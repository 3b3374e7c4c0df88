"""``openai-responses``: OpenAI's Responses API (also xAI, Azure, OpenRouter, LM Studio): typed events, one final status."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_TEXT = "response.output_text.delta"
_REASONING = frozenset({"response.reasoning_summary_text.delta", "response.reasoning_text.delta"})
_FINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
_TOOLS = frozenset({"function_call", "custom_tool_call"})
_ENDINGS: Mapping[str, FinishReason] = {
    "completed": "stop",
    "failed": "error",
    "incomplete:max_output_tokens": "length",
    "incomplete:content_filter": "filtered",
}
"""Statuses, with the reason of an incomplete one; ``cancelled``, ``queued`` and ``in_progress`` are no ends."""


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.responses import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """Nothing is stored at the vendor: every request carries all it needs."""
    prompt, vendor = ask.prompt, ask.vendor
    body: Json = {
        "model": ask.offer.wire_id,
        "input": [{"role": message.role, "content": message.text} for message in prompt.messages],
        "max_output_tokens": prompt.max_tokens,
        "store": False,
    }
    if prompt.system:
        body["instructions"] = prompt.system
    if ask.stream:
        body["stream"] = True
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if ask.effort is not None:
        body["reasoning"] = {"effort": ask.effort}
    headers: dict[str, str] = {}
    if prompt.session and vendor.session_field:
        (headers if "-" in vendor.session_field else body)[vendor.session_field] = prompt.session
    return DialectCall("/responses", body, headers)


class ResponsesDecoder(Decoder):
    """The type inside the data counts, for some servers send no event names."""

    endings: ClassVar[Mapping[str, FinishReason]] = _ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("type", "output")

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self._said: set[str] = set()
        """Parts of the output whose text has come."""

    def event(self, name: str, data: Json) -> Said:
        said = self._event(name, data)
        return said if self.beside is None else self.beside.event(name, data)

    def _event(self, name: str, data: Json) -> Delta | None:
        kind = as_text(data.get("type")) or name
        part = f"{data.get('output_index')} {data.get('content_index')}"
        if kind == _TEXT:
            self._said.add(part)
            return Delta(as_text(data.get("delta")))
        if kind in _REASONING:
            return Delta(reasoning=as_text(data.get("delta")))
        if kind == "response.refusal.delta":
            self.refused(as_text(data.get("delta")))
        elif kind == "response.output_text.done" and part not in self._said:
            self._said.add(part)
            return Delta(as_text(data.get("text")))
        elif kind in _FINAL:
            response = as_object(data.get("response"))
            written = self._written(response)
            self._close(response, kind.removeprefix("response."))
            self.over = True
            return Delta(written.text) if written.text and not self._said else None
        elif kind == "response.created":
            self.model = as_text(as_object(data.get("response")).get("model"))
        return None

    def whole(self, body: Json) -> Said:
        if "output" not in body:
            self.fail(body)
        delta = self._written(body)
        self._close(body, "")
        return delta if self.beside is None else self.beside.whole(body)

    def _written(self, response: Json) -> Delta:
        """What is in the output of a whole response. A refusal in it is noted."""
        text = reasoning = refusal = ""
        for item in map(as_object, as_list(response.get("output"))):
            for part in map(as_object, (*as_list(item.get("summary")), *as_list(item.get("content")))):
                match part.get("type"):
                    case "output_text":
                        text += as_text(part.get("text"))
                    case "summary_text" | "reasoning_text":
                        reasoning += as_text(part.get("text"))
                    case "refusal":
                        refusal += as_text(part.get("refusal"))
                        self.reason = "refused"
                    case _:
                        pass
        self.refusal = self.refusal or refusal
        return Delta(text, reasoning)

    def _close(self, response: Json, kind: str) -> None:
        """``kind``: what the event is called, which stands in where the response has no status."""
        if response.get("error"):
            self.fail(response)
        status = as_text(response.get("status")) or kind
        why = as_text(as_object(response.get("incomplete_details")).get("reason"))
        self.end(f"{status}:{why}" if why else status)
        kinds = {as_text(as_object(item).get("type")) for item in as_list(response.get("output"))}
        if self.reason == "stop" and kinds & _TOOLS:
            self.reason = "tool_calls"
        self.model = as_text(response.get("model")) or self.model
        self.count(_usage(as_object(response.get("usage"))))


def _usage(raw: Json) -> Usage | None:
    if not raw:
        return None
    details_in, details_out = as_object(raw.get("input_tokens_details")), as_object(raw.get("output_tokens_details"))
    entered, left = as_count(raw.get("input_tokens")), as_count(raw.get("output_tokens"))
    reasoning = as_count(details_out.get("reasoning_tokens"))
    beside = reasoning > 0 and as_count(raw.get("total_tokens")) == entered + left + reasoning
    return Usage(
        input=entered,
        output=left + reasoning if beside else left,
        cached_read=as_count(details_in.get("cached_tokens")),
        cached_write=as_count(details_in.get("cache_write_tokens")),
        reasoning=reasoning,
        raw=raw,
    )


DIALECT = Dialect("openai-responses", encode, ResponsesDecoder, beside="responses")

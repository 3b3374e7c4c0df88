"""``openai-responses``: OpenAI's Responses API (also xAI, Azure, OpenRouter, LM Studio): typed events, one final status."""

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_TEXT = "response.output_text.delta"
_REASONING = frozenset({"response.reasoning_summary_text.delta", "response.reasoning_text.delta"})
_FINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})
_INCOMPLETE: dict[str, FinishReason] = {"max_output_tokens": "length", "content_filter": "filtered"}


def encode(ask: DialectRequest) -> DialectCall:
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

    def event(self, name: str, data: Json) -> Delta | None:
        kind = as_text(data.get("type")) or name
        if kind == _TEXT:
            return Delta(as_text(data.get("delta")))
        if kind in _REASONING:
            return Delta(reasoning=as_text(data.get("delta")))
        if kind == "response.refusal.delta":
            self.reason = "refused"
        elif kind in _FINAL:
            self.ended = True
            self._close(as_object(data.get("response")))
        elif kind == "error":
            self.fail(data)
        elif kind == "response.created":
            self.model = as_text(as_object(data.get("response")).get("model"))
        return None

    def whole(self, body: Json) -> Delta | None:
        if "output" not in body:
            self.fail(body)
        text = reasoning = ""
        for item in map(as_object, as_list(body.get("output"))):
            for part in map(as_object, (*as_list(item.get("summary")), *as_list(item.get("content")))):
                match part.get("type"):
                    case "output_text":
                        text += as_text(part.get("text"))
                    case "summary_text" | "reasoning_text":
                        reasoning += as_text(part.get("text"))
                    case "refusal":
                        self.reason = "refused"
                    case _:
                        pass
        self._close(body)
        return Delta(text, reasoning)

    def _close(self, response: Json) -> None:
        if response.get("error"):
            self.fail(response)
        status = as_text(response.get("status"))
        why = as_text(as_object(response.get("incomplete_details")).get("reason"))
        self.wire_reason = f"{status}:{why}" if why else status
        if self.reason != "refused":
            self.reason = _INCOMPLETE.get(why, "error") if status == "incomplete" else "stop"
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


DIALECT = Dialect("openai-responses", encode, ResponsesDecoder)

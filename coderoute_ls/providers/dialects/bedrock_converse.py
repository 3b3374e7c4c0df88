"""``bedrock-converse``: Amazon Bedrock's Converse, one shape for the models of all makers, streamed in Amazon's binary frames."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_ENDINGS: Mapping[str, FinishReason] = {
    **dict.fromkeys(("end_turn", "stop_sequence"), "stop"),
    "tool_use": "tool_calls",
    **dict.fromkeys(("max_tokens", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(("guardrail_intervened", "content_filtered"), "filtered"),
    **dict.fromkeys(("malformed_model_output", "malformed_tool_use"), "error"),
}
_BUDGETS = {"minimal": 1_024, "low": 1_024, "medium": 4_096, "high": 16_384, "xhigh": 32_768, "max": 63_999}


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.converse import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """The model is in the path; what only some models take is apart from the rest."""
    prompt = ask.prompt
    config: Json = {"maxTokens": prompt.max_tokens}
    body: Json = {"messages": [{"role": one.role, "content": [{"text": one.text}]} for one in prompt.messages]}
    if prompt.system:
        body["system"] = [{"text": prompt.system}]
    thinking = _thinking(ask)
    if thinking:
        body["additionalModelRequestFields"] = thinking
    elif prompt.temperature is not None:
        config["temperature"] = min(prompt.temperature, 1.0)
    if stops := [stop for stop in prompt.stop if stop.strip()][:4]:
        config["stopSequences"] = stops
    body["inferenceConfig"] = config
    path = f"/model/{quote(ask.offer.wire_id, safe='')}/converse"
    if not ask.stream:
        return DialectCall(path, body)
    return DialectCall(f"{path}-stream", body, {"accept": "application/vnd.amazon.eventstream"})


def _thinking(ask: DialectRequest) -> Json:
    """Claude thinks by a budget of tokens; how other makers' models take an effort here is not known to us."""
    if ask.effort in (None, "none") or "anthropic." not in ask.offer.wire_id:
        return {}
    budget = min(_BUDGETS.get(ask.effort or "", 4_096), ask.prompt.max_tokens - 1)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}} if budget >= 1_024 else {}


class ConverseDecoder(Decoder):
    """Usage comes after the stop reason, in the event that ends the stream."""

    endings: ClassVar[Mapping[str, FinishReason]] = _ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("role", "start", "delta", "stopReason", "usage", "output")

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self._stopped = False

    def event(self, name: str, data: Json) -> Said:
        said = self._event(name, data)
        return said if self.beside is None else self.beside.event(name, data)

    def _event(self, name: str, data: Json) -> Delta | None:
        match name:
            case "contentBlockDelta":
                return _delta(as_object(data.get("delta")))
            case "messageStop":
                self._stop(data.get("stopReason"))
            case "metadata":
                self._count(data.get("usage"))
                self.ended = self.over = self._stopped
            case _:
                pass
        return None

    def whole(self, body: Json) -> Said:
        message = as_object(as_object(body.get("output")).get("message"))
        if not message:
            self.fail(body)
        self._stop(body.get("stopReason"))
        self._count(body.get("usage"))
        if self.beside is not None:
            return self.beside.whole(body)
        deltas = [delta for block in as_list(message.get("content")) if (delta := _block(as_object(block))) is not None]
        return Delta("".join(delta.text for delta in deltas), "".join(delta.reasoning for delta in deltas))

    def _stop(self, wire: object) -> None:
        self._stopped = bool(wire)
        self.end(as_text(wire), final=False)

    def _count(self, usage: object) -> None:
        raw = as_object(usage)
        if not raw:
            return
        read, written = as_count(raw.get("cacheReadInputTokens")), as_count(raw.get("cacheWriteInputTokens"))
        counted = Usage(
            input=as_count(raw.get("inputTokens")) + read + written,
            output=as_count(raw.get("outputTokens")),
            cached_read=read,
            cached_write=written,
            raw=raw,
        )
        self.count(counted)


def _delta(delta: Json) -> Delta | None:
    reasoning = as_text(as_object(delta.get("reasoningContent")).get("text"))
    text = as_text(delta.get("text"))
    return Delta(text, reasoning) if text or reasoning else None


def _block(block: Json) -> Delta | None:
    """A block of a whole answer; what is cited is in blocks of its own, the text in them."""
    reasoning = as_text(as_object(as_object(block.get("reasoningContent")).get("reasoningText")).get("text"))
    cited = as_list(as_object(block.get("citationsContent")).get("content"))
    text = as_text(block.get("text")) + "".join(as_text(as_object(part).get("text")) for part in cited)
    return Delta(text, reasoning) if text or reasoning else None


DIALECT = Dialect("bedrock-converse", encode, ConverseDecoder, beside="converse", framing="aws", models_path="")

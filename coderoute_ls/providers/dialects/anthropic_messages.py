"""``anthropic-messages``: Anthropic's Messages API (also MiniMax, DeepSeek, OpenRouter): blocks that open, grow and close."""

import re
from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_ENDINGS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
    "pause_turn": "paused",
}
"""``compaction`` is no end of an answer: there is more to ask for."""
_BUDGETS = {"minimal": 1_024, "low": 1_024, "medium": 4_096, "high": 16_384, "xhigh": 32_768, "max": 63_999}
_BUDGET_MODELS = re.compile(r"claude-3|claude-(opus|sonnet|haiku)-4(-[0-5])?([-@]\d{8})?$")
"""Models that think by a budget of tokens; later ones only take an effort."""
_MARK: Json = {"cache_control": {"type": "ephemeral"}}


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.anthropic import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """The end of what stays the same in this session carries the cache mark."""
    prompt = ask.prompt
    body: Json = {"model": ask.offer.wire_id, "max_tokens": prompt.max_tokens}
    marked = _last_stable(ask)
    if prompt.system:
        body["system"] = [{"type": "text", "text": prompt.system, **(_MARK if marked == -1 else {})}]
    body["messages"] = [
        {"role": message.role, "content": [{"type": "text", "text": message.text, **(_MARK if marked == index else {})}]}
        for index, message in enumerate(prompt.messages)
    ]
    if ask.stream:
        body["stream"] = True
    thinking = _thinking(ask)
    body |= thinking
    if prompt.temperature is not None and not thinking:
        body["temperature"] = min(prompt.temperature, 1.0)
    if prompt.stop:
        body["stop_sequences"] = [stop for stop in prompt.stop if stop.strip()]  # white space alone is refused
    return DialectCall("/messages", body, {"anthropic-version": "2023-06-01"})


def _last_stable(ask: DialectRequest) -> int | None:
    """Index of the last message that the cacheable part covers, -1 for the system text, None when nothing is worth a mark."""
    left = ask.prompt.cacheable_chars - len(ask.prompt.system)
    if left < 0 or not ask.prompt.cacheable_chars:
        return None
    stable = -1
    for index, message in enumerate(ask.prompt.messages):
        left -= len(message.text)
        if left < 0:
            break
        stable = index
    return stable


def _thinking(ask: DialectRequest) -> Json:
    effort = ask.effort
    if effort is None or ask.vendor.effort == "none":
        return {}
    if effort == "none":
        return {"thinking": {"type": "disabled"}} if ask.vendor.thinks_unasked else {}
    if _BUDGET_MODELS.search(ask.offer.wire_id):
        budget = min(_BUDGETS.get(effort, 4_096), ask.prompt.max_tokens - 1)
        return {"thinking": {"type": "enabled", "budget_tokens": budget}} if budget >= 1_024 else {}
    return {"thinking": {"type": "adaptive"}, "output_config": {"effort": effort}}


class MessagesDecoder(Decoder):
    """Usage is repeated and corrected on the way: the last word counts."""

    endings: ClassVar[Mapping[str, FinishReason]] = _ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("type", "content")

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self._raw: Json = {}

    def event(self, name: str, data: Json) -> Said:
        said = self._event(name, data)
        return said if self.beside is None else self.beside.event(name, data)

    def _event(self, name: str, data: Json) -> Delta | None:
        match as_text(data.get("type")) or name:
            case "content_block_delta":
                return self._piece(as_object(data.get("delta")))
            case "content_block_start":
                return self._block(as_object(data.get("content_block")))
            case "message_start":
                message = as_object(data.get("message"))
                self.model = as_text(message.get("model"))
                self._count(message.get("usage"))
                return self._blocks(message)
            case "message_delta":
                self._stopped(as_object(data.get("delta")))
                self._count(data.get("usage"))
            case "message_stop":
                self.done()
            case "error":
                self.fail(data)
            case _:
                pass
        return None

    def whole(self, body: Json) -> Said:
        if "content" not in body:
            self.fail(body)
        self.model = as_text(body.get("model"))
        self._count(body.get("usage"))
        self._stopped(body)
        return self._blocks(body) if self.beside is None else self.beside.whole(body)

    def _blocks(self, message: Json) -> Delta:
        """What the blocks of a message hold; at its start there are none, but where a proxy streams what is whole."""
        deltas = [delta for block in as_list(message.get("content")) if (delta := self._block(as_object(block))) is not None]
        return Delta("".join(delta.text for delta in deltas), "".join(delta.reasoning for delta in deltas))

    def _piece(self, delta: Json) -> Delta | None:
        match delta.get("type"):
            case "text_delta":
                return Delta(as_text(delta.get("text")))
            case "thinking_delta":
                return Delta(reasoning=as_text(delta.get("thinking")))
            case _:
                return None

    def _block(self, block: Json) -> Delta | None:
        match block.get("type"):
            case "text" if block.get("text"):
                return Delta(as_text(block.get("text")))
            case "thinking" if block.get("thinking"):
                return Delta(reasoning=as_text(block.get("thinking")))
            case _:
                return None

    def _stopped(self, said: Json) -> None:
        if wire := as_text(said.get("stop_reason")):
            self.end(wire, final=False)
        if explanation := as_text(as_object(said.get("stop_details")).get("explanation")):
            self.refusal = explanation
        if stop := as_text(said.get("stop_sequence")):
            self.stop_text = stop

    def _count(self, usage: object) -> None:
        known = self._raw
        said = {name: value for name, value in as_object(usage).items() if value is not None and (value or not known.get(name))}
        if not said:
            return
        self._raw = raw = {**known, **said}
        read, written = as_count(raw.get("cache_read_input_tokens")), as_count(raw.get("cache_creation_input_tokens"))
        counted = Usage(
            input=as_count(raw.get("input_tokens")) + read + written,
            output=as_count(raw.get("output_tokens")),
            cached_read=read,
            cached_write=written,
            reasoning=as_count(as_object(raw.get("output_tokens_details")).get("thinking_tokens")),
            raw=raw,
        )
        self.count(counted)


DIALECT = Dialect("anthropic-messages", encode, MessagesDecoder, beside="anthropic", auth=("x-api-key", ""))

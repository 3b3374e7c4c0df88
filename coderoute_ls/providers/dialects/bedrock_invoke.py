"""``bedrock-invoke``: Amazon Bedrock's older way, each maker's own shape in Amazon's frames, for models that have no Converse,
such as imported ones.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar
from urllib.parse import quote

import orjson

from coderoute_ls.domain import Delta, FinishReason, StreamEvent, Usage
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.dialects import anthropic_messages, bedrock_converse, openai_chat
from coderoute_ls.providers.dialects.openai_completions import CompletionDecoder
from coderoute_ls.providers.json_access import Json, as_count, as_object, as_text, is_object
from coderoute_ls.providers.openai_wire import ChatDecoder

_ANTHROPIC_VERSION = "bedrock-2023-05-31"
_CONVERSE_EVENTS = (
    "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"
)  # fmt: skip
_METRICS = "amazon-bedrock-invocationMetrics"


def encode(ask: DialectRequest) -> DialectCall:
    """The maker's body: Anthropic's, Amazon's own, and for all others the chat that imported models take."""
    model = ask.offer.wire_id
    if "anthropic." in model:
        call = anthropic_messages.encode(ask)
        body = {"anthropic_version": _ANTHROPIC_VERSION, **call.body}
    elif "amazon.nova" in model:
        call = bedrock_converse.encode(ask)
        body = {"schemaVersion": "messages-v1", **call.body}
    else:
        call = openai_chat.encode(ask)
        body = dict(call.body)
    for field in ("model", "stream", "stream_options"):  # the path says both
        body.pop(field, None)
    path = f"/model/{quote(model, safe='')}/invoke"
    if not ask.stream:
        return replace(call, path=path, body=body, headers={})
    accepts = {"accept": "application/vnd.amazon.eventstream"}
    return replace(call, path=f"{path}-with-response-stream", body=body, headers=accepts)


class InvokeDecoder(Decoder):
    """Finds out by its shape whose answer it is, and leaves it to that maker's decoder; Cohere's old one is read here."""

    endings: ClassVar[Mapping[str, FinishReason]] = {
        "complete": "stop", "stop_sequence": "stop", "max_tokens": "length", "error_toxic": "filtered", "error": "error"
    }  # fmt: skip
    answer_keys: ClassVar[tuple[str, ...]] = ("bytes", "content", "output", "choices", "text")
    _maker: Decoder | None = None

    def event(self, name: str, data: Json) -> Said:
        """A ``chunk`` holds one event of the maker's, packed once more."""
        try:
            event: object = orjson.loads(b64decode(as_text(data.get("bytes")), validate=True))
        except (binascii.Error, ValueError):
            event = None
        if not is_object(event):
            return None
        maker = self._maker = self._maker or self._made_by(event)
        if maker is None:
            return self._command(event)
        said: list[StreamEvent] = []
        for name_, inner in [(key, as_object(event[key])) for key in _CONVERSE_EVENTS if key in event] or [("", event)]:
            if maker.complains(inner):
                maker.fail(inner)
            told = maker.event(name_, inner)
            said += [told] if isinstance(told, Delta) else told or ()
        self._follow(maker, as_object(event.get(_METRICS)))
        self.ended, self.over = maker.ended, maker.over
        return said

    def whole(self, body: Json) -> Said:
        maker = self._made_by(body)
        if maker is None:
            return self._command(body)
        delta = maker.whole(body)
        self._follow(maker, {})
        return delta

    def _made_by(self, data: Json) -> Decoder | None:
        maker = self._decoder_of(data)
        if maker is not None and self.beside is not None:
            from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import beside_text

            of: dict[type[Decoder], str] = {
                ChatDecoder: "chat",
                bedrock_converse.ConverseDecoder: "converse",
                anthropic_messages.MessagesDecoder: "anthropic",
            }
            if (module := of.get(type(maker))) is not None:
                beside = self.beside
                format_ = {"chat": "openai-chat", "converse": "bedrock-converse", "anthropic": "anthropic-messages"}[module]
                maker.converse(beside_text(module, beside.vendor, beside.family, format_, beside.choices))
                self.beside = maker.beside
        return maker

    def _decoder_of(self, data: Json) -> Decoder | None:
        if "output" in data or any(key in data for key in _CONVERSE_EVENTS):
            return bedrock_converse.ConverseDecoder(self.vendor)
        if "choices" in data:
            return (CompletionDecoder if data.get("object") == "text_completion" else ChatDecoder)(self.vendor)
        return anthropic_messages.MessagesDecoder(self.vendor) if "type" in data else None

    def _follow(self, maker: Decoder, metrics: Json) -> None:
        """What the maker's decoder has found out so far. Amazon's own counts come beside the last event."""
        self.reason, self.wire_reason, self.model, self.refusal = maker.reason, maker.wire_reason, maker.model, maker.refusal
        usage = maker.usage
        if metrics:
            counted = Usage(as_count(metrics.get("inputTokenCount")), as_count(metrics.get("outputTokenCount")), raw=metrics)
            usage = replace(usage, raw={**usage.raw, **metrics}) if usage is not None and usage.input else counted
        if usage is not None:
            self.usage = usage

    def _command(self, body: Json) -> Delta | None:
        if "text" not in body and not body.get("finish_reason"):
            self.fail(body)
        if word := as_text(body.get("finish_reason")):
            self.end(word)
            self.over = True
        text = "" if body.get("is_finished") else as_text(body.get("text"))
        return Delta(text) if text else None


DIALECT = Dialect("bedrock-invoke", encode, InvokeDecoder, beside="anthropic", framing="aws", models_path="")

"""``cohere-v2``: Cohere's chat, version 2: one kind of event per kind of thing, usage in the last one."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_ENDINGS: Mapping[str, FinishReason] = {
    "complete": "stop",
    "stop_sequence": "stop",
    "tool_call": "tool_calls",
    "max_tokens": "length",
    "error_limit": "length",
    "error": "error",
    "timeout": "error",
    "error_toxic": "filtered",
}


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.cohere import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """Like a chat of OpenAI's, with Cohere's own switches."""
    prompt = ask.prompt
    messages: list[object] = [{"role": "system", "content": prompt.system}] if prompt.system else []
    messages += [{"role": message.role, "content": message.text} for message in prompt.messages]
    body: Json = {"model": ask.offer.wire_id, "messages": messages, "max_tokens": prompt.max_tokens, "stream": ask.stream}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.stop:
        body["stop_sequences"] = list(prompt.stop[:5])
    if ask.effort is not None:
        body["thinking"] = {"type": "disabled" if ask.effort == "none" else "enabled"}
    return DialectCall("/chat", body)


class CohereDecoder(Decoder):
    """``content-delta`` says what, ``message-end`` how it ended; the ``[DONE]`` behind it is nothing new."""

    endings: ClassVar[Mapping[str, FinishReason]] = _ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("type", "finish_reason")

    def event(self, name: str, data: Json) -> Said:
        delta = as_object(data.get("delta"))
        match as_text(data.get("type")) or name:
            case "content-start" | "content-delta" if self.beside is None:
                content = as_object(as_object(delta.get("message")).get("content"))
                return Delta(as_text(content.get("text")), as_text(content.get("thinking")))
            case "message-end":
                self.over = True
                self._close(delta)
            case _:
                pass
        return None if self.beside is None else self.beside.event(name, data)

    def whole(self, body: Json) -> Said:
        if "finish_reason" not in body:
            self.fail(body)
        self._close(body)
        if self.beside is not None:
            return self.beside.whole(body)
        parts = [as_object(part) for part in as_list(as_object(body.get("message")).get("content"))]
        return Delta(
            "".join(as_text(part.get("text")) for part in parts), "".join(as_text(part.get("thinking")) for part in parts)
        )

    def _close(self, end: Json) -> None:
        if end.get("error"):
            self.fail(end)
        self.end(as_text(end.get("finish_reason")))
        raw = as_object(end.get("usage"))
        tokens = as_object(raw.get("tokens"))
        if raw:
            counted = Usage(
                input=as_count(tokens.get("input_tokens")),
                output=as_count(tokens.get("output_tokens")),
                cached_read=as_count(raw.get("cached_tokens")),
                reasoning=as_count(tokens.get("reasoning_tokens")),
                raw=raw,
            )
            self.count(counted)


DIALECT = Dialect("cohere-v2", encode, CohereDecoder, beside="cohere")

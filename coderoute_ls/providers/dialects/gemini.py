"""``gemini``: Google's generateContent, streamed as server-sent events with CRLF and no end sign but the finish reason."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text

_ENDINGS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "max_tokens": "length",
    **dict.fromkeys(("safety", "recitation", "blocklist", "prohibited_content", "spii", "language", "model_armor"), "filtered"),
    **dict.fromkeys(("malformed_function_call", "unexpected_tool_call", "too_many_tool_calls"), "error"),
    **dict.fromkeys(("other", "malformed_response", "missing_thought_signature"), "error"),
}
_BUDGETS = {"none": 0, "minimal": 512, "low": 1_024, "medium": 8_192, "high": 24_576}
"""Thinking tokens of Gemini 2.5 per effort, as Google's own OpenAI face maps them; later models take a level."""
_PRO_MINIMUM = 128


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.gemini import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """The model is in the path."""
    prompt = ask.prompt
    config: Json = {"maxOutputTokens": prompt.max_tokens}
    if prompt.temperature is not None:
        config["temperature"] = prompt.temperature
    if prompt.stop:
        config["stopSequences"] = list(prompt.stop[:5])
    if ask.effort is not None:
        config["thinkingConfig"] = _thinking(ask.effort, ask.offer.wire_id)
    body: Json = {
        "contents": [
            {"role": "model" if message.role == "assistant" else "user", "parts": [{"text": message.text}]}
            for message in prompt.messages
        ],
        "generationConfig": config,
    }
    if prompt.system:
        body["systemInstruction"] = {"parts": [{"text": prompt.system}]}
    method = "streamGenerateContent?alt=sse" if ask.stream else "generateContent"
    return DialectCall(f"/models/{quote(ask.offer.wire_id.removeprefix('models/'), safe='/@')}:{method}", body)


def _thinking(effort: str, model: str) -> Json:
    pro = "pro" in model
    if "gemini-2.5" in model:
        budget = _BUDGETS.get(effort, _BUDGETS["high"])
        return {"thinkingBudget": max(budget, _PRO_MINIMUM) if pro else budget}
    return {"thinkingLevel": ("low" if pro else "minimal") if effort == "none" else effort}


class GeminiDecoder(Decoder):
    """Chunks and whole answers have the same shape; usage comes with every chunk and grows."""

    endings: ClassVar[Mapping[str, FinishReason]] = _ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("candidates", "usageMetadata", "promptFeedback")

    def event(self, name: str, data: Json) -> Said:
        self.model = as_text(data.get("modelVersion")) or self.model
        if raw := as_object(data.get("usageMetadata")):
            self.count(_usage(raw))
        candidates = as_list(data.get("candidates"))
        if not candidates:
            blocked = as_text(as_object(data.get("promptFeedback")).get("blockReason"))
            if blocked:
                self.end(blocked)
                self.reason = "filtered"
            return None
        first = as_object(candidates[0])
        if wire := as_text(first.get("finishReason")):
            self.end(wire)
            self.over = bool(raw)  # there is no end sign: the chunk that ends the answer brings its usage, and is the last one
        if self.beside is not None:
            self.over, self.goes_on = False, True  # text may follow a first STOP, where the model ran code
            return self.beside.event(name, data)
        text = reasoning = ""
        for part in map(as_object, as_list(as_object(first.get("content")).get("parts"))):
            if part.get("thought"):
                reasoning += as_text(part.get("text"))
            else:
                text += as_text(part.get("text"))
        return Delta(text, reasoning) if text or reasoning else None

    def whole(self, body: Json) -> Said:
        if "candidates" not in body and "promptFeedback" not in body:
            self.fail(body)
        return self.event("", body)


def _usage(raw: Json) -> Usage:
    thoughts = as_count(raw.get("thoughtsTokenCount"))
    return Usage(
        input=as_count(raw.get("promptTokenCount")) + as_count(raw.get("toolUsePromptTokenCount")),
        output=as_count(raw.get("candidatesTokenCount")) + thoughts,
        cached_read=as_count(raw.get("cachedContentTokenCount")),
        reasoning=thoughts,
        raw=raw,
    )


DIALECT = Dialect("gemini", encode, GeminiDecoder, beside="gemini", auth=("x-goog-api-key", ""))

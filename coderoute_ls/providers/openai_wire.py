"""What the OpenAI-shaped dialects share: chat chunks, token counts and finish words."""

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.providers.dialect import Decoder
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text, is_object

_REASONS: dict[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",
    "content_filter": "filtered",
    "refusal": "refused",
    "error": "error",
}


def finish_reason(wire: str) -> FinishReason:
    """The house's word; everything that is not known to be worse is a normal stop (``eos``, ``tool_calls``, …)."""
    return _REASONS.get(wire.lower(), "stop")


def openai_usage(value: object) -> Usage | None:
    """Usage of chat and text completions; None when there is none. Most vendors count reasoning inside the output, xAI beside
    it: the total tells.
    """
    raw: Json = as_object(value)
    if not raw:
        return None
    prompt = as_count(raw.get("prompt_tokens")) or as_count(raw.get("input_tokens"))
    completion = as_count(raw.get("completion_tokens")) or as_count(raw.get("output_tokens"))
    prompt_details = as_object(raw.get("prompt_tokens_details"))
    reasoning = as_count(as_object(raw.get("completion_tokens_details")).get("reasoning_tokens"))
    reasoning = reasoning or as_count(raw.get("reasoning_tokens"))
    beside = reasoning > 0 and as_count(raw.get("total_tokens")) == prompt + completion + reasoning
    cached = as_count(prompt_details.get("cached_tokens")) or as_count(raw.get("prompt_cache_hit_tokens"))
    return Usage(
        input=prompt,
        output=completion + reasoning if beside else completion,
        cached_read=cached or as_count(raw.get("cached_tokens")),
        cached_write=as_count(prompt_details.get("cache_write_tokens")),
        reasoning=reasoning,
        raw=raw,
    )


class ChatDecoder(Decoder):
    """Chunks and whole answers; only the first choice counts."""

    def event(self, name: str, data: Json) -> Delta | None:
        if usage := data.get("usage") or as_object(data.get("x_groq")).get("usage"):
            self.count(openai_usage(usage))
        if not self.model:
            self.model = as_text(data.get("model"))
        for choice in as_list(data.get("choices")):
            if is_object(choice) and not choice.get("index"):
                return self._choice(choice, choice.get("delta"))
        return None

    def whole(self, body: Json) -> Delta | None:
        self.model = as_text(body.get("model"))
        self.count(openai_usage(body.get("usage")))
        choice = next((choice for choice in as_list(body.get("choices")) if is_object(choice)), None)
        if choice is None:
            self.fail(body)
            return None
        return self._choice(choice, choice.get("message"))

    def _choice(self, choice: Json, said: object) -> Delta | None:
        delta = as_object(said)
        text = delta.get("content")
        reasoning = delta.get("reasoning_content") or delta.get("reasoning") or ""
        if not isinstance(text, str):
            text, inner = _parts(text)
            reasoning = reasoning or inner
        if not isinstance(reasoning, str) or not reasoning:
            reasoning = _details(delta["reasoning_details"]) if "reasoning_details" in delta else ""
        if delta.get("refusal"):
            self.reason = "refused"
        wire = choice.get("finish_reason")
        if isinstance(wire, str) and wire:
            self.wire_reason = wire
            self.ended = True
            if self.reason != "refused":
                self.reason = finish_reason(wire)
        return Delta(text, reasoning) if text or reasoning else None


def _details(details: object) -> str:
    """Reasoning of OpenRouter's typed list, where it says nothing in plain."""
    return "".join(
        as_text(detail.get("text")) or as_text(detail.get("summary")) for detail in as_list(details) if is_object(detail)
    )


def _parts(content: object) -> tuple[str, str]:
    """Text and reasoning of Mistral's list form of ``content``."""
    text = reasoning = ""
    for part in as_list(content):
        if is_object(part):
            if part.get("type") == "thinking":
                inner = part.get("thinking")
                reasoning += (
                    inner
                    if isinstance(inner, str)
                    else "".join(as_text(as_object(piece).get("text")) for piece in as_list(inner))
                )
            else:
                text += as_text(part.get("text"))
    return text, reasoning

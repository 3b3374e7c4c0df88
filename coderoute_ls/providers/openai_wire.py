"""What the OpenAI-shaped dialects share: token counts and finish words."""

from coderoute_ls.domain import FinishReason, Usage
from coderoute_ls.providers.dialect import Json, as_count, as_object

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
    prompt, completion = as_count(raw.get("prompt_tokens")), as_count(raw.get("completion_tokens"))
    prompt_details = as_object(raw.get("prompt_tokens_details"))
    reasoning = as_count(as_object(raw.get("completion_tokens_details")).get("reasoning_tokens"))
    reasoning = reasoning or as_count(raw.get("reasoning_tokens"))
    beside = reasoning > 0 and as_count(raw.get("total_tokens")) == prompt + completion + reasoning
    cached = as_count(prompt_details.get("cached_tokens")) or as_count(raw.get("prompt_cache_hit_tokens"))
    cost = raw.get("cost")
    return Usage(
        input=prompt,
        output=completion + reasoning if beside else completion,
        cached_read=cached or as_count(raw.get("cached_tokens")),
        cached_write=as_count(prompt_details.get("cache_write_tokens")),
        reasoning=reasoning,
        cost_usd=float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0 else None,
        raw=raw,
    )

"""What vendors report about a call beyond token counts: its cost, and which of several reports counts."""

from dataclasses import replace
from math import isfinite

from coderoute_ls.domain import Usage
from coderoute_ls.providers.json_access import Json, as_object, is_object

TICKS_PER_USD = 10_000_000_000
"""xAI counts in these (docs.x.ai/developers/cost-tracking)."""


def reported_cost(raw: Json) -> tuple[float | None, float | None]:
    """USD that the platform charged, and USD that another vendor charges beside it; None where nothing is said.

    OpenRouter: ``cost``, whatever the dialect; with keys of one's own (``is_byok``) the model's vendor charges
    ``cost_details.upstream_inference_cost`` beside it. Without, the same field only repeats ``cost``. Perplexity: an object with
    ``total_cost``. xAI: ``cost_in_usd_ticks``.
    """
    cost = raw.get("cost")
    charged = _usd(as_object(cost).get("total_cost")) if is_object(cost) else _usd(cost)
    if charged is None and (ticks := _usd(raw.get("cost_in_usd_ticks"))) is not None:
        charged = ticks / TICKS_PER_USD
    own_key = raw.get("is_byok") is True
    return charged, _usd(as_object(raw.get("cost_details")).get("upstream_inference_cost")) if own_key else None


def with_cost(usage: Usage) -> Usage:
    """The usage with the cost that its ``raw`` object tells."""
    charged, upstream = reported_cost(dict(usage.raw))
    return replace(usage, cost_usd=charged, upstream_usd=upstream)


def merged(before: Usage | None, now: Usage | None) -> Usage | None:
    """What is known after a further report: its counts replace the earlier ones, but a zero or nothing replaces no count."""
    if before is None or now is None:
        return now or before
    return Usage(
        input=now.input or before.input,
        output=now.output or before.output,
        cached_read=now.cached_read or before.cached_read,
        cached_write=now.cached_write or before.cached_write,
        reasoning=now.reasoning or before.reasoning,
        cost_usd=before.cost_usd if not now.cost_usd and before.cost_usd is not None else now.cost_usd,
        upstream_usd=now.upstream_usd or before.upstream_usd,
        raw=now.raw if now.input or now.output else before.raw,
    )


def _usd(value: object) -> float | None:
    """An amount of money, or None for what is none: nothing, a word, a negative or endless number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if isfinite(value) and value >= 0 else None

"""The lists that OpenRouter and models.dev publish, built again from the registry package that is made of them."""

import json
from collections.abc import Iterable

from catalogue.pi_ai import VENDOR_IDS
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, object_of, rows_of
from coderoute_ls.selection.catalog.published_lists import MODELS_DEV_IDS

THEIR_IDS = {ours: theirs for theirs, ours in MODELS_DEV_IDS.items()}


def chats(content: bytes) -> Iterable[Json]:
    """The chat models in one vendor's file."""
    for group in json.loads(content).values():
        yield from (row for row in rows_of(list(object_of(group).values())) if row.get("type") == "chat")


def openrouter_list(files: dict[str, bytes]) -> Json:
    """``GET /api/v1/models``."""
    return {"data": [_openrouter_row(row) for row in chats(files["openrouter.json"])]}


def models_dev_list(files: dict[str, bytes]) -> Json:
    """``api.json``."""
    found: Json = {}
    for name, content in files.items():
        vendor = name.removesuffix(".json")
        ours = VENDOR_IDS.get(vendor, vendor)
        if not name.startswith(".") and ours in VENDORS and ours != "openrouter":
            found[THEIR_IDS.get(ours, ours)] = {"models": {str(row["id"]): _models_dev_row(row) for row in chats(content)}}
    return found


def _openrouter_row(row: Json) -> Json:
    cost = object_of(row.get("cost"))
    names = {"prompt": "input", "completion": "output", "input_cache_read": "cacheRead", "input_cache_write": "cacheWrite"}
    pricing = _per_token(cost, names)
    steps = [{"min_prompt_tokens": tier["inputTokensAbove"], **_per_token(tier, names)} for tier in rows_of(cost.get("tiers"))]
    thinks = ["reasoning"] if row.get("reasoning") else []
    return {
        "id": row["id"], "name": row.get("name"), "context_length": row.get("contextWindow"), "created": 1_760_000_000,
        "architecture": {"output_modalities": ["text"]}, "pricing": {**pricing, **({"overrides": steps} if steps else {})},
        "top_provider": {"context_length": row.get("contextWindow"), "max_completion_tokens": row.get("maxTokens")},
        "supported_parameters": ["max_tokens", "tools", *thinks],
    }  # fmt: skip


def _per_token(cost: Json, names: dict[str, str]) -> dict[str, str]:
    """Decimal strings, as OpenRouter writes them; a cache price of 0 is one that it does not write."""
    told = {name: decimal_of(cost.get(theirs)) for name, theirs in names.items()}
    return {
        name: f"{price / 1_000_000:f}" for name, price in told.items() if price is not None and (price or "cache" not in name)
    }


def _models_dev_row(row: Json) -> Json:
    cost = object_of(row.get("cost"))
    steps = [
        {**_per_million(tier), "tier": {"type": "context", "size": tier["inputTokensAbove"]}}
        for tier in rows_of(cost.get("tiers"))
    ]
    return {
        "id": row["id"], "name": row.get("name"), "tool_call": True, "reasoning": row.get("reasoning"),
        "cost": {**_per_million(cost), **({"tiers": steps} if steps else {})}, "limit": {"output": row.get("maxTokens")},
    }  # fmt: skip


def _per_million(cost: Json) -> Json:
    names = {"input": "input", "output": "output", "cache_read": "cacheRead", "cache_write": "cacheWrite"}
    return {name: cost[theirs] for name, theirs in names.items() if cost.get(theirs) or "cache" not in name}

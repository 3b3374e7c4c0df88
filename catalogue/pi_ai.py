"""The model files of npm's ``@earendil-works/pi-ai``: one list per vendor, whole, made from models.dev and OpenRouter (MIT)."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.list_values import Json, decimal_of, name_of, object_of, rows_of, tokens_of
from coderoute_ls.selection.catalog.published_lists import Amounts, Listed, ListedTier

VENDOR_IDS = {"moonshotai": "moonshot"}
"""File names that differ from our ids. Files of vendors that we do not know are not read."""
EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")
_PARTS = {"input": "input", "output": "output", "cached_read": "cacheRead", "cached_write": "cacheWrite"}


def listed(files: Mapping[str, bytes]) -> Iterator[Listed]:
    """Every chat model of the vendors that we know."""
    for name, content in files.items():
        vendor = name.removesuffix(".json")
        provider = VENDOR_IDS.get(vendor, vendor)
        if name.startswith(".") or provider not in VENDORS:
            continue
        groups = cast("Json", json.loads(content))
        for group in groups.values():
            for row in object_of(group).values():
                told = object_of(row)
                if told.get("type") == "chat" and isinstance(told.get("id"), str):
                    yield _row(provider, str(told["id"]), told)


def _row(provider: str, wire_id: str, row: Json) -> Listed:
    cost = object_of(row.get("cost"))
    levels = object_of(row.get("thinkingLevelMap"))
    thinks = row.get("reasoning") is True
    efforts = tuple(effort for effort in EFFORTS if levels.get(effort)) if thinks else ()
    off = thinks and "off" in levels and levels["off"] is not None
    return Listed(
        provider,
        wire_id,
        _short(name_of(row.get("name"))) if provider == "openrouter" else name_of(row.get("name")),
        _amounts(cost),
        tiers=[
            ListedTier(size, _amounts(tier))
            for tier in rows_of(cost.get("tiers"))
            if (size := tokens_of(tier.get("inputTokensAbove")))
        ],
        # Contexts of OpenAI's own are cut to where long prompts begin to cost more: litellm says the whole ones.
        context=None if provider == "openai" else tokens_of(row.get("contextWindow")),
        max_output=tokens_of(row.get("maxTokens")),
        capabilities={"tools": True, "reasoning": thinks, **_sees(row)},  # only models that call tools are in the list
        efforts=("none", *efforts) if off and efforts else efforts,
        free_tier=wire_id.endswith(":free"),
    )


def _sees(row: Json) -> dict[str, bool]:
    takes = row.get("input")
    return {"images": "image" in cast("list[object]", takes)} if isinstance(takes, list) else {}


def _amounts(cost: Json) -> Amounts:
    """A zero beside a price is one that the list does not know."""
    return {part: decimal_of(cost.get(name)) for part, name in _PARTS.items()}


def _short(name: str) -> str:
    """OpenRouter writes "Maker: Model"."""
    return name.split(": ", 1)[-1]

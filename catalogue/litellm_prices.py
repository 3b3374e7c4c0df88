"""``model_prices_and_context_window_backup.json`` of PyPI's ``litellm`` (MIT): prices of vendors that have no other list, and of
all vendors the days on which models retire, hour-long cache writes, whole contexts and prices by the hour.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from coderoute_ls.selection.catalog.list_values import Json, day_of, object_of, per_million, rows_of, tokens_of
from coderoute_ls.selection.catalog.published_lists import Amounts, Listed, ListedTier

VENDOR_IDS = {
    "openai": "openai", "anthropic": "anthropic", "gemini": "google", "mistral": "mistral", "deepseek": "deepseek", "xai": "xai",
    "groq": "groq", "cerebras": "cerebras", "together_ai": "together", "fireworks_ai": "fireworks", "baseten": "baseten",
    "moonshot": "moonshot", "zai": "zai", "minimax": "minimax", "dashscope": "alibaba", "deepinfra": "deepinfra",
    "novita": "novita", "nebius": "nebius", "cohere_chat": "cohere", "inception": "inception",
}  # fmt: skip
PRICED_HERE = ("alibaba", "deepinfra", "novita", "nebius", "cohere", "inception")
"""Vendors whose prices are taken from this list."""
WEEKEND, WORKDAYS = (5, 6), (0, 1, 2, 3, 4)
_PARTS = {
    "input": "input_cost_per_token", "output": "output_cost_per_token", "cached_read": "cache_read_input_token_cost",
    "cached_write": "cache_creation_input_token_cost", "cached_write_1h": "cache_creation_input_token_cost_above_1hr",
}  # fmt: skip
_ABILITIES = {
    "images": "supports_vision", "documents": "supports_pdf_input", "structured_output": "supports_response_schema",
    "parallel_tools": "supports_parallel_function_calling",
}  # fmt: skip


@dataclass(slots=True)
class Note:
    """What the list says about an offer beside its price."""

    expires: str = ""
    successor: str = ""
    cached_write_1h: Decimal | None = None
    context: int | None = None
    windows: list[Json] = field(default_factory=list[Json])
    prices: Amounts = field(default_factory=dict[str, "Decimal | None"])
    able: dict[str, bool] = field(default_factory=dict[str, bool])
    """What it can do. A flag that is missing says nothing: the list has few that say no."""


def rows(content: bytes) -> Iterator[tuple[str, str, Json]]:
    """Vendor, name in its requests and row of each chat model."""
    for key, raw in cast("Json", json.loads(content)).items():
        row = object_of(raw)
        told = str(row.get("litellm_provider"))
        provider = VENDOR_IDS.get(told)
        if (
            provider is not None
            and row.get("mode") in {"chat", "responses"}
            and "alias_of" not in row
            and not key.startswith("ft:")
        ):
            yield provider, key.removeprefix(f"{told}/").removeprefix(f"{told.removesuffix('_chat')}/"), row


def listed(content: bytes) -> Iterator[Listed]:
    """Offers of the vendors that have no list of their own."""
    for provider, wire_id, row in rows(content):
        if provider in PRICED_HERE:
            yield Listed(
                provider,
                wire_id,
                prices=_amounts(row),
                tiers=list(_tiers(row)),
                context=tokens_of(row.get("max_input_tokens")),
                max_output=tokens_of(row.get("max_output_tokens")),
                capabilities={
                    "tools": row.get("supports_function_calling") is True, "reasoning": row.get("supports_reasoning") is True
                },
            )  # fmt: skip


def notes(content: bytes) -> Mapping[str, Note]:
    """By the offer's id. A row that is named with its vendor goes over one that is not."""
    found: dict[str, Note] = {}
    for provider, wire_id, row in rows(content):
        found[f"{provider}/{wire_id}"] = Note(
            day_of(row.get("deprecation_date")),
            str(row.get("successor_model") or "").rsplit("/", 1)[-1],
            per_million(row.get(_PARTS["cached_write_1h"])),
            tokens_of(row.get("max_input_tokens")),
            list(_off_peak(object_of(row.get("off_peak_pricing")))),
            _amounts(row),
            {ours: True for ours, theirs in _ABILITIES.items() if row.get(theirs) is True},
        )
    return found


def _amounts(row: Json) -> Amounts:
    """Rounded: the list carries the dust of divisions."""
    base = next((step for step in rows_of(row.get("tiered_pricing")) if _start(step) == 0), row)
    told = {part: per_million(row.get(name, base.get(name))) for part, name in _PARTS.items()}
    return {part: None if price is None else round(price, 6) for part, price in told.items()}


def _start(step: Json) -> object:
    limits = cast("list[object]", step.get("range") or [None])
    return limits[0]


def _tiers(row: Json) -> Iterator[ListedTier]:
    """Prices above a size: as a table of ranges, or as keys that name the size."""
    steps = rows_of(row.get("tiered_pricing"))
    for step in steps:
        if size := tokens_of(_start(step)):
            yield ListedTier(size, {part: per_million(step.get(name)) for part, name in _PARTS.items() if name in step})
    for size in (128_000, 200_000, 256_000, 272_000, 512_000) if not steps else ():
        end = f"_above_{size // 1000}k_tokens"
        told = {part: per_million(row[f"{name}{end}"]) for part, name in _PARTS.items() if f"{name}{end}" in row}
        if told:
            yield ListedTier(size, told)


def _off_peak(told: Json) -> Iterator[Json]:
    """Cheaper hours, as windows of the catalogue."""
    prices = {part: float(price) for part, price in _amounts(told).items() if price is not None}
    for window in rows_of(told.get("windows")):
        days = [int(str(day)) - 1 for day in cast("list[object]", window.get("weekdays") or [])]
        spoken = window.get("hours_utc")
        spans = [spoken] if isinstance(spoken, str) else cast("list[str]", spoken or [])
        hours = [[start, end or 24] for start, end in (map(_hour, span.split("-")) for span in spans)]
        yield {"hours": [] if hours == [[0, 24]] else hours, "weekdays": days, **prices}


def _hour(text: str) -> int:
    return int(text.split(":", maxsplit=1)[0])

"""The model lists that others publish, read into one shape: OpenRouter's and models.dev's documented formats.

Only what a list says is read; what it does not say stays None. Judging the values is the work of `price_check` and `merge`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection.catalog.list_values import (
    Json,
    date_of,
    day_of,
    decimal_of,
    name_of,
    object_of,
    per_million,
    rows_of,
    tokens_of,
)
from coderoute_ls.selection.catalog.local_model_names import chats

MODELS_DEV_IDS = {row.listed_as: row.id for row in VENDORS.values() if row.listed_as}
"""Vendors that models.dev calls otherwise than we do."""
OTHER_TERMS = (":batch", ":flex", ":priority", "-batch", ":online", ":extended", ":nitro", ":floor", ":exacto")
"""Ends of names under which the same model is sold on terms that no editor can use, with additions that were not asked for, or at
hosts that the vendor picks by the day.
"""
_ROUTER = re.compile(r"(?:^|/)(?:(?:[\w.]+-)*router|openrouter/[\w-]*(?:auto|free|fusion|bodybuilder|pareto)[\w-]*|auto)$")
"""Names under which a vendor chooses among models itself."""
PARTS = ("input", "output", "cached_read", "cached_write", "cached_write_1h")
_TOLD = frozenset({"tools", "reasoning", "structured_output"})
"""Abilities whose absence is written down too; of the others, unknown and absent are the same to everybody."""
_FROM_LISTS = ("tools", "reasoning", "structured_output", "images", "documents", "parallel_tools")
"""What a list may correct. Whether answers stream is learned from refusals alone."""
Amounts = dict[str, Decimal | None]
"""USD per million tokens by part, USD per ``request``; None is "not said"."""


@dataclass(slots=True)
class ListedTier:
    """Prices above a prompt size; a part that is not said costs what it costs below."""

    above_input: int
    prices: Amounts


@dataclass(slots=True)
class Listed:
    """What a list says about one offer."""

    provider: str
    wire_id: str
    name: str = ""
    prices: Amounts = field(default_factory=dict[str, "Decimal | None"])
    tiers: list[ListedTier] = field(default_factory=list[ListedTier])
    context: int | None = None
    max_output: int | None = None
    capabilities: dict[str, bool] = field(default_factory=dict[str, bool])
    efforts: tuple[str, ...] = ()
    released: str = ""
    expires: str = ""
    deprecated: bool = False
    free_tier: bool = False
    live: bool = False
    """The vendor's own list: what is in it is served."""

    @property
    def id(self) -> str:
        return f"{self.provider}/{self.wire_id}"


def no_offer(wire_id: str) -> bool:
    """Whether a name stands for no model of its own, or for none that answers in words: a pointer that moves, a router, the same
    model on other terms, a model for embeddings.

    >>> [
    ...     no_offer(name)
    ...     for name in ("~openai/gpt-latest", "openai/gpt-6-sol:batch", "openrouter/fusion", "deepseek/deepseek-v4-pro")
    ... ]
    [True, True, True, False]
    """
    name = wire_id.lower()
    pointer = name.startswith("~") or name.endswith(("-latest", ":latest", *OTHER_TERMS))
    return pointer or _ROUTER.search(name) is not None or not chats(name)


def new_model(row: Listed) -> Json:
    """The row of a model that is known from this list alone."""
    plain = row.wire_id.removesuffix(":free")
    name = plain if row.provider == "openrouter" else f"{row.provider}/{plain}"
    facts: Json = {"id": name, "name": row.name or name, "released": row.released, "capabilities": row.capabilities}
    return {**facts, "efforts": list(row.efforts)} if row.efforts else facts


def corrections(able: Json, row: Listed) -> dict[str, bool]:
    """What a list says that the vendor's offer can and cannot do, where that differs from what is known."""
    said = {name: can for name in _FROM_LISTS if (can := row.capabilities.get(name)) is not None}
    return {name: can for name, can in said.items() if able.get(name) is not can and (can or name in able or name in _TOLD)}


def _openrouter(content: Json) -> Iterator[Listed]:
    """``GET /api/v1/models``: prices are decimal strings in USD per token; −1 stands for "depends"."""
    for row in rows_of(content.get("data")):
        wire_id, kinds = row.get("id"), object_of(row.get("architecture"))
        if not isinstance(wire_id, str) or not _writes(kinds.get("input_modalities"), kinds.get("output_modalities", ["text"])):
            continue
        pricing, top = object_of(row.get("pricing")), object_of(row.get("top_provider"))
        can = row.get("supported_parameters")
        able = set(map(str, cast("list[object]", can))) if isinstance(can, list) else set[str]()
        yield Listed(
            "openrouter",
            wire_id,
            name_of(row.get("name")),
            {
                **{part: per_million(pricing.get(name)) for part, name in _OPENROUTER_PARTS.items()},
                "request": decimal_of(pricing.get("request")),
            },
            tiers=_overrides(rows_of(pricing.get("overrides"))),
            context=tokens_of(top.get("context_length")) or tokens_of(row.get("context_length")),
            max_output=tokens_of(top.get("max_completion_tokens")),
            capabilities={**_parameters(able), **_sees(object_of(row.get("architecture")).get("input_modalities"), "file")},
            released=date_of(row.get("created")),
            expires=day_of(row.get("expiration_date")),
            free_tier=wire_id.endswith(":free"),
            live=True,
        )


def _parameters(able: set[str]) -> dict[str, bool]:
    """What a model at OpenRouter can do, by the parameters that are listed for it."""
    if not able:
        return {}
    more = {"structured_output": "structured_outputs", "parallel_tools": "parallel_tool_calls"}
    said = {ours: True for ours, theirs in more.items() if theirs in able}
    return {"tools": "tools" in able, "reasoning": "reasoning" in able, **said}


def _writes(takes: object, makes: object) -> bool:
    """Whether a model answers text with text; what it takes may be left out."""
    return isinstance(makes, list) and "text" in makes and (not isinstance(takes, list) or not takes or "text" in takes)


def _sees(takes: object, document: str) -> dict[str, bool]:
    """Whether pictures and documents are taken; ``document`` is the list's word for the second."""
    if not isinstance(takes, list):
        return {}
    kinds = set(map(str, cast("list[object]", takes)))
    return {"images": "image" in kinds, "documents": document in kinds}


_OPENROUTER_PARTS = {
    "input": "prompt", "output": "completion", "cached_read": "input_cache_read", "cached_write": "input_cache_write",
    "cached_write_1h": "input_cache_write_1h",
}  # fmt: skip
_OTHER_PRICES = {
    "image", "audio", "request", "web_search", "internal_reasoning", "input_audio_cache", "image_output", "image_token",
    "audio_output", "discount",
}  # fmt: skip


def _overrides(rows: list[Json]) -> list[ListedTier]:
    """Long prompts' prices: each row holds from its size on, and a later row goes over an earlier one. A row with a condition
    that is not known is not read: when it holds cannot be known.
    """
    usable: list[tuple[int, Json]] = []
    for row in rows:
        size = tokens_of(row.get("min_prompt_tokens"))
        if size and row.keys() <= {"min_prompt_tokens", *_OPENROUTER_PARTS.values(), *_OTHER_PRICES}:
            usable.append((size, row))
    tiers: list[ListedTier] = []
    for above in sorted({size for size, _ in usable}):
        prices: Amounts = {}
        for size, row in usable:
            if size <= above:
                prices |= {part: per_million(row[name]) for part, name in _OPENROUTER_PARTS.items() if name in row}
        tiers.append(ListedTier(above, prices))
    return tiers


def _models_dev(content: Json) -> Iterator[Listed]:
    """``api.json``: vendors by id, each with models by id; prices are USD per million tokens. OpenRouter speaks for itself."""
    for vendor, entry in content.items():
        provider = MODELS_DEV_IDS.get(vendor, vendor)
        if provider == "openrouter" or not isinstance(entry, dict):
            continue
        for wire_id, raw in object_of(cast("Json", entry).get("models")).items():
            row = object_of(raw)
            kinds = object_of(row.get("modalities"))
            if not _writes(kinds.get("input"), kinds.get("output", ["text"])):
                continue
            cost, limit = object_of(row.get("cost")), object_of(row.get("limit"))
            yield Listed(
                provider,
                wire_id,
                name_of(row.get("name")),
                {part: decimal_of(cost.get(name)) for part, name in _MODELS_DEV_PARTS.items()},
                tiers=_context_tiers(cost),
                context=tokens_of(limit.get("context")),
                max_output=tokens_of(limit.get("output")),
                capabilities={
                    **{ours: value for ours, theirs in _MODELS_DEV_ABILITIES if isinstance(value := row.get(theirs), bool)},
                    **_sees(object_of(row.get("modalities")).get("input"), "pdf"),
                },
                efforts=_efforts(rows_of(row.get("reasoning_options"))),
                released=day_of(row.get("release_date")),
                deprecated=row.get("status") == "deprecated",
            )


_MODELS_DEV_PARTS = {"input": "input", "output": "output", "cached_read": "cache_read", "cached_write": "cache_write"}
_MODELS_DEV_ABILITIES = (
    ("tools", "tool_call"), ("reasoning", "reasoning"), ("open_weights", "open_weights"),
    ("structured_output", "structured_output"),
)  # fmt: skip
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def _context_tiers(cost: Json) -> list[ListedTier]:
    """Long prompts' prices: ``tiers`` by size, else the older single step at 200,000 tokens."""
    tiers: list[ListedTier] = []
    for row in rows_of(cost.get("tiers")):
        kind = object_of(row.get("tier"))
        if kind.get("type") == "context" and (size := tokens_of(kind.get("size"))):
            tiers.append(_tier(size, row))
    if not tiers and (over := object_of(cost.get("context_over_200k"))):
        tiers.append(_tier(200_000, over))
    return sorted(tiers, key=lambda tier: tier.above_input)


def _tier(above: int, row: Json) -> ListedTier:
    return ListedTier(above, {part: decimal_of(row[name]) for part, name in _MODELS_DEV_PARTS.items() if name in row})


def _efforts(options: list[Json]) -> tuple[str, ...]:
    """The reasoning efforts that can be asked for, in their order."""
    named: set[str] = set()
    for option in options:
        values = option.get("values")
        if option.get("type") == "effort" and isinstance(values, list):
            named |= {value for value in cast("list[object]", values) if isinstance(value, str)}
    return tuple(effort for effort in _EFFORTS if effort in named)


READERS: Mapping[str, Callable[[Json], Iterator[Listed]]] = {"openrouter": _openrouter, "models.dev": _models_dev}

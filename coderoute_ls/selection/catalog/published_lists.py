"""The model lists that others publish, read into one shape: OpenRouter's and models.dev's documented formats.

Only what a list says is read; what it does not say stays None. Judging the values is `refresh`'s work.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import cast

from coderoute_ls.domain.vendors import VENDORS

Json = dict[str, object]
MODELS_DEV_IDS = {row.listed_as: row.id for row in VENDORS.values() if row.listed_as}
"""Vendors that models.dev calls otherwise than we do."""


@dataclass(slots=True)
class Listed:
    """What a list says about one offer. Prices are per million tokens; None is "not said"."""

    provider: str
    wire_id: str
    name: str = ""
    prices: dict[str, Decimal | None] = field(default_factory=dict[str, Decimal | None])
    tiers: list[Json] = field(default_factory=list[Json])
    context: int | None = None
    max_output: int | None = None
    capabilities: dict[str, bool] = field(default_factory=dict[str, bool])
    released: str = ""
    expires: str = ""
    deprecated: bool = False
    free_tier: bool = False

    @property
    def id(self) -> str:
        return f"{self.provider}/{self.wire_id}"


def _openrouter(content: Json) -> Iterator[Listed]:
    """``GET /api/v1/models``: prices are decimal strings in USD per token; −1 stands for "depends"."""
    for row in rows_of(content.get("data")):
        wire_id = row.get("id")
        makes = object_of(row.get("architecture")).get("output_modalities", ["text"])
        if not isinstance(wire_id, str) or not isinstance(makes, list) or "text" not in makes:
            continue
        pricing, top = object_of(row.get("pricing")), object_of(row.get("top_provider"))
        can = row.get("supported_parameters")
        able = set(map(str, cast("list[object]", can))) if isinstance(can, list) else set[str]()
        yield Listed(
            "openrouter",
            wire_id,
            _name(row.get("name")),
            {
                "input": _per_million(pricing.get("prompt")),
                "output": _per_million(pricing.get("completion")),
                "cached_read": _per_million(pricing.get("input_cache_read")),
            },
            context=_tokens(top.get("context_length")) or _tokens(row.get("context_length")),
            max_output=_tokens(top.get("max_completion_tokens")),
            capabilities={"tools": "tools" in able, "reasoning": "reasoning" in able} if able else {},
            released=_date(row.get("created")),
            expires=_day(row.get("expiration_date")),
            free_tier=wire_id.endswith(":free"),
        )


def _models_dev(content: Json) -> Iterator[Listed]:
    """``api.json``: vendors by id, each with models by id; prices are USD per million tokens. OpenRouter speaks for itself."""
    for vendor, entry in content.items():
        provider = MODELS_DEV_IDS.get(vendor, vendor)
        if provider == "openrouter" or not isinstance(entry, dict):
            continue
        for wire_id, raw in object_of(cast("Json", entry).get("models")).items():
            row = object_of(raw)
            cost, limit = object_of(row.get("cost")), object_of(row.get("limit"))
            over = object_of(cost.get("context_over_200k"))
            yield Listed(
                provider,
                wire_id,
                _name(row.get("name")),
                {part: decimal_of(cost.get(name)) for part, name in _MODELS_DEV_PARTS.items()},
                tiers=[{"above_input": 200_000, **_tier(over)}] if over else [],
                context=_tokens(limit.get("context")),
                max_output=_tokens(limit.get("output")),
                capabilities={
                    ours: value
                    for ours, theirs in (("tools", "tool_call"), ("reasoning", "reasoning"), ("open_weights", "open_weights"))
                    if isinstance(value := row.get(theirs), bool)
                },
                released=_day(row.get("release_date")),
                deprecated=row.get("status") == "deprecated",
            )


_MODELS_DEV_PARTS = {"input": "input", "output": "output", "cached_read": "cache_read"}
READERS: Mapping[str, Callable[[Json], Iterator[Listed]]] = {"openrouter": _openrouter, "models.dev": _models_dev}


_LONGEST_NAME = 120
_HUGE = 10**30
_MOST_DIGITS = 40
_MOST_MAGNITUDE = 15
"""Powers of ten: a smaller number would be no price as a float any more, and a longer one fills whatever shows it."""
_NO_NUMBER = Decimal("NaN")


def _tier(over: Json) -> Json:
    prices = {part: decimal_of(over.get(name)) for part, name in _MODELS_DEV_PARTS.items()}
    return {part: float(price) for part, price in prices.items() if price is not None and price.is_finite() and price >= 0}


def decimal_of(value: object) -> Decimal | None:
    """A price as said; NaN for one that is no number, None for none."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value) if isinstance(value, str | float | Decimal) or (isinstance(value, int) and abs(value) < _HUGE) else ""
    try:
        price = Decimal(text if len(text) <= _MOST_DIGITS else "")
    except InvalidOperation:
        return _NO_NUMBER
    return price if not price or (price.is_finite() and abs(price.adjusted()) <= _MOST_MAGNITUDE) else _NO_NUMBER


def _per_million(value: object) -> Decimal | None:
    price = decimal_of(value)
    return None if price is None else (price * 1_000_000).normalize() if price.is_finite() else price


def _name(value: object) -> str:
    """A model's name for people, without what a terminal or an editor would obey."""
    text = value[:_LONGEST_NAME] if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable()).strip()


def _day(value: object) -> str:
    """A date as it is written, to the day; "" for anything that is none."""
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}(-\d\d){0,2}(?!\d)", value) else ""


def _date(value: object) -> str:
    """The day of a Unix time; "" for anything that is none."""
    if not isinstance(value, int) or not 0 < value < 1e11:
        return ""
    return datetime.fromtimestamp(value, UTC).date().isoformat()


def _tokens(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9 else None


def rows_of(value: object) -> list[Json]:
    return [cast("Json", row) for row in cast("list[object]", value) if isinstance(row, dict)] if isinstance(value, list) else []


def object_of(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else dict[str, object]()

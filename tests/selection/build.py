"""Small catalogues, requests and states for the tests of `selection`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal, TypedDict, Unpack

from coderoute_ls.domain import (
    Axis,
    Confidence,
    Floor,
    Objective,
    Offer,
    OfferHealth,
    OnUnmetFloor,
    Prices,
    Privacy,
    ProviderState,
    Request,
    Score,
    State,
)
from coderoute_ls.selection import Catalog, select

NOW = 1_795_000_000.0
"""2026-11-18 11:06:40 UTC, a Wednesday."""


def usd(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def score(
    value: float, *, confidence: Confidence = "multi", method: str = "latent-ability-v1", date: str = "2026-08-01"
) -> Score:
    return Score(value, value, value, confidence, method, date, rows=5)


def offer(
    name: str,
    coding: float | Score | None = 0.6,
    price_in: float | str | None = 1.0,
    price_out: float | str | None = 4.0,
    *,
    completion: float | None = None,
    model: str = "",
    context: int | None = 200_000,
    max_output: int | None = 64_000,
    local: bool = False,
    privacy: tuple[str, ...] = (),
    capabilities: Mapping[str, bool] | None = None,
    deprecated: bool = False,
    expires: str = "",
    prices: Prices | None = None,
) -> Offer:
    """``provider/wire`` with one score; USD per million tokens."""
    scores: dict[Axis, Score] = {}
    if coding is not None:
        scores["coding"] = coding if isinstance(coding, Score) else score(coding)
    if completion is not None:
        scores["completion"] = score(completion, confidence="measured")
    provider, _, wire = name.partition("/")
    return Offer(
        id=name,
        model=model or f"maker/{wire}",
        provider=provider,
        wire_id=wire,
        dialect="openai-chat",
        capabilities=capabilities or {},
        context=context,
        max_output=max_output,
        prices=prices or Prices(usd(price_in), usd(price_out)),
        scores=scores,
        local=local,
        privacy=privacy,
        deprecated=deprecated,
        expires=expires,
    )


def catalog(*offers: Offer) -> Catalog:
    return Catalog("2026-11-20", "sha256:test", tuple(offers))


class World(TypedDict, total=False):
    now: float
    health: Mapping[str, OfferHealth]
    warm: Mapping[str, float]
    providers: Mapping[str, ProviderState]
    budget: float | None
    seed: int


def state(offers: Iterable[Offer] = (), **world: Unpack[World]) -> State:
    """Every vendor of these offers has a key, unless ``providers`` says otherwise."""
    reachable = {item.provider: ProviderState(reachable=True) for item in offers}
    return State(
        world.get("now", NOW), {**reachable, **world.get("providers", {})}, world.get("health", {}), world.get("warm", {}),
        world.get("budget"), world.get("seed", 0),
    )  # fmt: skip


class Changes(TypedDict, total=False):
    chars: int
    language: str
    messages: int
    max_tokens: int
    median_output: int
    required: frozenset[str]
    cacheable_chars: int
    objective: Objective
    first_token_budget_s: float | None
    max_cost_usd: float | None
    on_unmet_floor: OnUnmetFloor
    score_bound: Literal["low", "value"]
    trust_vendor_scores: bool
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    privacy: Privacy
    allow_free: bool
    rules: Literal[1, 3, 4, 5]
    pinned: str | None
    embedded_score: float | None
    embedded_alone: bool
    embedded_available: bool


def request(floor: float = 0.5, *, axis: Axis = "coding", **changes: Unpack[Changes]) -> Request:
    """A refactoring of 8,000 characters of Python, about 800 tokens of answer. What costs nothing may be asked."""
    usual = Request("refactor", axis, Floor(floor), chars=8_000, language="python", max_tokens=4_000, median_output=800)
    return replace(replace(usual, allow_free=True), **changes)


def chosen(asked: Request, *offers: Offer, **world: Unpack[World]) -> str | None:
    """The id of the offer chosen among these."""
    decision = select(asked, catalog(*offers), state(offers, **world))
    return None if decision.chosen is None else decision.chosen.offer.id

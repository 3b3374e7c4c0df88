"""The decision record: what was chosen and why, as JSON, with all that a replay needs. It never holds prompt text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from coderoute_ls.domain import Axis, Chosen, Confidence, Decision, Objective, Offer, Rejected, Request, Score, State, Usage
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.decision.decide import explain
from coderoute_ls.selection.decision.eligibility import objective
from coderoute_ls.selection.pricing.tokenizers import KINDS

Json = dict[str, object]

LARGEST = 10**12
"""No count of tokens or characters, no price and no time in seconds is more."""
LATEST_S = 250_000_000_000.0
"""In the year 9892: the calendar of Python ends soon after."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class FloorRow(_Row):
    value: float
    origin: str = Field(alias="from")


class ScoreRow(_Row):
    value: float
    low: float
    confidence: Confidence
    correction: float = 0.0
    """Part of both values that comes from the user's own experience (``learn = true``)."""


class CostRow(_Row):
    """USD. The four parts add up to ``expected_usd``; ``fee`` is the platform's."""

    expected_usd: float
    max_usd: float
    input: float
    cached: float
    output: float
    fee: float


class ChosenRow(_Row):
    offer: str
    provider: str
    model: str
    effort: str | None = None
    score: ScoreRow | None = None
    cost: CostRow
    why: str


class PointRow(_Row):
    offer: str
    expected_usd: float
    score: float


class RejectedRow(_Row):
    offer: str
    reason: str
    detail: str = ""


class UnmetRow(_Row):
    rule: str
    best: str = ""
    score: float | None = None


class Actual(_Row):
    """What the call really was, known afterwards."""

    model: str = ""
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cost_usd: float
    first_token_s: float | None = None
    estimate_error: float | None = None
    """Real cost over expected cost, minus 1; None when nothing was expected to be paid."""


class DecisionRecord(_Row):
    """One decision. ``request``, ``state`` and ``offers`` are what it was made from: replaying them gives the same choice."""

    v: Literal[1, 2, 3, 4, 5]
    """The rules that it was made by (`Request.rules`)."""
    action: str
    axis: Axis
    objective: Objective
    snapshot: str
    now: str
    floor: FloorRow
    unmet: UnmetRow | None = None
    chosen: ChosenRow | None = None
    chain: tuple[str, ...] = ()
    frontier: tuple[PointRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    actual: Actual | None = None
    request: Request
    state: State
    offers: tuple[Offer, ...] = ()


_REQUEST, _STATE, _OFFERS = TypeAdapter(Request), TypeAdapter(State), TypeAdapter(tuple[Offer, ...])


def record(decision: Decision, state: State) -> Json:
    """The JSON form of an explained decision (see `decide.explain`), with the state it saw, cut to the offers in it."""
    request = decision.request
    unmet = decision.unmet
    return {
        "v": request.rules,
        "action": request.action,
        "axis": request.axis,
        "objective": objective(request),
        "snapshot": decision.snapshot,
        "now": datetime.fromtimestamp(decision.now, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "floor": {"value": request.floor.value, "from": request.floor.origin},
        "unmet": None if unmet is None else {"rule": unmet.rule, "best": unmet.best, "score": unmet.score},
        "chosen": None if decision.chosen is None else _chosen(decision.chosen),
        "chain": [hop.offer.id for hop in decision.chain],
        "frontier": [{"offer": p.offer, "expected_usd": p.expected_usd, "score": p.score} for p in decision.frontier],
        "rejected": [{"offer": r.offer, "reason": r.reason, "detail": r.detail} for r in decision.rejected],
        **_facts(request, _cut(state, decision), decision.considered),
    }


def replay(source: Mapping[str, object]) -> Decision:
    """Decide again from the record alone. Raises `ConfigurationError` when it is not a record of a decision, or one of rules that
    are not kept.
    """
    told = _read(source)
    if told.v == 2:
        raise ConfigurationError("This record was made by rules of before the first release; it cannot be decided again.")
    within = {offer.id for offer in told.offers}
    apart = tuple(Rejected(row.offer, row.reason, row.detail) for row in told.rejected if row.offer not in within)
    catalog = Catalog(compiled="", snapshot=told.snapshot, offers=told.offers, refused=apart)
    return explain(replace(told.request, rules=told.v), catalog, told.state)


def _read(source: Mapping[str, object]) -> DecisionRecord:
    """The record, with nothing in it that no decision can have seen. Raises `ConfigurationError` with the place that is wrong."""
    try:
        told = DecisionRecord.model_validate(source)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _no_record(".".join(map(str, first["loc"])), first["msg"]) from error
    if type(source["v"]) is not int:  # pydantic takes true for 1
        raise _no_record("v", "is no number")
    facts = {"request": _REQUEST, "state": _STATE, "offers": _OFFERS}
    for name, adapter in facts.items():
        if place := beyond(adapter.dump_python(getattr(told, name), warnings=False), name):
            raise _no_record(place, "is a number that cannot be")
    asked = told.request
    if min(asked.max_tokens, asked.choices) < 1 or min(asked.chars, asked.messages, asked.median_output) < 0:
        raise _no_record("request", "asks for less than nothing")
    if not 0 <= told.state.now <= LATEST_S:
        raise _no_record("state.now", "is no time")
    if asked.by_prompt is not None and len(asked.by_prompt.pieces) != KINDS:
        raise _no_record("request.by_prompt.pieces", f"{KINDS} numbers belong there")
    for name, health in told.state.health.items():
        if any(min(habit.input, habit.output, habit.calls) <= 0 for habit in health.habits.values()):
            raise _no_record(f"state.health.{name}.habits", "holds a factor that is not above 0")
    return told


def beyond(value: object, place: str) -> str:
    """Where a number is not finite, or larger than anything that is counted here; "" where none is."""
    if isinstance(value, Mapping):
        rows = cast("Mapping[object, object]", value)
        return next((found for name, each in rows.items() if (found := beyond(each, f"{place}.{name}"))), "")
    if isinstance(value, list | tuple):
        each = enumerate(cast("Sequence[object]", value))
        return next((found for index, one in each if (found := beyond(one, f"{place}.{index}"))), "")
    # a NaN is not within any bounds
    return place if isinstance(value, int | float | Decimal) and not -LARGEST <= value <= LARGEST else ""


def _no_record(place: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"This is not a decision record: {place}: {problem}.")


def dumps(source: Mapping[str, object]) -> str:
    """The record as text, the same for the same record."""
    return json.dumps(source, indent=1, ensure_ascii=False)


def with_actual(source: Json, usage: Usage, cost_usd: float, *, model: str = "", first_token_s: float | None = None) -> Json:
    """The record completed after the call with what it really took."""
    chosen = cast("Mapping[str, Mapping[str, float]] | None", source["chosen"])
    expected = 0.0 if chosen is None else chosen["cost"]["expected_usd"]
    actual = Actual(
        model=model,
        input_tokens=usage.input,
        output_tokens=usage.output,
        cached_tokens=usage.cached_read,
        cost_usd=cost_usd,
        first_token_s=first_token_s,
        estimate_error=cost_usd / expected - 1 if expected else None,
    )
    return {**source, "actual": actual.model_dump()}


def schema() -> Json:
    """The JSON schema of a record."""
    return DecisionRecord.model_json_schema()


def _chosen(chosen: Chosen) -> Json:
    offer, score, cost = chosen.offer, chosen.score, chosen.cost
    return {
        "offer": offer.id,
        "provider": offer.provider,
        "model": offer.model,
        "effort": offer.effort,
        "score": None if score is None else _score(score),
        "cost": {
            "expected_usd": cost.expected_usd, "max_usd": cost.max_usd, "input": cost.input, "cached": cost.cached,
            "output": cost.output, "fee": cost.fee,
        },
        "why": chosen.why,
    }  # fmt: skip


def _score(score: Score) -> Json:
    plain: Json = {"value": score.value, "low": score.low, "confidence": score.confidence}
    return {**plain, "correction": score.correction} if score.correction else plain


def _cut(state: State, decision: Decision) -> State:
    """Only what was known about the offers in question."""
    within = {offer.id for offer in decision.considered}
    vendors = {offer.provider for offer in decision.considered}
    return State(
        now=state.now,
        providers={name: value for name, value in sorted(state.providers.items()) if name in vendors},
        health={name: value for name, value in sorted(state.health.items()) if name in within},
        warm={name: value for name, value in sorted(state.warm.items()) if name in within},
        budget_left_usd=state.budget_left_usd,
        seed=state.seed,
    )


def _facts(request: Request, state: State, offers: tuple[Offer, ...]) -> Json:
    asked = cast("Json", _REQUEST.dump_python(replace(request, rules=5), mode="json", exclude_defaults=True))
    if request.required:
        asked["required"] = sorted(request.required)  # a set has no order of its own
    return {
        "request": asked,
        "state": _STATE.dump_python(state, mode="json", exclude_defaults=True),
        "offers": _OFFERS.dump_python(tuple(map(sayable, offers)), mode="json", exclude_defaults=True),
    }


def sayable(offer: Offer) -> Offer:
    """NaN and infinity have no JSON; as prices they mean the same as none."""
    prices = offer.prices
    strange = {
        part: None
        for part in ("input", "output", "cached_read", "cached_write")
        if (price := getattr(prices, part)) is not None and not price.is_finite()
    }
    return replace(offer, prices=replace(prices, **strange)) if strange else offer

"""Price lists that cannot be true: each is held part by part, and none makes a wrong cheap winner of a model that costs more."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from coderoute_ls.domain import ProviderState, State
from coderoute_ls.selection import Catalog, select
from coderoute_ls.selection.catalog.list_values import rows_of
from coderoute_ls.selection.catalog.published_list_merge import MAX_BYTES, RefreshResult, Source, merge
from tests.selection.build import NOW, request
from tests.selection.lists import ABLE, ONE, SCORE, SMALL, listed

# A broker's price beside those of the hosts themselves


def sold(broker: dict[str, Any], *others: dict[str, Any]) -> Catalog:
    """One model at OpenRouter and at others, with these differences from 1 and 4 USD."""
    rows = [{"provider": "openrouter", "wire_id": "maker/m", **ONE, **broker}]
    rows += [{"provider": f"host{number}", "wire_id": "m", **ONE, **other} for number, other in enumerate(others)]
    return Catalog.parse(
        {**SMALL, "models": [{"id": "maker/m", "capabilities": ABLE, "scores": {"coding": SCORE}, "offers": rows}]}
    )


def told(catalog: Catalog, prompt: float, completion: float) -> RefreshResult:
    row = listed("maker/m", f"{prompt / 1e6:.12f}", f"{completion / 1e6:.12f}")
    return merge(catalog, "openrouter", json.dumps({"data": [row]}).encode(), NOW, bundled=catalog)


def asks(result: RefreshResult, offer: str = "openrouter/maker/m") -> tuple[float, float]:
    prices = result.catalog.by_id[offer].prices
    assert prices.input is not None and prices.output is not None
    return float(prices.input), float(prices.output)


Prices = dict[str, Any]
CASES: list[tuple[Prices, tuple[Prices, ...], tuple[float, float], tuple[float, float]]] = [
    ({}, ({}, {}), (0.3, 4.0), (1.0, 4.0)),  # one cheap host among many
    ({}, ({}, {"input": 0.6}), (0.3, 0.8), (0.3, 4.0)),  # each part by itself: another vendor asks nearly as little
    ({}, ({},), (0.4, 1.6), (0.4, 1.6)),  # cheaper, but not far below
    ({"input": 0.3, "output": 1.0}, ({}, {}), (0.3, 1.0), (0.3, 1.0)),  # known to ask so little
    ({"input": 0.3, "output": 1.0}, ({}, {}), (0.2, 1.2), (0.3, 1.2)),  # less than that is not believed, more is
    ({}, ({"input": 0.2, "output": 0.8}, {}), (0.2, 0.8), (0.2, 0.8)),  # confirmed by a second vendor
    ({}, ({"free_tier": True, "input": 0.0, "output": 0.0}, {}), (0.3, 1.0), (1.0, 4.0)),  # a free tier confirms nothing
    ({}, ({"deprecated": True, "input": 0.2}, {}), (0.3, 4.0), (1.0, 4.0)),  # nor does who serves it no more
    ({}, ({"expires": "2026-11-17"},), (0.3, 1.0), (0.3, 1.0)),  # who is gone keeps no price up
    ({}, ({"missing_since": "2026-11-10"},), (0.3, 1.0), (0.3, 1.0)),
    ({}, ({"expires": "2026-11-18"},), (0.3, 1.0), (1.0, 4.0)),  # on the last day it is still there
    (
        {},
        ({"windows": [{"from_date": "2026-11-01", "input": 0.3, "output": 1.0}]},),
        (0.3, 1.0),
        (0.3, 1.0),
    ),  # asks no more itself
    ({}, ({"windows": [{"hours": [[0, 6]], "input": 0.4}]},), (0.3, 4.0), (0.3, 4.0)),  # not at all hours
    ({}, ({"windows": [{"from_date": "2027-01-01", "input": 0.3}]},), (0.3, 4.0), (1.0, 4.0)),  # not yet
    ({}, (), (0.3, 1.2), (0.3, 1.2)),  # nobody else sells it
]


@pytest.mark.parametrize(("broker", "others", "says", "believed"), CASES)
def test_a_brokers_price_far_below_all_others_is_held(
    broker: Prices, others: tuple[Prices, ...], says: tuple[float, float], believed: tuple[float, float]
) -> None:
    result = told(sold(broker, *others), *says)
    assert asks(result) == pytest.approx(believed)
    assert len(result.flagged) == sum(one != other for one, other in zip(says, believed, strict=True))
    assert {change.kind for change in result.flagged} <= {"fall"}


def test_a_new_offer_of_a_broker_counts_as_what_others_ask() -> None:
    known = Catalog.parse(
        {**SMALL, "models": [
            {"id": "maker/m", "capabilities": ABLE, "scores": {"coding": SCORE},
             "offers": [{"provider": "host0", "wire_id": "m", **ONE}]},
            {"id": "maker/other", "capabilities": ABLE, "offers": [{"provider": "openrouter", "wire_id": "maker/other", **ONE}]},
        ]}
    )  # fmt: skip
    result = told(known, 0.3, 3.0)
    assert asks(result) == pytest.approx((1.0, 3.0))
    assert [(change.kind, change.offer) for change in result.flagged] == [
        ("fall", "openrouter/maker/m input"),
        ("short_list", "openrouter"),
    ]


CHEAP_CACHE = {"input_cache_read": "0.00000004", "input_cache_write": "0.0000004", "input_cache_write_1h": "0.0000006"}
HELD = {**ONE, "cached_read": 0.1, "cached_write": 1.25, "cached_write_1h": 2.0}


def step(above: int, prompt: float, completion: float) -> dict[str, Any]:
    return {"min_prompt_tokens": above, "prompt": f"{prompt / 1e6:.12f}", "completion": f"{completion / 1e6:.12f}"}


@pytest.mark.parametrize("plain", [0.3, 0.05, 12.0], ids=["a cheap host's", "a twentieth", "twelve times as much"])
@pytest.mark.parametrize(
    "more",
    [CHEAP_CACHE, {"overrides": [step(200_000, 0.4, 1.2)]}, {"overrides": [step(200_000, 1.5, 1.2)]}],
    ids=["cache", "step", "half"],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_beside_a_price_that_is_held_nothing_of_its_row_is_believed(plain: float, more: dict[str, Any], known: bool) -> None:
    """Cache prices and steps are of the same host as the plain price."""
    sells: dict[str, Any] = HELD if known else {"wire_id": "maker/old"}
    row = listed("maker/m", f"{plain / 1e6:.12f}", "0.000004")
    row["pricing"] = {**row["pricing"], **more}  # type: ignore[dict-item]
    catalog = sold(sells, {}, {})
    result = merge(catalog, "openrouter", json.dumps({"data": [row]}).encode(), NOW, bundled=catalog)
    if not known and plain != 0.3:
        return  # a new offer at a price that cannot be is no offer; that it is dearer can be
    prices = result.catalog.by_id["openrouter/maker/m"].prices
    assert float(prices.input or 0) == 1.0
    assert [float(part) for part in (prices.cached_read, prices.cached_write, prices.cached_write_1h) if part] == (
        [0.1, 1.25, 2.0] if known else []
    )
    assert all(tier.input is None for tier in prices.tiers)


@pytest.mark.parametrize("above", [1, 1_000, 7_999])
def test_a_step_that_nearly_every_prompt_passes_is_a_price_in_disguise(above: int) -> None:
    row = listed("maker/m") | {"pricing": {"prompt": "0.000001", "completion": "0.000004", "overrides": [step(above, 0.4, 1.6)]}}
    result = merge(sold({}, {}), "openrouter", json.dumps({"data": [row]}).encode(), NOW, bundled=sold({}, {}))
    assert result.catalog.by_id["openrouter/maker/m"].prices.tiers == ()
    assert {change.kind for change in result.flagged} == {"bad_price"}


def test_a_brokers_step_far_below_what_others_ask_is_held() -> None:
    row = listed("maker/m") | {"pricing": {"prompt": "0.000001", "completion": "0.000004", "overrides": [step(200_000, 0.3, 8)]}}
    result = merge(sold({}, {}), "openrouter", json.dumps({"data": [row]}).encode(), NOW, bundled=sold({}, {}))
    (tier,) = result.catalog.by_id["openrouter/maker/m"].prices.tiers
    assert (tier.input, float(tier.output or 0)) == (None, 8.0)
    assert [(change.kind, change.offer) for change in result.flagged] == [("fall", "openrouter/maker/m input above 200000")]


def test_who_serves_what_it_sells_is_taken_at_its_word() -> None:
    document = {"host0": {"models": {"m": {"id": "m", "cost": {"input": 0.2, "output": 0.8}, "limit": {"context": 100_000}}}}}
    known = sold({}, {}, {})
    result = merge(known, "models.dev", json.dumps(document).encode(), NOW, bundled=known)
    assert asks(result, "host0/m") == pytest.approx((0.2, 0.8)) and result.flagged == ()


# Lists with mistakes of all kinds, over the catalogue that ships

Row = dict[str, Any]


@cache
def shipped() -> Catalog:
    """Every third of the bundled models that OpenRouter sells and that have a score: enough for a choice at each floor."""
    document = Catalog.bundled().document
    models = [
        {**model, "offers": sold}
        for model in rows_of(document["models"])
        if model.get("scores") and (sold := [row for row in rows_of(model.get("offers")) if row["provider"] == "openrouter"])
    ]
    return Catalog.parse({**document, "models": models[::3]})


def whole_list() -> list[Row]:
    """OpenRouter's list as that catalogue has it."""
    rows: list[Row] = []
    names = {"input": "prompt", "output": "completion", "cached_read": "input_cache_read", "cached_write": "input_cache_write"}
    for offer in shipped().offers:
        if offer.effort is None:
            told = {
                theirs: str(price / 10**6) for ours, theirs in names.items() if (price := getattr(offer.prices, ours)) is not None
            }
            rows.append(listed(offer.wire_id) | {
                "pricing": told, "context_length": offer.context, "top_provider": {"max_completion_tokens": offer.max_output},
                "supported_parameters": [],
            })  # fmt: skip
    return rows


def priced(change: Callable[[dict[str, Any]], object]) -> Callable[[list[Row]], object]:
    """A mistake in every second row's prices."""
    return lambda rows: [change(row["pricing"]) for row in rows[::2]]


def times(part: str, factor: float) -> Callable[[list[Row]], object]:
    return priced(lambda pricing: pricing.update({part: f"{float(pricing[part]) * factor:.15f}"}) if part in pricing else None)


def both(factor: float) -> Callable[[list[Row]], object]:
    return lambda rows: [times(part, factor)(rows) for part in ("prompt", "completion")]


def said(**more: object) -> Callable[[list[Row]], object]:
    return priced(lambda pricing: pricing.update(more))


def added(**more: object) -> Callable[[list[Row]], object]:
    return lambda rows: [row.update(deepcopy(more)) for row in rows[::2]]


def also(name: Callable[[str], object], *, first: bool = False) -> Callable[[list[Row]], object]:
    """More rows, under names made of the known ones, that cost next to nothing."""

    def mistaken(rows: list[Row]) -> None:
        nearly_free = {"prompt": "0.000000000001", "completion": "0.000000000001"}
        more = [{**row, "id": name(row["id"]), "pricing": nearly_free} for row in rows[:50]]
        rows[:] = [*more, *rows] if first else [*rows, *more]

    return mistaken


MISTAKES: dict[str, Callable[[list[Row]], object]] = {
    "cache price ×10": times("input_cache_read", 10),
    "cache price ×1/1000": times("input_cache_read", 0.001),
    "cache write ×100": times("input_cache_write", 100),
    "input ×1/10": times("prompt", 0.1),
    "output ×1/10": times("completion", 0.1),
    "all ×1/1000": both(0.001),
    "per million, not per token": both(1e6),
    "per token of a token": both(1e-6),
    "negative": said(prompt="-0.000001"),
    "minus one": said(prompt="-1", completion="-1"),
    "NaN": said(prompt="NaN", completion="NaN"),
    "infinite": said(prompt="Infinity"),
    "words": said(prompt="three dollars", completion="free!"),
    "currency signs": said(prompt="$0.000001"),
    "decimal commas": said(prompt="0,000001"),
    "lists": said(prompt=["0.000001"]),
    "objects": said(prompt={"usd": "0.000001"}),
    "true": said(prompt=True, completion=True),
    "nothing": said(prompt=None, completion=None),
    "zero": said(prompt="0", completion="0"),
    "empty": said(prompt="", completion=""),
    "a thousand digits": said(prompt="0." + "0" * 998 + "1"),
    "no prices at all": added(pricing=None),
    "prices as a list": added(pricing=[]),
    "the same id twice": also(str),
    "the same id twice, the cheap one first": also(str, first=True),
    "aliases": also(lambda name: f"~{name}-latest"),
    "batch rows": also(lambda name: f"{name}:batch"),
    "other alphabets": also(lambda name: f"{name}\u202e\uff4d"),
    "blanks in ids": also(lambda name: f" {name}"),
    "endless ids": also(lambda name: name * 900),
    "ids that are none": also(lambda _: None),
    "ids that are lists": also(lambda name: [name]),
    "steps out of order": added(pricing={"prompt": "0.000001", "completion": "0.000004", "overrides": [
        {"min_prompt_tokens": 500_000, "prompt": "0.000000000001"}, {"min_prompt_tokens": 1, "prompt": "0.000000000001"},
        {"min_prompt_tokens": -5, "prompt": "0"}, {"min_prompt_tokens": "many", "prompt": "0"},
    ]}),
    "born tomorrow": added(created=99_999_999_999),
    "ended long ago": added(expiration_date="1999-12-31"),
    "ends on no day": added(expiration_date="2026-02-31"),
    "windows of nothing": added(context_length=-1, top_provider={"context_length": 0, "max_completion_tokens": -7}),
    "huge windows": added(context_length=10**300, top_provider={"context_length": 1e308}),
    "abilities as words": added(supported_parameters="tools", architecture="text"),
    "rows that are none": lambda rows: rows.extend([None, 7, "row", []]),  # type: ignore[list-item]
    "a fee of ten dollars": said(request="10"),
}  # fmt: skip
FLOORS = (0.0, 0.5, 0.7)


def winners(catalog: Catalog) -> list[float]:
    """What the choice costs at each floor, USD."""
    known, world = shipped().by_id, State(NOW, {"openrouter": ProviderState(reachable=True)})
    costs: list[float] = []
    for floor in FLOORS:
        chosen = select(request(floor, allow_free=False), catalog, world).chosen
        assert chosen is not None and chosen.offer.prices.input is not None
        assert chosen.offer.prices.input > (known[chosen.offer.id].prices.input or 0) / 10
        costs.append(chosen.cost.expected_usd)
    return costs


@cache
def usual() -> list[float]:
    return winners(shipped())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_strange_list_makes_a_wrong_cheap_winner(mistake: str) -> None:
    rows = whole_list()
    MISTAKES[mistake](rows)
    result = merge(shipped(), "openrouter", json.dumps({"data": rows}).encode(), NOW, bundled=shipped())
    assert not result.error
    for cost, before in zip(winners(result.catalog), usual(), strict=True):
        assert cost >= before / 3


@pytest.mark.parametrize("source", ["openrouter", "models.dev", "catalog"])
@pytest.mark.parametrize(("currency", "read"), [("EUR", False), ("usd", True), (None, False), (["USD"], False), ("", False)])
def test_prices_in_another_currency_are_not_read(source: Source, currency: object, read: bool) -> None:
    result = merge(sold({}), source, json.dumps({"format": 1, "data": [], "models": [], "currency": currency}).encode(), NOW)
    assert ("not in USD" in result.error) is not read and result.changes == ()


def nested(source: Source, currency: object, where: str) -> bytes:
    """One known offer at other prices, with a currency named at some depth."""
    money = {"currency": currency}
    if source == "openrouter":
        row = listed("maker/m", "0.0000007", "0.0000028")
        row["pricing"] = {**row["pricing"], **(money if where == "prices" else {})}  # type: ignore[dict-item]
        return json.dumps({"data": [{**row, **(money if where == "row" else {})}]}).encode()
    cost: dict[str, Any] = {"input": 0.7, "output": 2.8, **(money if where == "prices" else {})}
    if source == "models.dev":
        model = {"id": "m", "cost": cost, "limit": {"context": 100_000}, **(money if where == "row" else {})}
        return json.dumps({"host0": {"models": {"m": model}, **(money if where == "vendor" else {})}}).encode()
    offer = {"provider": "host0", "wire_id": "m", "dialect": "openai-chat", **cost, **(money if where == "row" else {})}
    return json.dumps({"format": 1, "compiled": "2026-11-01", "models": [{"id": "maker/m", "offers": [offer]}]}).encode()


@pytest.mark.parametrize(
    ("source", "where"),
    [("openrouter", "row"), ("openrouter", "prices"), ("models.dev", "vendor"), ("models.dev", "row"), ("models.dev", "prices"),
     ("catalog", "row")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("currency", "read"), [("CNY", False), ("eur", False), (None, False), ("USD", True), ("US dollars", True)]
)
def test_a_currency_that_a_row_names_holds_for_all_in_it(source: Source, where: str, currency: object, read: bool) -> None:
    known = sold({}, {})
    result = merge(known, source, nested(source, currency, where), NOW, bundled=known)
    at = "openrouter/maker/m" if source == "openrouter" else "host0/m"
    assert asks(result, at) == pytest.approx((0.7, 2.8) if read else (1.0, 4.0))
    assert bool(result.flagged) is not read


def test_a_list_of_two_hundred_megabytes_is_not_read() -> None:
    result = merge(shipped(), "openrouter", b'{"data": [' + b" " * (200 * 2**20) + b"]}", NOW, bundled=shipped())
    assert result.error == f"the list is larger than {MAX_BYTES // 2**20} MB" and result.catalog is shipped()

"""A catalogue that is refreshed for months stays true: parts are judged alone, what ends ends, what heals heals."""

import gc
import json
import sys
from collections.abc import Mapping
from decimal import Decimal

import pytest

from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.published_list_merge import Change, RefreshResult, Source, merge
from tests.selection.build import NOW
from tests.selection.lists import ABLE, ONE, SCORE, SMALL, listed

DAY_S = 86_400


def catalogue(*offers: Mapping[str, object], **more: object) -> Catalog:
    """One model at OpenRouter and at its maker, with these rows' differences."""
    rows = [{"provider": "openrouter", "wire_id": f"maker/m{number}", **ONE, **offer} for number, offer in enumerate(offers)]
    model = {"id": "maker/m", "capabilities": ABLE, "scores": {"coding": SCORE}, "offers": rows, **more}
    return Catalog.parse({**SMALL, "models": [model]})


def prices(prompt: float, completion: float, **more: object) -> dict[str, object]:
    """OpenRouter's ``pricing`` for USD per million tokens."""
    told = {"prompt": f"{prompt / 1e6:.12f}", "completion": f"{completion / 1e6:.12f}"}
    return {"pricing": {**told, **more}}


def refreshed(catalog: Catalog, *rows: dict[str, object], at: float = NOW, bundled: Catalog | None = None) -> RefreshResult:
    return merge(catalog, "openrouter", json.dumps({"data": list(rows)}).encode(), at, bundled=bundled or catalog)


def flags(result: RefreshResult) -> set[tuple[str, str]]:
    return {(change.kind, change.offer) for change in result.flagged}


def kept(result: RefreshResult, number: int = 0) -> dict[str, object]:
    prices = result.catalog.by_id[f"openrouter/maker/m{number}"].prices
    names = ("input", "output", "cached_read", "cached_write", "cached_write_1h")
    return {name: float(value) for name in names if (value := getattr(prices, name)) is not None}


# -- one doubtful part -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "name", "factor", "kind"),
    [
        ("cached_read", "input_cache_read", 10, "rise"),
        ("cached_read", "input_cache_read", 0.001, "fall"),
        ("cached_write", "input_cache_write", 25, "rise"),
        ("cached_write_1h", "input_cache_write_1h", 0.001, "fall"),
        ("input", "prompt", 10, "rise"),
        ("input", "prompt", 0.001, "fall"),
        ("output", "completion", 10, "rise"),
        ("output", "completion", 0.001, "fall"),
        ("output", "completion", -1, "bad_price"),
    ],
)
def test_a_doubtful_part_is_held_alone_and_the_rest_of_its_row_is_taken(part: str, name: str, factor: float, kind: str) -> None:
    old = {"input": 1.0, "output": 4.0, "cached_read": 0.1, "cached_write": 1.25, "cached_write_1h": 2.0}
    new = {key: value * 2 for key, value in old.items()}
    told = {
        "prompt": new["input"], "completion": new["output"], "input_cache_read": new["cached_read"],
        "input_cache_write": new["cached_write"], "input_cache_write_1h": new["cached_write_1h"],
    }  # fmt: skip
    told[name] = old[part] * factor
    row = listed("maker/m0") | {"pricing": {key: f"{value / 1e6:.15f}" for key, value in told.items()}}
    result = refreshed(catalogue(old), row)
    assert flags(result) == {(kind, f"openrouter/maker/m0 {part}")}
    hangs = {name: old[name] for name in old if name.startswith("cached") and part == "input"}
    assert kept(result) == pytest.approx({**new, part: old[part], **hangs})


def test_a_first_cache_price_is_held_against_the_plain_one() -> None:
    cheap, dear = prices(1, 4, input_cache_read="0.00000002"), prices(1, 4, input_cache_read="0.0000101")
    usual = refreshed(catalogue({}), listed("maker/m0") | cheap)
    assert kept(usual)["cached_read"] == pytest.approx(0.02) and usual.flagged == ()
    wrong = refreshed(catalogue({}), listed("maker/m0") | dear)
    assert "cached_read" not in kept(wrong) and flags(wrong) == {("rise", "openrouter/maker/m0 cached_read")}


def test_a_cache_price_of_zero_is_one_that_the_list_does_not_know() -> None:
    row = listed("maker/m0") | prices(1, 4, input_cache_read="0", input_cache_write="0")
    for known in ({}, {"cached_read": 0.1, "cached_write": 1.25}):
        result = refreshed(catalogue(known), row)
        assert result.changes == () and result.flagged == ()


def test_a_window_of_another_size_altogether_is_held_too() -> None:
    result = refreshed(catalogue({}), listed("maker/m0") | {"context_length": 512, "top_provider": {"context_length": 512}})
    assert flags(result) == {("fall", "openrouter/maker/m0 context")}
    assert result.catalog.by_id["openrouter/maker/m0"].context == 100_000


# -- long prompts ----------------------------------------------------------------------------------------------------------------


def test_long_prompts_prices_are_read_in_the_order_the_list_gives_them() -> None:
    overrides = [
        {"min_prompt_tokens": 256_000, "prompt": "0.000005", "completion": "0.000008"},
        {"min_prompt_tokens": 200_000, "prompt": "0.000002", "input_cache_read": "0.0000002", "input_cache_write": "0.0000025"},
        {"min_prompt_tokens": 10, "hours": [1, 2], "prompt": "0.1"},
    ]
    result = refreshed(catalogue({}), listed("maker/m0") | prices(1, 4, overrides=overrides))
    tiers = result.catalog.by_id["openrouter/maker/m0"].prices.tiers
    told = [(tier.above_input, tier.input, tier.output, tier.cached_read, tier.cached_write) for tier in tiers]
    assert [tuple(None if value is None else float(value) for value in row) for row in told] == [
        (200_000, 2.0, None, 0.2, 2.5),
        (256_000, 2.0, 8.0, 0.2, 2.5),
    ]


def test_models_devs_tiers_go_before_its_older_single_step() -> None:
    step = {"tier": {"type": "context", "size": 272_000}, "input": 2, "output": 6, "cache_read": 0.2, "cache_write": 2.5}
    other = {"tier": {"type": "day"}, "input": 9}
    base = {"input": 1, "output": 4, "cache_read": 0.1, "cache_write": 1.25}
    cost = {**base, "context_over_200k": {"input": 2}, "tiers": [step, other]}
    model = {"id": "maker/m", "offers": [{"provider": "maker", "wire_id": "m", **ONE}]}
    start = Catalog.parse({**SMALL, "models": [model]})
    payload = json.dumps({"maker": {"models": {"m": {"cost": cost}}}}).encode()
    found = merge(start, "models.dev", payload, NOW, bundled=start).catalog.by_id["maker/m"].prices
    assert found.cached_write is not None and float(found.cached_write) == 1.25
    assert [(t.above_input, str(t.input), str(t.cached_write)) for t in found.tiers] == [(272_000, "2.0", "2.5")]


def test_a_step_that_the_list_no_longer_names_ends_where_the_list_names_others() -> None:
    start = catalogue({"tiers": [{"above_input": 200_000, "input": 2.0}]}, {})
    step = [{"min_prompt_tokens": 200_000, "prompt": "0.000002"}]
    gone = refreshed(start, listed("maker/m0"), listed("maker/m1") | prices(1, 4, overrides=step))
    assert gone.catalog.by_id["openrouter/maker/m0"].prices.tiers == ()
    silent = refreshed(start, listed("maker/m0"), listed("maker/m1"))
    assert silent.catalog.by_id["openrouter/maker/m0"].prices.tiers != ()


def test_a_step_that_cannot_be_true_is_held_alone() -> None:
    step = [{"min_prompt_tokens": 200_000, "prompt": "0.00002", "completion": "0.000006"}]
    result = refreshed(catalogue({}), listed("maker/m0") | prices(1, 4, overrides=step))
    assert flags(result) == {("rise", "openrouter/maker/m0 input above 200000")}
    tier = result.catalog.by_id["openrouter/maker/m0"].prices.tiers[0]
    assert tier.input is None and float(tier.output or 0) == 6


# -- hours and dates -------------------------------------------------------------------------------------------------------------

PEAK = {"hours": [[1, 4], [6, 10]], "weekdays": [0, 1, 2, 3, 4], "input": 2.0, "output": 8.0}


@pytest.mark.parametrize(
    ("prompt", "completion", "hours", "base"),
    [(1, 4, True, 1.0), (2, 8, True, 1.0), (1.5, 4, False, 1.5), (0.5, 2, False, 0.5), (2, 4, False, 2.0)],
)
def test_prices_by_the_hour_end_when_the_list_names_another_price(
    prompt: float, completion: float, hours: bool, base: float
) -> None:
    result = refreshed(catalogue({"windows": [PEAK]}), listed("maker/m0") | prices(prompt, completion))
    found = result.catalog.by_id["openrouter/maker/m0"].prices
    assert (bool(found.windows), float(found.input or 0)) == (hours, base)


@pytest.mark.parametrize(
    ("from_date", "prompt", "left", "base"),
    [
        ("2027-01-01", 1, True, 1.0),  # announced, and not yet here
        ("2027-01-01", 3, False, 3.0),  # here before its day
        ("2027-01-01", 1.2, True, 1.2),  # another price until then
        ("2026-11-01", 3, False, 3.0),  # come, as announced
        ("2026-11-01", 1, False, 1.0),  # it did not come
    ],
)
def test_an_announced_price_is_settled_by_what_the_list_says(from_date: str, prompt: float, left: bool, base: float) -> None:
    start = catalogue({"windows": [{"from_date": from_date, "input": 3.0}]})
    found = refreshed(start, listed("maker/m0") | prices(prompt, 4)).catalog.by_id["openrouter/maker/m0"].prices
    assert (bool(found.windows), float(found.input or 0)) == (left, base)


def test_a_price_that_is_not_believed_ends_no_hours() -> None:
    result = refreshed(catalogue({"windows": [PEAK]}), listed("maker/m0") | prices(100, 400))
    assert [change.kind for change in result.changes] == ["risen"]
    assert result.catalog.by_id["openrouter/maker/m0"].prices.windows


# -- what heals, what retires ----------------------------------------------------------------------------------------------------


def test_a_wrong_capability_heals_at_the_vendor_that_says_so() -> None:
    start = catalogue({}, {}, capabilities={"tools": False, "reasoning": True})
    row = {**listed("maker/m1"), "supported_parameters": ["max_tokens", "reasoning"]}
    catalog = refreshed(start, listed("maker/m0"), row).catalog
    assert [catalog.by_id[f"openrouter/maker/m{number}"].capabilities["tools"] for number in (0, 1)] == [True, False]
    again = refreshed(catalog, listed("maker/m0"), listed("maker/m1")).catalog
    assert again.by_id["openrouter/maker/m1"].capabilities["tools"]


def test_retirement_goes_on_however_many_have_retired() -> None:
    plain: dict[str, object] = {}
    catalog = catalogue(*[plain] * 12)
    bundled = catalog
    for number in range(11, 1, -1):
        catalog = refreshed(catalog, *[listed(f"maker/m{left}") for left in range(number)], bundled=bundled).catalog
        assert catalog.by_id[f"openrouter/maker/m{number}"].deprecated
    assert [offer.wire_id for offer in catalog.offers if not offer.deprecated] == ["maker/m0", "maker/m1"]


def test_what_a_short_list_lacks_is_gone_when_it_stays_away() -> None:
    start = catalogue({}, {}, {})
    first = refreshed(start, listed("maker/m0"))
    assert not any(offer.deprecated for offer in first.catalog.offers)
    soon = refreshed(first.catalog, listed("maker/m0"), at=NOW + 6 * DAY_S)
    assert not any(offer.deprecated for offer in soon.catalog.offers)
    late = refreshed(soon.catalog, listed("maker/m0"), at=NOW + 7 * DAY_S)
    assert [offer.deprecated for offer in late.catalog.offers] == [False, True, True]


@pytest.mark.parametrize("more", [0, 1, 3, 9])
def test_what_a_list_adds_does_not_make_it_whole(more: int) -> None:
    """All names of a vendor written otherwise, for a day, are no reason to ask none of its models."""
    start = catalogue({}, {}, {})
    other = [listed(f"maker/m{number}-renamed") for number in range(more)]
    first = refreshed(start, listed("maker/m0"), *other)
    assert not any(offer.deprecated for offer in first.catalog.offers)
    assert ("short_list", "openrouter") in flags(first)
    late = refreshed(first.catalog, listed("maker/m0"), *other, at=NOW + 7 * DAY_S)
    assert {offer.wire_id for offer in late.catalog.offers if offer.deprecated} == {"maker/m1", "maker/m2"}


def test_what_comes_back_into_a_short_list_starts_anew() -> None:
    start = catalogue({}, {}, {})
    once = refreshed(start, listed("maker/m0")).catalog
    whole = refreshed(once, *[listed(f"maker/m{number}") for number in range(3)], at=NOW + DAY_S).catalog
    again = refreshed(whole, listed("maker/m0"), at=NOW + 8 * DAY_S).catalog
    assert not any(offer.deprecated for offer in again.offers)


def test_one_vendor_that_breaks_off_does_not_hold_up_another() -> None:
    rows = [{"provider": vendor, "wire_id": f"m{number}", **ONE} for vendor in ("maker", "host") for number in range(4)]
    start = Catalog.parse({**SMALL, "models": [{"id": "maker/m", "offers": rows}]})
    cost = {"cost": {"input": 1, "output": 4}}
    payload = {"maker": {"models": {"m0": cost}}, "host": {"models": {"m0": cost, "m1": cost, "m2": cost}}}
    result = merge(start, "models.dev", json.dumps(payload).encode(), NOW, bundled=start)
    assert {offer.id for offer in result.catalog.offers if offer.deprecated} == {"host/m3"}
    assert flags(result) == {("short_list", "maker")}


def test_a_vendor_that_still_serves_after_the_announced_day_is_believed() -> None:
    start = catalogue({"expires": "2026-11-01"}, {"expires": "2026-12-24"})
    result = refreshed(start, listed("maker/m0"), listed("maker/m1"))
    assert [offer.expires for offer in result.catalog.offers] == ["", "2026-12-24"]


@pytest.mark.parametrize("day", ["2026-13-45", "2026", "2020-01-01"])
def test_a_last_day_that_cannot_be_is_told_and_retires_nothing(day: str) -> None:
    start = catalogue({"expires": "2026-12-24"})
    row = listed("maker/m0", expiration_date=day)
    held = refreshed(start, row, listed("maker/new", expiration_date=day))
    assert flags(held) == {("bad_date", "openrouter/maker/m0 expires"), ("bad_date", "openrouter/maker/new expires")}
    assert {offer.id: offer.expires for offer in held.catalog.offers} == {
        "openrouter/maker/m0": "2026-12-24",
        "openrouter/maker/new": "",
    }


@pytest.mark.parametrize(("said", "kept", "flagged"), [("0.012", "0.012", []), ("5", "0", ["rise"]), ("-1", "0", ["bad_price"])])
def test_a_fee_per_request_is_part_of_the_price(said: str, kept: str, flagged: list[str]) -> None:
    row = listed("maker/m0")
    row["pricing"] = {"prompt": "0.000001", "completion": "0.000004", "request": said}
    result = refreshed(catalogue({}), row)
    assert str(result.catalog.by_id["openrouter/maker/m0"].prices.request) == kept
    assert [change.kind for change in result.flagged] == flagged


@pytest.mark.parametrize(
    ("usd_per_million", "fee", "believed"),
    [("1", "0.09", True), ("1", "0.2", False), ("0.1", "0.009", True), ("0.1", "0.0121", False), ("0", "0.05", True)],
)
def test_a_first_fee_is_held_against_what_a_call_was_known_to_cost(usd_per_million: str, fee: str, believed: bool) -> None:
    """8,000 tokens in and 1,000 out at 1 and 4 dollars cost 1.2 cents; a fee of ten times that is held like a rise of a price."""
    price = float(usd_per_million)
    row = listed("maker/m0", pricing={"prompt": price / 1e6, "completion": price * 4 / 1e6, "request": fee})
    result = refreshed(catalogue({"input": price, "output": price * 4}), row)
    kept = result.catalog.by_id["openrouter/maker/m0"].prices
    assert str(kept.request) == (fee if believed else "0")
    assert dict(kept.risen) == ({} if believed else {"request": Decimal(fee)})


@pytest.mark.parametrize("takes", [["audio"], ["image"]])
def test_a_model_that_takes_no_text_is_no_offer(takes: list[str]) -> None:
    start = catalogue({})
    hears = listed("maker/hears") | {"architecture": {"input_modalities": takes, "output_modalities": ["text"]}}
    assert refreshed(start, listed("maker/m0"), hears).catalog is start


@pytest.mark.parametrize(
    "name",
    [
        "maker/m0:batch",
        "maker/m0:flex",
        "~maker/m-latest",
        "maker/m-latest",
        "openrouter/auto",
        "maker/m0-batch",
        "maker/m0:online",
        "maker/m0:nitro",
        "maker/m0:exacto",
        "openrouter/fusion",
        "switchpoint/router",
        "maker/qwen3-embedding-8b",
    ],
)
def test_pointers_and_other_terms_are_no_offers(name: str) -> None:
    start = catalogue({})
    result = refreshed(start, listed("maker/m0"), listed(name, "0.0000005", "0.000002"))
    assert result.catalog is start


# -- size ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["openrouter", "models.dev"])
def test_a_thousand_new_rows_take_no_more_steps_per_row_than_a_hundred(source: Source) -> None:
    def steps(count: int) -> int:
        if source == "openrouter":
            content: object = {"data": [listed(f"maker{number % 50}/new-{number}") for number in range(count)]}
        else:
            cost = {"cost": {"input": 1, "output": 4}}
            content = {"openai": {"models": {f"new-{number}": cost for number in range(count)}}}
        payload = json.dumps(content).encode()
        taken = 0

        def count_step(_frame: object, _event: str, _argument: object) -> None:
            nonlocal taken
            taken += 1

        gc.disable()  # what others left behind is not counted
        sys.setprofile(count_step)
        try:
            result = merge(catalog, source, payload, NOW)
        finally:
            sys.setprofile(None)
            gc.enable()
        assert sum(change.kind == "new_offer" for change in result.changes) == count
        return taken

    catalog = Catalog.bundled()
    steps(1)  # fills what is remembered between calls
    none, few, many = steps(0), steps(100), steps(1_000)
    assert many - none < 12 * (few - none)  # what looks at the new rows for each new one takes a hundred times as many
    assert many - none < 4_000 * 1_000  # what looks at the catalogue's 2,400 rows for each new one takes more


# -- benchmark results -----------------------------------------------------------------------------------------------------------

COLUMN = {"intercept": -0.5, "slope": 1.1, "residual_sd_logit": 0.5}


def results(catalog: Catalog, told: dict[str, object], **more: object) -> RefreshResult:
    content = {"format": 1, "compiled": "2026-11-18", "results": told, **more}
    return merge(catalog, "catalog", json.dumps(content).encode(), NOW, bundled=catalog)


def columns(count: int) -> Catalog:
    benchmarks = {f"b{number}": COLUMN for number in range(count)}
    offer = {"provider": "maker", "wire_id": "m", **ONE}
    return Catalog.parse({**SMALL, "benchmarks": benchmarks, "models": [{"id": "maker/m", "offers": [offer]}]})


def test_a_placed_score_improves_with_more_results() -> None:
    one = results(columns(4), {"maker/m": {"b0": 60}}).catalog
    more = results(one, {"maker/m": {"b1": 58, "b2": 62, "b3": 61}}).catalog
    thin, firm = (catalog.by_id["maker/m"].scores["coding"] for catalog in (one, more))
    assert (thin.rows, thin.confidence, firm.rows, firm.confidence) == (1, "single", 4, "multi")
    assert firm.high - firm.low < thin.high - thin.low
    assert results(more, {"maker/m": {"b1": 58}}).catalog is more


def test_an_estimate_gives_way_to_the_first_result_and_a_fitted_score_does_not() -> None:
    for confidence, moved in (("estimate", True), ("proxy", True), ("inherited", True), ("multi", False), ("user", False)):
        score = {**SCORE, "confidence": confidence, "rows": 1}
        start = columns(1)
        models = [{**row, "scores": {"coding": score}} for row in json.loads(json.dumps(start.document["models"]))]
        found = results(Catalog.parse({**start.document, "models": models}), {"maker/m": {"b0": 60}}).catalog
        assert (found.by_id["maker/m"].scores["coding"].confidence == "single") is moved


def test_a_file_of_results_brings_its_columns_and_changes_none_that_are_known() -> None:
    start = columns(1)
    bent = {"b0": {**COLUMN, "intercept": 3.0}, "b9": COLUMN, "bad": {"slope": -1}}
    found = results(start, {"maker/m": {"b0": 60, "b9": 60, "bad": 3}}, benchmarks=bent)
    assert found.catalog.by_id["maker/m"].scores["coding"].sources == ("b0", "b9")
    assert found.catalog.benchmarks["b0"].intercept == -0.5 and found.catalog.benchmarks["b9"].slope == 1.1
    assert next(change for change in found.flagged if change.kind == "bad_score").offer == "maker/m"


def test_results_at_an_effort_place_the_model_at_that_effort_alone() -> None:
    found = results(columns(4), {"maker/m@max": {"b0": 60}, "maker/m@much": {"b0": 60}})
    assert {name: set(offer.scores) for name, offer in found.catalog.by_id.items()} == {
        "maker/m": set(),
        "maker/m@max": {"coding", "next_edit"},
    }
    assert [(change.kind, change.offer) for change in found.flagged] == [("bad_score", "maker/m@much")]
    both = results(found.catalog, {"maker/m@low": {"b0": 40}, "maker/m@max": {"b1": 58, "b2": 62, "b3": 61}}).catalog
    assert {name: offer.scores["coding"].rows for name, offer in both.by_id.items()} == {
        "maker/m": 1, "maker/m@low": 1, "maker/m@max": 4,
    }  # fmt: skip


def test_prices_models_and_scores_each_keep_their_day() -> None:
    start = Catalog.parse({**columns(1).document, "compiled": "2026-10-01"})
    assert start.dated == {"prices": "2026-10-01", "models": "2026-10-01", "scores": "2026-10-01"}
    scored = results(start, {"maker/m": {"b0": 60}}).catalog
    assert scored.dated == {"prices": "2026-10-01", "models": "2026-10-01", "scores": "2026-11-18"}
    payload = json.dumps({"maker": {"models": {"m": {"cost": {"input": 2, "output": 4}}}}}).encode()
    priced = merge(start, "models.dev", payload, NOW, bundled=start)
    assert priced.changes == (Change("price", "maker/m input", "1.0", "2"),)
    assert priced.catalog.dated == {"prices": "2026-11-18", "models": "2026-11-18", "scores": "2026-10-01"}

"""Published model lists, good and bad, joined with the catalogue. The lists follow the documented formats."""

import json
from pathlib import Path

import pytest

from coderoute_ls.app import catalog_file
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.published_list_merge import MAX_BYTES, RefreshResult, merge
from tests.selection.build import NOW
from tests.selection.lists import BOTH, SCORE, SMALL, listed, small


def openrouter(*rows: dict[str, object], catalog: Catalog | None = None) -> RefreshResult:
    return merge(catalog or small(), "openrouter", json.dumps({"data": list(rows)}).encode(), NOW)


def kinds(result: RefreshResult) -> list[tuple[str, str]]:
    return [(change.kind, change.offer) for change in result.flagged]


def test_a_list_that_says_what_we_know_changes_nothing() -> None:
    catalog = small()
    result = openrouter(*BOTH, catalog=catalog)
    assert result.catalog is catalog
    assert (result.changes, result.flagged, result.error) == ((), (), "")


def test_a_new_price_is_taken_with_its_date() -> None:
    result = openrouter(BOTH[0], listed("maker/two", "0.0000015", "0.000002"))
    offer = result.catalog.by_id["openrouter/maker/two"]
    assert str(offer.prices.input) == "1.5"
    assert (offer.prices.source, offer.prices.date) == ("openrouter", "2026-11-18")
    assert result.catalog.compiled == "2026-11-18"
    assert result.catalog.snapshot != small().snapshot


@pytest.mark.parametrize("price", ["0.2", "-1", "NaN", "soon", "-0.0000001"])
def test_sentinel_and_unreadable_prices_are_named_and_not_taken(price: str) -> None:
    result = openrouter(BOTH[0], listed("maker/two", price, "0.000002"), listed("maker/depends", price, price))
    assert kinds(result) == [("bad_price", "openrouter/maker/two input"), ("bad_price", "openrouter/maker/depends")]
    assert str(result.catalog.by_id["openrouter/maker/two"].prices.input) == "2.0"
    assert "openrouter/maker/depends" not in result.catalog.by_id


def test_a_tenfold_rise_is_flagged_and_not_taken() -> None:
    result = openrouter(BOTH[0], listed("maker/two", "0.00002", "0.000002"))
    assert kinds(result) == [("rise", "openrouter/maker/two input")]
    two = result.catalog.by_id["openrouter/maker/two"].prices
    assert [change.kind for change in result.changes] == ["risen"] and (two.input, two.risen) == (2, {"input": 20})
    nearly = openrouter(BOTH[0], listed("maker/two", "0.0000199", "0.000002"))
    assert nearly.flagged == () and str(nearly.catalog.by_id["openrouter/maker/two"].prices.input) == "19.9"


def test_a_paid_model_that_suddenly_costs_nothing_is_flagged_and_not_taken() -> None:
    result = openrouter(BOTH[0], listed("maker/two", "0", "0"))
    assert kinds(result) == [("became_free", f"openrouter/maker/two {part}") for part in ("input", "output")]
    assert result.changes == ()


def test_missing_fields_leave_what_is_known_and_unknown_ones_are_ignored() -> None:
    bare: dict[str, object] = {"id": "maker/two", "novelty": {"of": "tomorrow"}}
    result = openrouter(BOTH[0], bare)
    assert (result.changes, result.flagged) == ((), ())


def test_duplicates_count_once_and_a_differing_one_is_flagged() -> None:
    assert openrouter(*BOTH * 10).flagged == ()
    result = openrouter(*BOTH, listed("maker/two", "0.000003", "0.000003"))
    assert kinds(result) == [("duplicate", "openrouter/maker/two")]
    assert str(result.catalog.by_id["openrouter/maker/two"].prices.input) == "2.0"


def test_a_vanished_model_is_retired_and_comes_back_when_listed_again() -> None:
    three = openrouter(*BOTH, listed("maker/three")).catalog
    gone = openrouter(BOTH[0], listed("maker/three"), catalog=three)
    assert [(c.kind, c.offer) for c in gone.changes] == [("gone", "openrouter/maker/two")]
    assert gone.catalog.by_id["openrouter/maker/two"].deprecated
    assert not gone.catalog.by_id["maker/one"].deprecated
    back = openrouter(*BOTH, listed("maker/three"), catalog=gone.catalog)
    assert not back.catalog.by_id["openrouter/maker/two"].deprecated


def test_a_list_that_lost_half_of_what_we_know_retires_nothing() -> None:
    three = openrouter(*BOTH, listed("maker/three")).catalog
    result = openrouter(BOTH[0], catalog=three)
    assert kinds(result) == [("short_list", "openrouter")]
    assert {change.kind for change in result.changes} == {"missing"}
    assert not any(offer.deprecated for offer in result.catalog.offers)


def test_a_new_model_comes_unscored_and_a_new_host_of_a_known_one_scored() -> None:
    result = openrouter(*BOTH, listed("maker/three", "0.0000005", "0.000001"))
    offer = result.catalog.by_id["openrouter/maker/three"]
    assert offer.scores == {} and offer.released == "2025-10-09" and offer.capabilities["tools"]
    payload = {
        "maker": {"models": {"one": {"cost": {"input": 1, "output": 4}}, "maker/one": {"cost": {"input": 1, "output": 4}}}}
    }
    again = merge(result.catalog, "models.dev", json.dumps(payload).encode(), NOW).catalog
    assert again.by_id["maker/maker/one"].scores["coding"].value == 0.7


def test_a_free_variant_joins_its_model_with_price_zero() -> None:
    result = openrouter(*BOTH, listed("maker/one:free", "0", "0"))
    offer = result.catalog.by_id["openrouter/maker/one:free"]
    assert offer.prices.free_tier and offer.prices.input == 0 and offer.model == "maker/one"
    gift = openrouter(*BOTH, listed("maker/gift", "0", "0"))
    assert kinds(gift) == [("no_price", "openrouter/maker/gift")] and gift.changes == ()


def test_models_dev_updates_the_vendors_we_know_by_our_names() -> None:
    one = {
        "id": "one",
        "name": "One",
        "reasoning": True,
        "tool_call": True,
        "release_date": "2026-01-01",
        "cost": {"input": 0.5, "output": 2, "cache_read": 0.05, "context_over_200k": {"input": 1, "output": 3}},
        "limit": {"context": 1_000_000, "output": 64_000},
    }
    old = {"name": "Four", "cost": {"input": 3, "output": 6}, "limit": {"context": 8000, "output": 4000}, "status": "deprecated"}
    cheap = {"cost": {"input": 0.001, "output": 0.001}}
    payload = {
        "maker": {"id": "maker", "env": ["MAKER_API_KEY"], "models": {"one": one, "four": old}},
        "openrouter": {"models": {"maker/one": cheap}},
        "stranger": {"models": {"x": cheap}},
    }
    catalog = merge(small(), "models.dev", json.dumps(payload).encode(), NOW).catalog
    taken = catalog.by_id["maker/one"]
    assert (str(taken.prices.input), str(taken.prices.cached_read), taken.context) == ("0.5", "0.05", 1_000_000)
    assert taken.prices.tiers[0].above_input == 200_000
    assert catalog.by_id["maker/four"].deprecated
    assert str(catalog.by_id["openrouter/maker/one"].prices.input) == "1.0"
    assert "stranger/x" not in catalog.by_id


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (json.dumps({"data": [listed("maker/one")]}).encode()[:-20], "not whole JSON"),
        (b"<html>502 Bad Gateway</html>", "not whole JSON"),
        (b"[" * 200_000, "not whole JSON"),
        (b"[]", "not a JSON object"),
        (b'{"data": {}}', "no models"),
        (b" " * (MAX_BYTES + 1), "larger than 16 MB"),
    ],
)
def test_a_payload_that_is_no_list_changes_nothing(payload: bytes, said: str) -> None:
    catalog = small()
    result = merge(catalog, "openrouter", payload, NOW)
    assert result.catalog is catalog and said in result.error


def test_a_file_of_our_own_format_adds_models_and_places_benchmark_rows() -> None:
    offer = {"provider": "maker", "wire_id": "five", "dialect": "openai-chat", "input": 1, "output": 1}
    row = {"swe-bench-verified-bash-only": 60}
    own = {**SMALL, "models": [{"id": "own/five", "offers": [offer]}], "results": {"own/five": row, "maker/one": row}}
    catalog = merge(small(), "catalog", json.dumps(own).encode(), NOW).catalog
    placed = catalog.by_id["maker/five"].scores["coding"]
    assert placed.method == "latent-ability-v1" and placed.sources == ("swe-bench-verified-bash-only",)
    assert 0.5 < placed.value < 0.65
    assert catalog.by_id["maker/one"].scores["coding"].value == 0.7


def test_a_file_of_our_own_format_may_correct_a_model_and_its_bad_rows_are_named() -> None:
    better = {"id": "maker/one", "scores": {"coding": {**SCORE, "value": 0.72}}}
    cheap = {"provider": "maker", "wire_id": "two", "dialect": "openai-chat", "input": -1, "output": 1}
    own = {
        **SMALL,
        "models": [better, {"id": "maker/two", "offers": [cheap]}],
        "results": {"maker/two": {"swe-bench-verified-bash-only": "much"}, "maker/one": {"gossip": 3}},
    }
    result = merge(small(), "catalog", json.dumps(own).encode(), NOW)
    assert result.catalog.by_id["maker/one"].scores["coding"].value == 0.72
    assert kinds(result) == [("bad_price", "maker/two"), ("bad_score", "maker/two"), ("bad_score", "maker/one")]


def test_a_refreshed_catalogue_survives_a_restart_of_the_same_release(tmp_path: Path) -> None:
    file = tmp_path / "catalog.json"
    bundled = Catalog.bundled()
    assert catalog_file.newest(file) == (bundled, "")
    rows = [
        listed(offer.wire_id, str((offer.prices.input or 0) / 1_000_000), str((offer.prices.output or 0) / 1_000_000))
        for offer in bundled.offers
        if offer.provider == "openrouter" and offer.effort is None and not offer.prices.free_tier
    ]
    fresh = openrouter(*rows, listed("maker/new"), catalog=bundled).catalog
    catalog_file.store(file, fresh)
    again, problem = catalog_file.newest(file)
    assert problem == "" and again.compiled == bundled.compiled
    assert "openrouter/maker/new" in again.by_id
    file.write_bytes(file.read_bytes()[:-100])
    kept, problem = catalog_file.newest(file)
    assert kept is bundled and "not JSON" in problem


def test_a_tenth_of_the_price_is_flagged_and_not_taken() -> None:
    result = openrouter(BOTH[0], listed("maker/two", "0.0000002", "0.000002"))
    assert kinds(result) == [("fall", "openrouter/maker/two input")]
    assert result.changes == ()


def test_a_price_that_moves_in_small_steps_stays_near_the_bundled_one() -> None:
    start = openrouter(*BOTH).catalog
    up = down = start
    for step in range(1, 8):
        payload = {"data": [BOTH[0], listed("maker/two", f"{0.000002 * 5**step:.12f}", "0.000002")]}
        up = merge(up, "openrouter", json.dumps(payload).encode(), NOW, bundled=start).catalog
        payload = {"data": [BOTH[0], listed("maker/two", f"{0.000002 / 5**step:.12f}", "0.000002")]}
        down = merge(down, "openrouter", json.dumps(payload).encode(), NOW, bundled=start).catalog
    assert up.by_id["openrouter/maker/two"].prices.input == 10
    assert down.by_id["openrouter/maker/two"].prices.input is not None
    assert float(down.by_id["openrouter/maker/two"].prices.input or 0) == pytest.approx(0.4)


def test_a_new_host_does_not_undercut_what_a_model_is_known_to_cost() -> None:
    start = openrouter(*BOTH).catalog
    payload = {"maker": {"models": {"maker/one": {"cost": {"input": 0.000001, "output": 0.000001}}}}}
    result = merge(start, "models.dev", json.dumps(payload).encode(), NOW, bundled=start)
    assert ("fall", "maker/maker/one input") in kinds(result)
    assert "maker/maker/one" not in result.catalog.by_id


@pytest.mark.parametrize("price", ["1e-400", "1e400", "1e-30", "0." + "0" * 60 + "1", "1" * 60, "1e999999999", "-1e-9"])
def test_numbers_that_are_no_prices_are_not_taken_and_told_in_a_few_digits(price: str) -> None:
    result = openrouter(BOTH[0], listed("maker/two", price, "0.000002"))
    assert kinds(result) == [("bad_price", "openrouter/maker/two input")]
    assert all(len(change.after) < 60 for change in result.flagged)


@pytest.mark.parametrize(
    "name",
    ["../../other?x=", "maker/../x", "a//b", "x#y", "x?y", "x%2e%2e", "\u202e", "x\ny", "x" * 400, "http://evil.example/x"],
)
def test_no_name_in_a_list_can_change_the_address_that_is_asked(name: str) -> None:
    result = openrouter(*BOTH, listed(name))
    assert [change.kind for change in result.flagged] == ["bad_row"]
    assert {offer.wire_id for offer in result.catalog.by_id.values()} == {
        o.wire_id for o in openrouter(*BOTH).catalog.by_id.values()
    }


def test_a_file_of_our_own_format_cannot_change_how_a_vendor_is_spoken_to() -> None:
    start = openrouter(*BOTH).catalog
    row = {"provider": "openrouter", "wire_id": "maker/two", "dialect": "ollama", "input": 2.0}
    payload = json.dumps({**start.document, "models": [{"id": "maker/two", "offers": [row]}], "results": {}}).encode()
    result = merge(start, "catalog", payload, NOW, bundled=start)
    assert ("bad_row", "openrouter/maker/two") in kinds(result)
    assert result.catalog.by_id["openrouter/maker/two"].dialect == start.by_id["openrouter/maker/two"].dialect


def test_a_models_name_for_people_is_short_and_plain_text() -> None:
    row = {**listed("maker/three"), "name": "Three\x1b[2J\u202e" + "x" * 10_000}
    name = openrouter(*BOTH, row).catalog.by_id["openrouter/maker/three"].name
    assert len(name) <= 120
    assert name.isprintable()

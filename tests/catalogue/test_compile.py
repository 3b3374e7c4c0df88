"""The bundled catalogue, compiled from price lists and handed scores: what it takes, keeps, drops and says."""

import json
from pathlib import Path
from typing import cast

import pytest

from catalogue.__main__ import KEPT, SHIPPED, price_list, read_handed, written
from catalogue.compile import Compiled, PriceList, PriceLists, compile_catalogue
from catalogue.handed_facts import Handed, results
from catalogue.packages import PackageError, Packages, Pin, latest, pins
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog.list_values import Json, object_of
from coderoute_ls.selection.catalog.published_list_merge import merge
from tests.catalogue.test_price_lists import GENAI
from tests.selection.build import NOW
from tests.selection.lists import ONE, SCORE, SMALL
from tests.support.shared import shared_data

COST = {"input": 1, "output": 4, "cacheRead": 0.1, "cacheWrite": 1.25}


def chat(name: str, **cost: float) -> Json:
    return {"id": name, "name": f"Maker: {name}", "type": "chat", "cost": {**COST, **cost}, "contextWindow": 100_000}


def lists(*rows: Json, vendor: str = "openrouter", litellm: Json | None = None) -> PriceLists:
    group = {str(row["id"]): row for row in rows}
    files = {f"{vendor}.json": json.dumps({"openai-completions": group}).encode()}
    return PriceLists(
        PriceList("pi-ai", "9", "2026-11-20", "MIT", files),
        PriceList("litellm", "9", "2026-11-19", "MIT", {"a.json": json.dumps(litellm or {}).encode()}),
        PriceList("genai-prices", "9", "2026-11-18", "MIT", {"data.py": GENAI}),
    )


def base(*offers: Json, **more: object) -> Catalog:
    rows = [{"provider": "openrouter", "dialect": "openai-chat", **ONE, **offer} for offer in offers]
    return Catalog.parse({**SMALL, "models": [{"id": "maker/m", "scores": {"coding": SCORE}, "offers": rows, **more}]})


def offers(compiled: Compiled) -> dict[str, float]:
    return {offer.id: float(offer.prices.input or 0) for offer in Catalog.parse(compiled.document).offers}


def test_a_price_that_changed_is_taken_with_the_package_and_its_day() -> None:
    compiled = compile_catalogue(base({"wire_id": "maker/m"}), lists(chat("maker/m", input=2)))
    prices = Catalog.parse(compiled.document).by_id["openrouter/maker/m"].prices
    assert (prices.input, prices.source, prices.date) == (2, "pi-ai 9", "2026-11-20")
    assert ("price", "openrouter/maker/m input") in {(change.kind, change.offer) for change in compiled.changes}
    assert compiled.document["dated"] == {"prices": "2026-11-20", "models": "2026-11-20", "scores": "2026-11-01"}


def test_compiling_again_from_the_same_lists_changes_nothing() -> None:
    given = lists(chat("maker/m", input=2), litellm={"m": {"litellm_provider": "openai", "mode": "chat"}})
    once = compile_catalogue(base({"wire_id": "maker/m"}, {"wire_id": "maker/gone"}), given)
    twice = compile_catalogue(Catalog.parse(json.loads(written(once.document))), given)
    assert twice.changes == [] and written(twice.document) == written(once.document)


def test_what_is_off_the_vendors_list_goes_and_the_models_score_stays() -> None:
    compiled = compile_catalogue(base({"wire_id": "maker/m"}, {"wire_id": "maker/old"}), lists(chat("maker/m")))
    assert offers(compiled) == {"openrouter/maker/m": 1.0}
    alone = compile_catalogue(base({"wire_id": "maker/old"}), lists(chat("maker/m")))
    assert offers(alone) == {} and "maker/m" in Catalog.parse(alone.document).scores


def test_what_another_list_still_has_stays_and_what_is_past_its_day_goes() -> None:
    def left(expires: str | None) -> set[str]:
        row = {"litellm_provider": "groq", "mode": "chat", "deprecation_date": expires}
        given = lists(chat("m"), vendor="groq", litellm={"groq/old": row})
        start = base({"provider": "groq", "wire_id": "m"}, {"provider": "groq", "wire_id": "old"})
        return set(offers(compile_catalogue(start, given)))

    assert left(None) == left("2027-01-01") == {"groq/m", "groq/old"}
    assert left("2026-11-20") == {"groq/m"}


def test_a_list_that_is_not_whole_retires_nothing() -> None:
    row = {"litellm_provider": "novita", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06}
    start = base({"provider": "novita", "wire_id": "a"}, {"provider": "novita", "wire_id": "b"})
    compiled = compile_catalogue(start, lists(chat("maker/m"), litellm={"novita/a": row}))
    assert offers(compiled) == {"novita/a": 2.0, "novita/b": 1.0}


def test_cheaper_hours_replace_dearer_ones_and_the_price_is_the_lists_own() -> None:
    off: Json = {
        "input_cost_per_token": 5e-07,
        "output_cost_per_token": 2e-06,
        "windows": [{"hours_utc": "16:00-24:00", "weekdays": []}],
    }
    row = {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06}
    dear = {"hours": [[0, 16]], "input": 1.0, "output": 4.0}
    start = base({"provider": "groq", "wire_id": "m", "input": 0.5, "output": 2.0, "windows": [dear]})
    given = lists(chat("m"), vendor="groq", litellm={"groq/m": {**row, "off_peak_pricing": off}})
    found = Catalog.parse(compile_catalogue(start, given).document).by_id["groq/m"].prices
    assert (found.input, [(window.hours, float(window.input or 0)) for window in found.windows]) == (1, [(((16, 24),), 0.5)])


def test_a_price_that_is_held_back_is_taken_when_somebody_has_looked_at_it() -> None:
    start = base({"wire_id": "maker/m"})
    held = compile_catalogue(start, lists(chat("maker/m", input=20)))
    assert [change.offer for change in held.flagged] == ["openrouter/maker/m input"]
    assert offers(held) == {"openrouter/maker/m": 1.0}
    seen = compile_catalogue(start, lists(chat("maker/m", input=20)), accepted=["openrouter/maker/m input"])
    assert seen.flagged == [] and offers(seen) == {"openrouter/maker/m": 20.0}


def handed() -> Handed:
    evidence = [{"benchmark": f"b{number}", "value": 60 + number, "kind": "independent", "effort": None} for number in range(3)]
    placed = {"id": "maker/new", "value": 0.8, "low": 0.7, "high": 0.85, "confidence": "multi", "rows": 3, "evidence": evidence}
    known = {**placed, "id": "maker/m", "value": 0.1, "low": 0.1, "confidence": "single"}
    column = {"intercept": -1.0, "slope": 1.0, "residual_sd_logit": 0.5, "n_models": 9, "elo": False, "weight": 1}
    price = {"provider": "openrouter", "wire_id": "maker/new-1", "model": "maker/new"}
    verbose = {"model": "maker/new", "effort": "high", "verbosity": 3.5}
    return Handed(
        placed={
            "date": "2026-11-29", "models": [placed, known], "inherited": [], "proxy": [], "estimates": [], "by_effort": [],
            "released": {"maker/new": "2026-11-01 (API)"}, "columns": {f"b{number}": column for number in range(3)},
            "scale": SMALL["scale"],
        },
        completion={"date": "2026-11-29", "estimates": [], "measured": []},
        speeds={"rows": []},
        prices={"offers": [price]},
        multipliers={"single_turn": {"rows": [verbose]}},
        retired={"retirements": [], "offers_bundled_to_drop_or_date": []},
    )  # fmt: skip


def test_handed_scores_bring_models_that_somebody_sells_and_move_no_firm_one() -> None:
    given = lists(chat("maker/m"), chat("maker/new-1"), chat("maker/stranger"))
    catalog = Catalog.parse(compile_catalogue(base({"wire_id": "maker/m"}), given, handed()).document)
    assert {offer.id for offer in catalog.offers} == {"openrouter/maker/m", "openrouter/maker/new-1"}
    new = catalog.by_id["openrouter/maker/new-1"]
    assert (new.model, new.scores["coding"].value, new.released) == ("maker/new", 0.8, "2026-11-01")
    assert catalog.models["maker/new"].verbosity == {"high": 3.5}
    assert catalog.by_id["openrouter/maker/m"].scores["coding"].value == 0.7
    assert catalog.dated["scores"] == "2026-11-29"


def test_an_offer_is_of_the_model_that_answers_under_its_name() -> None:
    given, kept = lists(chat("maker/m")), base({"wire_id": "maker/m", "fim": {"dialect": "openai-completions"}})
    document = dict(kept.document)
    older = {**cast("list[Json]", document["models"])[0]}
    older["scores"] = {**cast("Json", older["scores"]), "completion": {**SCORE, "confidence": "inherited"}}
    newer: Json = {"id": "maker/m-2", "scores": {"coding": {**SCORE, "value": 0.9}}, "offers": list[Json]()}
    told = handed()
    told.prices = {"offers": [{"provider": "openrouter", "wire_id": "maker/m", "serves": "maker/m-2"}]}
    compiled = compile_catalogue(Catalog.parse({**document, "models": [older, newer]}), given, told)
    moved = Catalog.parse(compiled.document).by_id["openrouter/maker/m"]
    assert (moved.model, moved.scores["coding"].value) == ("maker/m-2", 0.9)
    assert moved.scores["completion"].confidence == "inherited"
    again = compile_catalogue(Catalog.parse(compiled.document), given, told)
    assert again.document == compiled.document


def test_the_published_results_place_a_model_where_its_score_is() -> None:
    given = lists(chat("maker/m"), chat("maker/new-1"))
    catalog = Catalog.parse(compile_catalogue(base({"wire_id": "maker/m"}), given, handed()).document)
    rows: list[Json] = json.loads(json.dumps(catalog.document["models"]))
    bare = Catalog.parse({**catalog.document, "models": [{**row, "scores": None} for row in rows]})
    merged = merge(bare, "catalog", json.dumps(results(handed())).encode(), NOW, bundled=bare)
    score = merged.catalog.scores["maker/new"]["coding"]
    assert (score.rows, score.confidence, score.sources) == (3, "multi", ("b0", "b1", "b2"))


# -- the packages ----------------------------------------------------------------------------------------------------------------

PIN = Pin("pypi", "some", "1", "2026-11-20", "MIT", "*.json", "")


@pytest.mark.parametrize(
    "told", ["some (1.2.0)\nAvailable versions: 1.2.0, 1.1", "some (1.2.0)\n  INSTALLED: 1.1\n  LATEST:    1.2.0\n"]
)
def test_the_newest_version_is_read_off_what_any_pip_prints(told: str) -> None:
    assert latest(told) == "1.2.0"
    with pytest.raises(PackageError):
        latest("no such option: --json")


def test_files_of_another_hash_than_the_pinned_one_are_refused(tmp_path: Path) -> None:
    kept = tmp_path / "some-1"
    kept.mkdir()
    (kept / "a.json").write_bytes(b"{}")
    packages = Packages(tmp_path, {"some": PIN})
    assert packages.files("some") == {"a.json": b"{}"}
    assert len(packages.pins["some"].sha256) == 64
    (kept / "a.json").write_bytes(b"{ }")
    with pytest.raises(PackageError, match="not what was pinned"):
        packages.files("some")


def real_lists() -> PriceLists:
    found = {name: KEPT / f"{name}-{pin.version}" for name, pin in pins().items()}
    if not all(folder.is_dir() for folder in found.values()):
        pytest.skip("the packages are not here: `make catalogue` fetches them")
    packages = Packages(KEPT, pins())
    return PriceLists(*(price_list(packages, name) for name in ("pi-ai", "litellm", "genai-prices")))


def test_the_shipped_file_is_what_the_packages_compile_to() -> None:
    shipped = Catalog.parse(SHIPPED.read_bytes())
    compiled = compile_catalogue(shipped, real_lists())
    assert compiled.changes == []
    assert written(compiled.document) == SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_scores_and_results_are_what_was_handed() -> None:
    facts = read_handed(shared_data("catalog").parent)
    shipped = Catalog.bundled()
    for name, row in facts.scored.items():
        if name in shipped.scores and shipped.scores[name].get("coding") and row["confidence"] == "multi":
            assert shipped.scores[name]["coding"].value == row["value"]
    told = json.loads((Path(__file__).parents[2] / "catalogue" / "results.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(results(facts)))
    assert len(object_of(told["results"])) > 80

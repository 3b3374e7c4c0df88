"""What was handed to the project about efforts, holes and speeds, as rows of the catalogue."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from catalogue.model_facts import add_facts
from coderoute_ls.selection import Catalog
from tests.support.shared import shared_data

PLACED: Mapping[str, Any] = {
    "date": "2026-11-29",
    "scale": {"logit_slope": 1.0, "logit_intercept": 0.0},
    "by_effort": [
        {
            "id": "maker/m",
            "best": 0.8,
            "efforts": [
                {"effort": "low", "value": 0.5, "n": 1, "benchmarks": ["b"]},
                {"effort": "max", "value": 0.8, "n": 3, "benchmarks": ["b"]},
            ],
        },
        {
            "id": "maker/switch",
            "best": 0.7,
            "efforts": [{"effort": "none", "value": 0.6, "n": 0}, {"effort": "thinking", "value": 0.7, "n": 0}],
        },
    ],
    "inherited": [
        {"id": "maker/m-1017", "of": "maker/m", "why": "newer snapshot behind the same API id"},
        {"id": "maker/m-pro", "of": "maker/m", "why": "pro mode of the same model: at least this"},
        {"id": "maker/fast", "of": "maker/unknown", "why": "faster serving"},
    ],
    "models": [
        {"id": "maker/single", "evidence": [{"effort": "max", "kind": "independent"}, {"effort": None, "kind": "maker"}]},
        {"id": "maker/unnamed", "evidence": [{"effort": "high", "kind": "independent"}, {"effort": None, "kind": "independent"}]},
    ],
}  # fmt: skip
COMPLETION: Mapping[str, Any] = {
    "date": "2026-11-29",
    "estimates": [
        {"model": "maker/m", "value": 0.76, "low": 0.6, "high": 0.85, "confidence": "estimate", "effort": "low", "basis": "b"},
        {"model": "maker/switch", "value": None, "why": "not known"},
        {"model": "maker/single", "value": 0.7, "low": 0.5, "high": 0.8, "confidence": "estimate", "effort": None, "basis": "b"},
    ],
    "measured": [
        {"model": "maker/single", "value": 0.72, "low": 0.65, "high": 0.78, "confidence": "measured", "rows": 4, "sources": ["s"]}
    ],
}  # fmt: skip
SPEEDS: Mapping[str, Any] = {
    "rows": [
        {"model": "maker/m", "vendor": "first party", "effort": "low", "ttft_s": 1.0, "tok_s": 50.0, "date": "2026-07-01"},
        {"model": "maker/m", "vendor": "first party", "effort": "low", "ttft_s": 0.8, "tok_s": 60.0, "date": "2026-10-01"},
        {"model": "maker/m", "vendor": "groq", "effort": None, "ttft_s": None, "tok_s": 500, "date": "2026-10"},
        {"model": "maker/m", "vendor": "somebody>else", "effort": None, "ttft_s": 9.0, "tok_s": 5, "date": "2026-10"},
        {"model": "openai/gpt-6", "vendor": "openai", "effort": "max", "ttft_s": 90.0, "tok_s": 80.0, "date": "2026-10"},
    ]
}


def models(*names: str, **more: object) -> list[dict[str, Any]]:
    score = {"value": 0.8, "low": 0.75, "high": 0.85, "confidence": "multi", "rows": 5}
    return [{"id": name, "scores": {"coding": {**score, "method": "m", "date": "2026-11-01"}}, **more} for name in names]


def filled(name: str, **more: object) -> Mapping[str, Any]:
    rows = models(name, **more)
    add_facts(rows, PLACED, COMPLETION, SPEEDS)
    return rows[0]


def test_the_best_effort_keeps_the_models_error_and_another_ones_is_wider() -> None:
    low, best = (filled("maker/m")["effort_scores"][effort]["coding"] for effort in ("low", "max"))
    assert best["value"] == 0.8 and best["high"] == pytest.approx(0.85, abs=0.002)
    assert low["value"] == 0.5 and low["low"] < 0.42 and low["high"] > 0.58


def test_a_model_that_shares_anothers_weights_has_its_scores_by_effort() -> None:
    shared = filled("maker/m-1017")["effort_scores"]
    assert {name: row["coding"]["value"] for name, row in shared.items()} == {"low": 0.5, "max": 0.8}
    assert "effort_scores" not in filled("maker/fast")


def test_a_pro_mode_earns_the_best_score_only_at_the_effort_that_it_was_measured_at() -> None:
    assert set(filled("maker/m-pro")["effort_scores"]) == {"max"}


def test_thinking_switched_on_counts_as_high() -> None:
    assert set(filled("maker/switch", efforts=["low"])["effort_scores"]) == {"none", "high"}
    assert filled("maker/switch", efforts=["low"])["efforts"] == ["none", "low", "high"]


def test_a_model_that_was_mostly_measured_at_one_effort_has_its_score_there_only() -> None:
    assert set(filled("maker/single")["effort_scores"]) == {"max"}
    assert "effort_scores" not in filled("maker/unnamed")


def test_what_it_earns_at_lower_efforts_is_estimated_from_what_other_models_lose_there() -> None:
    losing = [
        {"id": f"maker/{n}", "best": 0.8, "efforts": [{"effort": "low", "value": 0.7, "n": 3, "delta_theta": -0.5 - n / 100}]}
        for n in range(4)
    ]
    rows = models("maker/single", efforts=["low", "high", "max"])
    add_facts(rows, {**PLACED, "by_effort": losing}, COMPLETION, SPEEDS)
    scores = rows[0]["effort_scores"]
    assert set(scores) == {"low", "max"}, "nothing is known of what is lost at high"
    low = scores["low"]["coding"]
    assert low["confidence"] == "estimate" and low["value"] == pytest.approx(0.706, abs=0.01)
    assert low["low"] < 0.63 and low["high"] > 0.76
    assert scores["max"]["coding"]["confidence"] == "multi"


def test_a_hole_is_filled_at_the_effort_of_the_estimate_and_a_measured_value_takes_its_place() -> None:
    assert (filled("maker/m")["prompted"]["effort"], filled("maker/m")["prompted"]["confidence"]) == ("low", "estimate")
    measured = filled("maker/single")["prompted"]
    assert (measured["effort"], measured["value"], measured["confidence"]) == ("", 0.72, "measured")
    assert "prompted" not in filled("maker/switch")


def test_what_an_earlier_compilation_filled_in_goes() -> None:
    earlier: dict[str, object] = {"effort_scores": {"max": {}}, "prompted": {"value": 1}, "speeds": [{}], "default_effort": "low"}
    rows = models("maker/other", efforts=["low"], **earlier)
    add_facts(rows, PLACED, COMPLETION, SPEEDS)
    assert set(rows[0]) == {"id", "scores", "efforts"}


def test_speeds_are_the_newest_per_vendor_and_effort_of_vendors_that_can_be_asked() -> None:
    assert filled("maker/m")["speeds"] == [
        {"effort": "low", "first_token_s": 0.8, "tokens_per_s": 60.0, "date": "2026-10-01"},
        {"provider": "groq", "tokens_per_s": 500, "date": "2026-10"},
    ]


def test_the_first_token_of_a_maker_that_hides_its_thinking_is_one_of_the_answer() -> None:
    (speed,) = filled("openai/gpt-6")["speeds"]
    assert (speed["first_token_s"], speed["first_answer_s"]) == (90.0, 90.0)


def test_the_handed_facts_make_rows_that_the_catalogue_takes() -> None:
    facts = [
        json.loads(shared_data("catalog", "2026-11", name).read_bytes())
        for name in ("placed.json", "completion_rows.json", "speeds.json")
    ]
    document = json.loads(json.dumps(Catalog.bundled().document))
    add_facts(document["models"], *facts)
    read = Catalog.parse(document)
    assert read.refused == ()
    luna = {offer.effort: offer.scores["coding"].value for offer in read.offers if offer.id.startswith("openai/gpt-5.6-luna")}
    assert luna["max"] > 0.8 and luna["low"] < 0.5 and luna[None] == luna["low"]

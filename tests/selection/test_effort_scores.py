"""A score holds at the effort that it was measured at, a speed where it was measured, and both reach the offers."""

from collections.abc import Mapping

import pytest

from coderoute_ls.domain import Offer
from coderoute_ls.selection import Catalog

SCALE: dict[str, object] = {"method": "latent-ability-v1", "anchors": {}, "logit_slope": 1.0, "logit_intercept": 0.0}


def row(value: float, *, low: float | None = None, confidence: str = "multi", **more: object) -> dict[str, object]:
    facts = {"value": value, "low": value if low is None else low, "high": value, "confidence": confidence}
    return {**facts, "method": "test", "date": "2026-11-01", **more}


def offers(
    *, provider: str = "openai", fim: bool = False, at_vendor: Mapping[str, object] | None = None, **model: object
) -> Mapping[str, Offer]:
    """The offers of one model at one vendor, by what follows its id."""
    served: dict[str, object] = {"provider": provider, "wire_id": "m", "dialect": "openai-chat", "input": 1, "output": 4}
    by_itself: dict[str, object] = {"fim": {"dialect": "openai-completions"}} if fim else {}
    whole: dict[str, object] = {"id": "maker/m", **model, "offers": [{**served, **by_itself, **(at_vendor or {})}]}
    read = Catalog.parse({"format": 1, "compiled": "2026-11-01", "scale": SCALE, "models": [whole]})
    assert read.refused == ()
    return {offer.id.removeprefix(f"{provider}/m"): offer for offer in read.offers}


def coding(offer: Offer) -> float | None:
    return offer.scores["coding"].value if "coding" in offer.scores else None


EFFORTS = {"none": {"coding": row(0.53)}, "low": {"coding": row(0.48)}, "max": {"coding": row(0.81)}}


def test_a_score_measured_at_one_effort_gates_no_call_at_another() -> None:
    found = offers(efforts=["none", "low", "high", "max"], scores={"coding": row(0.81)}, effort_scores=EFFORTS)
    assert [coding(found[name]) for name in ("@none", "@low", "@high", "@max")] == [0.53, 0.48, None, 0.81]


def test_an_effort_that_nobody_names_earns_the_lowest_measured_score() -> None:
    found = offers(efforts=["none", "low", "max"], scores={"coding": row(0.81)}, effort_scores=EFFORTS)
    assert coding(found[""]) == 0.48


def test_no_vendor_takes_the_highest_effort_unasked() -> None:
    found = offers(efforts=["low", "max"], scores={"coding": row(0.81)}, effort_scores={"max": EFFORTS["max"]})
    assert (coding(found[""]), coding(found["@low"]), coding(found["@max"])) == (None, None, 0.81)


def test_an_effort_that_nobody_names_earns_the_score_of_the_default_where_that_is_known() -> None:
    found = offers(efforts=["none", "low", "max"], default_effort="none", scores={"coding": row(0.81)}, effort_scores=EFFORTS)
    assert coding(found[""]) == 0.53


def test_a_vendor_is_asked_only_for_efforts_that_it_takes() -> None:
    read = offers(efforts=["none", "low", "max"], effort_scores=EFFORTS, at_vendor={"efforts": ["none", "low"]})
    assert set(read) == {"", "@none", "@low"}


def test_a_model_of_one_effort_keeps_its_score() -> None:
    found = offers(efforts=["low", "high"], scores={"coding": row(0.7)})
    assert (coding(found[""]), coding(found["@low"]), coding(found["@high"])) == (0.7, None, None)


@pytest.mark.parametrize(("effort", "able"), [("", ""), ("none", "@none"), ("minimal", "@minimal")])
def test_a_chat_model_fills_holes_at_the_effort_that_its_score_was_estimated_for(effort: str, able: str) -> None:
    found = offers(efforts=["none", "minimal", "low"], prompted=row(0.76, low=0.62, confidence="estimate", effort=effort))
    assert {name for name, offer in found.items() if offer.capabilities["fim"]} == {able}
    score = found[able].scores["completion"]
    assert (score.value, score.low, score.confidence) == (0.76, 0.62, "estimate")
    assert found[able].fim is None


def test_a_vendor_that_does_not_think_unasked_fills_holes_where_no_effort_is_named() -> None:
    found = offers(efforts=["none", "low"], default_effort="none", prompted=row(0.76, confidence="estimate", effort="none"))
    assert {name for name, offer in found.items() if offer.capabilities["fim"]} == {"", "@none"}


def test_an_endpoint_of_its_own_for_holes_has_the_measured_score_and_the_chat_the_estimated_one() -> None:
    found = offers(
        fim=True, efforts=["none"], scores={"completion": row(0.8, confidence="measured")},
        prompted=row(0.68, confidence="estimate", effort="none"),
    )  # fmt: skip
    assert [(found[name].scores["completion"].value, found[name].fim is not None) for name in ("", "@none")] == [
        (0.8, True),
        (0.68, False),
    ]


SPEEDS = [
    {"first_token_s": 1.0, "tokens_per_s": 50},
    {"effort": "max", "first_token_s": 2.0, "first_answer_s": 80.0, "tokens_per_s": 60},
    {"provider": "deepinfra", "first_token_s": 0.5, "first_answer_s": 0.5, "tokens_per_s": 90},
    {"provider": "groq", "tokens_per_s": 500},
]


@pytest.mark.parametrize(
    ("provider", "effort", "first", "answer", "rate"),
    [
        ("openai", "", 1.0, None, 50),
        ("openai", "@max", 2.0, 80.0, 60),
        ("openai", "@low", 2.0, 80.0, 60),  # no slower than at a higher effort
        ("deepinfra", "", 0.5, 0.5, 90),
        ("deepinfra", "@max", 2.0, 80.0, 60),  # what was measured without an effort says nothing of how long this one thinks
        ("deepinfra", "@low", 2.0, 80.0, 60),
        ("groq", "@max", None, None, 500),
        ("cerebras", "", None, None, None),  # known for another speed than the maker's
    ],
)
def test_a_speed_is_the_vendors_at_this_effort_then_the_models(
    provider: str, effort: str, first: float | None, answer: float | None, rate: float | None
) -> None:
    found = offers(provider=provider, efforts=["low", "max"], speeds=SPEEDS)[effort].speed
    told = (None, None, None) if found is None else (found.first_token_s, found.first_answer_s, found.tokens_per_s)
    assert told == (first, answer, rate)


@pytest.mark.parametrize("effort", ["@low", "@max"])
def test_a_vendors_speed_without_an_effort_does_not_say_how_long_it_thinks_at_one(effort: str) -> None:
    own = [{"provider": "deepinfra", "first_token_s": 0.5, "first_answer_s": 0.5, "tokens_per_s": 90}]
    speed = offers(provider="deepinfra", efforts=["low", "max"], speeds=own)[effort].speed
    assert speed is not None
    assert (speed.first_token_s, speed.first_answer_s, speed.tokens_per_s) == (0.5, None, 90)


@pytest.mark.parametrize(
    ("wire", "preview"),
    [
        ("gemini-3-flash-preview", True), ("deepseek-v3.2-exp", True), ("grok-4.20-beta-0309", True), ("x/hy4-preview", True),
        ("gemini-exp-1206", True), ("expert-7b", False), ("gpt-5.6-luna", False), ("betamax", False),
    ],
)  # fmt: skip
def test_previews_are_known_by_their_names(wire: str, preview: bool) -> None:
    served = {"provider": "openai", "wire_id": wire, "dialect": "openai-chat"}
    read = Catalog.parse({"format": 1, "compiled": "", "scale": SCALE, "models": [{"id": "maker/m", "offers": [served]}]})
    assert read.offers[0].preview is preview


def test_a_broken_score_at_one_effort_costs_only_itself() -> None:
    efforts = {"low": {"coding": row(0.4)}, "max": {"coding": row(1.7)}}
    broken: dict[str, object] = {"effort_scores": efforts, "prompted": {"value": 0.5}, "speeds": [{"first_token_s": -1}]}
    served = {"provider": "openai", "wire_id": "m", "dialect": "openai-chat"}
    whole: dict[str, object] = {"id": "maker/m", "efforts": ["low", "max"], **broken, "offers": [served]}
    read = Catalog.parse({"format": 1, "compiled": "", "scale": SCALE, "models": [whole]})
    assert [coding(offer) for offer in read.offers] == [0.4, 0.4, None]
    assert {(row.offer, row.reason) for row in read.refused} == {("maker/m", "bad_score"), ("maker/m", "bad_row")}

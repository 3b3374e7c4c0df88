"""Scores, speeds and thinking by effort: what is measured at one effort holds for a call at that effort and no other."""

from coderoute_ls.domain import Offer, Speed
from coderoute_ls.selection import Catalog

OFFER = {"provider": "maker", "wire_id": "m", "dialect": "openai-chat", "input": 1, "output": 2}
BEST = {"value": 0.81, "low": 0.75, "high": 0.86, "confidence": "multi", "method": "m", "date": "2026-11-01"}
LOW = {**BEST, "value": 0.48, "low": 0.41, "high": 0.55}


def offers(**more: object) -> dict[str, Offer]:
    model = {"id": "maker/m", "efforts": ["low", "max"], "scores": {"coding": BEST}, "offers": [OFFER], **more}
    return dict(Catalog.parse({"format": 1, "compiled": "2026-11-20", "models": [model]}).by_id)


def test_a_call_at_an_effort_has_the_score_measured_at_that_effort_only() -> None:
    found = offers(effort_scores={"low": {"coding": LOW}})
    assert found["maker/m@low"].scores["coding"].value == 0.48
    assert found["maker/m@max"].scores == {}


def test_the_plain_offer_has_the_score_of_the_effort_the_vendor_runs_it_at() -> None:
    assert offers(effort_scores={"low": {"coding": LOW}})["maker/m"].scores["coding"].value == 0.81
    known = offers(effort_scores={"low": {"coding": LOW}}, default_effort="low")
    assert known["maker/m"].scores["coding"].value == 0.48


def test_speed_is_the_vendors_own_before_the_makers_and_never_of_another_effort() -> None:
    theirs = {"effort": "low", "first_token_s": 2.0, "tokens_per_s": 50.0}
    own = {"provider": "maker", "effort": "low", "first_token_s": 0.5}
    found = offers(speeds=[own, theirs])
    assert found["maker/m@low"].speed == Speed(0.5, None)
    assert found["maker/m@max"].speed is None and found["maker/m"].speed is None


def test_thinking_is_told_by_effort() -> None:
    found = offers(verbosity={"low": 1.5, "max": 12.0}, default_effort="low")
    assert [found[name].verbosity for name in ("maker/m", "maker/m@low", "maker/m@max")] == [1.5, 1.5, 12.0]


def test_a_vendors_own_capabilities_go_over_the_models() -> None:
    row = {**OFFER, "capabilities": {"tools": False}}
    model = {"id": "maker/m", "capabilities": {"tools": True, "reasoning": True}, "offers": [row]}
    found = Catalog.parse({"format": 1, "compiled": "2026-11-20", "models": [model]}).by_id["maker/m"]
    assert (found.capabilities["tools"], found.capabilities["reasoning"]) == (False, True)

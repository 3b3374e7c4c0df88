"""R1 to R11: every reason an offer can be refused for, and that the first one counts."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Unpack

import pytest

from coderoute_ls.domain import Floor, Offer, OfferHealth, Prices, ProviderState, Request
from coderoute_ls.selection import explain
from coderoute_ls.selection.decision.eligibility import Policy
from tests.selection.build import NOW, Changes, World, catalog, offer, request, score, state, usd


def reasons(asked: Request, *offers: Offer, **world: Unpack[World]) -> dict[str, str]:
    decision = explain(asked, catalog(*offers), state(offers, **world))
    return {row.offer: row.reason for row in decision.rejected}


GOOD = offer("a/m", 0.7)
MUTE = offer("a/m", 0.7, capabilities={"streaming": False})


@pytest.mark.parametrize(
    ("item", "changes", "world", "reason"),
    [
        (GOOD, {}, {"providers": {"a": ProviderState(reachable=True, enabled=False)}}, "disabled"),
        (GOOD, {"allow": ("b/*",)}, {}, "not_allowed"),
        (GOOD, {"deny": ("MAKER/*",)}, {}, "excluded"),
        (GOOD, {"allow": ("a/*",), "deny": ("a/m",)}, {}, "excluded"),
        (GOOD, {"pinned": "other/model"}, {}, "not_allowed"),
        (GOOD, {"objective": "local"}, {}, "not_local"),
        (GOOD, {}, {"providers": {"a": ProviderState()}}, "no_credentials"),
        (GOOD, {}, {"providers": {"a": ProviderState(reachable=True, blocked="auth_blocked")}}, "auth_blocked"),
        (GOOD, {}, {"providers": {"a": ProviderState(reachable=True, blocked="no_credit")}}, "no_credit"),
        (GOOD, {"required": frozenset({"fim"})}, {}, "capability:fim"),
        (GOOD, {"required": frozenset({"tools"})}, {}, "capability:tools"),
        (
            offer("a/m", 0.7, capabilities={"streaming": False}),
            {"required": frozenset({"streaming"})},
            {},
            "capability:streaming",
        ),
        (offer("a/m", 0.7, context=5_000), {}, {}, "context"),
        (GOOD, {}, {"health": {"a/m": OfferHealth(max_input=1_000, max_input_until=NOW + 1)}}, "context"),
        (offer("a/m", 0.7, max_output=3_999), {}, {}, "output_limit"),
        (GOOD, {"privacy": "zdr"}, {}, "privacy:zdr"),
        (offer("a/m", 0.7, privacy=("no_training",)), {"privacy": "local_only"}, {}, "privacy:local_only"),
        (offer("a/m", None), {}, {}, "unknown_score"),
        (offer("a/m", score(0.9, method="")), {}, {}, "unknown_score"),
        (offer("a/m", score(0.9, date="")), {}, {}, "unknown_score"),
        (offer("a/m", score(0.9, confidence="maker-only")), {}, {}, "untrusted_score"),
        (offer("a/m", 0.49), {}, {}, "below_floor"),
        (offer("a/m", 0.7, None), {}, {}, "unknown_price"),
        (GOOD, {"max_cost_usd": 0.001}, {}, "over_cap"),
        (GOOD, {}, {"budget": 0.001}, "over_budget"),
        (GOOD, {}, {"budget": -1.0}, "over_budget"),
        (GOOD, {"objective": "free"}, {}, "not_free"),
        (offer("a/m", 0.7, deprecated=True), {}, {}, "deprecated"),
        (offer("a/m", 0.7, expires="2026-11-17"), {}, {}, "expired"),
        (GOOD, {}, {"health": {"a/m": OfferHealth(limited_until=NOW + 1)}}, "rate_limited"),
        (GOOD, {}, {"health": {"a/m": OfferHealth(missing_until=NOW + 1)}}, "not_found"),
        (GOOD, {}, {"health": {"a/m": OfferHealth(open_until=NOW + 1, trips=1)}}, "circuit_open"),
        (GOOD, {"first_token_budget_s": 0.5}, {"health": {"a/m": OfferHealth(first_token_s=0.6, updated=NOW)}}, "latency"),
    ],
)
def test_every_reason(item: Offer, changes: Changes, world: World, reason: str) -> None:
    assert reasons(request(0.5, **changes), item, **world) == {"a/m": reason}


def test_what_is_just_enough_passes() -> None:
    just = offer("a/m", 0.5, max_output=4_000, expires="2026-11-18")
    health = {"a/m": OfferHealth(first_token_s=0.5, limited_until=NOW, open_until=NOW, missing_until=NOW)}
    assert reasons(request(0.5, first_token_budget_s=0.5, allow=("A/*",)), just, health=health) == {}


def test_an_offer_that_was_slow_may_try_again_after_a_while() -> None:
    health = {"a/m": OfferHealth(first_token_s=9.0, updated=NOW - 300)}
    assert reasons(request(0.5, first_token_budget_s=0.5), GOOD, health=health) == {}


def test_unknown_text_and_streaming_pass_and_unknown_latency_too() -> None:
    asked = request(0.5, required=frozenset({"text", "streaming"}), first_token_budget_s=0.01)
    assert reasons(asked, offer("a/m", 0.7, context=None, max_output=None)) == {}


def test_the_first_failing_rule_is_the_reason() -> None:
    wrong = offer("a/m", 0.1, None, context=100, max_output=1, deprecated=True)
    ladder: list[tuple[str, Changes, World]] = [
        ("disabled", {"deny": ("a/*",), "privacy": "zdr"}, {"providers": {"a": ProviderState(enabled=False)}}),
        ("excluded", {"deny": ("a/*",), "privacy": "zdr"}, {"providers": {"a": ProviderState()}}),
        ("no_credentials", {"required": frozenset({"fim"}), "privacy": "zdr"}, {"providers": {"a": ProviderState()}}),
        ("capability:fim", {"required": frozenset({"fim"}), "privacy": "zdr"}, {}),
        ("context", {"privacy": "zdr"}, {}),
        ("output_limit", {"privacy": "zdr", "chars": 1, "max_tokens": 20}, {}),
    ]
    for reason, changes, world in ladder:
        assert reasons(request(0.5, **changes), wrong, **world) == {"a/m": reason}


def test_privacy_comes_before_the_score_and_the_score_before_the_price() -> None:
    wrong = offer("a/m", 0.1, None, deprecated=True)
    assert reasons(request(0.5, privacy="zdr"), wrong) == {"a/m": "privacy:zdr"}
    assert reasons(request(0.5), wrong) == {"a/m": "below_floor"}
    assert reasons(request(0.0), wrong) == {"a/m": "unknown_price"}


def test_a_spent_free_tier_bars_only_the_free_offers_of_its_vendor() -> None:
    free = offer("openrouter/m:free", 0.7, prices=Prices(usd(0), usd(0), free_tier=True))
    paid = offer("openrouter/m", 0.7)
    spent = {"openrouter": ProviderState(reachable=True, free_limited_until=NOW + 60)}
    assert reasons(request(0.5), free, paid, providers=spent) == {"openrouter/m:free": "rate_limited"}


def test_local_only_takes_local_offers_without_a_price() -> None:
    local = offer("ollama/m", 0.7, 0, 0, local=True)
    assert reasons(request(0.5, privacy="local_only"), local) == {}


def test_the_floor_is_compared_with_the_lower_bound_unless_the_value_is_asked_for() -> None:
    thin = offer("a/m", replace(score(0.7), low=0.6, high=0.8))
    assert reasons(request(0.65), thin) == {"a/m": "below_floor"}
    assert reasons(request(0.60), thin) == {}
    assert reasons(request(0.70, score_bound="value"), thin) == {}


CHANGED: Mapping[str, object] = {
    "axis": "completion", "floor": Floor(0.61), "objective": "speed", "required": frozenset({"text", "tools"}), "allow": ("a/*",),
    "deny": ("b/*",), "privacy": "zdr", "score_bound": "value", "trust_vendor_scores": True, "rules": 1, "pinned": "a/m",
}  # fmt: skip


def test_a_policy_covers_the_requests_that_have_it_and_no_others() -> None:
    assert {field.name for field in fields(Policy)} - {"bound"} == set(CHANGED) - {"score_bound"}
    asked = request(0.6, required=frozenset({"streaming", "text"}))
    same = [asked, replace(asked, chars=1, max_cost_usd=1.0, session="x", floor=Floor(0.6, "elsewhere"))]
    others = [replace(asked, **{name: value}) for name, value in CHANGED.items()]  # type: ignore[arg-type]
    others.append(replace(asked, pinned="a/m:nitro"))
    for policy in map(Policy.of, [*same, *others]):
        assert [policy.covers(one) for one in [*same, *others]] == [policy == Policy.of(one) for one in [*same, *others]]


def test_who_names_a_model_that_chats_gets_its_ghost_text_where_nobody_knows_whether_it_fills_holes() -> None:
    """By a prompt of its own; one that is known not to is not asked."""
    for able, reason in (({}, None), ({"fim": False}, "capability:fim")):
        for pinned in ("a/m", None):
            asked = request(required=frozenset({"fim"}), pinned=pinned)
            found = reasons(asked, offer("a/m", 0.7, capabilities={"text": True, "streaming": True, **able}))
            assert found.get("a/m") == (reason if pinned else "capability:fim")

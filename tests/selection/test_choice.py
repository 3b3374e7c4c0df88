"""What is chosen, and when it deviates from the cheapest."""

from dataclasses import replace

import pytest

from coderoute_ls.domain import (
    FimSupport,
    Floor,
    Offer,
    OfferHealth,
    Prices,
    PriceTier,
    PriceWindow,
    ProviderState,
    Request,
    Unmet,
)
from coderoute_ls.selection import EMBEDDED, Catalog, PreparedOffersCache, explain, prepare, select
from tests.selection.build import NOW, World, catalog, chosen, offer, request, score, state, usd


def test_the_cheapest_offer_above_the_floor_is_chosen() -> None:
    offers = [offer("a/cheap", 0.4, 0.1, 0.4), offer("b/good", 0.7, 1, 4), offer("c/best", 0.9, 10, 40)]
    assert chosen(request(0.5), *offers) == "b/good"
    assert chosen(request(0.3), *offers) == "a/cheap"
    assert chosen(request(0.8), *offers) == "c/best"


def test_an_omitted_floor_is_the_actions_default_and_not_the_strongest() -> None:
    asked = Request("refactor", "coding", Floor(0.5), chars=100)
    assert chosen(asked, offer("a/good", 0.6, 1, 1), offer("b/best", 0.99, 50, 100)) == "a/good"


@pytest.mark.parametrize("price", [-1, None, "NaN", "Infinity"])
def test_a_price_that_is_none_is_never_free(price: float | str | None) -> None:
    strange = offer("a/strange", 0.9, price, 1)
    fair = offer("b/fair", 0.9, 5, 5)
    decision = explain(request(0.5), catalog(strange, fair), state([strange, fair]))
    assert decision.chosen is not None and decision.chosen.offer.id == "b/fair"
    assert [(r.offer, r.reason) for r in decision.rejected] == [("a/strange", "unknown_price")]


def test_two_floors_differ_only_when_an_offer_lies_between_them() -> None:
    offers = [offer("a/x", 0.70, 1, 1), offer("b/y", 0.64, 0.5, 0.5)]
    assert chosen(request(0.65), *offers) == chosen(request(0.66), *offers) == "a/x"
    between = [*offers, offer("c/z", 0.655, 0.6, 0.6)]
    assert (chosen(request(0.65), *between), chosen(request(0.66), *between)) == ("c/z", "a/x")


def test_a_cheaper_list_price_with_ten_times_the_output_loses() -> None:
    terse, wordy = offer("a/terse", 0.7, 2, 8), offer("b/wordy", 0.7, 1, 4)
    health = {"b/wordy": OfferHealth(verbosity=10.0, updated=NOW)}
    assert chosen(request(0.5, max_tokens=32_000), terse, wordy) == "b/wordy"
    assert chosen(request(0.5, max_tokens=32_000), terse, wordy, health=health) == "a/terse"


def test_filling_a_hole_costs_no_thinking() -> None:
    able = {"reasoning": True, "fim": True}
    thinker = replace(offer("a/thinker", 0.7, 1, 4, completion=0.7, capabilities=able), fim=FimSupport("openai-completions"))
    talk = request(0.5, median_output=100)
    hole = request(0.5, axis="completion", median_output=100, required=frozenset({"fim"}))
    learned = {"a/thinker": OfferHealth(verbosity=9.0)}
    for asked, world, tokens in ((talk, {}, 400), (talk, learned, 900), (hole, {}, 100), (hole, learned, 100)):
        picked = select(asked, catalog(thinker), state([thinker], health=world)).chosen
        assert picked is not None and picked.cost.tokens_out == tokens


def test_a_warm_dearer_offer_wins_until_its_cache_is_gone() -> None:
    warm = offer("anthropic/warm", 0.7, prices=Prices(usd(3), usd(4), cached_read=usd(0.3)))
    cold = offer("b/cold", 0.7, 2, 4)
    asked = request(0.5, chars=80_000, cacheable_chars=76_000, median_output=100)
    assert chosen(asked, warm, cold) == "b/cold"
    assert chosen(asked, warm, cold, warm={"anthropic/warm": NOW - 200}) == "anthropic/warm"
    assert chosen(asked, warm, cold, warm={"anthropic/warm": NOW - 301}) == "b/cold"


def test_a_prompt_over_a_tier_pays_the_tiers_price() -> None:
    tiered = offer("a/tiered", 0.7, prices=Prices(usd(1), usd(1), tiers=(PriceTier(100_000, usd(4), usd(2)),)))
    flat = offer("b/flat", 0.7, 2, 1)
    assert chosen(request(0.5, chars=8_000), tiered, flat) == "a/tiered"
    long = request(0.5, chars=600_000)
    assert chosen(long, tiered, flat) == "b/flat"
    decision = select(long, catalog(tiered), state([tiered]))
    assert decision.chosen is not None
    tokens = decision.chosen.cost.input / 4e-6
    assert tokens > 100_000


def test_prices_follow_the_hour_and_the_announced_change() -> None:
    peak = PriceWindow(hours=((11, 12),), weekdays=(2,), input=usd(9))
    later = PriceWindow(from_date="2027-01-01", input=usd(9))
    by_hour = offer("a/peak", 0.7, prices=Prices(usd(1), usd(1), windows=(peak,)))
    by_date = offer("c/announced", 0.7, prices=Prices(usd(1.5), usd(1), windows=(later,)))
    flat = offer("b/flat", 0.7, 2, 1)
    assert chosen(request(), by_hour, flat) == "b/flat"
    assert chosen(request(), by_hour, flat, now=NOW + 3600) == "a/peak"
    assert chosen(request(), by_date, flat) == "c/announced"
    assert chosen(request(), by_date, flat, now=NOW + 60 * 86_400) == "b/flat"


def test_a_window_with_weekdays_and_no_hours_holds_all_day() -> None:
    wednesdays = PriceWindow(weekdays=(2,), input=usd(9))
    dear = offer("a/wednesdays", 0.7, prices=Prices(usd(1), usd(1), windows=(wednesdays,)))
    flat = offer("b/flat", 0.7, 2, 1)
    assert chosen(request(), dear, flat) == "b/flat"
    assert chosen(request(), dear, flat, now=NOW + 3 * 3600) == "b/flat"
    assert chosen(request(), dear, flat, now=NOW + 86_400) == "a/wednesdays"


def test_a_platform_fee_makes_the_direct_key_win_at_the_same_list_price() -> None:
    direct, broker = offer("openai/gpt", 0.7, 2, 8, model="openai/gpt"), offer("openrouter/gpt", 0.7, 2, 8, model="openai/gpt")
    fee = {"openrouter": ProviderState(reachable=True, fee=1.055)}
    decision = select(request(), catalog(direct, broker), state([direct, broker], providers=fee))
    assert [hop.offer.id for hop in decision.chain] == ["openai/gpt", "openrouter/gpt"]
    first, second = decision.chain
    assert second.cost.expected_usd == pytest.approx(1.055 * first.cost.expected_usd)
    assert second.cost.fee == pytest.approx(0.055 * first.cost.expected_usd)


def test_a_failing_offer_gives_way_to_a_healthy_one_within_a_tenth() -> None:
    flaky, sound = offer("a/flaky", 0.7, 1, 4), offer("b/sound", 0.7, 1.05, 4.2)
    health = {"a/flaky": OfferHealth(successes=10, failures=4, updated=NOW)}
    assert chosen(request(), flaky, sound) == "a/flaky"
    decision = select(request(), catalog(flaky, sound), state([flaky, sound], health=health))
    assert decision.chosen is not None and decision.chosen.offer.id == "b/sound"
    assert "a/flaky" in decision.chosen.why
    dear = offer("b/sound", 0.7, 1.2, 4.8)
    assert chosen(request(), flaky, dear, health=health) == "a/flaky"


def test_hosts_of_one_model_at_nearly_the_same_price_are_spread_by_session() -> None:
    hosts = [offer(f"h{n}/m", 0.7, 1 + n * 0.005, 4, model="maker/m") for n in range(4)]
    taken = {chosen(request(), *hosts, seed=seed) for seed in range(1, 60)}
    assert taken == {host.id for host in hosts}
    assert chosen(request(), *hosts, seed=5) == chosen(request(), *hosts, seed=5)
    assert chosen(request(), *hosts) == "h0/m"


def test_speed_wants_the_fastest_and_quality_the_best_under_the_cap() -> None:
    slow, quick = offer("a/slow", 0.7, 1, 1), offer("b/quick", 0.6, 3, 3)
    best = offer("c/best", 0.95, 100, 400)
    health = {"b/quick": OfferHealth(first_token_s=0.2, tokens_per_s=900, updated=NOW)}
    world: World = {"health": health}
    assert chosen(request(0.5, objective="speed"), slow, quick, **world) == "b/quick"
    assert chosen(request(0.65, objective="speed"), slow, quick, **world) == "a/slow"
    assert chosen(request(0.5, objective="quality"), slow, quick, best) == "c/best"
    assert chosen(request(0.5, objective="quality", max_cost_usd=0.1), slow, quick, best) == "a/slow"


def test_free_and_local_objectives_take_nothing_else() -> None:
    free = offer("a/free", 0.6, prices=Prices(usd(0), usd(0), free_tier=True))
    local = offer("ollama/own", 0.55, 0, 0, local=True)
    paid = offer("b/paid", 0.9, 0.1, 0.1)
    assert chosen(request(0.5, objective="local"), free, local, paid) == "ollama/own"
    assert chosen(request(0.58, objective="free"), free, local, paid) == "a/free"
    assert chosen(request(0.7, objective="free", on_unmet_floor="error"), free, local, paid) is None


def test_a_pinned_model_may_carry_a_variant() -> None:
    one, other = offer("a/m", 0.7, 1, 1, model="maker/m"), offer("b/m", 0.7, 3, 3, model="maker/m")
    better = offer("c/n", 0.9, 0.1, 0.1)
    world: World = {"health": {"b/m": OfferHealth(first_token_s=0.1, tokens_per_s=2000, updated=NOW)}}
    assert chosen(request(pinned="maker/m"), one, other, better, **world) == "a/m"
    assert chosen(request(pinned="maker/m:nitro"), one, other, better, **world) == "b/m"
    assert chosen(request(pinned="b/m"), one, other, better) == "b/m"
    assert chosen(request(pinned="maker/m:local", on_unmet_floor="error"), one, other, better) is None


def test_the_embedded_engine_wins_alone_only_when_sure_and_complete() -> None:
    model = offer("a/fim", None, 0.1, 0.1, completion=0.7)
    sure = request(0.55, axis="completion", embedded_score=0.85, embedded_alone=True)
    assert chosen(sure, model) == EMBEDDED.id
    for asked in (
        request(0.55, axis="completion", embedded_score=0.85),
        request(0.55, axis="completion", embedded_score=0.79, embedded_alone=True),
        request(0.90, axis="completion", embedded_score=0.85, embedded_alone=True, on_unmet_floor="best_available"),
    ):
        assert chosen(asked, model) == "a/fim"


def test_without_any_key_the_embedded_engine_is_the_last_resort() -> None:
    model = offer("a/m", 0.7)
    keyless = {"a": ProviderState()}
    asked = request(embedded_available=True)
    decision = select(asked, catalog(model), state([model], providers=keyless))
    assert decision.chosen is not None and decision.chosen.offer is EMBEDDED
    assert decision.unmet is not None and decision.unmet.rule == "all_no_credentials"
    strict = select(request(embedded_available=True, on_unmet_floor="error"), catalog(model), state(providers=keyless))
    assert strict.chosen is None and strict.chain == ()


def test_an_unmet_floor_takes_scored_offers_then_unscored_local_then_others() -> None:
    scored, own, other = offer("a/s", 0.6), offer("ollama/x", None, 0, 0, local=True), offer("b/u", None, 0.1, 0.1)
    asked = request(0.8)
    decision = select(asked, catalog(own, other, scored), state([own, other, scored]))
    assert decision.chosen is not None and decision.chosen.offer.id == "a/s"
    assert decision.chosen.why == "floor 0.80 unmet: using a/s at 0.60"
    assert decision.unmet == Unmet("all_below_floor", "a/s", 0.6)
    assert chosen(asked, own, other) == "ollama/x"
    assert chosen(asked, other) == "b/u"
    refused = select(request(0.8, on_unmet_floor="error"), catalog(scored), state([scored]))
    assert refused.chosen is None and refused.unmet is not None and refused.unmet.best == "a/s"


def test_an_unscored_model_of_last_resort_is_asked_at_its_default_effort() -> None:
    model = offer("a/new", None, 1, 1, capabilities={"reasoning": True})
    quick = replace(model, id="a/new@none", effort="none")
    assert chosen(request(0.7), quick, model) == "a/new"


def test_when_every_circuit_is_open_the_least_recent_failure_is_probed() -> None:
    one, two = offer("a/m", 0.7), offer("b/m", 0.7)
    health = {
        "a/m": OfferHealth(open_until=NOW + 5, failed=NOW - 1, streak=3, trips=1, updated=NOW),
        "b/m": OfferHealth(open_until=NOW + 9, failed=NOW - 4, streak=3, trips=1, updated=NOW),
    }
    decision = select(request(), catalog(one, two), state([one, two], health=health))
    assert decision.chosen is not None and decision.chosen.offer.id == "b/m"
    assert decision.unmet is None and "failing" in decision.chosen.why


def test_the_chain_keeps_floor_ceiling_and_changes_the_vendor_first() -> None:
    offers = [
        offer("a/first", 0.7, 1, 1),
        offer("a/second", 0.7, 1.2, 1.2),
        offer("b/elsewhere", 0.7, 2.5, 2.5),
        offer("c/dear", 0.7, 5.5, 5.5),
        offer("d/weak", 0.4, 1, 1),
    ]
    decision = select(request(0.5), catalog(*offers), state(offers))
    assert [hop.offer.id for hop in decision.chain] == ["a/first", "b/elsewhere", "a/second"]
    far = [offers[0], offers[1], offer("b/elsewhere", 0.7, 4, 4)]
    decision = select(request(0.5), catalog(*far), state(far))
    assert [hop.offer.id for hop in decision.chain] == ["a/first", "a/second", "b/elsewhere"]


def test_prepared_tables_that_no_longer_hold_are_prepared_anew() -> None:
    model = offer("a/m", 0.7)
    tables = prepare(request(0.5), catalog(model), state([model]))
    assert select(request(0.9, on_unmet_floor="error"), tables, state([model])).chosen is None
    blocked = state([model], providers={"a": ProviderState(reachable=True, blocked="auth_blocked")})
    assert select(request(0.5, on_unmet_floor="error"), tables, blocked).chosen is None
    assert select(request(0.5), tables, state([model])).chosen is not None


def test_a_cache_keeps_tables_by_policy_and_drops_the_oldest() -> None:
    model = offer("a/m", 0.7)
    cache, world = PreparedOffersCache(catalog(model)), state([model])
    first = cache.tables(request(0.5), world)
    assert cache.tables(request(0.5, chars=9), world) is first
    for step in range(PreparedOffersCache.KEPT):
        cache.tables(request(0.01 * step), world)
    assert cache.tables(request(0.5), world) is not first


def test_the_bundled_catalogue_answers_every_action_when_all_keys_are_there() -> None:
    bundled = Catalog.bundled()
    everywhere = state(bundled.offers)
    for floor in (0.45, 0.50, 0.60, 0.65, 0.70, 0.80):
        decision = select(request(floor), bundled, everywhere)
        assert decision.chosen is not None and decision.unmet is None
        assert decision.chosen.score is not None and decision.chosen.score.low >= floor
    ghost = request(0.55, axis="completion", required=frozenset({"text", "streaming", "fim"}))
    decision = select(ghost, bundled, everywhere)
    assert decision.chosen is not None and decision.chosen.offer.capabilities["fim"]
    assert decision.chosen.score is not None and decision.chosen.score.low >= 0.55


def test_a_score_that_nobody_may_trust_counts_only_when_the_user_says_so() -> None:
    hearsay = offer("a/p", score(0.9, confidence="proxy"), 0.1, 0.1)
    known = offer("b/k", 0.6)
    assert chosen(request(0.5), hearsay, known) == "b/k"
    assert chosen(request(0.5, trust_vendor_scores=True), hearsay, known) == "a/p"


# --- ghost text from a local model: never worse than without --------------------------------------------------------------

HOLE = frozenset({"streaming", "fim", "beats_built_in"})


def ghost(name: str, completion: float | None, **capabilities: bool) -> Offer:
    return offer(name, None, 0, 0, completion=completion, local=True, capabilities={"fim": True, **capabilities})


@pytest.mark.parametrize(
    ("completion", "draft", "who"),
    [
        (None, None, None),
        (None, 0.7, EMBEDDED.id),
        (0.36, 0.7, EMBEDDED.id),
        (0.36, None, "a/local"),
        (0.60, 0.7, "a/local"),
    ],
)
def test_a_weak_local_model_gives_no_ghost_text_where_the_built_in_engine_is_better(
    completion: float | None, draft: float | None, who: str | None
) -> None:
    asked = request(0.55, axis="completion", required=HOLE, embedded_score=draft)
    assert chosen(asked, ghost("a/local", completion)) == who
    assert chosen(replace(asked, pinned="a/local"), ghost("a/local", completion)) == "a/local", "whoever names it gets it"


def test_one_that_was_measured_to_be_worse_than_the_built_in_engine_is_asked_by_name_only() -> None:
    asked = request(0.55, axis="completion", required=HOLE)
    worse = ghost("a/local", 0.9, beats_built_in=False)
    assert chosen(asked, worse) is None
    assert chosen(replace(asked, pinned="a/local"), worse) == "a/local"
    decision = explain(asked, catalog(worse), state([worse]))
    assert [(row.offer, row.reason) for row in decision.rejected] == [("a/local", "capability:beats_built_in")]


def test_a_weak_local_model_still_answers_actions() -> None:
    assert chosen(request(0.7), offer("a/local", None, 0, 0, local=True)) == "a/local"

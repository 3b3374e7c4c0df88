"""Whom it would rather not ask: what is free, estimated, a preview, late, or known only to its maker."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Floor, Objective, Offer, OfferHealth, Prices, Speed
from coderoute_ls.selection import explain, select
from coderoute_ls.selection.catalog.local_model_names import chats, parameters_b, strength
from coderoute_ls.selection.record import record, replay
from tests.selection.build import NOW, catalog, chosen, offer, request, score, state, usd

PAID = offer("a/paid", 0.7, 1, 4)
FREE = offer("b/m:free", 0.8, prices=Prices(usd(0), usd(0), free_tier=True))
KEPT = replace(FREE, privacy=("no_training",))
ASKED = request(0.5, allow_free=False)


def chain(asked: object, *offers: Offer) -> list[str]:
    return [hop.offer.id for hop in select(asked, catalog(*offers), state(offers)).chain]  # type: ignore[arg-type]


# -- what is free ----------------------------------------------------------------------------------------------------------


def test_a_free_endpoint_is_asked_only_with_consent() -> None:
    assert chosen(ASKED, PAID, FREE) == "a/paid"
    assert chosen(replace(ASKED, allow_free=True), PAID, FREE) == "b/m:free"
    assert chosen(replace(ASKED, objective="free"), PAID, KEPT) == "b/m:free"


def test_an_objective_alone_is_no_consent_to_be_trained_on() -> None:
    assert chosen(replace(ASKED, objective="free"), PAID, FREE) is None
    assert chosen(replace(ASKED, objective="free", allow_free=True), PAID, FREE) == "b/m:free"


def test_alone_a_free_endpoint_is_still_not_asked_and_says_why() -> None:
    decision = explain(ASKED, catalog(FREE), state([FREE]))
    assert decision.chosen is None
    assert [(row.offer, row.reason) for row in decision.rejected] == [("b/m:free", "free_offer")]


@pytest.mark.parametrize("source", ["user", "declared"])
def test_a_price_of_nothing_that_the_user_states_needs_no_other_consent(source: str) -> None:
    own = offer("c/own", 0.7, prices=Prices(usd(0), usd(0), source=source))
    assert chosen(ASKED, PAID, own) == "c/own"


def test_an_offer_that_is_paid_for_with_data_needs_the_same_consent() -> None:
    shared = offer("b/muse-contributor", 0.8, 0.1, 0.4, privacy=("no_training",))
    assert chosen(ASKED, PAID, shared) == "a/paid"
    assert chosen(replace(ASKED, allow_free=True), PAID, shared) == "b/muse-contributor"
    assert chosen(replace(ASKED, objective="free"), shared) is None


def test_a_local_model_is_not_given_away() -> None:
    assert chosen(ASKED, PAID, offer("ollama/m", 0.6, 0, 0, local=True)) == "ollama/m"


def test_with_the_budget_used_up_a_free_endpoint_that_trains_on_nothing_answers() -> None:
    decision = explain(ASKED, catalog(PAID, KEPT), state([PAID, KEPT], budget=0.0))
    assert decision.chosen is not None and decision.chosen.offer.id == "b/m:free"
    assert "the budget is used up" in decision.chosen.why
    assert [(row.offer, row.reason) for row in decision.rejected] == [("a/paid", "over_budget")]
    assert chosen(ASKED, PAID, FREE, budget=0.0) is None, "it may train on what it is sent"


@pytest.mark.parametrize(
    ("cap", "left", "said"),
    [
        (0.05, 0.0, "all_over_budget"),
        (0.05, 0.001, "all_over_budget"),
        (0.0001, 0.0, "all_over_cap"),
        (0.0001, 9.0, "all_over_cap"),
    ],
)
def test_what_bars_most_offers_is_said_and_not_what_bars_one(cap: float, left: float, said: str) -> None:
    """With the budget used up, one model above the cap for one call is no reason to tell the user to raise that cap."""
    offers = (PAID, offer("c/paid", 0.75, 1, 4), offer("d/dear", 0.9, 300, 900))
    decision = select(replace(ASKED, max_cost_usd=cap), catalog(*offers), state(offers, budget=left))
    assert decision.chosen is None and decision.unmet is not None and decision.unmet.rule == said


def test_with_the_budget_used_up_a_free_endpoint_below_the_floor_goes_before_a_weaker_local_model() -> None:
    asked, own = replace(ASKED, floor=Floor(0.85)), offer("ollama/m", 0.2, 0, 0, local=True)
    dear = offer("a/dear", 0.9, 1, 4)
    offers = (dear, KEPT, own)
    decision = explain(asked, catalog(*offers), state(offers, budget=0.0))
    assert [hop.offer.id for hop in decision.chain] == ["b/m:free", "ollama/m"]
    assert decision.unmet is not None and decision.unmet.rule == "all_over_budget"
    told = record(decision, state(offers, budget=0.0))
    assert replay(told).chain == decision.chain
    assert chosen(asked, PAID, KEPT, own, budget=0.0) == "b/m:free", "nobody reaches the floor, and nobody else can be paid"
    assert chosen(asked, dear, FREE, own, budget=0.0) == "ollama/m", "it may train on what it is sent"
    assert chosen(replace(asked, max_cost_usd=1e-9), dear, KEPT, own, budget=5.0) == "ollama/m", "it is not the budget that bars"
    assert chosen(replace(asked, on_unmet_floor="error"), *offers, budget=0.0) is None


def test_a_free_endpoint_does_not_stand_in_for_what_another_rule_bars() -> None:
    assert chosen(replace(ASKED, max_cost_usd=1e-9), PAID, KEPT, budget=5.0) is None


def test_behind_a_free_first_choice_stand_paid_ones() -> None:
    dear, dearest = offer("c/dear", 0.7, 4, 16), offer("d/dearest", 0.9, 6, 24)
    asked = replace(ASKED, allow_free=True)
    assert chain(asked, PAID, FREE, dear, dearest) == ["b/m:free", "a/paid", "c/dear"]
    assert chain(asked, FREE, dearest) == ["b/m:free", "d/dearest"]
    assert chain(replace(asked, objective="free"), PAID, FREE) == ["b/m:free"]


# -- what was not measured ---------------------------------------------------------------------------------------------------


def estimated(name: str, low: float, price: float) -> Offer:
    return offer(name, replace(score(low + 0.1, confidence="estimate"), low=low, high=low + 0.15), price, price)


def test_an_estimate_comes_behind_whatever_was_measured_and_says_what_it_is() -> None:
    guess, known = estimated("a/guess", 0.8, 2), offer("b/known", 0.75, 5, 5)
    best = select(ASKED, catalog(guess, known), state([guess, known])).chosen
    assert best is not None and best.offer.id == "b/known"
    assert best.why.startswith("a/guess would cost $0.00555 but has only an estimated score; apart from that: cheapest")
    alone = select(ASKED, catalog(guess), state([guess])).chosen
    assert alone is not None and alone.why.endswith("; it has only an estimated score: nobody without a drawback can be asked")


def test_an_estimate_that_is_many_times_cheaper_goes_first_and_says_what_the_other_would_cost() -> None:
    guess, known = estimated("a/guess", 0.8, 1), offer("b/known", 0.75, 9, 9)
    best = select(ASKED, catalog(guess, known), state([guess, known])).chosen
    assert best is not None and best.offer.id == "a/guess"
    assert best.why.endswith("; it has only an estimated score: one without a drawback would cost $0.025")


@pytest.mark.parametrize("objective", ["cost", "speed", "quality"])
def test_no_objective_puts_an_estimate_first(objective: str) -> None:
    guess, known = estimated("a/guess", 0.8, 2), offer("b/known", 0.75, 5, 5)
    assert chosen(replace(ASKED, objective=objective), guess, known) == "b/known"  # type: ignore[arg-type]


def test_in_the_chain_measured_ones_come_first() -> None:
    guess, known, other = estimated("a/guess", 0.8, 1), offer("b/known", 0.75, 1, 1), offer("c/other", 0.75, 2, 2)
    assert chain(ASKED, guess, known, other) == ["b/known", "c/other", "a/guess"]


def test_what_only_its_maker_measured_counts_far_below_its_value() -> None:
    claim = offer("a/m", replace(score(0.9, confidence="maker-only"), low=0.86, high=0.93))
    assert chosen(replace(ASKED, on_unmet_floor="error"), claim) == "a/m"
    high = request(0.8, on_unmet_floor="error")
    assert chosen(high, claim) is None
    assert chosen(replace(high, trust_vendor_scores=True), claim) == "a/m"


@given(value=st.floats(0.05, 0.95), wide=st.floats(0.01, 0.04), floor=st.floats(0, 1))
def test_a_makers_score_never_counts_for_more_than_its_lower_bound(value: float, wide: float, floor: float) -> None:
    claim = offer("a/m", replace(score(value, confidence="maker-only"), low=value - wide, high=value + wide))
    if chosen(request(floor, on_unmet_floor="error"), claim):
        assert floor <= value - wide


# -- what does not stay ------------------------------------------------------------------------------------------------------


def lasting(price: float) -> Offer:
    return offer("b/stays", 0.7, price, price)


@pytest.mark.parametrize(
    ("passing", "told"),
    [
        (replace(offer("a/m", 0.7, 1, 1), preview=True), "is a preview"),
        (offer("a/m", 0.7, 1, 1, expires="2027-01-14"), "is retired on 2027-01-14"),
    ],
)
def test_a_model_that_stays_is_taken_where_it_costs_about_the_same(passing: Offer, told: str) -> None:
    best = select(ASKED, catalog(passing, lasting(1.29)), state([passing, lasting(1)])).chosen
    assert best is not None and best.offer.id == "b/stays" and told in best.why
    assert chosen(ASKED, passing, lasting(1.35)) == "a/m"
    assert chosen(ASKED, passing) == "a/m"


def test_a_retirement_far_away_changes_nothing() -> None:
    assert chosen(ASKED, offer("a/m", 0.7, 1, 1, expires="2027-06-01"), lasting(1.2)) == "a/m"


# -- what is late ----------------------------------------------------------------------------------------------------------


def timed(name: str, first: float | None, rate: float | None = 100, *, answer: float | None = None, price: float = 1) -> Offer:
    return replace(offer(name, 0.7, price, price), speed=Speed(first, answer, rate))


def test_a_published_first_token_counts_until_there_is_experience() -> None:
    asked = replace(ASKED, first_token_budget_s=1.5)
    assert chosen(asked, timed("a/slow", 2.0), timed("b/fast", 0.5, price=3)) == "b/fast"
    fast_here = {"a/slow": OfferHealth(first_token_s=0.8, updated=NOW - 9000)}
    assert chosen(asked, timed("a/slow", 2.0), timed("b/fast", 0.5, price=3), health=fast_here) == "a/slow"
    slow_here = {"b/fast": OfferHealth(first_token_s=1.8, updated=NOW)}
    assert chosen(asked, timed("b/fast", 0.5), health=slow_here) is None


def test_a_first_token_of_thinking_is_none_of_the_answer() -> None:
    asked = replace(ASKED, first_token_budget_s=1.5)
    assert chosen(asked, timed("a/thinks", 0.5, answer=9.0)) is None


def test_who_cannot_do_it_in_time_loses_to_the_built_in_engine() -> None:
    asked = replace(ASKED, first_token_budget_s=1.5, embedded_score=0.3)
    assert chosen(asked, timed("a/slow", 2.0)) == "embedded/engine"


def test_the_objective_speed_uses_published_speeds_within_one_vendor() -> None:
    asked = replace(ASKED, objective="speed")
    assert chosen(asked, timed("a/slow", 2.0, 20), timed("a/fast", 1.0, 200)) == "a/fast"
    assert chosen(asked, timed("a/thinks", 0.1, 200, answer=40.0), timed("a/plain", 2.0, 100)) == "a/plain"
    here = {"a/fast": OfferHealth(first_token_s=30.0, tokens_per_s=5, updated=NOW)}
    assert chosen(asked, timed("a/slow", 2.0, 20), timed("a/fast", 1.0, 200), health=here) == "a/slow"


def test_what_does_not_stay_is_not_the_fastest_where_what_stays_costs_and_takes_about_the_same() -> None:
    asked = replace(ASKED, objective="speed")
    goes = replace(timed("a/goes", 1.0, 100), preview=True)
    found = select(asked, catalog(goes, timed("b/stays", 1.5, 100)), state([goes, timed("b/stays", 1.5, 100)])).chosen
    assert found is not None and found.offer.id == "b/stays"
    assert found.why.startswith("a/goes would answer sooner but is a preview; apart from that: fastest expected answer among 2")
    assert chosen(asked, goes, timed("b/stays", 60.0, 100)) == "a/goes", "not at any price in time"
    assert chosen(asked, goes, timed("b/stays", 1.5, 100, price=2)) == "a/goes", "nor in money"
    assert chosen(replace(asked, rules=1), goes, timed("b/stays", 1.5, 100)) == "a/goes", "as it was decided before"


def test_what_does_not_stay_is_not_the_best_where_what_stays_is_nearly_as_good() -> None:
    asked = replace(ASKED, objective="quality")
    goes = offer("a/goes", 0.75, 1, 1, expires="2027-01-01")
    assert chosen(asked, goes, offer("b/stays", 0.72, 1, 1)) == "b/stays"
    assert chosen(asked, goes, offer("b/stays", 0.68, 1, 1)) == "a/goes"
    assert chosen(asked, goes, offer("b/stays", 0.72, 2, 2)) == "a/goes"


def test_nobody_waits_for_minutes_where_a_quick_answer_costs_little_more() -> None:
    late, slow = timed("a/late", 45.0, answer=45.0), timed("a/slow", 90.0, answer=90.0)
    assert chosen(ASKED, late, timed("b/quick", 2.0, price=4.5)) == "b/quick"
    assert chosen(ASKED, late, timed("b/quick", 2.0, price=6)) == "a/late"
    assert chosen(ASKED, slow, timed("b/quick", 2.0, price=9)) == "b/quick", "a minute and a half counts twice as much"
    assert chosen(ASKED, slow, timed("b/quick", 2.0, price=12)) == "a/slow"
    assert chosen(ASKED, slow) == "a/slow"
    assert chosen(ASKED, slow, offer("b/unknown", 0.7, 2, 2)) == "b/unknown"


def thinking(name: str, verbosity: float, price: float) -> Offer:
    return replace(timed(name, 1.0, answer=2.0, price=price), effort="max", verbosity=verbosity)


@pytest.mark.parametrize(
    ("verbosity", "price", "asked"),
    [
        (3.0, 1.0, "a/thinks"),  # 2,400 of 4,000 tokens: it fits
        (5.0, 0.9, "b/plain"),  # as many as are allowed: every other answer is cut off
        (10.0, 0.5, "b/plain"),  # twice as many
        (10.0, 0.1, "a/thinks"),  # so cheap that all the tries cost less
    ],
)
def test_an_effort_that_thinks_beyond_the_limit_on_the_answer_counts_as_the_tries_it_takes(
    verbosity: float, price: float, asked: str
) -> None:
    """800 visible tokens at most 4,000: what is cut off is paid for and is no answer."""
    thinks, plain = thinking("a/thinks", verbosity, price), offer("b/plain", 0.7, 1.5, 6.0)
    assert chosen(ASKED, thinks, plain) == asked
    before = chosen(replace(ASKED, rules=4), thinks, plain)
    assert before == "a/thinks", "as it was decided before"


def test_what_would_be_cut_off_is_told_and_shuts_nobody_out() -> None:
    alone = thinking("a/thinks", 10.0, 0.5)
    found = select(ASKED, catalog(alone), state([alone])).chosen
    assert found is not None
    assert found.against == ("would think and write about 8,000 tokens where 4,000 are allowed",)
    assert "nobody without a drawback can be asked" in found.why


def waited(first_answer_s: float, ago: float = 60.0, *, first_token_s: float | None = None) -> OfferHealth:
    first = first_answer_s if first_token_s is None else first_token_s
    return OfferHealth(successes=5, updated=NOW - ago, first_token_s=first, first_answer_s=first_answer_s)


@pytest.mark.parametrize("published", [None, 1.0, 45.0])
def test_a_wait_is_what_the_users_own_calls_took(published: float | None) -> None:
    own, other = timed("a/own", published, answer=published), timed("b/other", 2.0, price=4.5)
    assert chosen(ASKED, own, other, health={"a/own": waited(45.0)}) == "b/other"
    assert chosen(ASKED, own, other, health={"a/own": waited(45.0, first_token_s=1.0)}) == "b/other", "thinking is no answer"
    assert chosen(ASKED, own, other, health={"a/own": waited(3.0)}) == "a/own", "and a short one is believed as well"
    assert chosen(replace(ASKED, rules=4), own, other, health={"a/own": waited(45.0)}) == (
        "b/other" if published == 45.0 else "a/own"
    ), "as it was decided before"


def test_a_slow_time_is_forgotten_after_an_hour_and_a_quick_one_is_not() -> None:
    own, other, late = timed("a/own", 1.0), timed("b/other", 2.0, price=4.5), timed("a/own", 45.0, answer=45.0)
    assert chosen(ASKED, own, other, health={"a/own": waited(45.0, 3_599)}) == "b/other"
    assert chosen(ASKED, own, other, health={"a/own": waited(45.0, 3_601)}) == "a/own"
    assert chosen(ASKED, late, other, health={"a/own": waited(2.0, 90_000)}) == "a/own"


@pytest.mark.parametrize("objective", ["free", "local", "cost"])
@pytest.mark.parametrize("experienced", [True, False])
def test_a_wait_counts_among_what_costs_nothing_too(objective: Objective, experienced: bool) -> None:
    best, quick, other = (
        replace(timed(f"ollama/{name}", 2.0, price=0), local=True, scores={"coding": score(value)})
        for name, value in (("best", 0.9), ("quick", 0.7), ("other", 0.6))
    )
    asked = replace(ASKED, objective=objective)
    assert chain(asked, best, quick, other) == ["ollama/best", "ollama/quick", "ollama/other"]
    if experienced:
        slow = {"ollama/best": waited(45.0), "ollama/quick": waited(90.0)}
        offers = (best, quick, other)
    else:
        slow = {}
        offers = (
            replace(best, speed=Speed(45.0, 45.0, 100)), replace(quick, speed=Speed(90.0, 90.0, 100)), other
        )  # fmt: skip
    found = select(asked, catalog(*offers), state(offers, health=slow))
    assert [hop.offer.id for hop in found.chain] == ["ollama/other", "ollama/best", "ollama/quick"]


def test_the_reason_names_the_wait_that_was_avoided_and_the_wait_that_is_left() -> None:
    slow, quick, dear = timed("a/slow", 45.0, answer=45.0), timed("b/quick", 2.0, price=2.5), timed("b/quick", 2.0, price=6)
    avoided = select(ASKED, catalog(slow, quick), state([slow, quick])).chosen
    assert avoided is not None
    assert avoided.why.startswith("a/slow would cost $0.00277 but begins to answer after about 45 s; apart from that: cheapest")
    left = select(ASKED, catalog(slow, dear), state([slow, dear])).chosen
    assert left is not None
    assert left.why.endswith("; it begins to answer after about 45 s: one without a drawback would cost $0.0166")


def test_below_the_floor_too_what_stays_goes_before_what_is_hardly_better() -> None:
    stays, goes = offer("a/stays", 0.62), offer("b/goes", 0.65, expires="2027-01-01")
    assert chosen(request(0.9), stays, goes) == "a/stays"
    assert chosen(request(0.9), stays, replace(goes, expires="")) == "b/goes"
    assert chosen(request(0.9), offer("a/stays", 0.55), goes) == "b/goes"


def test_below_the_floor_too_an_estimate_goes_first_only_where_it_is_many_times_cheaper_and_nearly_as_good() -> None:
    cheap, dear = estimated("a/cheap", 0.62, 1), offer("b/dear", 0.65, 20, 20)
    assert chosen(request(0.9), cheap, dear) == "a/cheap"
    assert chosen(request(0.9), cheap, offer("b/dear", 0.65, 2.5, 2.5)) == "b/dear"
    assert chosen(request(0.9), estimated("a/cheap", 0.55, 1), dear) == "b/dear"
    assert chosen(request(0.9), offer("a/cheap", 0.62, 1, 1), dear) == "b/dear", "the best of those that were measured"


# -- local models that nobody has measured -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "nomic-embed-text:latest", "mxbai-embed-large", "bge-m3", "BAAI/bge-reranker-v2-m3", "all-minilm:33m", "jina-reranker-v2",
        "gte-Qwen2-1.5B-instruct", "intfloat/e5-mistral-7b", "snowflake-arctic-embed:335m", "whisper-large-v3", "Kokoro-82M",
        "qwen3-tts", "stable-diffusion-3.5", "FLUX.1-dev", "text-embedding-nomic-embed-text-v1.5", "llama-guard3:8b",
        "/models/clip-vit-large.gguf", "Qwen3-Embedding-0.6B-Q8_0.gguf", "paraphrase-multilingual:278m", "zerank-1",
        "sentence-t5-base", "nllb-200-3.3b", "distil-large-v3", "XTTS-v2", "llama-prompt-guard-2-86m", "gpt-oss-safeguard:20b",
        "deberta-v3-large", "sd-turbo", "florence-2-base", "ggml-large-v3.bin",
    ],
)  # fmt: skip
def test_models_for_other_work_are_no_chat_models(name: str) -> None:
    assert not chats(name)


@pytest.mark.parametrize(
    "name",
    [
        "qwen2.5-coder:7b", "llama3.1:8b", "gemma3n:e4b", "deepseek-r1:14b", "/embeddings/models/qwen3-8b.gguf", "gpt-oss:20b",
        "mistral-small3.2:24b", "seed-coder-8b", "phi4-mini", "codegemma:2b", "hf.co/unsloth/Qwen3-30B-A3B-GGUF:Q4_K_M",
        "granite3.3:8b", "olmo2:13b", "smollm2:135m", "starcoder2:3b", "stable-code:3b", "aya:8b",
    ],
)  # fmt: skip
def test_models_that_write_are_chat_models(name: str) -> None:
    assert chats(name)


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("qwen2.5-coder:7b", 7), ("smollm2:135m", 0.135), ("gemma3n:e4b", 4), ("Qwen3-30B-A3B-Q4_K_M", 90**0.5),
        ("mixtral:8x7b", (8 * 7 * 14) ** 0.5), ("some-model", 4), ("phi3.5-3.8b", 3.8),
    ],
)  # fmt: skip
def test_parameters_are_read_off_a_name(name: str, billions: float) -> None:
    assert parameters_b(name) == pytest.approx(billions)


def test_strength_grows_with_size_and_with_being_for_code() -> None:
    names = ["smollm2:135m", "qwen2.5-coder:1.5b", "llama3.1:8b", "qwen2.5-coder:7b", "llama3.1:70b"]
    assert sorted(names, key=strength) == names
    assert all(0 < strength(name) < 1 for name in names)


def test_of_unscored_local_models_the_largest_answers_not_the_first_by_name() -> None:
    small, large = (offer(f"ollama/{name}", None, 0, 0, local=True) for name in ("aya:1b", "zephyr:7b"))
    assert chosen(ASKED, small, large) == "ollama/zephyr:7b"


# -- records of before -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "offers",
    [
        (PAID, FREE),
        (offer("a/m", replace(score(0.9, confidence="maker-only"), low=0.86, high=0.93)), offer("b/m", 0.6, 5, 5)),
        (replace(offer("a/m", 0.7, 1, 1), preview=True), lasting(1.2)),
        (offer("ollama/aya:1b", None, 0, 0, local=True), offer("ollama/zephyr:7b", None, 0, 0, local=True)),
    ],
)
def test_a_record_of_the_older_rules_is_decided_again_as_it_was(offers: tuple[Offer, ...]) -> None:
    old = replace(ASKED, rules=1)
    then = explain(old, catalog(*offers), state(offers))
    told = record(then, state(offers))
    assert told["v"] == 1 and "rules" not in str(told["request"])
    again = replay(told)
    assert again.chosen == then.chosen and again.chain == then.chain
    assert record(again, state(offers)) == told
    now = select(ASKED, catalog(*offers), state(offers)).chosen
    assert now is None or then.chosen is None or now.offer.id != then.chosen.offer.id

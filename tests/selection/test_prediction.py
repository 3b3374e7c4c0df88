"""The bill before the call: tokens by what a text is made of, answers by the region, thinking by model and effort, habits."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Habit, Offer, OfferHealth, Prices, Request, Usage
from coderoute_ls.selection.health.offer_health import accustomed, known_input
from coderoute_ls.selection.pricing.cost_estimate import estimate
from coderoute_ls.selection.pricing.expected_length import joined_pieces
from coderoute_ls.selection.pricing.priced_offers import build
from coderoute_ls.selection.pricing.tokenizers import FAMILIES, KINDS, tokenizer, tokens
from coderoute_ls.text.piece_counts import Pieces, pieces
from tests.selection.build import request, state

CODE = 'def total(items: list[Item]) -> float:\n    """The sum."""\n    return sum(item.price for item in items)\n' * 20


def offer(model: str = "openai/gpt-4.1", **more: object) -> Offer:
    prices = Prices(Decimal(1), Decimal(4), source="s", date="2026-11-01")
    plain = Offer(f"v/{model}", model, "v", model, "openai-chat", prices=prices)
    return replace(plain, **more)  # pyright: ignore[reportArgumentType]


def asked(**more: object) -> Request:
    told = {"chars": len(CODE), "pieces": pieces(CODE), "median_output": 500, "max_tokens": 8_000, **more}
    return replace(request(0.0), **told)  # pyright: ignore[reportArgumentType]


def predicted(one: Offer, health: OfferHealth | None = None, **more: object) -> tuple[float, float, float, float]:
    """Tokens in and out, USD expected and at most."""
    columns = build((one,), (0.0,), {}, 0.0)
    figures = estimate(columns, asked(**more), state([one]), {} if health is None else {0: health})
    return float(figures.tokens[0]), float(figures.output[0]), float(figures.expected[0]), float(figures.maximum[0])


# -- pieces ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Pieces()),
        ("fooBar", Pieces(words=1, humps=1, letters=6)),
        ("HTTPServer x1 2024", Pieces(words=2, letters=11, capitals=4, digits=5, numbers=2)),
        ("a\n\n    b\r\n", Pieces(words=2, letters=2, line_ends=2, indents=1)),
        ("x => (y);", Pieces(words=2, letters=2, signs=5, sign_runs=3)),
        ("snake_case", Pieces(words=2, letters=9, underscores=1)),
        ("größe 日本", Pieces(words=2, letters=3, other_bytes=10)),
        ("\tdeep", Pieces(words=1, letters=4, indents=1)),
    ],
)
def test_a_text_is_counted_by_what_it_is_made_of(text: str, found: Pieces) -> None:
    assert pieces(text) == found


def by_expressions(text: str) -> Pieces:
    """The same counts, told by regular expressions."""
    patterns = (
        "[A-Za-z]+", "(?<=[a-z])[A-Z]", "[A-Za-z]", "(?<=[A-Z])[A-Z]", "[0-9]", "[0-9]+", None, None,
        "(?<!^)(?<![\\r\\n])[\\r\\n]+",
        "(?m:(?:^|(?<=[\\r\\n]))[ \\t])", "_", None,
    )  # fmt: skip
    signs = "[^A-Za-z0-9 \\t\\r\\n_\\u0080-\\U0010ffff]"
    found = [0 if pattern is None else len(re.findall(pattern, text)) for pattern in patterns]
    found[6], found[7] = len(re.findall(signs, text)), len(re.findall(f"{signs}+", text))
    found[11] = sum(len(char.encode()) for char in text if ord(char) >= 128)
    return Pieces(*found)


@given(st.text(st.sampled_from('abAB09_ \t\n\r.(){}="é日\x00'), max_size=40))
def test_pieces_are_what_expressions_find(text: str) -> None:
    assert pieces(text) == by_expressions(text)


@given(st.text(), st.text())
def test_pieces_add_up_line_by_line(one: str, other: str) -> None:
    together = pieces(f"{one}\n{other}")
    apart = pieces(one).plus(pieces(other))
    assert together.letters == apart.letters and together.words == apart.words and together.signs == apart.signs
    assert all(count >= 0 for count in together)


@given(st.lists(st.text(st.sampled_from("aB9_ \n\r.é"), min_size=1, max_size=12), max_size=5))
def test_pieces_of_texts_that_are_kept_apart_are_those_of_all_their_lines(texts: list[str]) -> None:
    assert joined_pieces(texts) == (pieces("\n".join(texts)) if texts else Pieces())
    assert joined_pieces(texts) == joined_pieces([*texts])


def test_lone_surrogates_are_counted_and_never_raise() -> None:
    assert pieces("a\ud800b").letters == 2


# -- tokenizers ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("openai/gpt-6.1-sol", "gpt"), ("openai/o3", "gpt"), ("openai/gpt-oss-120b", "gpt-oss"), ("gpt-oss:20b", "gpt-oss"),
        ("anthropic/claude-opus-4.6", "claude"), ("anthropic/claude-sonnet-4-5", "claude"),
        ("anthropic/claude-3.7-sonnet", "claude"), ("anthropic/claude-opus-4.7", "claude-4.7"),
        ("anthropic/claude-fable-5.2", "claude-4.7"), ("anthropic/claude-next", "claude-4.7"),
        ("google/gemini-4-argon", "gemini"), ("google/gemma-3-27b-it", "gemini"), ("qwen/qwen3.8-max", "qwen"),
        ("deepseek/deepseek-v4-pro", "deepseek"), ("deepseek/deepseek-r1-distill-llama-70b", "deepseek"),
        ("meta-llama/llama-3.3-70b-instruct", "llama"), ("mistralai/codestral-2508", "mistral"), ("x-ai/grok-4.7", "grok"),
        ("moonshotai/kimi-k3", "other"), ("z-ai/glm-5.3", "other"), ("", "other"),
    ],
)  # fmt: skip
def test_a_models_name_says_its_tokenizer(model: str, family: str) -> None:
    assert tokenizer(model).name == family


def test_each_family_has_a_weight_for_each_kind_of_piece() -> None:
    assert {len(row.weights) for row in FAMILIES.values()} == {KINDS, len(Pieces())}
    assert all(weight >= 0 for row in FAMILIES.values() for weight in row.weights)


def test_families_count_the_same_code_apart_as_their_tokenizers_do() -> None:
    counted = {name: tokens(row.weights, pieces(CODE)) for name, row in FAMILIES.items()}
    real = 520  # o200k_base, counted once
    assert counted["gpt"] == pytest.approx(real, rel=0.15)
    assert counted["claude-4.7"] > counted["claude"] > counted["gemini"] > counted["gpt"]


# -- the estimate ----------------------------------------------------------------------------------------------------------------


def test_the_prompt_costs_what_its_pieces_make_and_what_wraps_every_request() -> None:
    one, more = predicted(offer())[0], predicted(offer(), pieces=pieces(CODE * 2))[0]
    assert more - one == pytest.approx(tokens(FAMILIES["gpt"].weights, pieces(CODE)), abs=2)
    empty = predicted(offer("openai/gpt-oss-120b"), pieces=pieces(" "), chars=1)[0]
    assert 70 <= empty <= 72


def test_more_messages_are_wrapped_each() -> None:
    assert predicted(offer(), messages=4)[0] - predicted(offer(), messages=1)[0] == pytest.approx(12, abs=1)


def test_an_answer_takes_the_familys_tokens_and_the_models_thinking_at_this_effort() -> None:
    assert predicted(offer())[1] == 500
    assert predicted(offer("anthropic/claude-opus-5.5"))[1] == pytest.approx(500 * 1.61)
    assert predicted(offer(verbosity=3.0))[1] == 1_500
    assert predicted(offer(verbosity=30.0))[1] == 8_000  # no longer than is allowed
    assert predicted(offer(effort="high"))[1] == 3_500


def test_the_most_it_may_cost_holds_for_a_prompt_a_third_longer_and_an_answer_of_all_that_is_allowed() -> None:
    entered, _, expected, most = predicted(offer())
    assert most == pytest.approx((entered * 1.35 + 4 * 8_000) / 1e6)
    assert most > expected


def test_a_request_whose_pieces_are_not_counted_is_estimated_by_its_size_as_before() -> None:
    counted, by_size = predicted(offer())[0], predicted(offer(), pieces=())[0]
    assert by_size == pytest.approx(len(CODE) / 4.47 + 4, abs=1) and counted != by_size
    strange = predicted(offer(), pieces=(1, 2, 3))[0]
    assert strange == by_size


# -- habits ----------------------------------------------------------------------------------------------------------------------


def after(calls: int, *, real_input: float, real_output: float) -> OfferHealth:
    """Experience from calls that take so many times what is predicted without any."""
    health = OfferHealth()
    base = predicted(offer())
    for _ in range(calls):
        size, output, *_ = predicted(offer(), health)
        took = Usage(round(base[0] * real_input), round(base[1] * real_output))
        health = accustomed(health, "refactor", took, predicted_input=size, predicted_output=output)
    return health


def test_the_first_reply_moves_the_estimate_by_half_and_later_ones_by_less() -> None:
    once = after(1, real_input=1.0, real_output=4.0).habits["refactor"]
    assert (once.calls, once.output) == (1, pytest.approx(2.0, rel=0.01))
    twice = after(2, real_input=1.0, real_output=4.0).habits["refactor"]
    assert twice.output == pytest.approx(2.0 * 2 ** (1 / 3), rel=0.01)


@given(st.floats(0.3, 4.0), st.floats(0.1, 10.0))
@settings(deadline=None, max_examples=20)
def test_the_estimate_comes_to_what_replies_take(real_input: float, real_output: float) -> None:
    base = predicted(offer(), max_tokens=100_000)
    health = after(60, real_input=real_input, real_output=real_output)
    size, output, *_ = predicted(offer(), health, max_tokens=100_000)
    assert size == pytest.approx(base[0] * real_input, rel=0.1)
    assert output == pytest.approx(min(base[1] * real_output, 8_000), rel=0.2)


def test_what_is_learned_at_one_action_says_nothing_of_anothers_answers_but_of_all_prompts() -> None:
    health = after(20, real_input=1.5, real_output=3.0)
    assert known_input(health) == pytest.approx(1.45, abs=0.07)
    other = predicted(offer(), health, action="edit")
    plain = predicted(offer(), action="edit")
    assert other[0] == pytest.approx(plain[0] * known_input(health), abs=2) and other[1] == plain[1]


def test_an_offer_that_was_never_asked_is_expected_to_answer_as_the_others_did() -> None:
    short = after(20, real_input=1.0, real_output=0.1)
    two = (offer(), offer("openai/gpt-4o"))
    columns = build(two, (0.0, 0.0), {}, 0.0)
    figures = estimate(columns, asked(), state(two), {0: short})
    assert float(figures.output[1]) == pytest.approx(float(figures.output[0]))


def test_one_endless_word_is_more_than_one_piece() -> None:
    assert predicted(offer(), pieces=pieces("x" * 8_000), chars=8_000)[0] == 1_007


def test_a_reply_that_was_not_counted_teaches_nothing() -> None:
    habit = Habit(3, 1.2, 0.8)
    told = accustomed(OfferHealth(habits={"edit": habit}), "edit", Usage(0, 0), predicted_input=100, predicted_output=0)
    assert told.habits["edit"] == Habit(4, 1.2, 0.8)

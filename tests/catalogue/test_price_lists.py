"""The registry packages' files, read into rows of a list. The samples have the packages' own shape."""

import json
from decimal import Decimal

from catalogue import genai_prices, litellm_prices, pi_ai
from coderoute_ls.selection.catalog.list_values import Json

PI_COST = {"input": 2, "output": 10, "cacheRead": 0.1, "cacheWrite": 0}
PI_TIER = {"inputTokensAbove": 272_000, "input": 4, "output": 15, "cacheRead": 0.2, "cacheWrite": 5}


def pi(vendor: str, **more: object) -> dict[str, bytes]:
    row: Json = {
        "id": "m-1",
        "name": "M 1",
        "type": "chat",
        "cost": PI_COST,
        "contextWindow": 200_000,
        "maxTokens": 9_000,
        **more,
    }
    classifier = {**row, "id": "c-1", "type": "classifier"}
    return {f"{vendor}.json": json.dumps({"openai-completions": {"chat:m-1": row, "classifier:c-1": classifier}}).encode()}


def test_pi_ai_says_prices_steps_and_efforts_of_chat_models() -> None:
    levels = {"off": "none", "minimal": None, "low": "low", "high": "high", "max": None}
    cost = {**PI_COST, "tiers": [PI_TIER]}
    [row] = pi_ai.listed(pi("moonshotai", reasoning=True, thinkingLevelMap=levels, cost=cost))
    assert (row.id, row.name, row.context, row.max_output) == ("moonshot/m-1", "M 1", 200_000, 9_000)
    assert row.efforts == ("none", "low", "high")
    assert row.prices["input"] == 2 and row.prices["cached_read"] == Decimal("0.1")
    assert [(tier.above_input, tier.prices["cached_write"]) for tier in row.tiers] == [(272_000, 5)]


def test_pi_ai_marks_thinking_that_cannot_be_switched_off_by_leaving_none_out() -> None:
    [row] = pi_ai.listed(pi("anthropic", reasoning=True, thinkingLevelMap={"off": None, "low": "low", "max": "max"}))
    assert row.efforts == ("low", "max")
    [plain] = pi_ai.listed(pi("anthropic", reasoning=False, thinkingLevelMap={"low": "low"}))
    assert plain.efforts == () and plain.capabilities["reasoning"] is False


def test_pi_ai_leaves_out_vendors_that_we_do_not_know_and_openais_cut_contexts() -> None:
    assert list(pi_ai.listed(pi("strangers"))) == [] and list(pi_ai.listed({".manifest.json": b"{}"})) == []
    [row] = pi_ai.listed(pi("openai"))
    assert row.context is None


LITELLM = {
    "litellm_provider": "dashscope", "mode": "chat", "max_input_tokens": 1000, "input_cost_per_token": 8.000000000000001e-07,
    "output_cost_per_token": 3.4e-06, "input_cost_per_token_above_200k_tokens": 1.6e-06, "supports_function_calling": True,
}  # fmt: skip


def litellm(**rows: object) -> bytes:
    return json.dumps(rows).encode()


def test_litellm_says_prices_without_the_dust_of_divisions_and_steps_by_their_keys() -> None:
    [row] = litellm_prices.listed(litellm(**{"dashscope/m-1": LITELLM, "dashscope/e": {**LITELLM, "mode": "embedding"}}))
    assert (row.id, row.prices["input"]) == ("alibaba/m-1", Decimal("0.8"))
    assert [(tier.above_input, tier.prices) for tier in row.tiers] == [(200_000, {"input": Decimal("1.6")})]


def test_litellm_says_a_table_of_ranges_as_a_price_and_its_steps() -> None:
    steps = [
        {"range": [0, 256000.0], "input_cost_per_token": 5e-08, "output_cost_per_token": 4e-07},
        {"range": [256000.0, 1000000.0], "input_cost_per_token": 2.5e-07, "output_cost_per_token": 2e-06},
    ]
    told = {"litellm_provider": "dashscope", "mode": "chat", "tiered_pricing": steps}
    [row] = litellm_prices.listed(litellm(**{"dashscope/q": told}))
    assert (row.prices["input"], row.prices["output"]) == (Decimal("0.05"), Decimal("0.4"))
    assert [(tier.above_input, tier.prices["output"]) for tier in row.tiers] == [(256_000, Decimal(2))]


def test_litellm_notes_retirements_hour_long_writes_and_cheaper_hours() -> None:
    off_peak = {
        "input_cost_per_token": 6.6e-07, "output_cost_per_token": 1.98e-06,
        "windows": [
            {"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
            {"hours_utc": "00:00-00:00", "weekdays": [6, 7]},
        ],
    }  # fmt: skip
    told = {
        "litellm_provider": "anthropic", "mode": "chat", "deprecation_date": "2026-12-01", "successor_model": "anthropic/m-2",
        "cache_creation_input_token_cost_above_1hr": 8e-06, "off_peak_pricing": off_peak, "max_input_tokens": 5_000,
    }  # fmt: skip
    pointer = {**told, "alias_of": "m-1"}
    notes = litellm_prices.notes(litellm(**{"m-1": told, "m-latest": pointer, "x": {"litellm_provider": "strangers"}}))
    assert set(notes) == {"anthropic/m-1"}
    note = notes["anthropic/m-1"]
    assert (note.expires, note.successor, note.cached_write_1h, note.context) == ("2026-12-01", "m-2", 8, 5_000)
    assert note.windows == [
        {"hours": [[0, 1], [10, 24]], "weekdays": [0, 1, 2, 3, 4], "input": 0.66, "output": 1.98},
        {"hours": [], "weekdays": [5, 6], "input": 0.66, "output": 1.98},
    ]


GENAI = b"""
from .types import *
providers: list[Provider] = [
    Provider(id='google', models=[
        ModelInfo(id='g-1', match=ClauseOr(or_=[ClauseEquals(equals='g-1-001'), ClauseStartsWith(starts_with='g-1-x')]), prices=[
            ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('2'))),
            ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2027, 1, 1)),
                prices=ModelPrice(input_mtok=Decimal('1.5'), cache_read_mtok=Decimal('0.15'), output_mtok=Decimal('7.5'))),
            ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2027, 1, 1)), variants={'batch'},
                prices=ModelPrice(input_mtok=Decimal('0.5'), output_mtok=Decimal('1'))),
        ]),
    ]),
    Provider(id='strangers', models=[]),
]
raise SystemExit('this file is read, never run')
"""


def test_genai_prices_says_what_is_announced_and_is_never_run() -> None:
    window = {"from_date": "2027-01-01", "input": 1.5, "output": 7.5, "cached_read": 0.15}
    assert list(genai_prices.coming(GENAI, "2026-11-20")) == [("google/g-1", window), ("google/g-1-001", window)]
    assert list(genai_prices.coming(GENAI, "2027-01-01")) == []

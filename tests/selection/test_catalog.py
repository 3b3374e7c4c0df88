"""The catalogue: what the shipped one holds, and how bad rows are kept out."""

from decimal import Decimal

import pytest

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection import Catalog, explain, local_offers
from coderoute_ls.selection.catalog.catalog_schema import CatalogFile
from coderoute_ls.selection.catalog.local_model_offers import canonical
from coderoute_ls.selection.catalog.score_placement import logistic, logit, place
from tests.selection.build import request, state

ROW = {"provider": "a", "wire_id": "m", "dialect": "openai-chat", "input": 1, "output": 2}
SCORE = {"value": 0.7, "low": 0.65, "high": 0.75, "confidence": "multi", "method": "m", "date": "2026-08-01"}


def parsed(*offers: object, scores: object = None) -> Catalog:
    model = {"id": "maker/m", "scores": scores or {"coding": SCORE}, "offers": list(offers)}
    return Catalog.parse({"format": 1, "compiled": "2026-11-20", "models": [model]})


def test_the_shipped_catalogue_is_whole() -> None:
    bundled = Catalog.bundled()
    CatalogFile.model_validate(dict(bundled.document))
    assert bundled.refused == ()
    assert len(bundled.models) > 270
    assert len({offer.id for offer in bundled.offers}) == len(bundled.offers) > 2_000
    assert {offer.dialect for offer in bundled.offers} <= {
        "openai-chat", "openai-responses", "anthropic-messages", "gemini", "cohere-v2"
    }  # fmt: skip
    providers = {offer.provider for offer in bundled.offers}
    assert {
        "openrouter",
        "openai",
        "anthropic",
        "google",
        "novita",
        "together",
        "fireworks",
        "moonshot",
        "codestral",
    } <= providers
    assert not providers & {"novita-ai", "togetherai", "fireworks-ai", "moonshotai", "llama"}


def test_every_score_has_method_and_date_and_belongs_to_the_default_effort() -> None:
    for offer in Catalog.bundled().offers:
        for score in offer.scores.values():
            assert score.method and score.date and 0 <= score.low <= score.value <= score.high <= 1
        if offer.effort is not None and "coding" in offer.scores:
            rows = Catalog.bundled().facts[offer.model].by_effort
            assert offer.scores["coding"] == rows[offer.effort]["coding"]
    anchors = {m: Catalog.bundled().scores[m]["coding"].value for m in ("openai/gpt-4o", "openai/gpt-5")}
    assert anchors == {"openai/gpt-4o": 0.25, "openai/gpt-5": 0.65}


def test_thinly_measured_models_carry_two_standard_errors() -> None:
    thin = [scores["coding"] for scores in Catalog.bundled().scores.values() if "coding" in scores]
    thin = [score for score in thin if score.confidence == "single" and score.rows < 3]
    assert len(thin) > 20
    for score in thin:
        down, up = logit(score.value) - logit(score.low), logit(score.high) - logit(score.value)
        assert down == pytest.approx(2 * up, rel=0.25)  # the file's values have three digits


def test_only_offers_that_fill_holes_have_a_completion_score() -> None:
    bundled = Catalog.bundled()
    scored = {offer.id: offer.scores["completion"].value for offer in bundled.offers if "completion" in offer.scores}
    assert scored["mistral/codestral-2508"] == scored["codestral/codestral-2508"] == 0.71
    assert scored["deepseek/deepseek-v4-pro"] == 0.74
    for name in scored:
        by_prompt = bundled.by_id[name].fim is None
        assert not by_prompt or bundled.facts[bundled.by_id[name].model].prompted == bundled.by_id[name].scores["completion"]
    assert "openrouter/mistralai/codestral-2508" not in scored


def test_time_of_day_dated_and_tiered_prices_are_kept() -> None:
    bundled = Catalog.bundled()
    night, weekend = bundled.by_id["deepseek/deepseek-v4-pro"].prices.windows
    assert (night.hours, night.weekdays, night.input) == (((0, 1), (4, 6), (10, 24)), (0, 1, 2, 3, 4), Decimal("0.66"))
    assert (weekend.hours, weekend.weekdays, weekend.output) == ((), (5, 6), Decimal("1.98"))
    coming = bundled.by_id["google/gemini-3.8-flash"].prices.windows[0]
    assert (coming.from_date, coming.output) == ("2027-01-01", Decimal("7.5"))
    assert any(offer.prices.tiers for offer in bundled.offers)


def test_nothing_that_is_shipped_is_retired_and_what_retires_says_when() -> None:
    bundled = Catalog.bundled()
    day = bundled.dated["prices"]
    assert [offer.id for offer in bundled.offers if offer.deprecated or (offer.expires and offer.expires <= day)] == []
    assert bundled.by_id["anthropic/claude-sonnet-4-5"].expires == "2026-11-30"
    assert sum(bool(offer.expires) for offer in bundled.offers) > 30


@pytest.mark.parametrize("price", [-1, "NaN", float("nan"), "Infinity", "cheap"])
def test_a_price_that_is_none_is_refused_by_name(price: object) -> None:
    catalog = parsed({**ROW, "input": price}, {**ROW, "wire_id": "fine"})
    assert [(row.offer, row.reason) for row in catalog.refused] == [("a/m", "bad_price")]
    assert [offer.id for offer in catalog.offers] == ["a/fine"]
    decision = explain(request(0.5), catalog, state(catalog.offers))
    assert decision.chosen is not None and decision.chosen.offer.id == "a/fine"
    assert ("a/m", "bad_price") in [(row.offer, row.reason) for row in decision.rejected]


def test_a_missing_price_is_unknown_and_not_zero() -> None:
    catalog = parsed({key: value for key, value in ROW.items() if key != "input"})
    decision = explain(request(0.5), catalog, state(catalog.offers))
    assert decision.chosen is None
    assert [(row.offer, row.reason) for row in decision.rejected] == [("a/m", "unknown_price")]


@pytest.mark.parametrize("missing", ["method", "date"])
def test_a_score_without_method_or_date_is_refused_by_name(missing: str) -> None:
    bad = {key: value for key, value in SCORE.items() if key != missing}
    catalog = parsed(ROW, scores={"coding": bad})
    assert [(row.offer, row.reason) for row in catalog.refused] == [("maker/m", "bad_score")]
    decision = explain(request(0.5, on_unmet_floor="error"), catalog, state(catalog.offers))
    assert decision.chosen is None
    assert ("a/m", "unknown_score") in [(row.offer, row.reason) for row in decision.rejected]


def test_duplicates_and_rows_that_are_no_rows_are_left_out() -> None:
    catalog = parsed(ROW, ROW, "offer", {"provider": "b"})
    assert [row.reason for row in catalog.refused] == ["duplicate", "bad_row", "bad_row"]
    assert len(catalog.offers) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2, "models": []}', b"[" * 100_000, b"\xff\xfe"])
def test_a_file_that_is_no_catalogue_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ConfigurationError):
        Catalog.parse(content)


def test_the_snapshot_names_the_content() -> None:
    bundled = Catalog.bundled()
    extra = local_offers("ollama", ["qwen2.5-coder:7b"], bundled)
    more = bundled.with_offers(extra)
    assert bundled.snapshot.startswith("sha256:") and more.snapshot != bundled.snapshot
    assert bundled.with_offers(extra).snapshot == more.snapshot
    assert bundled.with_offers(()) is bundled


def test_a_users_score_is_marked_so_wherever_it_is_shown() -> None:
    unscored = next(offer.model for offer in Catalog.bundled().offers if not offer.scores and offer.effort is None)
    mine = Catalog.bundled().with_scores({unscored: {"coding": 0.8}})
    offers = [offer for offer in mine.offers if offer.model == unscored and offer.effort is None]
    assert offers and all(offer.scores["coding"].confidence == "user" for offer in offers)
    decision = explain(request(0.75, pinned=offers[0].id), mine, state(mine.offers))
    assert decision.chosen is not None and decision.chosen.score is not None
    assert decision.chosen.score.confidence == "user" and decision.unmet is None


# -- local servers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "name", "quantised"),
    [
        ("qwen2.5-coder:7b", "qwen2.5-coder:7b", False),
        ("qwen2.5-coder:7b-instruct-q4_K_M", "qwen2.5-coder:7b-instruct", True),
        ("codestral:latest", "codestral", False),
        ("/models/Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf", "qwen2.5-coder-7b-instruct", True),
        ("C:\\models\\starcoder2-3b.Q8_0.gguf", "starcoder2-3b", True),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3-coder-30b-a3b-instruct", False),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct-FP8", "qwen3-coder-30b-a3b-instruct", True),
        ("qwen2.5-coder-7b-instruct@q4_k_m", "qwen2.5-coder-7b-instruct", True),
        ("ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF", "qwen2.5-coder-1.5b", True),
    ],
)
def test_a_local_name_is_read_whatever_server_lists_it(listed: str, name: str, quantised: bool) -> None:
    assert canonical(listed) == (name, quantised)


def test_local_models_are_scored_by_exact_alias_only() -> None:
    names = ["qwen2.5-coder:7b", "qwen2.5-coder:7b-q8_0", "qwen2.5-coder:7b-my-finetune", "gpt-oss:20b"]
    exact, quant, tuned, chat = local_offers("ollama", names, Catalog.bundled())
    assert exact.scores["completion"].confidence == "measured" and exact.scores["completion"].value == 0.73
    assert quant.scores["completion"].confidence == "local-quant" and quant.scores["completion"].value == 0.73
    assert tuned.scores == {} and tuned.fim is None
    assert chat.model == "openai/gpt-oss-20b" and chat.scores["coding"].confidence == "multi"
    assert chat.scores["completion"].confidence == "estimate" and chat.fim is None
    assert all(offer.local and offer.prices.input == 0 for offer in (exact, quant, tuned, chat))


def test_a_local_model_fills_holes_in_its_servers_own_way() -> None:
    for server, dialect, raw in (
        ("ollama", "ollama", True),
        ("llamacpp", "openai-completions", True),
        ("vllm", "openai-completions", True),
    ):
        (offer,) = local_offers(server, ["Qwen2.5-Coder-7B"], Catalog.bundled())
        assert offer.fim is not None and offer.fim.dialect == dialect
        assert (offer.fim.template is not None) is raw and len(offer.fim.stop) <= 4


def test_a_good_small_local_model_passes_the_default_completion_floor() -> None:
    bundled = Catalog.bundled()
    own = local_offers("ollama", ["qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b", "llama3.2:1b"], bundled)
    asked = request(0.55, axis="completion", required=frozenset({"text", "streaming", "fim"}), on_unmet_floor="error")
    decision = explain(asked, bundled.with_offers(own), state(own))
    assert decision.chosen is not None and decision.chosen.offer.id == "ollama/qwen2.5-coder:1.5b"
    reasons = {row.offer: row.reason for row in decision.rejected}
    assert reasons["ollama/qwen2.5-coder:0.5b"] == "below_floor"
    assert reasons["ollama/llama3.2:1b"] == "capability:fim"


# -- placing new models ----------------------------------------------------------------------------------------------------


def test_the_scale_reads_published_results_as_its_table_says() -> None:
    """scores_method.md: at score 0.5 the fit predicts 66 % on Aider polyglot and 47 % on SWE-bench bash-only."""
    bundled = Catalog.bundled()
    for benchmark, result, score in (
        ("aider-polyglot", 66, 0.5),
        ("swe-bench-verified-bash-only", 47, 0.5),
        ("swe-bench-verified-bash-only", 71, 0.7),
        ("livebench-agentic-2026-01-08", 50, 0.7),
        ("bigcodebench-hard", 40, 0.6),
    ):
        row = bundled.benchmarks[benchmark]
        ability = (logit(result / 100) - row.intercept) / row.slope
        assert logistic(bundled.scale.logit_slope * ability + bundled.scale.logit_intercept) == pytest.approx(score, abs=0.02)


def test_more_results_narrow_the_score_and_fewer_are_shrunk_and_doubted() -> None:
    bundled = Catalog.bundled()
    one = place({"swe-bench-verified-bash-only": 71}, scale=bundled.scale, benchmarks=bundled.benchmarks, date="2026-11-21")
    rows = {"swe-bench-verified-bash-only": 71.0, "aider-polyglot": 90.0, "livebench-agentic-2026-01-08": 50.0}
    three = place(rows, scale=bundled.scale, benchmarks=bundled.benchmarks, date="2026-11-21")
    assert (one.confidence, three.confidence) == ("single", "multi")
    assert three.value == pytest.approx(0.69, abs=0.02)
    assert three.value - three.low < one.value - one.low
    assert three.sources == tuple(sorted(rows)) and three.method == "latent-ability-v1"


def test_elo_is_read_as_points() -> None:
    bundled = Catalog.bundled()
    arena = "lmarena-text-coding-style-control"
    scores = [
        place({arena: points}, scale=bundled.scale, benchmarks=bundled.benchmarks, date="2026-11-21").value
        for points in (1350.0, 1430.0, 1500.0)
    ]
    assert scores == sorted(scores) and 0.1 < scores[0] < scores[2] < 0.9


@pytest.mark.parametrize(
    "rows", [{}, {"no-such-benchmark": 5.0}, {"aider-polyglot": 130.0}, {"lmarena-text-coding-style-control": -3.0}]
)
def test_results_that_cannot_be_are_refused(rows: dict[str, float]) -> None:
    bundled = Catalog.bundled()
    with pytest.raises(ConfigurationError):
        place(rows, scale=bundled.scale, benchmarks=bundled.benchmarks, date="2026-11-21")

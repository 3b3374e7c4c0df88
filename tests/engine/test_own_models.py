"""A model that the user names: what they say goes first, the catalogue fills in where it knows the very name."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from coderoute_ls.app.own_models import file_offer, offered, own_offer, unmatched_scores
from coderoute_ls.domain import FimSupport
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.local_model.gguf_header import GgufHeader
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.selection import Catalog
from coderoute_ls.settings import OwnModel, Settings
from coderoute_ls.settings.all_settings import Models, ModelScores

PSM = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"
HOLE = FimSupport("openai-completions", PSM)


def own(**said: Any) -> OwnModel:
    return OwnModel(**said)


def test_a_model_nobody_knows_has_only_what_the_user_says() -> None:
    model = own(id="own-model", coding=0.6, input=1.5, output=3, cached=0.1, context=8_000, max_output=2_000)
    offer = own_offer("mine", model, "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.id == "mine/own-model"
    assert (offer.scores["coding"].value, offer.scores["coding"].confidence) == (0.6, "user")
    assert "completion" not in offer.scores
    assert offer.prices.input == Decimal("1.5") and offer.prices.cached_read == Decimal("0.1")
    assert (offer.context, offer.max_output, offer.fim, offer.privacy) == (8_000, 2_000, None, ())


def test_a_model_calls_tools_where_the_user_says_so() -> None:
    for said in (None, True, False):
        offer = own_offer("mine", own(id="own-model", tools=said), "openai-chat", local=False, catalog=Catalog.bundled())
        assert {offer.capabilities.get(name) for name in ("tools", "parallel_tools")} == {said}


def test_a_known_name_brings_its_score_and_template_unless_the_user_says_otherwise() -> None:
    catalog = Catalog.bundled()
    plain = own_offer("vllm", own(id="qwen2.5-coder:7b"), "openai-chat", local=True, catalog=catalog)
    assert plain.scores["completion"].value == 0.73
    assert plain.fim is not None and plain.fim.template is not None
    assert plain.prices.input == 0, "a local server costs nothing"
    said = own(id="qwen2.5-coder:7b", completion=0.4, fim="mistral-fim")
    mine = own_offer("vllm", said, "openai-chat", local=True, catalog=catalog)
    assert mine.scores["completion"].value == 0.4
    assert mine.fim is not None and mine.fim.dialect == "mistral-fim"


def test_a_completion_score_of_the_users_lets_a_model_that_only_chats_fill_holes() -> None:
    catalog, chats = Catalog.bundled(), GgufHeader(4_096, chats=True)
    for said, fills in ((own(id="own-model"), None), (own(id="own-model", completion=0.6), True)):
        plain = own_offer("mine", said, "openai-chat", local=True, catalog=catalog)
        file = file_offer("local", Path("/m/own-model.gguf"), said, catalog, context=8_192, header=chats)
        assert [(offer.capabilities.get("fim"), offer.fim) for offer in (plain, file)] == [(fills, None)] * 2


def test_a_base_model_without_marks_for_holes_goes_on_behind_the_cursor_and_converses_with_nobody() -> None:
    base, chats = GgufHeader(4_096), GgufHeader(4_096, chats=True)
    marks = FimSupport("openai-completions", PSM)
    offers = [
        file_offer("local", Path("/m/own-model.gguf"), None, Catalog.bundled(), context=8_192, header=header)
        for header in (base, replace(base, fim=marks), chats)
    ]
    assert [(offer.fim and offer.fim.template, offer.capabilities["text"]) for offer in offers] == [
        ("{prefix}", False), (PSM, False), (None, True),
    ]  # fmt: skip


def test_a_price_left_out_is_unknown_and_never_zero() -> None:
    offer = own_offer("mine", own(id="x", input=1), "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.prices.output is None


def test_a_template_is_sent_as_raw_tokens() -> None:
    model = own(id="x", fim="<P>{prefix}<S>{suffix}<M>")
    offer = own_offer("mine", model, "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.fim is not None
    assert (offer.fim.dialect, offer.fim.template) == ("openai-completions", "<P>{prefix}<S>{suffix}<M>")


def test_a_model_file_goes_by_its_name_and_costs_nothing() -> None:
    path = Path("/models/Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf")
    offer = file_offer("local", path, None, Catalog.bundled(), context=16_384, header=None)
    assert offer.id == "local/Qwen2.5-Coder-7B-Instruct-Q4_K_M"
    assert offer.scores["completion"].confidence == "local-quant", "a score of the data, for another build"
    assert offer.fim is not None and (offer.fim.dialect, offer.fim.template) == ("openai-completions", PSM)
    assert (offer.local, offer.prices.input, offer.prices.output, offer.context) == (True, 0, 0, 16_384)


def test_a_model_file_that_nobody_knows_has_no_score_and_fills_holes_if_it_can() -> None:
    plain = file_offer("local", Path("/m/own.gguf"), None, Catalog.bundled(), context=8_192, header=GgufHeader(4_096))
    assert (plain.scores, plain.context) == ({}, 4_096)
    assert not plain.capabilities["text"], "without a chat template there is no conversation"
    said = own(id="own", completion=0.6)
    able = file_offer(
        "local", Path("/m/own.gguf"), said, Catalog.bundled(), context=8_192, header=GgufHeader(32_768, chats=True, fim=HOLE)
    )
    assert able.capabilities["fim"] and able.capabilities["text"] and able.fim == HOLE
    assert able.scores["completion"].value == 0.6


def test_a_score_is_missed_by_its_model_only_where_one_knows_what_is_served() -> None:
    rows = ("ollama/here", "ollama/gone", "lmstudio/any", "openai/no-such-model")
    settings = Settings(models=Models(scores={row: ModelScores(coding=0.5) for row in rows}))
    vendors = configured({}, {})
    ollama = LocalServer("ollama", "http://127.0.0.1:11434", ("here",))
    for servers, missed in (([ollama], ["ollama/gone", "openai/no-such-model"]), ([], ["openai/no-such-model"])):
        catalog = offered(Catalog.bundled(), settings, vendors, servers)
        assert unmatched_scores(catalog, settings, vendors, [server.provider for server in servers]) == missed

"""A model that the user names: what they say goes first, the catalogue fills in where it knows the very name."""

from decimal import Decimal

from coderoute_ls.engine.own_models import own_offer
from coderoute_ls.selection import Catalog
from coderoute_ls.settings import OwnModel


def own(**said: object) -> OwnModel:
    return OwnModel.model_validate(said)


def test_a_model_nobody_knows_has_only_what_the_user_says() -> None:
    model = own(id="house-model", coding=0.6, input=1.5, output=3, cached=0.1, context=8_000, max_output=2_000)
    offer = own_offer("mine", model, "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.id == "mine/house-model"
    assert (offer.scores["coding"].value, offer.scores["coding"].confidence) == (0.6, "user")
    assert "completion" not in offer.scores
    assert offer.prices.input == Decimal("1.5") and offer.prices.cached_read == Decimal("0.1")
    assert (offer.context, offer.max_output, offer.fim, offer.privacy) == (8_000, 2_000, None, ())


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


def test_a_price_left_out_is_unknown_and_never_zero() -> None:
    offer = own_offer("mine", own(id="x", input=1), "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.prices.output is None


def test_a_template_is_sent_as_raw_tokens() -> None:
    model = own(id="x", fim="<P>{prefix}<S>{suffix}<M>")
    offer = own_offer("mine", model, "openai-chat", local=False, catalog=Catalog.bundled())
    assert offer.fim is not None
    assert (offer.fim.dialect, offer.fim.template) == ("openai-completions", "<P>{prefix}<S>{suffix}<M>")

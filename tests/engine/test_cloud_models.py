"""A model that a cloud serves is the maker's model: its scores hold there, its price does not."""

import pytest

from coderoute_ls.app.cloud_models import maker_name
from coderoute_ls.app.own_models import offered
from coderoute_ls.domain import Offer
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.selection import Catalog
from coderoute_ls.settings import OwnModel, ProviderSettings, Settings

CLOUDS = {"AWS_REGION": "eu-west-1", "GOOGLE_CLOUD_PROJECT": "mine", "GOOGLE_CLOUD_LOCATION": "global"}


def served(vendor: str, **said: object) -> Offer:
    settings = Settings(providers={vendor: ProviderSettings(models=(OwnModel(**said),))})  # pyright: ignore[reportArgumentType]
    catalog = offered(Catalog.bundled(), settings, configured(settings.providers, CLOUDS), ())
    return next(offer for offer in catalog.offers if offer.provider == vendor)


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("global.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("gemini-2.5-flash", "gemini-2.5-flash"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("deepseek-ai/deepseek-v3.1-maas", "deepseek-v3.1"),
        ("my-team.model", "my-team.model"),
    ],
)
def test_the_makers_name_is_found_in_a_clouds(listed: str, name: str) -> None:
    assert maker_name(listed) == name


def test_a_known_model_brings_its_scores_and_no_price() -> None:
    offer = served("bedrock", id="us.anthropic.claude-haiku-4-5-20251001-v1:0", input=1.0, output=5.0)
    maker = next(one for one in Catalog.bundled().offers if one.id == "anthropic/claude-haiku-4-5")
    assert (offer.dialect, offer.model, offer.scores["coding"]) == ("bedrock-converse", maker.model, maker.scores["coding"])
    assert (offer.context, str(offer.prices.input), offer.privacy, offer.local) == (maker.context, "1.0", (), False)
    assert served("bedrock", id="us.anthropic.claude-haiku-4-5-20251001-v1:0").prices.input is None


def test_a_cloud_only_chats() -> None:
    open_weights = served("bedrock", id="qwen.qwen3-coder-30b-a3b-instruct-v1:0")
    assert (open_weights.fim, open_weights.capabilities["fim"]) == (None, False)
    assert "completion" not in open_weights.scores


def test_a_name_that_nobody_knows_has_only_what_the_user_says() -> None:
    assert served("bedrock", id="us.anthropic.claude-unheard-of-v1:0").scores == {}
    assert served("vertex", id="gemini-2.5-flash", coding=0.4).scores["coding"].confidence == "user"


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        ("gemini-2.5-flash", "gemini"),
        ("claude-sonnet-4-6", "vertex-anthropic"),
        ("claude-sonnet-4-5@20250929", "vertex-anthropic"),
        ("meta/llama-4-maverick-17b-128e-instruct-maas", "openai-chat"),
    ],
)
def test_vertex_speaks_each_makers_own_dialect(model: str, dialect: str) -> None:
    assert served("vertex", id=model).dialect == dialect


def test_an_own_endpoint_that_calls_its_model_like_anothers_proves_nothing() -> None:
    settings = Settings(
        providers={
            "mine": ProviderSettings(
                dialect="openai-chat", base_url="https://h.example/v1", models=(OwnModel(id="claude-haiku-4-5"),)
            )
        }
    )
    catalog = offered(Catalog.bundled(), settings, configured(settings.providers, {}), ())
    assert next(offer for offer in catalog.offers if offer.provider == "mine").scores == {}

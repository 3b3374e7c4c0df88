"""Offers that go over the wire to those who joined mean the same there, and a list that is not one does no harm."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import FimSupport, Offer, OfferHealth, Prices, PriceTier, ProviderState
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.decision.eligibility import matching
from coderoute_ls.selection.offer_list import MOST_OFFERS, TeamOffers, offer_list, offers_in
from tests.engine.support import CHEAP, DEAR

OFFERS = Catalog.bundled().offers
globs = st.sampled_from(["openai/*", "openrouter/*", "*@high", "*gpt*", "deepseek/*", "*/*", "mistral*", "anthropic/claude*"])


def sent(*offers: Offer, providers: Any = (), health: Any = ()) -> Any:
    """As it comes out of a body."""
    return json.loads(json.dumps(offer_list(offers, dict(providers), dict(health))))


def told(*offers: Offer, providers: Any = (), health: Any = ()) -> TeamOffers:
    return offers_in(sent(*offers, providers=providers, health=health))


def test_all_offers_of_the_catalogue_arrive_with_their_prices_and_scores() -> None:
    read = told(*OFFERS)
    assert read.refused == 0
    for one, other in zip(OFFERS, read.offers, strict=True):
        assert (other.id, other.wire_id, other.provider) == (f"{TEAM}/{one.id}", one.id, TEAM)
        kept = ("model", "name", "effort", "capabilities", "context", "max_output", "prices", "scores", "privacy", "speed")
        assert [getattr(other, name) for name in kept] == [getattr(one, name) for name in kept]
        assert (other.fim is None) == (one.fim is None)


@given(st.sampled_from(OFFERS), globs)
def test_a_glob_means_the_same_at_both_ends(one: Offer, glob: str) -> None:
    (other,) = told(one).offers
    assert bool(matching(one, (glob,))) == bool(matching(other, (glob,)))
    assert matching(other, ("team/*",))


def test_prices_are_what_the_gateways_account_pays() -> None:
    tier = PriceTier(1000, Decimal(4), Decimal(6))
    one = replace(CHEAP, prices=replace(CHEAP.prices, tiers=(tier,), request=Decimal("0.01")))
    (other,) = told(one, providers={"cheap": ProviderState(reachable=True, fee=1.05)}).offers
    assert other.prices.input == Decimal("1.05")
    assert other.prices.request == Decimal("0.0105")
    assert other.prices.tiers[0].output == Decimal("6.30")


def test_health_says_how_fast_it_is_and_until_when_to_leave_it_alone() -> None:
    health = {"cheap/m": OfferHealth(first_token_s=0.314, tokens_per_s=99.999, open_until=2_000_000_000.4, streak=3)}
    read = told(CHEAP, DEAR, health=health)
    cheap, dear = read.offers
    assert cheap.speed is not None and (cheap.speed.first_token_s, cheap.speed.tokens_per_s) == (0.31, 100.0)
    assert dear.speed is None
    assert read.health == {"team/cheap/m": OfferHealth(open_until=2_000_000_000.0, streak=3)}


def test_a_machine_of_the_teams_is_not_the_users_own() -> None:
    near = replace(CHEAP, local=True, prices=Prices(Decimal(0), Decimal(0), source="declared"), fim=FimSupport("ollama"))
    (other,) = told(near).offers
    assert not other.local
    assert other.fim == FimSupport("openai-completions")


NO_LISTS: list[object] = [
    *(None, [], "a page of a hotel's network", {}, 7, {"format": 2, "offers": []}, {"format": 1}),
    *({"format": 1, "offers": {}}, {"format": 1, "offers": [dict[str, object]()] * (MOST_OFFERS + 1)}),
]


@pytest.mark.parametrize("document", NO_LISTS)
def test_what_is_no_list_is_refused_in_words(document: object) -> None:
    with pytest.raises(ConfigurationError, match="team's gateway sent"):
        offers_in(document)


@pytest.mark.parametrize(
    "change",
    [
        {"prices": {"input": "-1", "output": "1"}},
        {"prices": {"input": "NaN", "output": "1"}},
        {"prices": {"input": "1e30", "output": "1"}},
        {"prices": {"input": "1", "output": "1", "request": "-0.01"}},
        {"id": "cheap/m\u202e"},
        {"id": ""},
        {"id": "x" * 400},
        {"name": "A\nB"},
        {"provider": TEAM},
        {"context": "much"},
        {"scores": {"coding": {"value": "high"}}},
        {"scores": {"taste": {"value": 1, "low": 1, "high": 1, "confidence": "multi"}}},
    ],
)
def test_a_row_that_cannot_be_true_is_left_out_alone(change: Any) -> None:
    document = sent(CHEAP, DEAR)
    document["offers"][0]["offer"] |= change
    read = offers_in(document)
    assert [offer.id for offer in read.offers] == ["team/dear/m"]
    assert read.refused == 1


@pytest.mark.parametrize("health", [7, [], {"open_until": "soon"}, {"open_until": -5}, {"first_token_s": 1e99}, {"streak": {}}])
def test_health_that_cannot_be_true_says_nothing(health: object) -> None:
    document = sent(CHEAP)
    document["offers"][0]["health"] = health
    read = offers_in(document)
    assert (len(read.offers), dict(read.health), read.offers[0].speed) == (1, {}, None)


def test_of_a_name_that_comes_twice_the_first_counts() -> None:
    read = told(CHEAP, replace(CHEAP, name="Another"))
    assert ([offer.name for offer in read.offers], read.refused) == (["Cheap"], 1)

"""Offers that go over the wire to those who joined mean the same there, and a list that is not one does no harm."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.app.measurement.measured_models import Measured
from coderoute_ls.domain import Axis, FimSupport, Offer, OfferHealth, Prices, PriceTier, ProviderState, Score, State
from coderoute_ls.domain.vendor import TEAM
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection import Catalog, Floor, Request, select
from coderoute_ls.selection.believable_offer import MOST_STEPS, ROUNDED
from coderoute_ls.selection.decision.eligibility import matching
from coderoute_ls.selection.next_edit_models import next_edit_score
from coderoute_ls.selection.offer_list import MOST_OFFERS, TeamOffers, offer_list, offers_in
from tests.engine.support import CHEAP, DEAR

NOW = 1_795_262_400.0
NAMES = [
    *(
        "input",
        "output",
        "cached_read",
        "request",
        "tiers",
        "windows",
        "above_input",
        "from_date",
        "risen",
        "free_tier",
        "coding",
    ),
    *("value", "low", "high", "first_token_s", "tokens_per_s", "text", "source"),
]
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


@given(st.integers(1, 300), st.data())
def test_what_a_team_measured_or_says_of_its_own_models_is_believed(lines: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, lines) | st.sampled_from([0, lines]))
    own = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    scores: dict[Axis, Score] = {
        "completion": Measured(lines, right, 0, "2026-11-21").score,
        "coding": Score(own, own, own, "user", "user", ""),
    }
    if (estimate := next_edit_score("acme/model", scores["coding"])) is not None:
        scores["next_edit"] = estimate
    (read,) = told(replace(CHEAP, scores=scores)).offers
    assert read.scores == scores


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
        {"prices": {"input": "1e-30", "output": "1"}},  # as good as nothing, and not called free
        {"prices": {"input": "1", "output": "1", "request": "-0.01"}},
        {"prices": {"input": "1", "output": "1", "tiers": [{"above_input": 1, "input": "0", "output": "0"}]}},
        {"prices": {"input": "1", "output": "1", "tiers": [{"above_input": 0, "input": "2", "output": "2"}]}},
        {"prices": {"input": "1", "output": "1", "tiers": [{"above_input": n + 1} for n in range(MOST_STEPS + 1)]}},
        {"prices": {"input": "1", "output": "1", "windows": [{"from_date": "2020-01-01", "output": "0.05"}]}},
        {"prices": {"input": "1", "output": "1", "risen": {"taste": "3"}}},
        {"prices": {"input": "1", "output": "1", "source": "a\u202eb"}},
        {"id": "cheap/m\u202e"},
        {"id": "cheap/\ud800"},
        {"id": ""},
        {"id": "x" * 400},
        {"name": "A\nB"},
        {"effort": "high\x1b[31m"},
        {"expires": "2026-12-25\x1b]0;x\x07"},
        {"capabilities": {"\u2066text": True}},
        {"provider": TEAM},
        {"context": "much"},
        {"context": -1},
        {"max_output": 0},
        {"verbosity": -5},
        {"verbosity": 1e-300},
        {"speed": {"first_token_s": -5}},
        {"speed": {"tokens_per_s": 0}},
        {"speed": {"tokens_per_s": 1e-320}},
        {"scores": {"coding": {"value": "high"}}},
        {"scores": {"coding": {"value": 5, "low": 5, "high": 5, "confidence": "multi"}}},
        {"scores": {"coding": {"value": 0.3, "low": 0.9, "high": 0.95, "confidence": "multi"}}},
        {"scores": {"coding": {"value": 0.9, "low": -1, "high": 0.9, "confidence": "multi"}}},
        {"scores": {"coding": {"value": 0.9, "low": 0.9, "high": 0.9, "confidence": "multi", "method": "\x1b[2J"}}},
        {"scores": {"taste": {"value": 1, "low": 1, "high": 1, "confidence": "multi"}}},
    ],
)
def test_a_row_that_cannot_be_true_is_left_out_alone(change: Any) -> None:
    document = sent(CHEAP, DEAR)
    document["offers"][0]["offer"] |= change
    read = offers_in(document)
    assert [offer.id for offer in read.offers] == ["team/dear/m"]
    assert read.refused == 1


@pytest.mark.parametrize(
    "health",
    [7, [], {"tokens_per_s": 1e-320}, {"open_until": "soon"}, {"open_until": -5}, {"first_token_s": 1e99}, {"streak": {}}],
)
def test_health_that_cannot_be_true_says_nothing(health: object) -> None:
    document = sent(CHEAP)
    document["offers"][0]["health"] = health
    read = offers_in(document)
    assert (len(read.offers), dict(read.health), read.offers[0].speed) == (1, {}, None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_whatever_stands_beside_what_is_known_changes_nothing(more: object) -> None:
    document = sent(CHEAP)
    document["offers"][0]["offer"]["more"] = document["offers"][0]["more"] = document["more"] = more
    assert offers_in(document) == told(CHEAP)


parts = st.sampled_from(["prices", "scores", "speed", "verbosity", "context", "max_output", "capabilities", "privacy", "effort"])
numbers = st.floats() | st.integers() | st.sampled_from([0, -1, 1e-300, 1e300, 10**400, "0", "-0", "1e-9", "NaN", True])
said = st.recursive(numbers, lambda each: st.dictionaries(st.sampled_from(NAMES), each, max_size=4) | st.lists(each, max_size=2))


@given(parts, said)
def test_what_is_believed_costs_what_it_says_and_scores_what_a_score_can(part: str, value: object) -> None:
    """Whatever stands in one part of a dearer offer, it is chosen by nothing but a price that it asks for."""
    document = sent(CHEAP, DEAR)
    document["offers"][1]["offer"][part] = value
    read = offers_in(document)
    for offer in read.offers:
        assert all(-ROUNDED <= score.low <= score.value + ROUNDED <= 1 + 2 * ROUNDED for score in offer.scores.values())
        assert offer.privacy == () and not offer.local
    asked = Request("refactor", "coding", Floor(0.5), chars=8_000, max_tokens=2_000, median_output=300)
    chosen = select(
        asked, Catalog("2026-11-21", "sha256:test", read.offers), State(NOW, {TEAM: ProviderState(reachable=True)})
    ).chosen
    assert chosen is not None
    assert chosen.cost.expected_usd > 0
    assert part == "prices" or chosen.offer.wire_id == CHEAP.id


@pytest.mark.parametrize("promise", ["local_only", "any"])
def test_no_gateway_promises_that_nothing_leaves_this_machine(promise: str) -> None:
    document = sent(CHEAP)
    document["offers"][0]["offer"]["privacy"] = [promise, "zdr"]
    (offer,) = offers_in(document).offers
    assert offer.privacy == ("zdr",)
    claims = Catalog("2026-11-21", "sha256:test", (replace(offer, privacy=(promise,)),))
    asked = Request("refactor", "coding", Floor(0.5), chars=400, privacy="local_only")
    assert select(asked, claims, State(NOW, {TEAM: ProviderState(reachable=True)})).chosen is None


def test_a_list_of_which_nothing_is_believed_is_none() -> None:
    document = sent(CHEAP, DEAR)
    for row in document["offers"]:
        row["offer"]["verbosity"] = -1
    with pytest.raises(ConfigurationError, match="no offer that can be believed \\(of 2\\)"):
        offers_in(document)
    assert told() == TeamOffers()


def test_of_a_name_that_comes_twice_the_first_counts() -> None:
    read = told(CHEAP, replace(CHEAP, name="Another"))
    assert ([offer.name for offer in read.offers], read.refused) == (["Cheap"], 1)

"""The promises of the choice, over random catalogues, against a naive reading of the rules."""

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Offer, OfferHealth, Prices, ProviderState, Request, Score, Speed, State
from coderoute_ls.selection import explain, select, without_models
from tests.selection.build import NOW, catalog, offer, request, score, state

PRICES = st.sampled_from([None, "-1", "NaN", "0", "0.05", "0.1", "0.3", "1", "1.05", "2.5", "10", "75"])
SCORES = st.one_of(st.none(), st.sampled_from([0.1, 0.3, 0.5, 0.505, 0.6, 0.65, 0.7, 0.9, 0.95]))
FLOORS = st.sampled_from([0.0, 0.2, 0.5, 0.6, 0.65, 0.66, 0.7, 0.9, 0.94, 1.0])


@st.composite
def catalogues(draw: st.DrawFn) -> list[Offer]:
    """Up to twelve offers at three vendors; some unpriced, unscored, narrow, retired or of a hostile price."""
    count = draw(st.integers(0, 12))
    return [
        offer(
            f"v{draw(st.integers(0, 2))}/m{n}",
            draw(SCORES),
            draw(PRICES),
            draw(PRICES),
            context=draw(st.sampled_from([None, 2_000, 8_000, 200_000])),
            max_output=draw(st.sampled_from([None, 1_000, 64_000])),
            deprecated=draw(st.booleans()) and draw(st.booleans()),
            capabilities=draw(st.sampled_from([{}, {"reasoning": True}, {"streaming": False}])),
        )
        for n in range(count)
    ]


REQUESTS = st.builds(
    request,
    FLOORS,
    chars=st.sampled_from([0, 100, 8_000, 200_000]),
    median_output=st.sampled_from([20, 800]),
    max_tokens=st.sampled_from([500, 4_000]),
    required=st.sampled_from([frozenset[str](), frozenset({"text", "streaming"})]),
    max_cost_usd=st.sampled_from([None, 0.05, 0.5]),
)
HEALTH = st.sampled_from([
    OfferHealth(),
    OfferHealth(successes=40, failures=1, updated=NOW, first_token_s=0.5),
    OfferHealth(failures=9, updated=NOW),
    OfferHealth(open_until=NOW + 9, trips=1, streak=3, failed=NOW - 1, updated=NOW),
    OfferHealth(limited_until=NOW + 9),
    OfferHealth(kappa=1.4, verbosity=9.0),
    OfferHealth(max_input=500, max_input_until=NOW + 60),
])  # fmt: skip


@st.composite
def situations(draw: st.DrawFn) -> tuple[Request, list[Offer], State]:
    offers = draw(catalogues())
    names = [item.id for item in offers]
    health = draw(st.dictionaries(st.sampled_from(names), HEALTH)) if names else {}
    warm = draw(st.dictionaries(st.sampled_from(names), st.sampled_from([NOW - 10, NOW - 400]))) if names else {}
    asked = replace(draw(REQUESTS), cacheable_chars=draw(st.sampled_from([0, 6_000])))
    return asked, offers, state(offers, health=health, warm=warm, seed=draw(st.integers(0, 3)))


# -- a naive oracle: the rules as they are written, one offer at a time, in exact decimals ------------------------------------


def plain(value: Decimal | None) -> Decimal | None:
    """A usable price."""
    return value if value is not None and value.is_finite() and value >= 0 else None


def oracle_tokens(asked: Request) -> int:
    """Python text, a family factor of 1.10, four tokens a message."""
    return math.ceil(asked.chars * Decimal("1.1") / Decimal("4.47")) + 4 * asked.messages


def oracle_cost(item: Offer, asked: Request) -> tuple[Decimal, Decimal] | None:
    """Expected and most USD with nothing cached, or None when a price is unknown."""
    price_in, price_out = plain(item.prices.input), plain(item.prices.output)
    if price_in is None or price_out is None:
        return None
    size = oracle_tokens(asked)
    talk = 4 if item.capabilities.get("reasoning") else 1
    expected = price_in * size + price_out * min(asked.max_tokens, asked.median_output * talk)
    most = price_in * size * Decimal("1.35") + price_out * asked.max_tokens
    return expected / 1_000_000, most / 1_000_000


def oracle_tries(item: Offer, asked: Request) -> Decimal:
    """How often the offer would have to be asked until its answer fits below the limit."""
    talk = 4 if item.capabilities.get("reasoning") else 1
    return tries(Decimal(asked.median_output * talk) / asked.max_tokens)


def tries(share: Decimal) -> Decimal:
    """The same, of an answer that is expected to take this share of the limit."""
    return 2 * share ** Decimal("1.5") if share > Decimal("0.63") else Decimal(1)


def oracle_eligible(item: Offer, asked: Request) -> bool:
    size = oracle_tokens(asked)
    cost = oracle_cost(item, asked)
    score = item.scores.get("coding")
    return (
        not ("streaming" in asked.required and item.capabilities.get("streaming") is False)
        and (item.context is None or size * Decimal("1.05") + 64 + asked.max_tokens <= item.context)
        and (item.max_output is None or asked.max_tokens <= item.max_output)
        and score is not None
        and score.low >= asked.floor.value
        and cost is not None
        and (asked.max_cost_usd is None or cost[1] <= Decimal(str(asked.max_cost_usd)))
        and not item.deprecated
    )


@given(catalogues(), REQUESTS)
@settings(max_examples=70, deadline=None)
def test_the_choice_is_the_oracles_and_lies_on_the_frontier(offers: list[Offer], asked: Request) -> None:
    """Equal health, nothing warm, no spread, a tie band of 0."""
    decision = explain(asked, catalog(*offers), state(offers), tie_band=0.0)
    eligible = {item.id: item for item in offers if oracle_eligible(item, asked)}
    if not eligible:
        assert decision.frontier == () and (decision.unmet is not None or decision.chosen is None)
        return
    assert decision.unmet is None and decision.chosen is not None
    cost = {name: counted[0] for name, item in eligible.items() if (counted := oracle_cost(item, asked)) is not None}
    times = {name: oracle_tries(item, asked) for name, item in eligible.items()}
    chosen = decision.chosen.offer.id
    assert chosen in eligible
    assert abs(Decimal(decision.chosen.cost.expected_usd) - cost[chosen]) <= Decimal("1e-12") + cost[chosen] * Decimal("1e-9")
    cheapest = min(cost[name] * times[name] for name in cost)
    assert cost[chosen] * times[chosen] <= cheapest + Decimal("1e-9") + cheapest * Decimal("1e-9")
    assert decision.frontier[0].offer == chosen or max(times.values()) > 1
    assert all(a.expected_usd < b.expected_usd and a.score < b.score for a, b in pairwise(decision.frontier))


@given(situations())
@settings(max_examples=70, deadline=None)
def test_the_chosen_and_every_fallback_clear_the_floor_unless_it_is_unmet(case: tuple[Request, list[Offer], State]) -> None:
    asked, offers, world = case
    decision = explain(asked, catalog(*offers), world)
    if decision.chosen is None:
        assert decision.chain == () and decision.unmet is not None
        return
    costs = [hop.cost.expected_usd for hop in decision.chain]
    # behind what is free stands a paid chain, measured by its cheapest offer
    base = decision.chosen.cost.expected_usd or min((cost for cost in costs if cost > 0), default=0.0)
    refused = {row.offer for row in decision.rejected if row.reason not in {"below_floor", "unknown_score", "circuit_open"}}
    for hop in decision.chain:
        assert hop.offer.id not in refused
        assert hop.cost.expected_usd <= 5 * base + 1e-12
        if asked.max_cost_usd is not None:
            assert hop.cost.max_usd <= asked.max_cost_usd
        if decision.unmet is None:
            assert hop.score is not None and hop.score.low >= asked.floor.value


@given(situations())
@settings(max_examples=70, deadline=None)
def test_a_deviation_costs_at_most_a_tenth(case: tuple[Request, list[Offer], State]) -> None:
    asked, offers, world = case
    decision = explain(asked, catalog(*offers), world)
    if decision.chosen is not None and decision.unmet is None and decision.frontier:
        items = {item.id: item for item in offers}
        least = min(point.expected_usd * foreseen_tries(items[point.offer], asked, world) for point in decision.frontier)
        counted = decision.chosen.cost.expected_usd * foreseen_tries(decision.chosen.offer, asked, world)
        assert counted <= max(1.1 * least, least + 1e-6) + 1e-12


def foreseen_tries(item: Offer, asked: Request, world: State) -> float:
    """As `tries`, of the answer that this offer would give if nothing bounded it, told by what was experienced."""
    roomy = replace(item, context=None, max_output=None)
    unbounded = replace(asked, max_tokens=1_000_000, max_cost_usd=None)
    alone = select(unbounded, catalog(roomy), world).chosen
    assert alone is not None
    return float(tries(Decimal(alone.cost.tokens_out) / asked.max_tokens))


@given(catalogues(), REQUESTS, FLOORS)
@settings(max_examples=70, deadline=None)
def test_the_bill_never_falls_when_the_floor_rises_where_nothing_speaks_against_any_offer(
    offers: list[Offer], asked: Request, other: float
) -> None:
    low, high = sorted((asked.floor.value, other))
    costs: list[float] = []
    for floor in (low, high):
        decision = select(replace(asked, floor=replace(asked.floor, value=floor)), catalog(*offers), state(offers), tie_band=0.0)
        if decision.chosen is None or decision.unmet is not None:
            return
        costs.append(decision.chosen.cost.expected_usd * float(oracle_tries(decision.chosen.offer, asked)))
    assert costs[0] <= costs[1] * (1 + 1e-9)


# -- what speaks against an offer: the bill may fall when the floor rises, and never without a reason that is told ---------------


@st.composite
def faulty_catalogues(draw: st.DrawFn) -> list[Offer]:
    """Up to eight offers that are slow, estimated, previews, or any two of these."""
    return [
        replace(
            offer(f"v{n}/m", _maybe_estimated(draw), draw(st.integers(1, 40)), 1),
            preview=draw(st.booleans()),
            speed=Speed(1.0, draw(st.sampled_from([None, 2.0, 29.0, 31.0, 90.0])), 1000.0),
        )
        for n in range(draw(st.integers(1, 8)))
    ]


def _maybe_estimated(draw: st.DrawFn) -> Score:
    value = draw(st.sampled_from([0.55, 0.62, 0.7, 0.8, 0.9]))
    if draw(st.booleans()):
        return score(value)
    return replace(score(value, confidence="estimate"), low=value - 0.05, high=value + draw(st.sampled_from([0.01, 0.05])))


def oracle_factor(item: Offer) -> float:
    """How many times its price an offer counts, by the rules as they are written."""
    rated, speed = item.scores["coding"], item.speed
    factor = 1.3 if item.preview else 1.0
    if speed is not None and (wait := speed.first_answer_s or 0.0) > 30:
        factor *= 10 if wait > 60 else 5
    if rated.confidence == "estimate":
        factor *= 3
    return factor


@given(faulty_catalogues(), st.lists(st.sampled_from([0.3, 0.5, 0.56, 0.6, 0.65, 0.7, 0.75, 0.84]), min_size=2, max_size=4))
@settings(max_examples=70, deadline=None)
def test_the_bill_falls_with_a_rising_floor_only_for_a_reason_that_is_told(offers: list[Offer], floors: list[float]) -> None:
    before: tuple[float, float, float] | None = None
    for floor in sorted(floors):
        decision = select(request(floor), catalog(*offers), state(offers), tie_band=0.0)
        if decision.chosen is None or decision.unmet is not None:
            return
        bill, factor = decision.chosen.cost.expected_usd, oracle_factor(decision.chosen.offer)
        eligible = [select(request(floor), catalog(one), state([one])).chosen for one in offers]
        counted = [c.cost.expected_usd * oracle_factor(c.offer) for c in eligible if c and c.score and c.score.low >= floor]
        assert math.isclose(bill * factor, min(counted), rel_tol=1e-9), "the lowest that any of them counts"
        if before is not None:
            assert before[0] <= bill * factor * (1 + 1e-9), "what it counts never falls"
            if bill < before[1] * (1 - 1e-9):
                assert factor > before[2] and "; it " in decision.chosen.why
        before = bill * factor, bill, factor


@given(situations(), st.randoms(use_true_random=False))
@settings(max_examples=70, deadline=None)
def test_the_order_of_the_catalogue_does_not_matter(case: tuple[Request, list[Offer], State], random: Random) -> None:
    asked, offers, world = case
    shuffled = list(offers)
    random.shuffle(shuffled)
    one, other = (explain(asked, catalog(*order), world) for order in (offers, shuffled))
    assert replace(one, considered=()) == replace(other, considered=())


@given(catalogues(), REQUESTS)
@settings(max_examples=70, deadline=None)
def test_a_dominated_offer_changes_nothing(offers: list[Offer], asked: Request) -> None:
    before = select(asked, catalog(*offers), state(offers), tie_band=0.0)
    if before.chosen is None or before.unmet is not None or before.chosen.score is None:
        return
    best = before.chosen.offer
    worse_score = before.chosen.score.low - 0.01
    prices = Prices((best.prices.input or Decimal(0)) + 1, (best.prices.output or Decimal(0)) + 1)
    worse = replace(offer("zz/worse", max(worse_score, 0.0), prices=prices), capabilities=best.capabilities)
    after = select(asked, catalog(*offers, worse), state([*offers, worse]), tie_band=0.0)
    assert after.chosen is not None and after.chosen.offer.id == best.id
    assert after.chosen.cost == before.chosen.cost


@given(situations())
@settings(max_examples=70, deadline=None)
def test_no_input_makes_it_crash_and_every_offer_is_chosen_considered_or_named(case: tuple[Request, list[Offer], State]) -> None:
    asked, offers, world = case
    decision = explain(asked, catalog(*offers), world)
    within = {item.id for item in decision.considered}
    named = {row.offer for row in decision.rejected}
    assert {item.id for item in offers} <= within | named
    for hop in decision.chain:
        assert hop.offer.prices.input is not None and hop.offer.prices.input >= 0


UNREACHED = st.builds(
    request,
    FLOORS,
    axis=st.sampled_from(["coding", "completion"]),
    embedded_score=st.sampled_from([None, 0.3, 0.8, 0.97]),
    embedded_alone=st.booleans(),
    embedded_available=st.booleans(),
    on_unmet_floor=st.sampled_from(["best_available", "error"]),
)


@given(catalogues().filter(bool), UNREACHED)
def test_without_any_vendor_in_reach_the_catalogue_has_no_say(offers: list[Offer], asked: Request) -> None:
    offers = [replace(one, deprecated=False) for one in offers]
    nowhere = state(providers=dict.fromkeys(("v0", "v1", "v2"), ProviderState()))
    whole, short = select(asked, catalog(*offers), nowhere), without_models(asked, nowhere)
    assert short == replace(whole, snapshot="")

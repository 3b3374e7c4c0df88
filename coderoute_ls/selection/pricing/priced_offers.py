"""Offers as columns of numbers: what a call costs at each of them, expected and at most, in one sweep.

The hour's prices, the vendor's platform fee and the prompt-size tiers are applied here. Arrays have one entry per offer, in
the order of `PricedOffers.offers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coderoute_ls.domain import Cost, Offer, OfferHealth, ProviderState, Request, State, Usage
from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.health.offer_health import known_input, usual_output
from coderoute_ls.selection.pricing import token_estimate
from coderoute_ls.selection.pricing.estimate import Estimate
from coderoute_ls.selection.pricing.hourly_prices import in_force
from coderoute_ls.selection.pricing.offer_table import Flags, Floats, OfferTable, Places, Rates, Tier, known
from coderoute_ls.selection.pricing.tokenizers import KINDS

DAY_S = 86_400.0
RETIRING_DAYS = 90
"""An offer that is gone so soon is not one to get used to."""
_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


@dataclass(frozen=True)
class PricedOffers:
    """Some offers, ready to be priced for any request."""

    offers: tuple[Offer, ...]
    score: Floats
    """The bound that the floor is compared with; −1 where there is no score."""
    multiplier: Floats
    weights: Floats
    wrapping: Floats
    output_ratio: Floats
    verbosity: Floats
    rates: Rates
    """With the vendor's platform fee, as are ``tiers`` and ``request_fee``."""
    tiers: tuple[Tier, ...]
    request_fee: Floats
    fee: Floats
    """The factor in them."""
    context: Floats
    max_output: Floats
    unpriced: Flags
    free_tier: Flags
    vendor: Places
    """The same number for offers at the same vendor."""
    first_token: Floats
    throughput: Floats
    first_answer: Floats
    published: Flags
    free: Flags
    trains: Flags
    preview: Flags
    retiring: Flags
    """The vendor has said that it soon serves it no more."""
    estimated: Flags
    """The score was derived from others, not measured."""

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {offer.id: place for place, offer in enumerate(self.offers)}

    @cached_property
    def answers_apart(self) -> Flags:
        """Offers whose seconds to the first token behind the thinking are known."""
        return ~np.isnan(self.first_answer)

    @cached_property
    def foreseeable(self) -> Flags:
        """Offers of which it is known when they begin to answer, or how much they think."""
        return self.published | np.array([offer.effort is not None for offer in self.offers], dtype=np.bool_)

    @cached_property
    def passing(self) -> Flags:
        """Offers that do not stay."""
        return self.preview | self.retiring

    @cached_property
    def any_estimated(self) -> bool:
        return bool(self.estimated.any())

    @cached_property
    def measured(self) -> Flags:
        return ~self.estimated

    @cached_property
    def hole_verbosity(self) -> Floats:
        """As `verbosity`, for filling a hole: an offer that does it by a prompt thinks as little as its effort says."""
        by_prompt = np.array([offer.fim is None and offer.effort is not None for offer in self.offers], dtype=np.bool_)
        return np.where(by_prompt, self.verbosity, 1.0)

    @cached_property
    def first_tier(self) -> float:
        """The smallest prompt that any tier concerns."""
        return min((float(above.min()) for above, _ in self.tiers if above.size), default=float("inf"))


def build(offers: Sequence[Offer], scores: Sequence[float], providers: Mapping[str, ProviderState], now: float) -> PricedOffers:
    """These offers, priced at this hour; ``scores`` are their bounds on the request's axis."""
    return cut(OfferTable.of(offers), range(len(offers)), scores, providers, now)


def cut(
    table: OfferTable,
    places: Sequence[int],
    scores: Sequence[float],
    providers: Mapping[str, ProviderState],
    now: float,
    *,
    estimated: Sequence[bool] = (),
) -> PricedOffers:
    """The columns of some offers of the table, with this hour's prices and these vendors' fees."""
    at = np.array(places, dtype=np.intp)
    vendor = table.vendor[at]
    factors = [1.0 if (state := providers.get(name)) is None else state.fee for name in table.vendors]
    fee = np.array(factors, dtype=np.float64)[vendor] if len(at) else np.zeros(0)
    rates, unpriced = table.rates.at(at), ~table.priced[at]
    if table.timed:
        stamp = datetime.fromtimestamp(now, UTC)
        for row, place in enumerate(places):
            if place in table.timed:
                prices = in_force(table.offers[place].prices, stamp)
                rates.put(row, prices)
                unpriced[row] = not known(prices)
    return PricedOffers(
        offers=tuple([table.offers[place] for place in places]),
        score=np.array(scores, dtype=np.float64),
        multiplier=table.multiplier[at],
        weights=table.weights[at],
        wrapping=table.wrapping[at],
        output_ratio=table.output_ratio[at],
        verbosity=table.verbosity[at],
        rates=rates.times(fee),
        tiers=tuple((above[at], level.at(at).times(fee)) for above, level in table.tiers),
        request_fee=table.request_fee[at] * fee,
        fee=fee,
        context=table.context[at],
        max_output=table.max_output[at],
        unpriced=unpriced,
        free_tier=table.free_tier[at],
        vendor=vendor,
        first_token=table.first_token[at],
        throughput=table.throughput[at],
        first_answer=table.first_answer[at],
        published=table.published[at],
        free=table.free[at],
        trains=table.trains[at],
        preview=table.preview[at],
        retiring=table.ends[at] < now / DAY_S + _EPOCH + RETIRING_DAYS,
        estimated=np.array(estimated or [False] * len(at), dtype=np.bool_),
    )


def estimate(columns: PricedOffers, request: Request, state: State, seen: Mapping[int, OfferHealth]) -> Estimate:
    """What ``request`` would use and cost at every offer, with what was learned (``seen``) and what is warm."""
    size, output = _counted(columns, request, seen) if len(request.pieces) == KINDS else _by_characters(columns, request, seen)
    held = min(request.cacheable_chars / request.chars, 1.0) if request.chars else 0.0
    expected = _price(columns, size, held, output)
    maximum = _price(columns, size * token_estimate.WORST_CASE, held, request.max_tokens)
    warm = _warm(columns, state) if held else ()
    for place in warm:
        expected[place] = _parts(columns, place, float(size[place]), held, float(output[place]), warm=True).total
    return Estimate(size, held, output, expected, maximum, warm)


FEWEST_TOKENS = 8
"""Characters for a token at most: one endless word is not one piece to a tokenizer."""


def _counted(columns: PricedOffers, request: Request, seen: Mapping[int, OfferHealth]) -> tuple[Floats, Floats]:
    """Tokens in and out at each offer, by what the prompt is made of, and by what the offer's calls of this action took."""
    chats = "fim" not in request.required
    made = columns.weights @ np.array(request.pieces, dtype=np.float64)
    size = np.maximum(made, request.chars / FEWEST_TOKENS) + columns.wrapping
    size += token_estimate.MESSAGE_TOKENS * max(request.messages - 1, 0)
    plain = request.median_output * columns.output_ratio * (columns.verbosity if chats else columns.hole_verbosity)
    output = plain * usual_output(request.action, seen.values())
    for place, health in seen.items():
        habit = health.habits.get(request.action)
        size[place] *= known_input(health) if habit is None else habit.input
        if habit is not None:
            output[place] = plain[place] * habit.output
    return np.ceil(size), np.minimum(output, request.max_tokens)


def _by_characters(columns: PricedOffers, request: Request, seen: Mapping[int, OfferHealth]) -> tuple[Floats, Floats]:
    """Tokens in and out at each offer, where only the prompt's size is known: in records of earlier releases, for example."""
    chats = "fim" not in request.required  # an endpoint for holes fills them without thinking
    factor = columns.multiplier
    verbosity = columns.verbosity if chats else columns.hole_verbosity
    if seen:
        factor, verbosity = factor.copy(), verbosity.copy()
        for place, health in seen.items():
            if health.kappa != 1.0:
                factor[place] *= health.kappa
            if chats and health.verbosity is not None:
                verbosity[place] = health.verbosity
    per_token = token_estimate.CHARS_PER_TOKEN.get(request.language, token_estimate.OTHER_LANGUAGE)
    size = np.ceil(factor * (request.chars / per_token)) + token_estimate.MESSAGE_TOKENS * request.messages
    return size, np.minimum(verbosity * request.median_output, request.max_tokens)


def cost_at(columns: PricedOffers, figures: Estimate, place: int) -> Cost:
    """One offer's cost with its parts. ``input`` includes cache writes; ``fee`` is the platform's, and any per request."""
    size, output = float(figures.tokens[place]), float(figures.output[place])
    parts = _parts(columns, place, size, figures.held, output, warm=place in figures.warm)
    return Cost(
        parts.total, max(float(figures.maximum[place]), parts.total), parts.input, parts.cached, parts.output, parts.fee,
        round(size), round(output),
    )  # fmt: skip


def price_of(columns: PricedOffers, place: int, usage: Usage) -> float:
    """USD for these tokens at one offer: its tiers, the hour's prices and the platform's fee included."""
    rates = columns.rates
    for above, level in columns.tiers:
        if usage.input > above[place]:
            rates = level
    return (
        float(rates.input[place]) * (usage.input - usage.cached_read)
        + float(rates.read[place]) * usage.cached_read
        + float(rates.write[place]) * usage.cached_write
        + float(rates.output[place]) * usage.output
        + float(columns.request_fee[place])
    )


def _price(columns: PricedOffers, size: Floats, held: float, output: Floats | int) -> Floats:
    """USD with nothing cached."""
    rates = _rates_for(columns, size)
    total = rates.input * size
    total += rates.output * output
    total += columns.request_fee
    if held:
        total += rates.write * size * held
    return total


def _rates_for(columns: PricedOffers, size: Floats) -> Rates:
    rates = columns.rates
    if not size.size or float(size.max()) <= columns.first_tier:
        return rates
    for above, level in columns.tiers:
        over = size > above
        rates = Rates(
            np.where(over, level.input, rates.input),
            np.where(over, level.output, rates.output),
            np.where(over, level.read, rates.read),
            np.where(over, level.write, rates.write),
        )
    return rates


class _Parts(NamedTuple):
    """USD of one call."""

    total: float
    input: float
    cached: float
    output: float
    fee: float


def _parts(columns: PricedOffers, place: int, size: float, held: float, output: float, *, warm: bool) -> _Parts:
    rates = columns.rates
    for above, level in columns.tiers:
        if size > above[place]:
            rates = level
    plain, read, written = float(rates.input[place]), float(rates.read[place]), float(rates.write[place])
    prefix = size * held
    cached_usd = read * prefix if warm else 0.0
    input_usd = plain * (size - prefix) if warm else plain * size + written * prefix
    output_usd = float(rates.output[place]) * output
    total = input_usd + cached_usd + output_usd + float(columns.request_fee[place])
    share = 1 / float(columns.fee[place]) if columns.fee[place] else 0.0
    net = (input_usd * share, cached_usd * share, output_usd * share)
    return _Parts(total, *net, total - sum(net))


def _warm(columns: PricedOffers, state: State) -> tuple[int, ...]:
    found: list[int] = []
    for offer_id, used in state.warm.items():
        place = columns.index.get(offer_id)
        if place is not None:
            keep = VENDORS.get(columns.offers[place].provider, UNKNOWN).cache_s
            if 0 <= state.now - used < keep:
                found.append(place)
    return tuple(sorted(found))

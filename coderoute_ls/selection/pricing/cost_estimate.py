"""What one request would use and cost at many offers, and what finished calls cost there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coderoute_ls.domain import Cost, OfferHealth, Request, State, Usage
from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.health.offer_health import known_input, usual_output
from coderoute_ls.selection.pricing import token_estimate
from coderoute_ls.selection.pricing.offer_table import Floats, Rates, Tier
from coderoute_ls.selection.pricing.priced_offers import PricedOffers
from coderoute_ls.selection.pricing.tokenizers import FAMILIES, KINDS

_WEIGHTS = np.array([family.weights for family in FAMILIES.values()], dtype=np.float64)
_WRAPPING = np.array([family.request for family in FAMILIES.values()], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One request at every offer: tokens in and out, USD expected and at most."""

    tokens: Floats
    longest: float
    """The largest of these."""
    held: float
    """Share of the prompt that a warm cache holds, or a cold one is written with."""
    output: Floats
    wanted: Floats
    """The same without the limit on the answer."""
    expected: Floats
    maximum: Floats
    warm: tuple[int, ...]
    """Offers whose cache holds this session's prefix."""
    host: Rates
    """The dearest that ``maximum`` was reckoned with."""
    dearer: Mapping[int, tuple[float, float]]
    """Offers that take more than they are listed at, or may, by place: how many times ``expected`` and the most that is."""

    def at(self, place: int) -> tuple[float, float]:
        """One offer's prompt tokens and most USD."""
        return float(self.tokens[place]), float(self.maximum[place])


def estimate(columns: PricedOffers, request: Request, state: State, seen: Mapping[int, OfferHealth]) -> Estimate:
    """What ``request`` would use and cost at every offer, with what was learned (``seen``) and what is warm."""
    size, wanted = _counted(columns, request, seen) if len(request.pieces) == KINDS else _by_characters(columns, request, seen)
    output = np.minimum(wanted, request.max_tokens * request.choices)
    if request.images or request.pages:
        size = size + _seen(columns, request)
    held = min(request.cacheable_chars / request.chars, 1.0) if request.chars else 0.0
    longest = size.item(size.argmax()) if size.size else 0.0
    price = _prices if request.rules > 4 else _prices_before
    expected, maximum, host = price(columns, size, longest, held, output, request)
    warm = _warm(columns, state) if held else ()
    for place in warm:
        expected[place] = _parts(columns, place, float(size[place]), held, float(output[place]), warm=True)[0]
    dearer = _dearer(columns, request, state, seen, maximum) if request.rules > 4 else {}
    for place, (factor, limit) in dearer.items():
        expected[place] *= factor
        maximum[place] *= limit
    return Estimate(size, longest, held, output, wanted, expected, maximum, warm, host, dearer)


def _dearer(
    columns: PricedOffers, request: Request, state: State, seen: Mapping[int, OfferHealth], maximum: Floats
) -> dict[int, tuple[float, float]]:
    """Offers whose price has risen, as a refusal or a list says. A broker's hosts are allowed what the user's limits have room
    for, if that is less than what it may be: a rise that is smaller than feared bars nobody.
    """
    room = min((usd for usd in (request.max_cost_usd, state.budget_left_usd) if usd is not None), default=np.inf)
    found: dict[int, tuple[float, float]] = {}
    for place, health in seen.items():
        if health.price_until > state.now:
            limit = min(health.price_limit, room * WITHIN / maximum.item(place)) if maximum.item(place) else 1.0
            found[place] = health.price_factor, max(limit, 1.0)
    if columns.any_risen:
        for place in np.flatnonzero(columns.risen & (maximum > room)).tolist():
            if (share := room * WITHIN / maximum.item(place)) >= columns.held_share.item(place):
                found.setdefault(place, (1.0, share))
    return found


def _seen(columns: PricedOffers, request: Request) -> Floats:
    """Tokens of the pictures and pages at each offer."""
    from coderoute_ls.selection.pricing.media_tokens import page_tokens, picture_tokens

    def counted(model: str) -> float:
        pictures = sum(picture_tokens(model, width, height) for width, height in request.images)
        return float(pictures + request.pages * page_tokens(model))

    known = {offer.model: counted(offer.model) for offer in columns.offers}
    return np.array([known[offer.model] for offer in columns.offers], dtype=np.float64)


WITHIN = 1 - 1e-9
"""Keeps a sum that is made to fit a limit below it, whatever the digits."""
FEWEST_TOKENS = 8
"""Characters for a token at most: one endless word is not one piece to a tokenizer."""


def _counted(columns: PricedOffers, request: Request, seen: Mapping[int, OfferHealth]) -> tuple[Floats, Floats]:
    """Tokens in and out at each offer, by what the prompt is made of, and by what the offer's calls of this action took."""
    chats = "fim" not in request.required
    made = np.maximum(_WEIGHTS @ np.array(request.pieces, dtype=np.float64), request.chars / FEWEST_TOKENS)
    size = (made + _WRAPPING + token_estimate.MESSAGE_TOKENS * max(request.messages - 1, 0))[columns.family]
    if request.by_prompt is not None:
        told = _WEIGHTS @ np.array(request.by_prompt.pieces, dtype=np.float64)
        size += np.where(columns.native, 0.0, told[columns.family])
    plain = request.median_output * (columns.chat_output if chats else columns.hole_output)
    output = plain * usual_output(request.action, seen.values())
    for place, health in seen.items():
        if not health.habits:
            continue
        habit = health.habits.get(request.action)
        if habit is None:
            size[place] = size.item(place) * known_input(health)
        else:
            size[place] = size.item(place) * habit.input
            output[place] = plain.item(place) * habit.output
    if request.choices > 1:
        output = output * request.choices
    return np.ceil(size, out=size), output


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
    return size, verbosity * request.median_output


def cost_at(columns: PricedOffers, figures: Estimate, place: int) -> Cost:
    """One offer's cost with its parts. ``input`` includes cache writes; ``fee`` is the platform's, and any per request."""
    size, output, most = figures.tokens.item(place), figures.output.item(place), figures.maximum.item(place)
    parts = _parts(columns, place, size, figures.held, output, warm=place in figures.warm)
    factor, limit = figures.dearer.get(place, (1.0, 1.0))
    total, entered, cached, left, fee = parts if factor == 1.0 else (part * factor for part in parts)
    per_million = limit * 1e6 / (columns.fee_most.item(place) or 1.0)
    host = figures.host.input.item(place) * per_million, figures.host.output.item(place) * per_million
    return Cost(total, max(most, total), entered, cached, left, fee, round(size), round(output), host)


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


def _prices(  # noqa: PLR0917
    columns: PricedOffers, size: Floats, longest: float, held: float, output: Floats, request: Request
) -> tuple[Floats, Floats, Rates]:
    """USD expected and at most, with nothing cached, and the rates of the second; ``longest`` is the largest of the sizes. To the
    last bit the same whether or not some other offer has steps for long prompts.
    """
    worst, unseen, most = token_estimate.WORST_CASE, request.unseen_tokens, request.max_tokens * request.choices
    rates, dear = columns.rates, columns.most
    if longest * worst + unseen > columns.first_tier:
        rates = _rates_for(rates, columns.tiers, size)
        dear = _rates_for(dear, columns.most_tiers, size * worst + unseen, at_most=True)
    maximum = _prompt_price(dear, size, held)
    maximum *= worst
    maximum += columns.dearest_answer(most) if dear is columns.most else dear.output * most + columns.most_fee
    if unseen:
        maximum += dear.input * unseen
    if request.by_prompt is not None:
        maximum += np.where(columns.native, 0.0, dear.output * (request.by_prompt.answer_tokens * request.choices))
    expected = rates.output * output
    expected += _prompt_price(rates, size, held)
    expected += columns.request_fee
    return expected, maximum, dear


def _prices_before(  # noqa: PLR0917
    columns: PricedOffers, size: Floats, longest: float, held: float, output: Floats, request: Request
) -> tuple[Floats, Floats, Rates]:
    """The same by rules 1 to 4: as listed for this hour, with steps by the prompt alone."""
    worst, rates, dear, most = token_estimate.WORST_CASE, columns.rates, columns.rates, request.max_tokens * request.choices
    steps = longest * worst > columns.first_tier
    if steps:
        rates, dear = _rates_for(rates, columns.tiers, size), _rates_for(rates, columns.tiers, size * worst)
    prompt = _prompt_price(rates, size, held)
    maximum = (_prompt_price(dear, size, held) if steps else prompt) * worst
    maximum += dear.output * most + columns.request_fee
    if request.unseen_tokens:
        maximum += dear.input * request.unseen_tokens
    if request.by_prompt is not None:
        maximum += np.where(columns.native, 0.0, dear.output * (request.by_prompt.answer_tokens * request.choices))
    expected = rates.output * output
    expected += prompt
    expected += columns.request_fee
    return expected, maximum, dear


def _prompt_price(rates: Rates, size: Floats, held: float) -> Floats:
    price = rates.input * size
    if held:
        price += rates.write * held * size
    return price


def _rates_for(rates: Rates, tiers: tuple[Tier, ...], size: Floats, *, at_most: bool = False) -> Rates:
    """The rates of prompts of these sizes. ``at_most``: the dearest up to there, for the prompt may come out shorter, and a later
    step may be cheaper than the one before it, or than this hour.
    """
    for above, level in tiers:
        over = size > above
        step = rates.dearer(level) if at_most else level
        rates = Rates(
            np.where(over, step.input, rates.input),
            np.where(over, step.output, rates.output),
            np.where(over, step.read, rates.read),
            np.where(over, step.write, rates.write),
        )
    return rates


def _parts(
    columns: PricedOffers, place: int, size: float, held: float, output: float, *, warm: bool
) -> tuple[float, float, float, float, float]:
    """USD of one call: the total, and of it input, cached input, output, and the platform's fee."""
    rates, fee = columns.rates, columns.fee.item(place)
    if size > columns.first_tier:
        for above, level in columns.tiers:
            if size > above[place]:
                rates = level
    plain = rates.input.item(place)
    prefix = size * held
    cached_usd = rates.read.item(place) * prefix if warm else 0.0
    input_usd = plain * (size - prefix) if warm else plain * size + rates.write.item(place) * prefix
    output_usd = rates.output.item(place) * output
    total = input_usd + cached_usd + output_usd + columns.request_fee.item(place)
    if fee != 1.0:
        share = 1 / fee if fee else 0.0
        input_usd, cached_usd, output_usd = input_usd * share, cached_usd * share, output_usd * share
    return total, input_usd, cached_usd, output_usd, total - (input_usd + cached_usd + output_usd)


def _warm(columns: PricedOffers, state: State) -> tuple[int, ...]:
    found: list[int] = []
    for offer_id, used in state.warm.items():
        place = columns.index.get(offer_id)
        if place is not None:
            keep = VENDORS.get(columns.offers[place].provider, UNKNOWN).cache_s
            if 0 <= state.now - used < keep:
                found.append(place)
    return tuple(sorted(found))

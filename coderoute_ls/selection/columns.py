"""Offers as columns of numbers: what a call costs at each of them, expected and at most, in one sweep.

Prices enter as exact decimals per million tokens and become floats per token here, with the hour's window, the vendor's
platform fee and the prompt-size tiers applied. Arrays have one entry per offer, in the order of `Columns.offers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.domain import Cost, Offer, OfferHealth, Prices, ProviderState, Request, State
from coderoute_ls.selection import tokens

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

WARM_SECONDS = {"anthropic": 300.0, "openai": 300.0, "google": 180.0, "deepseek": 3600.0}
OTHER_WARM_SECONDS = 300.0
"""How long a vendor keeps a prompt's prefix."""
FIRST_TOKEN = {"groq": 0.4, "cerebras": 0.4, "openrouter": 1.2, "local": 0.6}
OTHER_FIRST_TOKEN = 1.0
THROUGHPUT = {"groq": 400.0, "cerebras": 1000.0, "inception": 600.0, "local": 30.0}
OTHER_THROUGHPUT = 60.0
"""Seconds to the first token and tokens per second by class of vendor, until measured here: rough, and only ever used to
order offers for speed or to break a tie; the latency rule (R11) trusts nothing but measurements."""


@dataclass(frozen=True)
class Columns:
    """Some offers, ready to be priced for any request."""

    offers: tuple[Offer, ...]
    score: Floats
    """The bound that the floor is compared with; −1 where there is no score to trust."""
    multiplier: Floats
    verbosity: Floats
    rates: "Rates"
    tiers: tuple[tuple[Floats, "Rates"], ...]
    """Per level: the prompt size above which these rates hold (inf: never)."""
    request_fee: Floats
    fee: Floats
    context: Floats
    max_output: Floats
    priced: Flags
    free_tier: Flags
    vendor: Places
    """The same number for offers at the same vendor."""
    first_token: Floats
    throughput: Floats

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {offer.id: place for place, offer in enumerate(self.offers)}

    @cached_property
    def first_tier(self) -> float:
        """The smallest prompt that any tier concerns."""
        return min((float(above.min()) for above, _ in self.tiers), default=float("inf"))


@dataclass(frozen=True, slots=True)
class Rates:
    """USD per token. ``write`` is what a written cache token costs beyond a plain one."""

    input: Floats
    output: Floats
    read: Floats
    write: Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """One request at every offer: tokens in and out, USD expected and at most."""

    tokens: Floats
    cacheable: Floats
    output: Floats
    expected: Floats
    maximum: Floats
    warm: tuple[int, ...]
    """Offers whose cache holds this session's prefix."""

    def at(self, place: int) -> tuple[float, float]:
        """One offer's prompt tokens and most USD."""
        return float(self.tokens[place]), float(self.maximum[place])


def build(offers: Sequence[Offer], scores: Sequence[float], providers: Mapping[str, ProviderState], now: float) -> Columns:
    """Columns of these offers at this hour; ``scores`` are their bounds on the request's axis."""
    stamp = datetime.fromtimestamp(now, UTC)
    today = [_in_force(offer.prices, stamp) for offer in offers]
    known = [_known(price) for price in today]
    rows = [(price.input, price.output, price.cached_read, price.cached_write) for price in today]
    rates = _rates(rows, known)
    levels = max((len(price.tiers) for price in today), default=0)
    tiers = tuple(_tier(level, today, known) for level in range(levels))
    states = [providers.get(offer.provider) for offer in offers]
    vendors: dict[str, int] = {}
    kinds = ["local" if offer.local else offer.provider for offer in offers]
    return Columns(
        offers=tuple(offers),
        score=np.array(scores, dtype=np.float64),
        multiplier=np.array([tokens.multiplier(offer.model) for offer in offers], dtype=np.float64),
        verbosity=np.array([tokens.verbosity(offer) for offer in offers], dtype=np.float64),
        rates=rates,
        tiers=tiers,
        request_fee=np.array([float(price.request) for price in today], dtype=np.float64),
        fee=np.array([1.0 if state is None else state.fee for state in states], dtype=np.float64),
        context=np.array([offer.context or np.inf for offer in offers], dtype=np.float64),
        max_output=np.array([offer.max_output or np.inf for offer in offers], dtype=np.float64),
        priced=np.array(known, dtype=np.bool_),
        free_tier=np.array([price.free_tier for price in today], dtype=np.bool_),
        vendor=np.array([vendors.setdefault(offer.provider, len(vendors)) for offer in offers], dtype=np.intp),
        first_token=np.array([FIRST_TOKEN.get(kind, OTHER_FIRST_TOKEN) for kind in kinds], dtype=np.float64),
        throughput=np.array([THROUGHPUT.get(kind, OTHER_THROUGHPUT) for kind in kinds], dtype=np.float64),
    )


def estimate(columns: Columns, request: Request, state: State, seen: Mapping[int, OfferHealth]) -> Estimate:
    """What ``request`` would use and cost at every offer, with what was learned (``seen``) and what is warm."""
    factor, verbosity = columns.multiplier, columns.verbosity
    if seen:
        factor, verbosity = factor.copy(), verbosity.copy()
        for place, health in seen.items():
            factor[place] *= health.kappa
            if health.verbosity is not None:
                verbosity[place] = health.verbosity
    per_token = tokens.CHARS_PER_TOKEN.get(request.language, tokens.OTHER_LANGUAGE)
    size = np.ceil(factor * (request.chars / per_token)) + tokens.MESSAGE_TOKENS * request.messages
    cacheable = np.minimum(np.ceil(factor * (request.cacheable_chars / per_token)), size)
    output = np.minimum(verbosity * request.median_output, request.max_tokens)
    expected = _price(columns, size, cacheable, output)
    maximum = _price(columns, size * tokens.WORST_CASE, cacheable * tokens.WORST_CASE, np.float64(request.max_tokens))
    warm = _warm(columns, state) if request.cacheable_chars else ()
    for place in warm:
        expected[place] = _at(columns, place, size[place], cacheable[place], output[place], warm=True).expected_usd
    return Estimate(size, cacheable, output, expected, maximum, warm)


def cost_at(columns: Columns, figures: Estimate, place: int) -> Cost:
    """One offer's cost with its parts. ``input`` includes cache writes; ``fee`` is the platform's, and any per request."""
    parts = _at(
        columns, place, figures.tokens[place], figures.cacheable[place], figures.output[place], warm=place in figures.warm
    )
    maximum = float(figures.maximum[place])
    return replace(
        parts,
        max_usd=max(maximum, parts.expected_usd),
        tokens_in=round(float(figures.tokens[place])),
        tokens_out=round(float(figures.output[place])),
    )


def _price(columns: Columns, size: Floats, cacheable: Floats, output: Floats | np.float64) -> Floats:
    """USD with nothing cached."""
    rates = _rates_for(columns, size)
    total = rates.input * size + rates.write * cacheable + rates.output * output + columns.request_fee
    return np.asarray(total * columns.fee, dtype=np.float64)


def _rates_for(columns: Columns, size: Floats) -> Rates:
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


def _at(columns: Columns, place: int, size: float, cacheable: float, output: float, *, warm: bool) -> Cost:
    rates = columns.rates
    for above, level in columns.tiers:
        if size > above[place]:
            rates = level
    plain, read, written = float(rates.input[place]), float(rates.read[place]), float(rates.write[place])
    cached_usd = read * cacheable if warm else 0.0
    input_usd = plain * (size - cacheable) if warm else plain * size + written * cacheable
    output_usd = float(rates.output[place]) * output
    request_fee = float(columns.request_fee[place])
    factor = float(columns.fee[place])
    net = input_usd + cached_usd + output_usd
    return Cost(
        expected_usd=float((net + request_fee) * factor),
        max_usd=0.0,
        input=float(input_usd),
        cached=float(cached_usd),
        output=float(output_usd),
        fee=float((net + request_fee) * factor - net),
    )


def _warm(columns: Columns, state: State) -> tuple[int, ...]:
    found: list[int] = []
    for offer_id, used in state.warm.items():
        place = columns.index.get(offer_id)
        if place is not None:
            keep = WARM_SECONDS.get(columns.offers[place].provider, OTHER_WARM_SECONDS)
            if 0 <= state.now - used < keep:
                found.append(place)
    return tuple(sorted(found))


def _in_force(prices: Prices, stamp: datetime) -> Prices:
    """The prices at this moment: dated changes first, then the hours of the day."""
    if not prices.windows:
        return prices
    date = stamp.date().isoformat()
    dated = sorted((w for w in prices.windows if w.from_date and w.from_date <= date), key=lambda w: w.from_date)
    hourly = [
        w
        for w in prices.windows
        if not w.from_date
        and (not w.weekdays or stamp.weekday() in w.weekdays)
        and any(start <= stamp.hour < end for start, end in w.hours)
    ]
    for window in (*dated[-1:], *hourly):
        prices = Prices(
            input=prices.input if window.input is None else window.input,
            output=prices.output if window.output is None else window.output,
            cached_read=prices.cached_read if window.cached_read is None else window.cached_read,
            cached_write=prices.cached_write,
            request=prices.request,
            tiers=prices.tiers,
            windows=prices.windows,
            free_tier=prices.free_tier,
        )
    return prices


def usable(price: Decimal | None) -> bool:
    """A price that can be reckoned with: known, finite and not a negative sentinel."""
    return price is not None and price.is_finite() and price >= 0


def _known(prices: Prices) -> bool:
    parts = [prices.cached_read, prices.cached_write]
    for tier in prices.tiers:
        parts += (tier.input, tier.output, tier.cached_read)
    return (
        usable(prices.input) and usable(prices.output) and usable(prices.request) and all(p is None or usable(p) for p in parts)
    )


_Row = tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]


def _rates(rows: Sequence[_Row], known: Sequence[bool]) -> Rates:
    """Per token; unknown prices count 0 here and are barred by R8. A cached token without its own price costs a plain one."""
    table = [
        (float(plain), float(out), float(plain if read is None else read), _extra(plain, write))
        if fine and plain is not None and out is not None
        else (0.0, 0.0, 0.0, 0.0)
        for (plain, out, read, write), fine in zip(rows, known, strict=True)
    ]
    array = np.array(table, dtype=np.float64).reshape(len(table), 4).T / 1e6
    return Rates(array[0].copy(), array[1].copy(), array[2].copy(), array[3].copy())


def _extra(plain: Decimal, write: Decimal | None) -> float:
    return float(write - plain) if write is not None and write > plain else 0.0


def _tier(level: int, prices: Sequence[Prices], known: Sequence[bool]) -> tuple[Floats, Rates]:
    rows: list[_Row] = []
    above: list[float] = []
    for price in prices:
        if level < len(price.tiers):
            tier = price.tiers[level]
            above.append(tier.above_input)
            rows.append(
                (
                    price.input if tier.input is None else tier.input,
                    price.output if tier.output is None else tier.output,
                    price.cached_read if tier.cached_read is None else tier.cached_read,
                    price.cached_write,
                )
            )
        else:
            above.append(np.inf)
            rows.append((price.input, price.output, price.cached_read, price.cached_write))
    return np.array(above, dtype=np.float64), _rates(rows, known)

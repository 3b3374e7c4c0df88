"""The catalogue in numbers: what does not depend on settings, keys or the hour, turned into arrays once.

Prices enter as exact decimals per million tokens and become floats per token here. Arrays have one entry per offer, in the
order of `OfferTable.offers`; `Columns` are cut out of them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.domain import Offer, Prices, PriceTier, Speed
from coderoute_ls.domain.local_server_table import UNKNOWN_LOCAL
from coderoute_ls.domain.vendor_table import UNKNOWN, VENDORS
from coderoute_ls.selection.pricing import token_estimate
from coderoute_ls.selection.pricing.tokenizers import FAMILIES, tokenizer

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

DEARER_HOST = 1.35
"""So many times the listed price a broker's host may ask: many have one host that is cheap, or not there."""


@dataclass(frozen=True, slots=True)
class Rates:
    """USD per token. ``write`` is what a written cache token costs beyond a plain one."""

    input: Floats
    output: Floats
    read: Floats
    write: Floats

    def at(self, places: Places) -> "Rates":
        return Rates(self.input[places], self.output[places], self.read[places], self.write[places])

    def times(self, factor: Floats) -> "Rates":
        return Rates(self.input * factor, self.output * factor, self.read * factor, self.write * factor)

    def dearer(self, other: "Rates") -> "Rates":
        """Part by part the higher rates."""
        return Rates(
            np.maximum(self.input, other.input),
            np.maximum(self.output, other.output),
            np.maximum(self.read, other.read),
            np.maximum(self.write, other.write),
        )

    def put(self, place: int, prices: "PerToken") -> None:
        self.input[place], self.output[place], self.read[place], self.write[place] = prices


PerToken = tuple[float, float, float, float]
"""USD per token in, out, read from the cache, and written to it beyond a plain one."""
Tier = tuple[Floats, Rates]
"""The prompt size above which these rates hold (inf: never), and the rates."""


@dataclass(frozen=True)
class OfferTable:
    """Numbers of many offers."""

    offers: tuple[Offer, ...]
    multiplier: Floats
    family: Places
    """Index into `tokenizers.FAMILIES`."""
    verbosity: Floats
    rates: Rates
    tiers: tuple[Tier, ...]
    most: Rates
    """The dearest that a call may be billed at: see `most_per_token`. So are ``most_tiers`` and ``most_fee``."""
    most_tiers: tuple[Tier, ...]
    request_fee: Floats
    most_fee: Floats
    risen: Flags
    """A list says that it costs many times more now, which is not believed."""
    context: Floats
    max_output: Floats
    priced: Flags
    """Whether the prices can be reckoned with."""
    free_tier: Flags
    vendors: tuple[str, ...]
    vendor: Places
    """Index into ``vendors``."""
    free: Flags
    """Somebody else's machine for nothing, or for the user's data; but not for a price that the user states."""
    trains: Flags
    """It does not promise to train no model on what it is sent."""
    first_token: Floats
    """Seconds, as published, else as its vendor's usually are; so is ``throughput``, in tokens per second."""
    throughput: Floats
    first_answer: Floats
    """Seconds to the first token behind the thinking; NaN where that is not known apart."""
    published: Flags
    """Whether the seconds are this offer's own."""
    preview: Flags
    ends: Floats
    """The day from which it is not served, as a proleptic ordinal; inf where none is known."""
    timed: frozenset[int]
    """Places of offers whose prices depend on the date or the hour."""

    @staticmethod
    def of(offers: Sequence[Offer]) -> "OfferTable":
        vendors = {name: number for number, name in enumerate(dict.fromkeys(offer.provider for offer in offers))}
        families = {name: number for number, name in enumerate(FAMILIES)}
        levels = max((len(offer.prices.tiers) for offer in offers), default=0)
        return OfferTable(
            offers=tuple(offers),
            multiplier=_floats(token_estimate.multiplier(offer.model) for offer in offers),
            family=np.array([families[tokenizer(offer.model).name] for offer in offers], dtype=np.intp),
            verbosity=_floats(token_estimate.verbosity(offer) for offer in offers),
            rates=_rates([per_token(offer.prices) for offer in offers]),
            tiers=tuple(_tier(level, offers, _in_tier) for level in range(levels)),
            most=_rates([most_per_token(offer, offer.prices) for offer in offers]),
            most_tiers=tuple(_tier(level, offers, _most_in_tier) for level in range(levels)),
            request_fee=_floats(float(o.prices.request) if usable(o.prices.request) else 0.0 for o in offers),
            most_fee=_floats(_most_fee(offer) for offer in offers),
            risen=np.array([bool(offer.prices.risen) for offer in offers], dtype=np.bool_),
            context=_floats(offer.context or np.inf for offer in offers),
            max_output=_floats(offer.max_output or np.inf for offer in offers),
            priced=np.array([known(offer.prices) for offer in offers], dtype=np.bool_),
            free_tier=np.array([offer.prices.free_tier for offer in offers], dtype=np.bool_),
            vendors=tuple(vendors),
            vendor=np.array([vendors[offer.provider] for offer in offers], dtype=np.intp),
            free=np.array([_needs_consent(offer) for offer in offers], dtype=np.bool_),
            trains=np.array([takes_data(offer) or "no_training" not in offer.privacy for offer in offers], dtype=np.bool_),
            **_speeds(offers),
            preview=np.array([offer.preview for offer in offers], dtype=np.bool_),
            ends=_floats(_day(offer.expires) for offer in offers),
            timed=frozenset(place for place, offer in enumerate(offers) if offer.prices.windows),
        )


_FOR_DATA = re.compile(r"-contributor\b")
"""Names of offers that are cheaper because they share what they are sent."""
_STATED = frozenset({"user", "declared"})
"""Sources of prices that somebody vouches for on this machine."""


def gives_away(offer: Offer) -> bool:
    """Whether the vendor takes nothing for it. A local model is not given away: it runs at its user's expense."""
    prices = offer.prices
    paid = not usable(prices.input) or not usable(prices.output) or prices.input or prices.output or prices.request
    return not offer.local and (prices.free_tier or not paid)


def takes_data(offer: Offer) -> bool:
    """Whether a part of the price is that the vendor keeps what it is sent."""
    return _FOR_DATA.search(offer.wire_id) is not None


def _needs_consent(offer: Offer) -> bool:
    return takes_data(offer) or (gives_away(offer) and offer.prices.source not in _STATED)


def usable(price: Decimal | None) -> bool:
    """A price that can be reckoned with: known, finite and not a negative sentinel."""
    return price is not None and price.is_finite() and price >= 0


def known(prices: Prices) -> bool:
    """Whether input and output have usable prices, and no other price is unusable."""
    parts = [prices.cached_read, prices.cached_write, prices.cached_write_1h]
    for tier in prices.tiers:
        parts += (tier.input, tier.output, tier.cached_read, tier.cached_write)
    whole = usable(prices.input) and usable(prices.output) and usable(prices.request)
    return whole and all(price is None or usable(price) for price in parts)


def per_token(prices: Prices, tier: PriceTier | None = None) -> PerToken:
    """USD per token in, out, read from the cache, and written to it beyond a plain one; zeros where a price is unknown, which
    R8 bars. A cached token without a price of its own costs a plain one.
    """
    plain = prices.input if tier is None or tier.input is None else tier.input
    output = prices.output if tier is None or tier.output is None else tier.output
    read = prices.cached_read if tier is None or tier.cached_read is None else tier.cached_read
    write = prices.cached_write if tier is None or tier.cached_write is None else tier.cached_write
    if plain is None or output is None or not known(prices):
        return 0.0, 0.0, 0.0, 0.0
    extra = float(write - plain) / 1e6 if write is not None and write > plain else 0.0
    return float(plain) / 1e6, float(output) / 1e6, float(plain if read is None else read) / 1e6, extra


def most_per_token(offer: Offer, prices: Prices, tier: PriceTier | None = None) -> PerToken:
    """The same, as the dearest that a call may be billed at: what a list says of a rise counts though it is not believed, and a
    broker may send the request to a host that is dearer than the one it lists.
    """
    plain, output, read, extra = per_token(prices, tier)
    if prices.risen:
        entered, left, written = (float(prices.risen.get(part, 0)) / 1e6 for part in ("input", "output", "cached_write"))
        plain, output, extra = max(plain, entered), max(output, left), max(extra, written - plain)
    host = _dearer_host(offer)
    plain = max(plain, read)  # there are lists where a token from the cache costs more
    return plain * host, output * host, read * host, extra * host


def dearer(one: PerToken, other: PerToken) -> PerToken:
    """Part by part the higher price."""
    return max(one[0], other[0]), max(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _most_in_tier(offer: Offer, tier: PriceTier) -> PerToken:
    return most_per_token(offer, offer.prices, tier)


def _most_fee(offer: Offer) -> float:
    told = (offer.prices.request, offer.prices.risen.get("request", Decimal(0)))
    return float(max(fee if usable(fee) else Decimal(0) for fee in told)) * _dearer_host(offer)


def _dearer_host(offer: Offer) -> float:
    return DEARER_HOST if VENDORS.get(offer.provider, UNKNOWN).broker else 1.0


_FREE = (0.0, 0.0, 0.0, 0.0)


def _rates(rows: Sequence[PerToken]) -> Rates:
    array = np.array(rows, dtype=np.float64).reshape(len(rows), 4)
    return Rates(*(np.ascontiguousarray(array[:, part]) for part in range(4)))


def _tier(level: int, offers: Sequence[Offer], price: Callable[[Offer, PriceTier], PerToken]) -> Tier:
    """The tier of this level; it never begins, at no price, for an offer that has fewer tiers."""
    tiers = [offer.prices.tiers[level] if level < len(offer.prices.tiers) else None for offer in offers]
    above = _floats(np.inf if tier is None else tier.above_input for tier in tiers)
    return above, _rates([_FREE if tier is None else price(offer, tier) for offer, tier in zip(offers, tiers, strict=True)])


def _in_tier(offer: Offer, tier: PriceTier) -> PerToken:
    return per_token(offer.prices, tier)


class _Speeds(TypedDict):
    first_token: Floats
    throughput: Floats
    first_answer: Floats
    published: Flags


def _speeds(offers: Sequence[Offer]) -> _Speeds:
    known = [(offer.speed or Speed(), UNKNOWN_LOCAL if offer.local else VENDORS.get(offer.provider, UNKNOWN)) for offer in offers]
    return _Speeds(
        first_token=_floats(speed.first_token_s or speed.first_answer_s or row.first_token_s for speed, row in known),
        throughput=_floats(speed.tokens_per_s or row.tokens_per_s for speed, row in known),
        first_answer=_floats(speed.first_answer_s or np.nan for speed, _ in known),
        published=np.array([bool(speed.first_token_s or speed.first_answer_s) for speed, _ in known], dtype=np.bool_),
    )


def _day(iso: str) -> float:
    """The ordinal of an ISO date; inf for none."""
    try:
        return float(date.fromisoformat(iso[:10]).toordinal())
    except ValueError:
        return np.inf


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)

"""Whether an offer that another machine states can be one: what will be shown of it is text, and what will be reckoned with is a
number that can be. A row that is not believed costs its own offer and no other.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import cast

from coderoute_ls.domain import Offer, Prices, PriceTier, PriceWindow, Score, Speed
from coderoute_ls.selection.catalog.price_check import RISE, possible
from coderoute_ls.selection.record import LARGEST
from coderoute_ls.text.invisible_characters import may_have_controls, without_controls

LONGEST_TEXT = 300
MOST_STEPS = 64
"""Prices by size of the prompt, by hour or by date: each is a sweep over all offers."""
LEAST_USD = Decimal("1e-6")
"""Per million tokens. What asks for less gives itself away, and may not pass for something that is paid for."""
VERBOSITY = (0.1, 1000.0)
LEAST_RATE = 0.001
"""Tokens per second: a token in a quarter of an hour. Of less no time can be reckoned."""
ROUNDED = 1e-6
"""By so much the bounds of a score may be off for having been reckoned."""
_BASE = ("input", "output", "cached_read", "cached_write")
_PARTS = (*_BASE, "cached_write_1h", "request")


def believable(offer: Offer) -> bool:
    """Whether this can be an offer: see the module."""
    counts = offer.context, offer.max_output
    least, most = VERBOSITY
    return (
        all(map(_is_text, _texts(offer)))
        and all(count is None or 0 < count <= LARGEST for count in counts)
        and (offer.verbosity is None or least <= offer.verbosity <= most)
        and all(map(_can_score, offer.scores.values()))
        and (offer.speed is None or _can_last(offer.speed))
        and _can_cost(offer.prices)
    )


def _texts(offer: Offer) -> Iterable[str]:
    """All that is shown, kept or sent of it; how it fills holes there is nobody's business here."""
    prices = offer.prices
    yield from (offer.id, offer.model, offer.provider, offer.name, offer.effort or "", offer.released, offer.expires)
    yield from (prices.source, prices.date, *prices.risen, *(window.from_date for window in prices.windows))
    yield from (*offer.capabilities, *offer.privacy)
    for score in offer.scores.values():
        yield from (score.method, score.date, *score.sources)
    if offer.speed is not None:
        yield offer.speed.date


def _is_text(text: str) -> bool:
    """Whether it can be shown as it is, on one line, and written as UTF-8."""
    if len(text) > LONGEST_TEXT or "\n" in text or "\t" in text:
        return False
    return not may_have_controls(text) or (without_controls(text) == text and not any("\ud800" <= c <= "\udfff" for c in text))


def _can_score(score: Score) -> bool:
    order = (0.0, score.low, score.value, score.high, 1.0)
    # a NaN is within no bounds
    in_order = all(less <= more + ROUNDED for less, more in pairwise(order))
    return in_order and abs(score.correction) <= 1 and 0 <= score.rows <= LARGEST


def _can_last(speed: Speed) -> bool:
    seconds = (speed.first_token_s, speed.first_answer_s)
    return all(number is None or 0 < number <= LARGEST for number in seconds) and (
        speed.tokens_per_s is None or LEAST_RATE <= speed.tokens_per_s <= LARGEST
    )


def _can_cost(prices: Prices) -> bool:
    """Whether each price is one; the price of no size, hour or date may be next to nothing where the offer has one."""
    steps: tuple[PriceTier | PriceWindow, ...] = (*prices.tiers, *prices.windows)
    return (
        len(steps) <= MOST_STEPS
        and all(_is_price(price) for part in _PARTS if (price := _price(prices, part)) is not None)
        and all(part in _PARTS and _is_price(price) for part, price in prices.risen.items())
        and all(0 < tier.above_input <= LARGEST for tier in prices.tiers)
        and all(_is_step(_price(step, part), _price(prices, part)) for step in steps for part in _BASE)
    )


def _price(row: Prices | PriceTier | PriceWindow, part: str) -> Decimal | None:
    return cast("Decimal | None", getattr(row, part, None))


def _is_price(price: Decimal) -> bool:
    return possible(price) and (price == 0 or price >= LEAST_USD)


def _is_step(price: Decimal | None, base: Decimal | None) -> bool:
    return price is None or (_is_price(price) and (base is None or price * RISE >= base))

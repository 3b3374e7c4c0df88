"""Offers on their way from a team's gateway to the language servers that joined it: as JSON, with what they cost there and how
they fare. What is read is somebody else's: bounded, checked row by row, and what is wrong in one row concerns that row alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cache
from typing import Any, Literal, cast, get_args

from pydantic import TypeAdapter, ValidationError

from coderoute_ls.domain import FimSupport, Offer, OfferHealth, Prices, PriceTier, PriceWindow, ProviderState, Speed
from coderoute_ls.domain.vendor import TEAM, Promise
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.believable_offer import LEAST_RATE, believable
from coderoute_ls.selection.record import Json, beyond, sayable

FORMAT = 1
MOST_OFFERS = 20_000
MOST_BYTES = 32 << 20
"""Of a whole list: three times the largest that the catalogue can make."""
NO_LIST = "What the team's gateway sent is no list of offers that this coderoute-ls can read."
PROMISES: frozenset[str] = frozenset(get_args(Promise))
"""What somebody who runs a gateway can promise. That nothing leaves this machine is none of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How an offer fares at the gateway: how fast it is, and until when (Unix time) it is better left alone."""

    first_token_s: float | None = None
    first_answer_s: float | None = None
    tokens_per_s: float | None = None
    open_until: float = 0.0
    limited_until: float = 0.0
    missing_until: float = 0.0
    streak: int = 0
    """Failures in a row, where they are why."""


@dataclass(frozen=True, slots=True)
class _List:
    format: Literal[1]
    offers: list[dict[str, object]]


_OFFER, _SEEN, _LIST = TypeAdapter(Offer), TypeAdapter(Seen), TypeAdapter(_List)


def offer_list(offers: Iterable[Offer], providers: Mapping[str, ProviderState], health: Mapping[str, OfferHealth]) -> Json:
    """What `offers_in` reads. Prices are what the gateway's account pays: with the platform's fee."""
    return {"format": FORMAT, "offers": [_row(offer, providers.get(offer.provider), health.get(offer.id)) for offer in offers]}


def _row(offer: Offer, state: ProviderState | None, health: OfferHealth | None) -> Json:
    plain = sayable(offer)
    paid = replace(plain, prices=_times(plain.prices, 1.0 if state is None else state.fee))
    told: Json = {"offer": cast("Json", _OFFER.dump_python(paid, mode="json", exclude_defaults=True))}
    return told if health is None or not (known := _told(health)) else {**told, "health": known}


def _times(prices: Prices, factor: float) -> Prices:
    if factor == 1.0:
        return prices
    by = Decimal(str(factor))
    return replace(
        prices,
        **_parts(prices, by),
        tiers=tuple(replace(tier, **_parts(tier, by)) for tier in prices.tiers),
        windows=tuple(replace(window, **_parts(window, by)) for window in prices.windows),
        risen={part: price * by for part, price in prices.risen.items()},
    )


def _parts(row: Prices | PriceTier | PriceWindow, by: Decimal) -> dict[str, Any]:
    told = {name: cast("object", getattr(row, name)) for name in _names(type(row))}
    return {name: price * by for name, price in told.items() if isinstance(price, Decimal)}


def _told(health: OfferHealth) -> Json:
    """What other callers need to know of it."""
    known = Seen(
        _rounded(health.first_token_s),
        _rounded(health.first_answer_s),
        _rounded(health.tokens_per_s),
        float(round(health.open_until)),
        float(round(health.limited_until)),
        float(round(health.missing_until)),
        health.streak if health.open_until else 0,
    )
    return cast("Json", _SEEN.dump_python(known, exclude_defaults=True))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


# -- reading ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeamOffers:
    """A list as the language server uses it: each offer is one of the vendor ``team``, asked for by its name at the gateway."""

    offers: tuple[Offer, ...] = ()
    health: Mapping[str, OfferHealth] = field(default_factory=dict[str, OfferHealth])
    """Of those that are better left alone for a while, by id."""
    refused: int = 0
    """Rows that could not be believed."""


def offers_in(document: object) -> TeamOffers:
    """Raises `ConfigurationError` for what is no list of offers at all."""
    try:
        listed = _LIST.validate_python(document).offers
    except ValidationError:
        raise ConfigurationError(NO_LIST) from None
    if len(listed) > MOST_OFFERS:
        raise ConfigurationError(f"The team's gateway sent {len(listed):,} offers; more than {MOST_OFFERS:,} are not read.")
    found: dict[str, Offer] = {}
    health: dict[str, OfferHealth] = {}
    for row in listed:
        offer, seen = _offer(row.get("offer")), _seen(row.get("health"))
        if offer is None or offer.id in found:
            continue
        found[offer.id] = replace(offer, speed=_speed(seen, offer.speed))
        if seen.open_until or seen.limited_until or seen.missing_until:
            health[offer.id] = OfferHealth(
                open_until=seen.open_until,
                limited_until=seen.limited_until,
                missing_until=seen.missing_until,
                streak=seen.streak,
            )
    if listed and not found:
        raise ConfigurationError(f"The team's gateway sent no offer that can be believed (of {len(listed):,}).")
    return TeamOffers(tuple(found.values()), health, len(listed) - len(found))


def _offer(said: object) -> Offer | None:
    try:
        offer = _OFFER.validate_python(said)
    except ValidationError:
        return None
    if offer.provider == TEAM or not (offer.id and offer.model) or not believable(offer):
        return None
    return replace(
        offer,
        id=f"{TEAM}/{offer.id}",
        provider=TEAM,
        wire_id=offer.id,
        dialect="openai-chat",
        fim=None if offer.fim is None else FimSupport("openai-completions"),
        privacy=tuple(promise for promise in offer.privacy if promise in PROMISES),
        local=False,  # on a machine of the team's: what is sent there leaves this one
    )


@cache
def _names(kind: type[Prices | PriceTier | PriceWindow]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def _seen(said: object) -> Seen:
    """What cannot be true says nothing."""
    if said is None:
        return Seen()
    try:
        seen = _SEEN.validate_python(said)
    except ValidationError:
        return Seen()
    numbers = cast("dict[str, float | None]", _SEEN.dump_python(seen))
    if seen.tokens_per_s and seen.tokens_per_s < LEAST_RATE:
        return Seen()
    return Seen() if beyond(numbers, "health") or any(number is not None and number < 0 for number in numbers.values()) else seen


def _speed(seen: Seen, published: Speed | None) -> Speed | None:
    """As the gateway measured it, else as it was published."""
    if seen.first_token_s is None and seen.tokens_per_s is None:
        return published
    base = published or Speed()
    return replace(
        base,
        first_token_s=base.first_token_s if seen.first_token_s is None else seen.first_token_s,
        first_answer_s=base.first_answer_s if seen.first_answer_s is None else seen.first_answer_s,
        tokens_per_s=seen.tokens_per_s or base.tokens_per_s,
    )

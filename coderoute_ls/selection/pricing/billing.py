"""What a finished call cost: its real tokens at the prices of its hour, or what the vendor says it charged."""

from collections.abc import Mapping

from coderoute_ls.domain import Offer, ProviderState, Usage
from coderoute_ls.selection.pricing.cost_estimate import price_of
from coderoute_ls.selection.pricing.offer_table import DEARER_HOST
from coderoute_ls.selection.pricing.plausible_usage import clamped
from coderoute_ls.selection.pricing.priced_offers import PricedOffers, build
from coderoute_ls.text.dollars import dollars

DOUBTFUL_RATIO, DOUBTFUL_USD = 100.0, 1.0
"""A reported cost is not believed when it is this many times what the tokens cost by list, and more than this as well; nor when
it is this many times less."""
TELLING = 1.1
"""A bill is told that is by more than this above what a dearer host may ask: tokens are counted in more than one way."""


class Bills:
    """Bills under one set of keys. An offer whose prices depend on no hour is priced once."""

    def __init__(self, providers: Mapping[str, ProviderState]) -> None:
        self._providers = providers
        self._priced: dict[str, PricedOffers] = {}
        """Each offer alone, by its id."""

    def usd(self, offer: Offer, usage: Usage, now: float) -> float:
        """As `billed_usd`."""
        return _billed_usd(self._alone(offer, now), usage, self._providers)

    def dearer(self, offer: Offer, usage: Usage, now: float) -> str:
        """A sentence where these tokens were billed far above the list price, or are said to cost far more; "" elsewhere."""
        alone = self._alone(offer, now)
        listed, paid = _reckoned_usd(alone, clamped(usage)), _billed_usd(alone, usage, self._providers)
        name, remedy = offer.name or offer.id, "`coderoute-ls models refresh` reads new prices."
        if listed and paid > listed * DEARER_HOST * TELLING:
            return f"{name} cost {dollars(paid)}, {paid / listed:.1f} times what its list price comes to: {remedy}"
        if usage.cost_usd is None and offer.prices.risen:
            return (
                f"{name} is said to cost {offer.prices.times_dearer} times more than before, which is not believed yet: {remedy}"
            )
        return ""

    def _alone(self, offer: Offer, now: float) -> PricedOffers:
        if offer.prices.windows:
            return build((offer,), (0.0,), self._providers, now)
        alone = self._priced.get(offer.id)
        if alone is None or alone.offers[0] is not offer:
            alone = self._priced[offer.id] = build((offer,), (0.0,), self._providers, now)
        return alone


def billed_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD, never negative: tiers, the hour's prices and the platform's fee included. What the vendor says it charged goes first
    where it can be true, with the fee for buying credit on it; 0 for an offer whose price is not known.
    """
    return _billed_usd(build((offer,), (0.0,), providers, now), usage, providers)


def _billed_usd(alone: PricedOffers, usage: Usage, providers: Mapping[str, ProviderState]) -> float:
    """The same, of an offer that is priced."""
    offer, usage = alone.offers[0], clamped(usage)
    reckoned = _reckoned_usd(alone, usage)
    if usage.cost_usd is None:
        return reckoned
    vendor = providers.get(offer.provider)
    factor = 1.0 if vendor is None else vendor.fee if vendor.credit_fee is None else vendor.credit_fee
    charged = usage.cost_usd * factor + (usage.upstream_usd or 0.0)
    return charged if _credible(charged, reckoned, usage) else reckoned


def reckoned_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD for these tokens by the offer's list prices, with the platform's fee; 0 where the prices are not known."""
    return _reckoned_usd(build((offer,), (0.0,), providers, now), usage)


def _reckoned_usd(alone: PricedOffers, usage: Usage) -> float:
    return 0.0 if alone.offers[0].local or alone.unpriced[0] else price_of(alone, 0, usage)


def _credible(charged: float, reckoned: float, usage: Usage) -> bool:
    if charged > max(reckoned * DOUBTFUL_RATIO, DOUBTFUL_USD):
        return False
    return not usage.output or charged * DOUBTFUL_RATIO >= reckoned

"""What a finished call cost: its real tokens at the prices of its hour, or what the vendor says it charged."""

from collections.abc import Mapping

from coderoute_ls.domain import Offer, ProviderState, Usage
from coderoute_ls.selection.pricing.cost_estimate import price_of
from coderoute_ls.selection.pricing.plausible_usage import clamped
from coderoute_ls.selection.pricing.priced_offers import PricedOffers, build

DOUBTFUL_RATIO, DOUBTFUL_USD = 100.0, 1.0
"""A reported cost is not believed when it is this many times what the tokens cost by list, and more than this as well; nor when
it is this many times less."""


class Bills:
    """Bills under one set of keys. An offer whose prices depend on no hour is priced once."""

    def __init__(self, providers: Mapping[str, ProviderState]) -> None:
        self._providers = providers
        self._priced: dict[str, PricedOffers] = {}
        """Each offer alone, by its id."""

    def usd(self, offer: Offer, usage: Usage, now: float) -> float:
        """As `billed_usd`."""
        if offer.prices.windows:
            return billed_usd(offer, usage, self._providers, now)
        alone = self._priced.get(offer.id)
        if alone is None or alone.offers[0] is not offer:
            alone = self._priced[offer.id] = build((offer,), (0.0,), self._providers, now)
        return _billed_usd(alone, usage, self._providers)


def billed_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD, never negative: tiers, the hour's prices and the platform's fee included. What the vendor says it charged goes first
    where it can be true, with the fee for buying credit on it; 0 for an offer whose price is not known.
    """
    return _billed_usd(build((offer,), (0.0,), providers, now), usage, providers)


def _billed_usd(alone: PricedOffers, usage: Usage, providers: Mapping[str, ProviderState]) -> float:
    """The same, of an offer that is priced."""
    offer, usage = alone.offers[0], clamped(usage)
    reckoned = 0.0 if offer.local or alone.unpriced[0] else price_of(alone, 0, usage)
    if usage.cost_usd is None:
        return reckoned
    vendor = providers.get(offer.provider)
    factor = 1.0 if vendor is None else vendor.fee if vendor.credit_fee is None else vendor.credit_fee
    charged = usage.cost_usd * factor + (usage.upstream_usd or 0.0)
    return charged if _credible(charged, reckoned, usage) else reckoned


def _credible(charged: float, reckoned: float, usage: Usage) -> bool:
    if charged > max(reckoned * DOUBTFUL_RATIO, DOUBTFUL_USD):
        return False
    return not usage.output or charged * DOUBTFUL_RATIO >= reckoned

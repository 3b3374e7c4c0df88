"""What a finished call cost: its real tokens at the prices of its hour, or what the vendor says it charged."""

from collections.abc import Mapping

from coderoute_ls.domain import Offer, ProviderState, Usage
from coderoute_ls.selection.pricing.cost_estimate import price_of
from coderoute_ls.selection.pricing.plausible_usage import clamped
from coderoute_ls.selection.pricing.priced_offers import build

DOUBTFUL_RATIO, DOUBTFUL_USD = 100.0, 1.0
"""A reported cost is not believed when it is this many times what the tokens cost by list, and more than this as well; nor when
it is this many times less."""


def billed_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD, never negative: tiers, the hour's prices and the platform's fee included. What the vendor says it charged goes first
    where it can be true, with the fee for buying credit on it; 0 for an offer whose price is not known.
    """
    usage = clamped(usage)
    reckoned = reckoned_usd(offer, usage, providers, now)
    if usage.cost_usd is None:
        return reckoned
    vendor = providers.get(offer.provider)
    factor = 1.0 if vendor is None else vendor.fee if vendor.credit_fee is None else vendor.credit_fee
    charged = usage.cost_usd * factor + (usage.upstream_usd or 0.0)
    return charged if _credible(charged, reckoned, usage) else reckoned


def reckoned_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD for these tokens by the offer's list prices, with the platform's fee; 0 where the prices are not known."""
    columns = build((offer,), (0.0,), providers, now)
    return 0.0 if offer.local or columns.unpriced[0] else price_of(columns, 0, usage)


def _credible(charged: float, reckoned: float, usage: Usage) -> bool:
    if charged > max(reckoned * DOUBTFUL_RATIO, DOUBTFUL_USD):
        return False
    return not usage.output or charged * DOUBTFUL_RATIO >= reckoned

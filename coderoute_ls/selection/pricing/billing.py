"""What a finished call cost: its real tokens at the prices of its hour."""

from collections.abc import Mapping

from coderoute_ls.domain import Offer, ProviderState, Usage
from coderoute_ls.selection.pricing import priced_offers as priced


def billed_usd(offer: Offer, usage: Usage, providers: Mapping[str, ProviderState], now: float) -> float:
    """USD, tiers and platform fee included. What the vendor itself says (`Usage.cost_usd`) goes first; 0 for an offer whose
    price is not known.
    """
    if usage.cost_usd is not None:
        return usage.cost_usd
    columns = priced.build((offer,), (0.0,), providers, now)
    if offer.local or columns.unpriced[0]:
        return 0.0
    rates = columns.rates
    for above, level in columns.tiers:
        if usage.input > above[0]:
            rates = level
    return (
        float(rates.input[0]) * (usage.input - usage.cached_read)
        + float(rates.read[0]) * usage.cached_read
        + float(rates.write[0]) * usage.cached_write
        + float(rates.output[0]) * usage.output
        + float(columns.request_fee[0])
    )

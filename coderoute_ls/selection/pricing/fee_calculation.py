"""What platforms charge on top of a model's list price: rules over `domain.vendor_table`."""

from coderoute_ls.domain.vendor_table import VENDORS


def fee(provider: str, *, own_key: bool = False, requests_this_month: int = 0) -> float:
    """The factor on this vendor's list prices for the next call (`ProviderState.fee`)."""
    row = VENDORS.get(provider)
    if row is None or row.fees is None:
        return 1.0
    if not own_key:
        return 1 + row.fees.top_up_share
    return 1.0 if requests_this_month < row.fees.own_key_free_requests else 1 + row.fees.own_key_share


def with_credits(provider: str, list_usd: float) -> float:
    """What ``list_usd`` of usage costs at this vendor when it is topped up in one go."""
    row = VENDORS.get(provider)
    if row is None or row.fees is None or list_usd <= 0:
        return max(list_usd, 0.0)
    return list_usd + max(list_usd * row.fees.top_up_share, row.fees.top_up_minimum_usd)


def with_own_key(provider: str, list_usd: float, requests: int | None = None) -> float:
    """What ``list_usd`` of a month's usage costs through keys of one's own. Without ``requests``: at the marginal rate."""
    row = VENDORS.get(provider)
    if row is None or row.fees is None:
        return list_usd
    charged = 1.0 if requests is None else max(requests - row.fees.own_key_free_requests, 0) / max(requests, 1)
    return list_usd * (1 + row.fees.own_key_share * charged)

"""What platforms charge on top of a model's list price, and what their free tiers allow: rules over `domain.vendors`."""

from collections.abc import Sequence

from coderoute_ls.domain.vendors import VENDORS

DAY_S, MINUTE_S = 86_400, 60.0


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


def free_limited_until(provider: str, calls: Sequence[float], now: float, *, bought: bool = False) -> float:
    """Until when the vendor's free offers are used up after ``calls`` (Unix seconds); 0 when they are not, or have no limit."""
    row = VENDORS.get(provider)
    tier = row.free_tier if row is not None else None
    if tier is None:
        return 0.0
    tomorrow = (now // DAY_S + 1) * DAY_S
    today = [call for call in calls if tomorrow - DAY_S <= call <= now]
    if len(today) >= (tier.per_day_after_purchase if bought else tier.per_day):
        return tomorrow
    recent = sorted(call for call in calls if now - MINUTE_S < call <= now)
    return recent[-tier.per_minute] + MINUTE_S if len(recent) >= tier.per_minute else 0.0

"""What vendors' free tiers allow, and until when they are used up: rules over `domain.vendor_table`."""

from collections.abc import Sequence

from coderoute_ls.domain.vendor_table import VENDORS

DAY_S, MINUTE_S = 86_400, 60.0


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

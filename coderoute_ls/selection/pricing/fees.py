"""What platforms charge on top of a model's list price, and what their free tiers allow. Rules and their sources, no totals.

OpenRouter: 5.5 % of every top-up, at least $0.80; with keys of one's own 5 % of the list price after the month's free
requests (openrouter.ai/pricing, openrouter.ai/announcements/1-million-free-byok-requests-per-month); free variants 20 times
a minute, 50 a day, 1,000 once ten dollars were ever bought (openrouter.ai/docs/api-reference/limits). Read November 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass

OPENROUTER = "openrouter"
TOP_UP_SHARE, TOP_UP_LEAST_USD = 0.055, 0.80
OWN_KEY_SHARE, OWN_KEY_FREE_REQUESTS = 0.05, 1_000_000
DAY_S, MINUTE_S = 86_400, 60.0


@dataclass(frozen=True, slots=True)
class FreeTier:
    """Requests that a vendor's free offers allow, all of them together; days are UTC days."""

    per_minute: int
    per_day: int
    per_day_after_purchase: int


FREE_TIERS = {OPENROUTER: FreeTier(20, 50, 1000)}


def fee(provider: str, *, own_key: bool = False, requests_this_month: int = 0) -> float:
    """The factor on this vendor's list prices for the next call (`ProviderState.fee`)."""
    if provider != OPENROUTER:
        return 1.0
    if not own_key:
        return 1 + TOP_UP_SHARE
    return 1.0 if requests_this_month < OWN_KEY_FREE_REQUESTS else 1 + OWN_KEY_SHARE


def with_credits(list_usd: float) -> float:
    """What ``list_usd`` of usage costs when it is topped up in one go."""
    return list_usd + max(list_usd * TOP_UP_SHARE, TOP_UP_LEAST_USD) if list_usd > 0 else 0.0


def with_own_key(list_usd: float, requests: int | None = None) -> float:
    """What ``list_usd`` of a month's usage costs through keys of one's own. Without ``requests``: at the marginal rate."""
    charged = 1.0 if requests is None else max(requests - OWN_KEY_FREE_REQUESTS, 0) / max(requests, 1)
    return list_usd * (1 + OWN_KEY_SHARE * charged)


def free_limited_until(provider: str, calls: Sequence[float], now: float, *, bought: bool = False) -> float:
    """Until when the vendor's free offers are used up after ``calls`` (Unix seconds); 0 when they are not, or have no limit."""
    tier = FREE_TIERS.get(provider)
    if tier is None:
        return 0.0
    tomorrow = (now // DAY_S + 1) * DAY_S
    today = [call for call in calls if tomorrow - DAY_S <= call <= now]
    if len(today) >= (tier.per_day_after_purchase if bought else tier.per_day):
        return tomorrow
    recent = sorted(call for call in calls if now - MINUTE_S < call <= now)
    return recent[-tier.per_minute] + MINUTE_S if len(recent) >= tier.per_minute else 0.0

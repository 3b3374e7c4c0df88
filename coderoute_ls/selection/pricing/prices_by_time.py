"""What an offer costs at one moment: prices by the hour of the day, and prices that begin on a day."""

from dataclasses import replace
from datetime import datetime

from coderoute_ls.domain import Prices


def in_force(prices: Prices, stamp: datetime) -> Prices:
    """The prices at this moment: dated changes first, then the hours of the day."""
    date = stamp.date().isoformat()
    dated = sorted((w for w in prices.windows if w.from_date and w.from_date <= date), key=lambda w: w.from_date)
    hourly = [
        w
        for w in prices.windows
        if not w.from_date
        and (not w.weekdays or stamp.weekday() in w.weekdays)
        and (any(start <= stamp.hour < end for start, end in w.hours) or (w.weekdays and not w.hours))  # no hours: all day
    ]
    for window in (*dated[-1:], *hourly):
        prices = replace(
            prices,
            input=prices.input if window.input is None else window.input,
            output=prices.output if window.output is None else window.output,
            cached_read=prices.cached_read if window.cached_read is None else window.cached_read,
        )
    return prices

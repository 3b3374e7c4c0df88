"""Money for people: dollars, never with an exponent."""

LEAST_USD = 0.000001
"""A smaller amount is only said to be smaller."""


def dollars(usd: float, digits: int = 2) -> str:
    """An amount in US dollars: cents from a dollar on, else this many significant digits.

    >>> dollars(1234.5), dollars(0.0123), dollars(0.00009712), dollars(0.0000001), dollars(0)
    ('$1,234.50', '$0.012', '$0.000097', '< $0.000001', '$0')
    """
    size = abs(usd)
    sign = "-" if usd < 0 else ""
    if size == 0:
        return "$0"
    if size < LEAST_USD:
        return f"< ${LEAST_USD:.6f}" if usd > 0 else f"> -${LEAST_USD:.6f}"
    if size >= 1:
        return f"{sign}${size:,.2f}"
    places = next(places for places in range(1, 8) if size >= 10.0**-places) - 1 + digits
    return f"{sign}${size:.{places}f}"

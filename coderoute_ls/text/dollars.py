"""Money for people: dollars, never with an exponent."""

LEAST_USD = 0.000001
"""A smaller amount is only said to be smaller."""


def dollars(usd: float, digits: int = 4) -> str:
    """An amount in US dollars: cents from a dollar on, below at most this many significant digits.

    >>> dollars(1234.5), dollars(0.5), dollars(0.0123), dollars(0.00009712, 2), dollars(0.0000001), dollars(0)
    ('$1,234.50', '$0.50', '$0.0123', '$0.000097', '< $0.000001', '$0')
    """
    size, sign = abs(usd), "-" if usd < 0 else ""
    if size == 0:
        return "$0"
    if size < LEAST_USD:
        return f"< ${LEAST_USD:.6f}" if usd > 0 else f"> -${LEAST_USD:.6f}"
    if size >= 1:
        return f"{sign}${size:,.2f}"
    zeros = next(zeros for zeros in range(7) if size >= 10.0 ** -(zeros + 1))
    whole, _, parts = f"{size:.{zeros + digits}f}".partition(".")
    return f"{sign}${whole}.{parts.rstrip('0'):0<2}"


def price(usd: float, digits: int = 4) -> str:
    """The same, or ``free``."""
    return dollars(usd, digits) if usd else "free"

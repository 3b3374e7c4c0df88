"""Values of files that somebody else wrote, read with suspicion: prices, dates, token counts, names."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import cast

from coderoute_ls.errors import ConfigurationError

Json = dict[str, object]

LONGEST_NAME = 120
HUGE = 10**30
MOST_DIGITS = 40
MOST_MAGNITUDE = 15
"""Powers of ten: a smaller number would be no price as a float any more, and a longer one fills whatever shows it."""
NO_NUMBER = Decimal("NaN")


def document_of(payload: bytes) -> Json:
    """A list as it was sent. Raises `ConfigurationError` for what is no JSON object, and for prices in another currency."""
    try:
        content: object = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the list is not whole JSON ({error})") from error
    if not isinstance(content, dict):
        raise ConfigurationError("the list is not a JSON object")
    document = cast("Json", content)
    if b"currency" not in payload.lower():
        return document
    if other := _other_currency(document):
        raise ConfigurationError(f"the list's prices are in {other!r:.20}, not in USD")
    return cast("Json", _dollars_only(document, ""))


_DOLLARS = re.compile(r"\bUSD\b|\bUS ?(?:\$|dollar)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?", re.IGNORECASE)


def _other_currency(row: Json) -> str:
    """The currency that a row names, where that is not the US dollar in so many words; "" where it names none."""
    told = (value for key, value in row.items() if "currency" in key.lower())
    other = (value for value in told if not isinstance(value, str) or not _DOLLARS.search(value))
    return next((str(value) or "no currency" for value in other), "")


def _dollars_only(value: object, currency: str) -> object:
    """The same, with the currency written behind each number of a row that names another one: no price is read from that."""
    if isinstance(value, dict):
        row = cast("Json", value)
        currency = _other_currency(row) or currency
        return {key: _dollars_only(each, currency) for key, each in row.items()}
    if isinstance(value, list):
        return [_dollars_only(each, currency) for each in cast("list[object]", value)]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not currency or not (number or (isinstance(value, str) and _NUMBER.fullmatch(value))):
        return value
    return f"{value} {currency:.20}"


def decimal_of(value: object) -> Decimal | None:
    """A price as said; NaN for one that is no number, None for none."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value) if isinstance(value, str | float | Decimal) or (isinstance(value, int) and abs(value) < HUGE) else ""
    try:
        price = Decimal(text if len(text) <= MOST_DIGITS else "")
    except InvalidOperation:
        return NO_NUMBER
    return price if not price or (price.is_finite() and abs(price.adjusted()) <= MOST_MAGNITUDE) else NO_NUMBER


def per_million(value: object) -> Decimal | None:
    """A price per token as one per million tokens."""
    price = decimal_of(value)
    return None if price is None else (price * 1_000_000).normalize() if price.is_finite() else price


def name_of(value: object) -> str:
    """A model's name for people, without what a terminal or an editor would obey."""
    text = value[:LONGEST_NAME] if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable()).strip()


def day_of(value: object) -> str:
    """A date as it is written, to the day; "" for anything that is none."""
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}(-\d\d){0,2}(?!\d)", value) else ""


def is_day(text: str) -> bool:
    """Whether this is a whole day of the calendar, in ISO's writing.

    >>> [is_day(text) for text in ("2027-01-14", "2027", "2026-13-45")]
    [True, False, False]
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def date_of(value: object) -> str:
    """The day of a Unix time; "" for anything that is none."""
    if not isinstance(value, int) or not 0 < value < 1e11:
        return ""
    return datetime.fromtimestamp(value, UTC).date().isoformat()


def tokens_of(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9 else None


def rows_of(value: object) -> list[Json]:
    return [cast("Json", row) for row in cast("list[object]", value) if isinstance(row, dict)] if isinstance(value, list) else []


def object_of(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else dict[str, object]()

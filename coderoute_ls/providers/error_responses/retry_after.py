"""When a vendor may be asked again: headers in seconds, milliseconds or as a date, and what the body says."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from coderoute_ls.providers.json_access import is_list, is_object

MAX_RETRY_AFTER_S = 86_400.0
_EPOCH_S, _EPOCH_MS = 1e9, 1e12
"""A number of seconds above these is a moment: seconds or milliseconds since 1970."""
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_TRY_AGAIN = re.compile(r"(?:try again|retry|wait)(?: after| in)? (\d[\dhms.]*[hms]|\d+(?:\.\d+)?(?= ?sec))")


def retry_after_header(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """Seconds to wait by ``retry-after-ms`` and ``retry-after``, the longer one of both; None where neither names a time to come:
    zero, the past and nonsense say nothing about when to come back.
    """
    millis = _seconds(headers.get("retry-after-ms", "").strip())
    waits = [None if millis is None else millis / 1000, _header(headers.get("retry-after", "").strip(), now)]
    return max((wait for wait in map(_bounded, waits) if wait is not None), default=None)


def retry_after_body(payload: object, said: Iterable[str]) -> float | None:
    """Gemini's ``RetryInfo``, or "try again in 50.6s" in the words of the message."""
    root: object = payload[0] if is_list(payload) and payload else payload
    inner = root.get("error") if is_object(root) else None
    details = inner.get("details") if is_object(inner) else None
    for detail in details if is_list(details) else []:
        delay = detail.get("retryDelay") if is_object(detail) else None
        if isinstance(delay, str):
            return _bounded(_seconds(delay))
    for text in said:
        if match := _TRY_AGAIN.search(text.lower()):
            return _bounded(_seconds(match[1]))
    return None


def _header(value: str, now: Callable[[], float]) -> float | None:
    seconds = _seconds(value)
    if seconds is None and (moment := _moment(value)) is not None:
        return moment - now()
    if seconds is None:  # two headers that a proxy joined
        seconds = _seconds(value.partition(",")[0].strip())
    if seconds is None or not _EPOCH_S <= seconds < 1e15:
        return seconds
    return (seconds / 1000 if seconds >= _EPOCH_MS else seconds) - now()


def _moment(value: str) -> float | None:
    """A date of HTTP or ISO 8601, as Unix time."""
    from email.utils import parsedate_to_datetime

    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(value)
        except (ValueError, OverflowError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def _seconds(text: str) -> float | None:
    """``"2"``, ``"1m2.5s"``, ``"350ms"`` in seconds; None when it is no duration."""
    try:
        return float(text)
    except ValueError:
        match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, millis = (float(group or 0) for group in match.groups())
    return hours * 3600 + minutes * 60 + seconds + millis / 1000


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None or not 0 < seconds < math.inf else min(seconds, MAX_RETRY_AFTER_S)

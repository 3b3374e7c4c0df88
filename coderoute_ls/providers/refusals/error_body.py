"""What a vendor's refusal says, wherever it hides it: words for people, words to classify by, and when to come back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from coderoute_ls.providers.json_access import is_list, is_object
from coderoute_ls.providers.redact import quote

MAX_RETRY_AFTER_S = 86_400.0


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a vendor says went wrong, taken out of its body: ``words`` for people, ``everything`` to classify by."""

    words: str = ""
    everything: str = ""
    status: int | None = None
    retry_after: float | None = None


def _parse(body: bytes) -> object:
    """The body as JSON, or as text where it is none; HTML pages say nothing worth repeating."""
    stripped = body.strip()
    try:
        parsed: object = orjson.loads(stripped)
    except orjson.JSONDecodeError:
        return "" if stripped.startswith(b"<") else stripped.decode("utf-8", "replace")[:2_000]
    return parsed


def read_body(body: bytes) -> ErrorBody:
    """What the body of a refusal complains about, whatever it is: JSON, text, a web page, nothing."""
    return read_complaint(_parse(body))


def read_complaint(payload: object) -> ErrorBody:
    """What the payload complains about: an object, a string, a list, or JSON inside a string."""
    said: list[str] = []
    codes: list[str] = []
    _collect(payload, said, codes, depth=0)
    words = quote(next((text for text in said if text), ""))
    status = next((int(code) for code in codes if code.isdecimal() and 400 <= int(code) <= 599), None)
    return ErrorBody(words, " ".join((*said, *codes)).lower()[:4_000], status, _retry_after_body(payload, said))


def _collect(value: object, said: list[str], codes: list[str], *, depth: int) -> None:
    """Gather messages and codes wherever vendors hide them."""
    if depth > 6:
        return
    if isinstance(value, str):
        inner: object = None
        if value.lstrip().startswith("{"):
            try:
                inner = orjson.loads(value)
            except orjson.JSONDecodeError:
                inner = None
        if inner is None:
            said.append(value)
        else:
            _collect(inner, said, codes, depth=depth + 1)
    elif is_object(value):
        for key in ("error", "message", "detail", "msg", "error_message", "errors", "metadata", "raw"):
            if key in value:
                _collect(value[key], said, codes, depth=depth + 1)
        codes.extend(
            str(value[key]) for key in ("code", "type", "status", "status_code", "reason", "param") if _is_scalar(value.get(key))
        )
    elif is_list(value):
        for item in value[:5]:
            _collect(item, said, codes, depth=depth + 1)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


# --- when to come back --------------------------------------------------------------------------------------------------

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_TRY_AGAIN = re.compile(r"(?:try again|retry|wait)(?: after| in)? (\d[\dhms.]*[hms]|\d+(?:\.\d+)?(?= ?sec))")


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
    return None if seconds is None or not seconds >= 0 else min(seconds, MAX_RETRY_AFTER_S)


def retry_after_header(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """Seconds to wait by ``retry-after-ms`` or ``retry-after``, as a number or a date; None where neither makes sense."""
    if millis := headers.get("retry-after-ms"):
        seconds = _seconds(millis)
        return None if seconds is None else _bounded(seconds / 1000)
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    seconds = _seconds(value)
    if seconds is None:
        from email.utils import parsedate_to_datetime

        try:
            seconds = max(0.0, parsedate_to_datetime(value).timestamp() - now())
        except (ValueError, OverflowError):
            return None
    return _bounded(seconds)


def _retry_after_body(payload: object, said: list[str]) -> float | None:
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

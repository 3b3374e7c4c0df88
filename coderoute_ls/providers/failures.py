"""From a vendor's refusal to the error tree: status, body and in-stream events, whatever their shape, and the remedy in words.

Vendors agree on nothing: a bad key is 400, 401 or 403; no money is 402, 403 or 429; an unknown model 400 or 404. So the words of
the body decide where the status does not, by the ordered rules below.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

import orjson

from coderoute_ls.errors import (
    AuthenticationFailed,
    ContentRefused,
    ContextTooLong,
    ModelNotFound,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.providers.redact import quote
from coderoute_ls.providers.vendors import Vendor

Json = dict[str, object]
MAX_RETRY_AFTER_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a vendor says went wrong, taken out of its body: ``words`` for people, ``everything`` to classify by."""

    words: str = ""
    everything: str = ""
    status: int | None = None
    retry_after: float | None = None


def failure_from_response(
    vendor: Vendor,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    model: str = "",
    now: Callable[[], float] = time.time,
) -> ProviderError:
    """The error for a response that is not a success. ``headers`` are lower-case; ``now`` is the wall clock in seconds."""
    complaint = read_complaint(_parse(body))
    retry_after = _retry_after_header(headers, now)
    return _build(vendor, status, complaint, complaint.retry_after if retry_after is None else retry_after, model)


def failure_in_stream(vendor: Vendor, payload: object, *, model: str = "") -> ProviderError:
    """The error for a failure told inside a successful answer: in an event, or as a body with status 200."""
    complaint = read_complaint(payload)
    return _build(vendor, complaint.status, complaint, complaint.retry_after, model)


def refused_field(error: ProviderError, fields: frozenset[str]) -> str | None:
    """Which of these body fields the vendor says it does not take, by name; None when it names none."""
    if type(error) is not RequestRejected:
        return None
    words = error.user_message.lower()
    named = [
        name for name in sorted(fields, key=len, reverse=True) if re.search(rf"(?<![a-z_]){re.escape(name)}(?![a-z_])", words)
    ]
    return named[0] if named else None


# --- classification -----------------------------------------------------------------------------------------------------

_TOO_LONG = re.compile(
    r"context.?(length|window|size|limit)|maximum context|exceeds? the (available|maximum) (context|input)|prompt (is )?too long"
    r"|input (is )?too long|token count.{0,60}exceeds|request too large|too many (input tokens|tokens: )|max_model_len"
    r"|longer than the model"
    r"|reduce (the|your) (length|prompt|message)"
)
_NO_CREDIT = re.compile(
    r"insufficient.?(quota|balance|credit|fund)|credit balance|\bcredits?\b.{0,30}(exhaust|deplet|exceed|or licen)"
    r"|(no|more|enough|out of|any) credits|exceeded your current quota|calls / month|monthly (limit|quota|spend)|payment.required"
    r"|arrearage|overdue|spending.limit"
)
_BAD_KEY = re.compile(
    r"api.?key|api_key_invalid|authenticat|unauthori[sz]ed|permission|credential|security token|token.{0,20}(invalid|expired)"
    r"|access.denied|forbidden"
)
_NO_MODEL = re.compile(
    r"model_not_found|invalid_model|deploymentnotfound|no endpoints found|supported api model names are|not a valid model"
    r"|(invalid|unknown|no such|unrecognized) model"
    r"|models?\b.{0,90}(not found|not exist|doesn.t exist|no longer|decommissioned|retired)"
)
_POLICY = re.compile(
    r"content.?(policy|filter|management)|moderation|\bflagged\b|responsible.?ai|data.?inspection|inappropriate|prohibited_content"
)
_LIMIT = re.compile(r"rate.?limit|throttl|too many (requests|tokens)|quota|resource_exhausted|concurrency")
_DOWN = re.compile(r"overloaded|server_error|api_error|internal|unavailable|capacity|timeout|timed out")

_Rule = tuple[type[ProviderError], Callable[[int | None, str], bool]]


def _matches(pattern: re.Pattern[str], *statuses: int) -> Callable[[int | None, str], bool]:
    """A rule: the words match, and the status (where there is one) is among these."""
    return lambda status, words: (status is None or status in statuses) and pattern.search(words) is not None


_RULES: tuple[_Rule, ...] = (
    (OutOfCredit, lambda status, words: status == 402),
    (ContextTooLong, lambda status, words: status == 413),
    (ContextTooLong, lambda status, words: status == 429 and "request too large" in words),
    (ContextTooLong, _matches(_TOO_LONG, 400, 422, 500)),
    (OutOfCredit, _matches(_NO_CREDIT, 400, 401, 403, 429)),
    (RateLimited, lambda status, words: status == 429),
    (AuthenticationFailed, lambda status, words: status == 401),
    (ModelNotFound, _matches(_NO_MODEL, 400, 403, 404, 422)),
    (ModelNotFound, lambda status, words: status == 404),
    (ContentRefused, _matches(_POLICY, 400, 403, 422, 451)),
    (RateLimited, _matches(_LIMIT, 400, 403)),
    (AuthenticationFailed, _matches(_BAD_KEY, 400)),
    (AuthenticationFailed, lambda status, words: status == 403),
    (
        ProviderUnavailable,
        lambda status, words: status is not None and (status >= 500 or status < 400 or status in (408, 409, 425)),
    ),
    (ProviderUnavailable, lambda status, words: status is None and _DOWN.search(words) is not None),
    (RequestRejected, lambda status, words: status is not None or "invalid" in words),
)


def _build(vendor: Vendor, status: int | None, complaint: Complaint, retry_after: float | None, model: str) -> ProviderError:
    kind = next((kind for kind, holds in _RULES if holds(status, complaint.everything)), ProviderUnavailable)
    if kind is OutOfCredit and complaint.retry_after is not None:
        kind = RateLimited  # Gemini calls a per-minute limit a quota, and says when to come back
    code = f" ({status})" if status is not None else ""
    message = _sentence(kind, vendor, code, words=complaint.words, retry_after=retry_after, model=model)
    return kind(message, provider=vendor.id, status=status, retry_after=retry_after)


def _sentence(kind: type[ProviderError], vendor: Vendor, code: str, *, words: str, retry_after: float | None, model: str) -> str:
    name, key, said = vendor.name, vendor.key_name, f": {words}" if words else ""
    what = model or "this model"
    if kind is AuthenticationFailed:
        remedy = f"set a valid key, or store one with `coderoute-ls keys set {vendor.id}`"
        return (
            f"{key} was refused by {name}{code}: {remedy}."
            if key
            else f"{name} refused the request{code}; it may need a key{said}."
        )
    if kind is OutOfCredit:
        return f"The account at {name} is out of credit or quota{code}: top it up, or allow another provider."
    if kind is RateLimited:
        wait = f"in {retry_after:.0f} s" if retry_after is not None and retry_after >= 1 else "in a moment"
        return f"{name} limits how often it may be asked{code}: try again {wait}."
    if kind is ContextTooLong:
        return f"The request is too long for {what} at {name}{code}: select less, or use a model with a larger window."
    if kind is ContentRefused:
        return f"{name} refused the request because of its content policy{code}."
    if kind is ModelNotFound:
        return f"{name} does not know {what}{code}: it was renamed or retired, or the base URL is wrong."
    if kind is ProviderUnavailable:
        return f"{name} failed to answer{code}{said or ': it is overloaded or down'}; try again later."
    return f"{name} rejected the request{code}{said}."


# --- reading bodies -----------------------------------------------------------------------------------------------------


def _is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _parse(body: bytes) -> object:
    """The body as JSON, or as text where it is none; HTML pages say nothing worth repeating."""
    stripped = body.strip()
    try:
        parsed: object = orjson.loads(stripped)
    except orjson.JSONDecodeError:
        return "" if stripped.startswith(b"<") else stripped.decode("utf-8", "replace")[:2_000]
    return parsed


def read_complaint(payload: object) -> Complaint:
    """What the payload complains about: an object, a string, a list, or JSON inside a string."""
    said: list[str] = []
    codes: list[str] = []
    _collect(payload, said, codes, depth=0)
    words = quote(next((text for text in said if text), ""))
    status = next((int(code) for code in codes if code.isdecimal() and 400 <= int(code) <= 599), None)
    return Complaint(words, " ".join((*said, *codes)).lower()[:4_000], status, _retry_after_body(payload, said))


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
    elif _is_object(value):
        for key in ("error", "message", "detail", "msg", "error_message", "errors", "metadata", "raw"):
            if key in value:
                _collect(value[key], said, codes, depth=depth + 1)
        codes.extend(
            str(value[key]) for key in ("code", "type", "status", "status_code", "reason", "param") if _is_scalar(value.get(key))
        )
    elif _is_list(value):
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


def _retry_after_header(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
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
    root: object = payload[0] if _is_list(payload) and payload else payload
    inner = root.get("error") if _is_object(root) else None
    details = inner.get("details") if _is_object(inner) else None
    for detail in details if _is_list(details) else []:
        delay = detail.get("retryDelay") if _is_object(detail) else None
        if isinstance(delay, str):
            return _bounded(_seconds(delay))
    for text in said:
        if match := _TRY_AGAIN.search(text.lower()):
            return _bounded(_seconds(match[1]))
    return None

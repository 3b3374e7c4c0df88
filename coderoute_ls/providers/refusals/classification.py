"""From a vendor's refusal to the error tree: status, body and in-stream events, whatever their shape, and the remedy in words.

Vendors agree on nothing: a bad key is 400, 401 or 403; no money is 402, 403 or 429; an unknown model 400 or 404. So the words of
the body decide where the status does not, by the ordered rules below.
"""

import re
import time
from collections.abc import Callable, Mapping

from coderoute_ls.domain.vendor import Vendor
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
from coderoute_ls.providers.refusals.error_body import ErrorBody, read_body, read_complaint, retry_after_header


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
    complaint = read_body(body)
    retry_after = retry_after_header(headers, now)
    return _build(vendor, status, complaint, complaint.retry_after if retry_after is None else retry_after, model)


def failure_in_stream(vendor: Vendor, payload: object, *, model: str = "") -> ProviderError:
    """The error for a failure told inside a successful answer: in an event, or as a body with status 200."""
    complaint = read_complaint(payload)
    return _build(vendor, complaint.status, complaint, complaint.retry_after, model)


def refused_field(error: ProviderError, fields: frozenset[str]) -> str | None:
    """Which of these body fields the vendor says it does not take, by name; None when it names none."""
    if type(error) is not RequestRejected:
        return None
    words = frozenset(re.findall(r"[a-z_]+", error.user_message.lower()))
    return next((name for name in sorted(fields) if name in words or _ALIASES.get(name) in words), None)


_ALIASES = {"think": "thinking", "suffix": "insert"}
"""What Ollama calls these fields when it refuses them."""


# --- classification -----------------------------------------------------------------------------------------------------

_TOO_LONG = re.compile(
    r"context.?(length|window|size|limit)|maximum context|exceeds? the (available|maximum) (context|input)|prompt (is )?too long"
    r"|input (is )?too long|token count.{0,60}exceeds|request too large|too many (input tokens|tokens: )|max_model_len"
    r"|longer than the model|input tokens exceed|exceeds? (the )?maximum length"
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
    r"|model identifier is invalid|on-demand throughput|model version has reached the end"
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


def _build(vendor: Vendor, status: int | None, complaint: ErrorBody, retry_after: float | None, model: str) -> ProviderError:
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

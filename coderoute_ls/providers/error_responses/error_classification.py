"""From a vendor's error response to the error tree, by status, body and in-stream events, with the remedy in words.

Vendors agree on nothing: a bad key is 400, 401 or 403; no money is 402, 403 or 429; an unknown model 400 or 404. So the words of
the body decide where the status does not, by the ordered rules below, and each error concerns the smallest thing that they allow.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import (
    AuthenticationFailed,
    ContentRefused,
    ContextTooLong,
    ModelNotAllowed,
    ModelNotFound,
    OutOfCredit,
    PriceAboveLimit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
    Scope,
)
from coderoute_ls.providers.error_responses import error_phrases as phrases
from coderoute_ls.providers.error_responses.context_length_exceeded import says_too_long
from coderoute_ls.providers.error_responses.error_body import ErrorBody, read_body, read_complaint
from coderoute_ls.providers.error_responses.retry_after import retry_after_header
from coderoute_ls.providers.error_responses.user_messages import sentence
from coderoute_ls.text.lazy_regex import LatePattern


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
    return _error(vendor, status, complaint, complaint.retry_after if retry_after is None else retry_after, model)


def failure_in_stream(vendor: Vendor, payload: object, *, model: str = "") -> ProviderError:
    """The error for a failure told inside a successful answer: in an event, or as a body with status 200."""
    complaint = read_complaint(payload)
    return _error(vendor, complaint.status, complaint, complaint.retry_after, model)


# --- classification -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Case:
    """What the rules look at. ``status`` is None for a failure in a stream that names none; ``wait`` is in seconds."""

    status: int | None
    body: ErrorBody
    wait: float | None


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: type[ProviderError]
    holds: Callable[[_Case], bool]
    scope: Scope | None = None
    """Where it is not that of the class."""


def _says(pattern: LatePattern, *statuses: int) -> Callable[[_Case], bool]:
    """A rule: the words match, and the status (where there is one) is among these."""
    return lambda case: (case.status is None or case.status in statuses) and pattern.search(case.body.everything) is not None


def _is(*statuses: int) -> Callable[[_Case], bool]:
    return lambda case: case.status in statuses


def _too_long(case: _Case) -> bool:
    words = case.body.everything
    if case.status == 429:
        return "request too large" in words
    return (case.status in (None, 400, 413, 422, 424, 500, 503)) and says_too_long(words)


def _server_failed(case: _Case) -> bool:
    return case.status is not None and (case.status >= 500 or case.status < 400 or case.status in (403, 407, 408, 409, 425))


_RULES: tuple[_Rule, ...] = (
    # a page of a proxy, a firewall or a captive portal says nothing of the server behind it
    _Rule(ProviderUnavailable, lambda case: case.body.web_page and case.status in (400, 402, 403, 407, 429, 451)),
    _Rule(RequestRejected, lambda case: case.body.error_type in ("max_tokens_exceeded", "token_limit_exceeded")),
    _Rule(RateLimited, lambda case: case.status == 402 and case.wait is not None),
    _Rule(OutOfCredit, _says(phrases.NOTHING_LEFT, 402, 403, 429)),
    _Rule(RequestRejected, _says(phrases.FEWER_TOKENS, 402, 403, 429)),
    _Rule(OutOfCredit, _is(402)),
    _Rule(RequestRejected, _says(phrases.LIMIT_TOO_LARGE, 400, 413, 416, 422, 500)),
    _Rule(ContextTooLong, _is(413)),
    _Rule(ContextTooLong, _too_long),
    # Gemini calls a limit per minute a quota, and says when to come back
    _Rule(RateLimited, lambda case: case.status == 429 and case.body.retry_after is not None),
    _Rule(ContentRefused, _says(phrases.FLAGGED, 400, 403, 422, 451)),
    _Rule(OutOfCredit, _says(phrases.NO_CREDIT, 400, 401, 403, 412, 429)),
    _Rule(RateLimited, _is(429)),
    _Rule(ProviderUnavailable, lambda case: "availability." in case.body.everything),
    _Rule(AuthenticationFailed, _is(401)),
    _Rule(ProviderUnavailable, _says(phrases.REGION, 400, 403, 451)),
    _Rule(PriceAboveLimit, _says(phrases.PRICE_LIMIT, 400, 404)),
    _Rule(ModelNotAllowed, _says(phrases.NO_ENDPOINT, 400, 404), "offer"),
    _Rule(ModelNotFound, _says(phrases.NO_MODEL, 400, 403, 404, 410, 422)),
    _Rule(ModelNotAllowed, _says(phrases.MODEL_NOT_ALLOWED, 403, 404)),
    _Rule(ModelNotFound, _is(404, 410)),
    _Rule(ContentRefused, _says(phrases.POLICY, 400, 403, 422, 451)),
    _Rule(ContentRefused, _is(451)),
    _Rule(RateLimited, _says(phrases.RATE_LIMIT, 400, 403)),
    _Rule(AuthenticationFailed, _says(phrases.ACCOUNT_CLOSED, 400, 403)),
    _Rule(AuthenticationFailed, _says(phrases.BAD_KEY_ONLY, 400)),
    _Rule(AuthenticationFailed, lambda case: case.status == 403 and phrases.BAD_KEY.search(case.body.everything) is not None),
    _Rule(RequestRejected, _says(phrases.BAD_ARGUMENT, 500, 501)),
    _Rule(ProviderUnavailable, _server_failed),
    _Rule(ProviderUnavailable, lambda case: case.status is None and phrases.DOWN.search(case.body.everything) is not None),
    _Rule(RequestRejected, lambda case: case.status is not None or "invalid" in case.body.everything),
)
_OTHERWISE = _Rule(ProviderUnavailable, lambda _: True)


def _error(vendor: Vendor, status: int | None, body: ErrorBody, wait: float | None, model: str) -> ProviderError:
    case = _Case(phrases.TYPED_STATUS.get(body.error_type, status), body, wait)
    rule = next((rule for rule in _RULES if rule.holds(case)), _OTHERWISE)
    message = sentence(rule.kind, vendor, status, body, wait=wait, model=model)
    error = rule.kind(message, provider=vendor.id, status=status, retry_after=wait, scope=rule.scope)
    error.complaint = body
    return error

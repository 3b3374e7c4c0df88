"""What a caller of the gateway did wrong, or has to be told: one error for all faces, which each writes in its own shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.errors import (
    AuthenticationFailed,
    BoundExceeded,
    BudgetExceeded,
    CoderouteError,
    ConnectionFailed,
    ContextTooLong,
    DatabaseLost,
    DeadlineExceeded,
    KeyRefused,
    ModelNotFound,
    NoOffer,
    NotReady,
    OutOfCredit,
    ProviderError,
    RateLimited,
    RequestRejected,
    SecretFound,
)

Kind = Literal[
    "invalid_request", "authentication", "permission", "not_found", "too_large", "rate_limit", "budget", "timeout", "overloaded",
    "upstream",
]  # fmt: skip


@dataclass(eq=False)
class CallerError(Exception):
    """An HTTP status and one sentence that says what is wrong and what to do; never a key, a prompt or an answer."""

    status: int
    kind: Kind
    message: str
    param: str = ""
    """The field of the request that is at fault, where one is."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        return self.message


def invalid(message: str, param: str = "") -> CallerError:
    """400: the request cannot be understood as it is."""
    return CallerError(400, "invalid_request", message, param)


def caller_error(error: CoderouteError) -> CallerError:
    """The error of the engine or of a vendor, as a caller is told."""
    status, kind = next((told for known, told in _TOLD if isinstance(error, known)), (500, "upstream"))
    wait = error.retry_after if isinstance(error, ProviderError) else None
    headers = {} if wait is None else {"retry-after": f"{max(wait, 0):.0f}"}
    return CallerError(status, kind, error.user_message, headers=headers)


_TOLD: tuple[tuple[type[CoderouteError], tuple[int, Kind]], ...] = (
    (SecretFound, (400, "invalid_request")),
    (BudgetExceeded, (402, "budget")),
    (NoOffer, (422, "invalid_request")),  # clients ask again after 503, for minutes: nothing would change
    (ContextTooLong, (400, "invalid_request")),
    (RequestRejected, (400, "invalid_request")),
    (RateLimited, (429, "rate_limit")),
    (OutOfCredit, (402, "budget")),
    # The vendor refused a key of ours, or our catalogue's name: neither is about the caller's own token or spelling.
    (AuthenticationFailed, (502, "upstream")),
    (ModelNotFound, (502, "upstream")),
    (NotReady, (503, "overloaded")),
    (DatabaseLost, (503, "overloaded")),
    (KeyRefused, (401, "authentication")),
    (DeadlineExceeded, (504, "timeout")),
    (ConnectionFailed, (502, "upstream")),
    (BoundExceeded, (502, "upstream")),
    (ProviderError, (502, "upstream")),
)
"""The first class that fits decides: narrow ones stand before wide ones."""

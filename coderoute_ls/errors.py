"""Everything that can go wrong, as one tree. Each error knows the sentence a user should read.

::

    CoderouteError
    ├── ConfigurationError        a setting, file or argument that cannot be used
    ├── SecretFound               a finished request still held something that must not leave (engine's last check)
    ├── NoOffer                   selection found nothing it may use; carries the decision
    ├── BudgetExceeded            a spending limit would be passed
    ├── DatabaseLost              the team's database cannot be reached, or does not answer in time
    ├── KeyRefused                a team's key is wrong, has expired or was revoked
    ├── Unsupported               this editor or file cannot do what was asked
    └── ProviderError             talking to a vendor failed
        ├── AuthenticationFailed  the key was refused            (401, 403, some 400)
        ├── OutOfCredit           the account has no money       (402, some 403 and 429)
        ├── RateLimited           too many requests; retry_after in seconds where known
        ├── RequestRejected       the request is wrong and stays wrong (400, 413, 422)
        │   ├── ContextTooLong    the prompt exceeds the model's window
        │   └── ContentRefused    the vendor's policy refused it
        ├── ModelNotFound         unknown or retired model       (404, some 400)
        │   └── ModelNotAllowed   known, but not for this account (some 401 and 403)
        ├── PriceAboveLimit       no host serves the model at a price that the request allows (some 404)
        ├── NotReady              the model is still being loaded, or its server is busy; nothing is wrong
        │   └── Paused            it let ghost text go first: ask again
        ├── ProviderUnavailable   5xx, overloaded, nonsense where an answer should be
        ├── ConnectionFailed      no connection, or lost
        │   └── DeadlineExceeded  connected, but too slow
        └── BoundExceeded         a line, body or answer larger than allowed
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # a command begins with this module, and most commands need no more of domain/ than this name
    from coderoute_ls.domain import Usage

Scope = Literal["request", "model", "offer", "vendor", "account"]
"""What a failure concerns: this request; the vendor's model at every effort; this offer; all that the vendor's key opens; all
that the account there pays for.
"""


class CoderouteError(Exception):
    """Root of the tree. ``user_message`` is one sentence that says what happened and what to do next; it never holds a
    key, a prompt or an answer.
    """

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class ConfigurationError(CoderouteError):
    """A setting, file or argument that cannot be used."""


class SecretFound(CoderouteError):
    """The last check before sending found something secret-looking in a finished request."""


class NoOffer(CoderouteError):
    """No offer may be used for this request."""


class BudgetExceeded(CoderouteError):
    """A spending limit would be passed by this call."""


class DatabaseLost(CoderouteError):
    """The team's database cannot be reached, or does not answer in time. It may come back by itself."""


class KeyRefused(CoderouteError):
    """A team's key is wrong, has expired or was revoked."""


class Unsupported(CoderouteError):
    """This editor, file or place cannot do what was asked."""


class ProviderError(CoderouteError):
    """Talking to a vendor failed.

    ``provider`` is the vendor's id; ``status`` the HTTP status, or None when there was none; ``retry_after`` seconds to
    wait, or None; ``after_text`` tells whether visible text had already arrived. ``scope`` is the smallest thing that the
    failure's words concern; the class gives it where nothing else is said.
    """

    scope: Scope = "offer"

    def __init__(
        self,
        user_message: str,
        *,
        provider: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        after_text: bool = False,
        scope: Scope | None = None,
    ) -> None:
        super().__init__(user_message)
        self.provider = provider
        self.status = status
        self.retry_after = retry_after
        self.after_text = after_text
        self.usage: Usage | None = None
        """What the vendor had counted before it failed; None when it said nothing."""
        self.complaint: object = None
        """What the vendor said, as ``providers/`` reads it, to make a request fit; never shown, for it may quote the user."""
        if scope is not None:
            self.scope = scope


class AuthenticationFailed(ProviderError):
    """The key was refused."""

    scope = "vendor"


class OutOfCredit(ProviderError):
    """The account has no money or quota left."""

    scope = "account"


class RateLimited(ProviderError):
    """Too many requests."""


class RequestRejected(ProviderError):
    """The request itself is at fault; sending it again cannot help."""

    scope = "request"


class ContextTooLong(RequestRejected):
    """The prompt does not fit the model's window."""


class ContentRefused(RequestRejected):
    """The vendor's content policy refused the request."""


class ModelNotFound(ProviderError):
    """The vendor does not know this model (any more)."""

    scope = "model"


class ModelNotAllowed(ModelNotFound):
    """The vendor knows the model, but does not let this account, key or project use it."""


class PriceAboveLimit(ProviderError):
    """A broker has no host of the model at a price that the request allows: it costs more than is known."""

    scope = "model"


class NotReady(ProviderError):
    """The model is still being loaded, or its server answers others, and this request does not wait for it."""


class Paused(NotReady):
    """A request to a server on this machine let another one go first after it had said something. It may be asked again."""


class ProviderUnavailable(ProviderError):
    """The vendor failed: 5xx, overloaded, or an answer that is not one."""


class ConnectionFailed(ProviderError):
    """No connection, or it was lost."""


class DeadlineExceeded(ConnectionFailed):
    """Connected, but too slow."""


class BoundExceeded(ProviderError):
    """A line, body or answer was larger than allowed."""

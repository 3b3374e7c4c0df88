"""An answer that is no success, read as far as it says why."""

from collections.abc import Callable

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConnectionFailed, ProviderError, ProviderUnavailable
from coderoute_ls.providers.connections.transport import Answer, read_at_most
from coderoute_ls.providers.error_responses.error_classification import failure_from_response
from coderoute_ls.providers.key_redaction import without

MAX_ERROR_BODY = 64 << 10


async def failure_of(vendor: Vendor, answer: Answer, key: str | None, *, model: str, now: Callable[[], float]) -> ProviderError:
    """The error for an answer whose status is none of success, without the key that it may repeat."""
    if 300 <= answer.status < 400:
        return ProviderUnavailable(
            f"{vendor.name} points to another address ({answer.status}), which is not followed: is its base URL right?",
            provider=vendor.id,
            status=answer.status,
        )
    try:
        said = await read_at_most(answer, MAX_ERROR_BODY)
    except (ConnectionFailed, ProviderUnavailable):
        said = b""
    if key:  # before anything is cut: half a key is known by no value
        said = without(said.decode("latin-1"), [key]).encode("latin-1")
    return failure_from_response(vendor, answer.status, answer.headers, said, model=model, now=now)

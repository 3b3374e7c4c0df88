"""One sentence for the user per kind of error: what happened, and what to do next."""

from coderoute_ls.domain.vendor import TEAM, Vendor
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
)
from coderoute_ls.providers.error_responses import error_phrases
from coderoute_ls.providers.error_responses.error_body import ErrorBody

_SAID_BY_ITSELF = (AuthenticationFailed, OutOfCredit, RateLimited)
"""Of a team's gateway: what it refuses by itself, or was refused by a vendor."""


def sentence(
    kind: type[ProviderError], vendor: Vendor, status: int | None, body: ErrorBody, *, wait: float | None, model: str
) -> str:
    """``wait``: seconds until the vendor may be asked again, where it said so. Holds no key and no long quotation."""
    name, code = vendor.name, f" ({status})" if status is not None else ""
    said = f": {body.words}" if body.words else ""
    what = model or "this model"
    if vendor.id == TEAM and said and kind in _SAID_BY_ITSELF:  # whose limit it is, and what to do
        return f"{name} refused{code}{said.removesuffix('.')}."
    if kind is AuthenticationFailed:
        return _about_the_key(vendor, code, said)
    if kind is OutOfCredit:
        return f"The account at {name} is out of credit or quota{code}: top it up, or allow another provider."
    if kind is RateLimited:
        when = f"in {wait:.0f} s" if wait is not None and wait >= 1 else "in a moment"
        return f"{name} limits how often it may be asked{code}: try again {when}."
    if kind is ContextTooLong:
        return f"The request is too long for {what} at {name}{code}: select less, or use a model with a larger window."
    if kind is ContentRefused:
        return f"{name} refused the request because of its content policy{code}{said}."
    if kind is PriceAboveLimit:
        known = "at a price near the one that is known"
        return f"{name} has no host of {what} {known}{code}: `coderoute-ls models refresh` reads the new one."
    if kind is ModelNotAllowed:
        return f"{name} does not let this account use {what}{code}{said}."
    if kind is ModelNotFound:
        return f"{name} does not know {what}{code}: it was renamed or retired, or the base URL is wrong."
    if kind is ProviderUnavailable:
        if body.web_page and status is not None and status < 500:
            return f"A web page came instead of {name}'s answer{code}: does a proxy or a firewall answer instead?"
        if error_phrases.REGION.search(body.everything):
            return f"{name} does not serve this place{code}{said}."
        return f"{name} failed to answer{code}{said or ': it is overloaded or down'}; try again later."
    return f"{name} rejected the request{code}{said}."


def _about_the_key(vendor: Vendor, code: str, said: str) -> str:
    if not vendor.key_name:
        return f"{vendor.name} refused the request{code}; it may need a key{said}."
    remedy = f"set a valid key, or store one with `coderoute-ls keys set {vendor.id}`"
    return f"{vendor.key_name} was refused by {vendor.name}{code}: {remedy}."

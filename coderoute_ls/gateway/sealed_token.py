"""A vendor's reasoning token as the gateway hands it to a caller: with the vendor and family it holds for, in one text.

The caller sends it back unchanged, and only then is it known whom it may go to. Pure.
"""

import base64
import binascii

import orjson

from coderoute_ls.domain.conversation import ReasoningToken
from coderoute_ls.providers.json_access import as_object, as_text

PREFIX = "cr1."


def sealed(token: ReasoningToken) -> str:
    """One text of letters, digits and ``-_.``"""
    fields = {"v": token.vendor, "f": token.family, "k": token.kind, "t": token.value}
    return PREFIX + base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")


def unsealed(text: object) -> ReasoningToken | None:
    """The token; None where the text is none of ours, such as one that another endpoint issued."""
    if not isinstance(text, str) or not text.startswith(PREFIX):
        return None
    packed = text.removeprefix(PREFIX)
    try:
        fields = as_object(orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
    except (binascii.Error, ValueError):
        return None
    vendor, family, kind, value = (as_text(fields.get(name)) for name in "vfkt")
    match kind:
        case "signature" | "redacted" | "item" | "thought_signature" | "details" if vendor and value:
            return ReasoningToken(vendor, family, kind, value)
        case _:
            return None

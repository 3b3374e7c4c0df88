"""A vendor's reasoning token as the gateway hands it to a caller: with the vendor and family it holds for, in one text.

The caller sends it back unchanged, and only then is it known where it may go, and what it belongs to. Pure.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from coderoute_ls.domain.conversation import Content, ReasoningPart, ReasoningToken, TextPart, TokenEvent, ToolCall
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.providers.json_access import as_object, as_text

PREFIX = "cr1."
_CHANGED = invalid("A reasoning token of this gateway was cut or changed: send it back as it came.")


@dataclass(frozen=True, slots=True)
class SealedToken:
    """A token, and what it is at: the call of this id, the text, or else the reasoning."""

    token: ReasoningToken
    call: str = ""
    text: bool = False


def sealed(event: TokenEvent | SealedToken) -> str:
    """One text of letters, digits and ``-_.``"""
    token = event.token
    fields = {"v": token.vendor, "f": token.family, "k": token.kind, "t": token.value}
    if event.call:
        fields["c"] = event.call
    elif event.text:
        fields["p"] = "text"
    return PREFIX + base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")


def unsealed(text: object) -> SealedToken | None:
    """The token; None where the text is none of ours, such as one that another endpoint issued. Raises `CallerError` where it was
    cut or changed: it must reach no vendor as one of its own.
    """
    if not isinstance(text, str) or not text.startswith(PREFIX):
        return None
    packed = text.removeprefix(PREFIX)
    try:
        fields = as_object(orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
    except (binascii.Error, ValueError):
        raise _CHANGED from None
    vendor, family, kind, value = (as_text(fields.get(name)) for name in "vfkt")
    match kind:
        case "signature" | "redacted" | "item" | "thought_signature" | "details" if vendor and value:
            return SealedToken(ReasoningToken(vendor, family, kind, value), as_text(fields.get("c")), fields.get("p") == "text")
        case _:
            raise _CHANGED


def attached(parts: Iterable[Content | SealedToken]) -> tuple[Content, ...]:
    """The parts of one message, with each token at the call or the text it belongs to; one of reasoning is a part of its own."""
    listed = list(parts)
    calls = {part.call: part.token for part in listed if isinstance(part, SealedToken) and part.call}
    texts = [part.token for part in listed if isinstance(part, SealedToken) and part.text and not part.call]
    found: list[Content] = []
    for part in listed:
        match part:
            case SealedToken():
                if not part.call and not part.text:
                    found.append(ReasoningPart("", part.token))
            case ToolCall() if part.id in calls:
                found.append(replace(part, token=calls[part.id]))
            case TextPart() if texts:
                found.append(replace(part, token=texts.pop(0)))
            case _:
                found.append(part)
    return tuple(found)

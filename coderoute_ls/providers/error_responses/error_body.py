"""What the body of a vendor's error response says: words for people, words to classify by, the fields it names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from coderoute_ls.providers.error_responses.retry_after import retry_after_body
from coderoute_ls.providers.json_access import Json, as_object, is_list, is_object
from coderoute_ls.providers.key_redaction import quote

_DEEP = 6
"""Levels of objects inside of each other that are looked at."""
_MESSAGES = (
    "error",
    "message",
    "detail",
    "msg",
    "error_message",
    "error_msg",
    "errors",
    "errorMessage",
    "metadata",
    "raw",
    "base_resp",
)
_MESSAGES_TOO = ("status_msg", "failed_generation", "reasons", "patterns", "title")
_CODES = (
    "code",
    "type",
    "status",
    "status_code",
    "reason",
    "error_code",
    "error_type",
    "errorCode",
    "provider_code",
    "limit_source",
)
_NAMED = re.compile(r"['\"`‘“]([a-z_][\w.\[\]]*)['\"`’”]|\b([a-z]+(?:_[a-z]+)+)\b")
"""What may be a field of the request: a name in quotes, or one with an underscore."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a vendor says went wrong, taken out of its body: ``words`` for people, ``everything`` (lower case) to classify by."""

    words: str = ""
    everything: str = ""
    status: int | None = None
    retry_after: float | None = None
    error_type: str = ""
    """The canonical type that OpenRouter puts into each of its faces."""
    fields: frozenset[str] = field(default_factory=frozenset[str])
    """Names in it that may be fields of the request: ``param``, the last part of ``loc``, and what the words name."""
    web_page: bool = False
    """It is HTML: of a proxy, a firewall, a wrong address."""


def read_body(body: bytes) -> ErrorBody:
    """What the body of a refusal complains about, whatever it is: JSON, text, a web page, nothing."""
    stripped = body.strip().removeprefix(b"\xef\xbb\xbf")
    try:
        parsed: object = orjson.loads(stripped)
    except orjson.JSONDecodeError:
        if stripped.startswith(b"<"):  # a web page says nothing worth repeating
            return ErrorBody(web_page=True)
        parsed = stripped.decode("utf-8", "replace")[:2_000]
    return read_complaint(parsed)


def read_complaint(payload: object) -> ErrorBody:
    """What the payload complains about: an object, a string, a list, or JSON inside a string."""
    found = _Found()
    found.collect(payload, depth=0)
    status = next((int(code) for code in found.codes if code.isdecimal() and 400 <= int(code) <= 599), None)
    everything = " ".join((*found.said, *found.codes, *found.named)).lower()[:4_000]
    named = {name.lower() for pair in _NAMED.findall(everything) for name in pair if name}
    return ErrorBody(
        words=quote(next((text for text in found.said if text), "")),
        everything=everything,
        status=status,
        retry_after=retry_after_body(payload, found.said),
        error_type=found.error_type,
        fields=frozenset({*(name.lower() for name in found.named), *named}),
    )


class _Found:
    """Messages, codes and names, wherever vendors hide them."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.codes: list[str] = []
        self.named: list[str] = []
        self.error_type = ""

    def collect(self, value: object, *, depth: int) -> None:
        if depth > _DEEP:
            return
        if isinstance(value, str):
            before, inner = _inside(value)
            if inner:
                self.collect(inner, depth=depth + 1)
            if before.strip() or not inner:
                self.said.append(before)
        elif is_object(value):
            for key in (*_MESSAGES, *_MESSAGES_TOO):
                if key in value:
                    self.collect(value[key], depth=depth + 1)
            self.codes.extend(str(value[key]) for key in _CODES if _is_scalar(value.get(key)))
            if isinstance(kind := value.get("error_type"), str):
                self.error_type = self.error_type or kind
            self.named.extend(_names(value))
        elif is_list(value):
            for item in value[:5]:
                self.collect(item, depth=depth + 1)


def _names(value: Json) -> Iterable[str]:
    if isinstance(param := value.get("param"), str):
        yield param
    if is_list(loc := value.get("loc")):
        yield from (part for part in loc if isinstance(part, str) and part != "body")


def _inside(text: str) -> tuple[str, Json]:
    """What a string says, and the JSON object at its end, where there is one."""
    start = text.find("{")
    if start >= 0 and text.rstrip().endswith("}"):
        try:
            return text[:start], as_object(orjson.loads(text[start:]))
        except orjson.JSONDecodeError:
            pass
    return text, {}


_FINE: tuple[object, ...] = (None, "", 0, 200, "0", "200", "ok", "success")
_COMPLAINTS = ("message", "detail", "msg", "error_message", "error_msg", "errors", "error_type", "error_code", "code")


def complaint_in(data: Json) -> bool:
    """Whether an object that holds no part of an answer is a complaint: it carries a message, a code or a status of failure."""
    status = data.get("status")
    if status in ("failed", "error") or (isinstance(status, int) and status >= 400):
        return True
    return data.get("code") not in _FINE[1:] and any(_fault(data.get(key)) for key in _COMPLAINTS)


def _fault(value: object) -> bool:
    return bool(value) and (value.lower() if isinstance(value, str) else value) not in _FINE


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)

"""Reading the fields of a caller's request: each must have the type that its format says, or the caller is told. Pure."""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from typing import Literal

from coderoute_ls.domain.conversation import Extra
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.providers.json_access import Json, is_list, is_object


def text(body: Mapping[str, object], name: str, at: str = "") -> str:
    """The field as a string, "" where it is absent or null."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"`{at}{name}` must be a string.", f"{at}{name}")
    return value


def number(body: Mapping[str, object], name: str, low: float, high: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise invalid(f"`{name}` must be a number from {low:g} to {high:g}.", name)
    return float(value)


def count(body: Mapping[str, object], name: str, low: int = 1, high: int = 10_000_000) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(f"`{name}` must be a whole number from {low} to {high}.", name)
    return value


def flag(body: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(f"`{name}` must be true or false.", name)
    return value


def optional_flag(body: Mapping[str, object], name: str) -> bool | None:
    return None if body.get(name) is None else flag(body, name)


def one_of(body: Mapping[str, object], name: str, known: Collection[str], at: str = "") -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise invalid(f"`{at}{name}` must be one of {', '.join(sorted(known))}.", f"{at}{name}")
    return value


def object_at(body: Mapping[str, object], name: str, at: str = "") -> Json:
    """The field as an object, an empty one where it is absent or null."""
    value = body.get(name)
    if value is None:
        return {}
    if not is_object(value):
        raise invalid(f"`{at}{name}` must be an object.", f"{at}{name}")
    return value


def objects(body: Mapping[str, object], name: str, most: int, at: str = "") -> list[Json]:
    """The field as a list of at most so many objects, an empty one where it is absent or null."""
    value = body.get(name)
    if value is None:
        return []
    if not is_list(value):
        raise invalid(f"`{at}{name}` must be a list.", f"{at}{name}")
    if len(value) > most:
        raise invalid(f"`{at}{name}` must have at most {most} entries, not {len(value)}.", f"{at}{name}")
    found: list[Json] = []
    for index, entry in enumerate(value):
        if not is_object(entry):
            raise invalid(f"`{at}{name}[{index}]` must be an object.", f"{at}{name}[{index}]")
        found.append(entry)
    return found


def texts(body: Mapping[str, object], name: str, most: int) -> tuple[str, ...]:
    """The field as a list of strings; one string is a list of one."""
    value = body.get(name)
    if value is None:
        return ()
    listed = [value] if isinstance(value, str) else value
    if not is_list(listed) or len(listed) > most or not all(isinstance(entry, str) for entry in listed):
        raise invalid(f"`{name}` must be a string, or a list of at most {most} strings.", name)
    return tuple(str(entry) for entry in listed)


_LOW, _MEDIUM = 4_096, 16_384
"""Tokens of thinking up to which an effort is low or medium: as vendors that have both translate them."""


def effort_of(budget: int) -> str:
    """The effort that so many tokens of thinking are."""
    return "low" if budget <= _LOW else "medium" if budget <= _MEDIUM else "high"


def unknown(body: Mapping[str, object], known: Collection[str], format_: str) -> tuple[Extra, ...]:
    """The fields that are none of the known ones. One that is null says nothing."""
    return tuple(Extra(format_, name, value) for name, value in body.items() if name not in known and value is not None)


def unknown_inside(
    body: Mapping[str, object], name: str, known: Collection[str], format_: str, hints: Collection[str] = ()
) -> tuple[Extra, ...]:
    """The same inside of an object that we know. ``hints``: those that say how, and not what."""
    inner = object_at(body, name)
    return tuple(
        Extra(format_, f"{name}.{key}", value, hint=key in hints)
        for key, value in inner.items()
        if key not in known and value is not None and "." not in key
    )


def cache_ttl(mark: Mapping[str, object]) -> Literal["", "5m", "1h"]:
    """How long a cache mark wants to be kept; "" where that is the vendor's to say."""
    match mark.get("ttl"):
        case "5m":
            return "5m"
        case "1h":
            return "1h"
        case _:
            return ""


_DETAILS: Mapping[object, Literal["auto", "low", "high", "original"]] = {
    "auto": "auto", "low": "low", "high": "high", "original": "original"
}  # fmt: skip


def picture_detail(value: object) -> Literal["", "auto", "low", "high", "original"]:
    """How closely a picture is to be looked at; "" where that is not said in a known word."""
    return _DETAILS.get(value, "") if isinstance(value, str) else ""


_DATA_ADDRESS = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w=.+-]+)*;base64,(?P<data>.*)", re.DOTALL)


def data_or_address(address: str, at: str) -> tuple[bytes, str, str]:
    """Bytes and media type of a ``data:`` address, or the address of something that a vendor fetches."""
    if not address.startswith("data:"):
        if not address.startswith(("https://", "http://")):
            raise invalid(f"`{at}` must be an http(s) or data address.", at)
        return b"", "", address
    match = _DATA_ADDRESS.fullmatch(address)
    if match is None:
        raise invalid(f"`{at}` must be a data address with a media type and base64.", at)
    return base64_bytes(match["data"], at), match["type"], ""


def base64_bytes(packed: str, at: str) -> bytes:
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"`{at}` is no valid base64.", at) from None
    if not data:
        raise invalid(f"`{at}` is empty.", at)
    return data

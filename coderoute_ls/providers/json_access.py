"""Reading JSON from the wire: no value is assumed to have its documented type."""

from typing import TypeGuard

Json = dict[str, object]


def is_object(value: object) -> TypeGuard[Json]:
    """A JSON object. (Keys of parsed JSON are always strings.)"""
    return type(value) is dict


def as_object(value: object) -> Json:
    """The value if it is a JSON object, else an empty one: wire data is never trusted to have its documented shape."""
    return value if is_object(value) else {}


def is_list(value: object) -> TypeGuard[list[object]]:
    """A JSON array."""
    return type(value) is list


def as_list(value: object) -> list[object]:
    """The value if it is a JSON array, else an empty one."""
    return value if is_list(value) else []


def as_text(value: object) -> str:
    """The value if it is a string, else ""."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int:
    """The value if it is a number of tokens, else 0."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 1 << 53 else 0

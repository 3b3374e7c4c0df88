"""Frozen values as JSON and back: a dataclass is a list of its name and its fields, a tuple a list; read by the declared types.

Nothing is ever built that the declaration does not name, and no value of another type gets in.
"""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

HEADER = struct.Struct("<I")
LARGEST = 256 << 20
"""Bytes of one message; a larger one is no message of ours."""

T = TypeVar("T")
Reader = Callable[[object], object]


class Malformed(ValueError):
    """The other side sent something that is not one of the declared messages."""


def pack(message: object) -> bytes:
    """The message with its length before it."""
    plain = _plain(message)
    try:
        body = orjson.dumps(plain)
    except orjson.JSONEncodeError:  # half a surrogate pair, which an editor may send
        body = json.dumps(plain).encode("ascii")
    return HEADER.pack(len(body)) + body


def size_of(header: bytes) -> int:
    """Bytes of the body behind this header. Raises `Malformed`."""
    (size,) = cast("tuple[int]", HEADER.unpack(header))
    if size > LARGEST:
        raise Malformed(f"a message of {size} bytes")
    return size


def unpack(body: bytes, wanted: type[T] | UnionType) -> T:
    """The message in ``body``, which is of the type ``wanted``. Raises `Malformed`."""
    try:
        plain: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            plain = json.loads(body)
        except (ValueError, RecursionError):
            raise Malformed("no JSON") from None
    return cast("T", _reader(wanted)(plain))


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if is_dataclass(kind):
        return [kind.__name__, *map(_plain, _field_values(kind)(value))]
    if isinstance(value, float):
        return float(value)  # numpy's
    if isinstance(value, Sequence):
        items = list(cast("Sequence[object]", value))
        return items if set(map(type, items)) <= _ATOMS else list(map(_plain, items))
    raise TypeError(f"{kind.__name__} does not cross the wire")


_ATOMS = frozenset({str, int, bool, float, NoneType})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _field_values(kind: type) -> Callable[[object], tuple[object, ...]]:
    names = _names(kind)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


@cache
def _reader(wanted: object) -> Reader:
    """What turns plain JSON into a value of this type, or raises `Malformed`."""
    if wanted in _SCALARS:
        return _SCALARS[cast("type", wanted)]
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, UnionType}:
        return _union(arguments)
    if origin is Literal:
        return _one_of(frozenset(arguments))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _strings if arguments[0] is str else _sequence(_reader(arguments[0]))
    if isinstance(wanted, type) and issubclass(wanted, tuple):
        return _named_tuple(cast("type[tuple[object, ...]]", wanted))
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _dataclass(wanted)
    raise TypeError(f"{wanted} does not cross the wire")


def _scalar(*kinds: type) -> Reader:
    def read(plain: object) -> object:
        if type(plain) not in kinds:
            raise Malformed(f"{type(plain).__name__} where {kinds[0].__name__} was to come")
        return plain

    return read


def _one_of(words: frozenset[object]) -> Reader:
    def read(plain: object) -> object:
        if not isinstance(plain, str) or plain not in words:
            raise Malformed("none of the expected words")
        return plain

    return read


_SCALARS: Mapping[type, Reader] = {
    str: _scalar(str), int: _scalar(int), bool: _scalar(bool), float: _scalar(float, int), NoneType: _scalar(NoneType),
}  # fmt: skip


def _listed(plain: object, length: int | None = None) -> list[object]:
    if type(plain) is not list or (length is not None and len(cast("list[object]", plain)) != length):
        raise Malformed("not the expected list")
    return cast("list[object]", plain)


def _strings(plain: object) -> tuple[str, ...]:
    items = _listed(plain)
    if not set(map(type, items)) <= {str}:
        raise Malformed("a list of strings that holds something else")
    return cast("tuple[str, ...]", tuple(items))


def _sequence(item: Reader) -> Reader:
    return lambda plain: tuple(map(item, _listed(plain)))


def _named_tuple(kind: type[tuple[object, ...]]) -> Reader:
    readers = [_reader(hint) for hint in get_type_hints(kind).values()]
    make = cast("Callable[..., object]", kind)
    return lambda plain: make(*[read(item) for read, item in zip(readers, _listed(plain, len(readers)), strict=True)])


def _dataclass(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = [_reader(hints[name]) for name in _names(kind)]
    make = cast("Callable[..., object]", kind)

    readers.insert(0, _name(kind.__name__))

    def read(plain: object) -> object:
        _, *values = [read(item) for read, item in zip(readers, _listed(plain, len(readers)), strict=True)]
        return make(*values)

    return read


def _name(wanted: str) -> Reader:
    def read(plain: object) -> object:
        if plain != wanted:
            raise Malformed(f"not a {wanted}")
        return plain

    return read


def _union(kinds: tuple[object, ...]) -> Reader:
    readers = {cast("type", kind).__name__: _reader(kind) for kind in kinds}

    def read(plain: object) -> object:
        if plain is None and "NoneType" in readers:
            return None
        name = _listed(plain)[:1]
        reader = readers.get(name[0]) if name and isinstance(name[0], str) else None
        if reader is None:
            raise Malformed("none of the expected messages")
        return reader(plain)

    return read

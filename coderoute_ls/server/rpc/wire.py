"""The base of our own messages: typed here, camelCase on the wire."""

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from coderoute_ls.text import camel

if TYPE_CHECKING:
    from pydantic import ConfigDict, TypeAdapter

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Base of our messages: camelCase on the wire, unknown keys ignored so that old and new versions understand each other."""

    __pydantic_config__: ClassVar["ConfigDict"] = {"alias_generator": camel, "populate_by_name": True, "extra": "ignore"}

    @classmethod
    def read(cls, raw: object) -> Self:
        """What arrived, checked. Raises ValueError, which says what is wrong where."""
        from pydantic import ValidationError  # not before something arrives

        try:
            return cast("Self", _reader(cls).validate_python(raw))
        except ValidationError as error:
            wrong = (f"{'.'.join(map(str, e['loc'])) or 'argument'}: {e['msg']}" for e in error.errors())
            raise ValueError("; ".join(wrong)) from None

    def told(self) -> Json:
        """As it goes over the wire."""
        return {camel(part.name): _told(getattr(self, part.name)) for part in fields(self)}


@cache
def _reader(kind: type[Wire]) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _told(value: object) -> object:
    if isinstance(value, Wire):
        return value.told()
    return [_told(item) for item in cast("list[object]", value)] if isinstance(value, list) else value

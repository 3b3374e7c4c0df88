"""The declaration as pydantic models: they check what users wrote. Loaded when there is something to check."""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from functools import cache
from types import UnionType
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.declaration_rules import Checked
from coderoute_ls.settings.settings_tree import Path, entries, fields_of, made, rule_of


class _Read(BaseModel):
    """Nothing unknown, no guessing of types (``true`` is not 1.0)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def valid(tree: Mapping[str, object]) -> Mapping[Path, object]:
    """The leaves that were given. Raises pydantic's `ValidationError`."""
    return dict(_given(_model(Settings).model_validate(tree), ()))


def json_schema() -> dict[str, object]:
    return cast("dict[str, object]", _model(Settings).model_json_schema(by_alias=False))


def _given(read: BaseModel, prefix: Path) -> Iterator[tuple[Path, object]]:
    for name, field in fields_of(_DECLARED[type(read)]).items():
        if name not in read.model_fields_set:
            continue
        value: object = getattr(read, name)
        if isinstance(value, BaseModel):
            yield from _given(value, (*prefix, name))
        elif entries(field) is not None:
            for key, entry in cast("Mapping[str, BaseModel]", value).items():
                yield from _given(entry, (*prefix, name, key))
        else:
            yield (*prefix, name), _plain(value)


def _plain(value: object) -> object:
    """A list of tables becomes one of the declared sections."""
    if isinstance(value, tuple):
        return tuple(map(_plain, cast("tuple[object, ...]", value)))
    if isinstance(value, BaseModel):
        return made(_DECLARED[type(value)], {name: getattr(value, name) for name in type(value).model_fields})
    return value


_DECLARED: dict[type[BaseModel], type[Section]] = {}
"""Which section each model was made from."""


@cache
def _model(kind: type[Section]) -> type[_Read]:
    parts: dict[str, Any] = {}
    for name, declared in fields_of(kind).items():
        rule = rule_of(declared)
        more: dict[str, Any] = {} if rule is None else {"description": rule.doc, "ge": rule.ge, "le": rule.le}
        if rule is not None and rule.marks:
            more["json_schema_extra"] = dict(rule.marks)
        if declared.default_factory is not MISSING:
            more["default_factory"] = declared.default_factory
        elif declared.default is not MISSING:
            default = declared.default
            more["default"] = _model(type(default))() if isinstance(default, Section) else default
        parts[name] = (_read(declared.type), Field(**more))
    model = create_model(kind.__name__, __base__=_Read, __doc__=kind.__doc__, **parts)
    _DECLARED[model] = kind
    return model


def _read(annotation: Any) -> Any:
    """The type of a field as pydantic reads it: sections as models, checks as validators, lists where tuples are declared."""
    inner: tuple[Any, ...] = typing.get_args(annotation)
    match typing.get_origin(annotation):
        case None:
            kind = cast("object", annotation)
            return _model(kind) if isinstance(kind, type) and issubclass(kind, Section) else annotation
        case origin if origin is Annotated:
            (check,) = cast("tuple[Checked]", inner[1:])
            checked = BeforeValidator(check.check) if check.raw else AfterValidator(check.check)
            return cast("Any", Annotated)[_read(inner[0]), checked]
        case origin if origin is tuple:
            return cast("Any", Annotated)[cast("Any", tuple)[_read(inner[0]), ...], Field(strict=False)]
        case origin if origin is dict:
            return cast("Any", dict)[str, _read(inner[1])]
        case origin if origin in (UnionType, typing.Union):
            return cast("Any", typing.Union)[tuple(map(_read, inner))]
        case _:
            return annotation

"""The settings as a tree: walking its declaration, flattening what was set, and putting it back together.

A leaf is addressed by its path, a tuple of names: ``("actions", "refactor", "min_coding_score")``.
"""

import types
import typing
from collections.abc import Iterator, Mapping

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from coderoute_ls.settings.model import Section, Settings

Path = tuple[str, ...]


def plain(annotation: object) -> object:
    """The annotation without ``| None`` and without constraints."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return plain(typing.get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        return plain(next(arm for arm in typing.get_args(annotation) if arm is not types.NoneType))
    return annotation


def section(field: FieldInfo) -> type[Section] | None:
    """The class of a field that is a section of its own, for example ``inline``."""
    annotation = field.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Section) else None


def entries(field: FieldInfo) -> type[Section] | None:
    """The class of the sections that a field holds by id, for example ``actions``."""
    if typing.get_origin(field.annotation) is not dict:
        return None
    value: object = typing.get_args(field.annotation)[1]
    return value if isinstance(value, type) and issubclass(value, Section) else None


def rows(field: FieldInfo) -> type[Section] | None:
    """The class of the sections that a field lists, for example ``providers.<id>.models``."""
    if typing.get_origin(field.annotation) is not tuple:
        return None
    value: object = typing.get_args(field.annotation)[0]
    return value if isinstance(value, type) and issubclass(value, Section) else None


def open_to_all(field: FieldInfo) -> bool:
    """Whether the setting, or any within the section, may come from places that are not trusted."""
    if (inner := section(field) or entries(field)) is not None:
        return any(open_to_all(part) for part in inner.model_fields.values())
    return "merge" in typing.cast("Mapping[str, object]", field.json_schema_extra or {})


def names(model: type[Section]) -> dict[str, str]:
    """Every accepted spelling of the section's fields → the field's name."""
    return {spelling: name for name in model.model_fields for spelling in (name, to_camel(name))}


def field_at(path: Path, model: type[Section] = Settings) -> FieldInfo:
    """The declaration of the leaf at ``path``; raises KeyError where there is none."""
    field = model.model_fields[path[0]]
    if (inner := section(field)) is not None:
        return field_at(path[1:], inner)
    if (inner := entries(field)) is not None:
        return field_at(path[2:], inner)
    return field


def leaves(settings: Section, prefix: Path = (), *, only_set: bool = False) -> Iterator[tuple[Path, object]]:
    """The leaves in declaration order; with ``only_set`` those that were really given."""
    for name, field in type(settings).model_fields.items():
        if only_set and name not in settings.model_fields_set:
            continue
        value: object = getattr(settings, name)
        if isinstance(value, Section):
            yield from leaves(value, (*prefix, name), only_set=only_set)
        elif entries(field) is not None:
            for key, entry in typing.cast("Mapping[str, Section]", value).items():
                yield from leaves(entry, (*prefix, name, key), only_set=only_set)
        else:
            yield (*prefix, name), value


def assemble(values: Mapping[Path, object]) -> Settings:
    """The settings with these leaves and defaults for the rest. The values were valid where they came from; joined ones, such as
    the intersection of two lists, may look as nobody could have written them.
    """
    root: dict[str, object] = {}
    for path, value in values.items():
        here = root
        for name in path[:-1]:
            here = typing.cast("dict[str, object]", here.setdefault(name, {}))
        here[path[-1]] = value
    return typing.cast("Settings", _assemble(Settings, root))


def _assemble(model: type[Section], nested: dict[str, object]) -> Section:
    given: dict[str, typing.Any] = {}
    for name, value in nested.items():
        field = model.model_fields[name]
        if (inner := section(field)) is not None:
            given[name] = _assemble(inner, typing.cast("dict[str, object]", value))
        elif (inner := entries(field)) is not None:
            tables = typing.cast("dict[str, dict[str, object]]", value)
            given[name] = {key: _assemble(inner, table) for key, table in tables.items()}
        else:
            given[name] = value
    return model.model_construct(**given)


def dotted(path: Path) -> str:
    """The path as TOML writes it: ``models.scores."openai/gpt-5".coding``."""
    return ".".join(name if name.replace("_", "a").replace("-", "a").isalnum() else f'"{name}"' for name in path)

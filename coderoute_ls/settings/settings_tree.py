"""The settings as a tree: walking its declaration, flattening what was set, and putting it back together.

A leaf is addressed by its path, a tuple of names: ``("actions", "refactor", "min_coding_score")``.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache

from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.declaration_rules import Rule
from coderoute_ls.text import camel

Path = tuple[str, ...]
Declared = Field[typing.Any]
T = typing.TypeVar("T", bound=Section)


@cache
def fields_of(model: type[Section]) -> Mapping[str, Declared]:
    """The section's fields by name, in the order of the declaration. A name that Python keeps for itself is declared with an
    underscore behind it: ``from_`` is ``from`` for everybody else."""
    return {field.name.removesuffix("_"): field for field in fields(model)}


def made(model: type[T], values: Mapping[str, typing.Any]) -> T:
    """The section with these values by name."""
    known = fields_of(model)
    return model(**{known[name].name: value for name, value in values.items()})


def value_of(settings: Section, name: str) -> object:
    """A setting's value by its name."""
    return getattr(settings, fields_of(type(settings))[name].name)


def rule_of(field: Declared) -> Rule | None:
    """What is declared of a setting; None for a section."""
    return field.metadata.get(Rule)


def default_of(field: Declared) -> object:
    """The default of a field that may be left out."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def plain(annotation: object) -> object:
    """The annotation without ``| None`` and without constraints."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return plain(typing.get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        return plain(next(arm for arm in typing.get_args(annotation) if arm is not types.NoneType))
    return annotation


def section(field: Declared) -> type[Section] | None:
    """The class of a field that is a section of its own, for example ``inline``."""
    annotation = field.type
    return annotation if isinstance(annotation, type) and issubclass(annotation, Section) else None


def entries(field: Declared) -> type[Section] | None:
    """The class of the sections that a field holds by id, for example ``actions``."""
    if typing.get_origin(field.type) is not dict:
        return None
    value: object = typing.get_args(field.type)[1]
    return value if isinstance(value, type) and issubclass(value, Section) else None


def rows(field: Declared) -> type[Section] | None:
    """The class of the sections that a field lists, for example ``providers.<id>.models``."""
    if typing.get_origin(field.type) is not tuple:
        return None
    value: object = typing.get_args(field.type)[0]
    return value if isinstance(value, type) and issubclass(value, Section) else None


def open_to_all(field: Declared) -> bool:
    """Whether the setting, or any within the section, may come from places that are not trusted."""
    if (inner := section(field) or entries(field)) is not None:
        return any(open_to_all(part) for part in fields_of(inner).values())
    rule = rule_of(field)
    return rule is not None and "merge" in rule.marks


def names(model: type[Section]) -> dict[str, str]:
    """Every accepted spelling of the section's fields → the field's name."""
    return {spelling: name for name in fields_of(model) for spelling in (name, camel(name))}


def field_at(path: Path, model: type[Section] = Settings) -> Declared:
    """The declaration of the leaf at ``path``; raises KeyError where there is none."""
    field = fields_of(model)[path[0]]
    if (inner := section(field)) is not None:
        return field_at(path[1:], inner)
    if (inner := entries(field)) is not None:
        return field_at(path[2:], inner)
    return field


def leaves(settings: Section, prefix: Path = ()) -> Iterator[tuple[Path, object]]:
    """The leaves in declaration order."""
    for name, field in fields_of(type(settings)).items():
        value = value_of(settings, name)
        if isinstance(value, Section):
            yield from leaves(value, (*prefix, name))
        elif entries(field) is not None:
            for key, entry in typing.cast("Mapping[str, Section]", value).items():
                yield from leaves(entry, (*prefix, name, key))
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
        field = fields_of(model)[name]
        if (inner := section(field)) is not None:
            given[name] = _assemble(inner, typing.cast("dict[str, object]", value))
        elif (inner := entries(field)) is not None:
            tables = typing.cast("dict[str, dict[str, object]]", value)
            given[name] = {key: _assemble(inner, table) for key, table in tables.items()}
        else:
            given[name] = value
    return made(model, given)


def dotted(path: Path) -> str:
    """The path as TOML writes it: ``models.scores."openai/gpt-5".coding``."""
    return ".".join(name if name.replace("_", "a").replace("-", "a").isalnum() else f'"{name}"' for name in path)

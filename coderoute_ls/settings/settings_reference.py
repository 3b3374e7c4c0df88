"""The declaration as data, for everything that is generated from it: README's table, JSON schemas, editor clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args, get_origin

from coderoute_ls.settings.all_settings import Section, Settings
from coderoute_ls.settings.declaration_rules import Merge
from coderoute_ls.settings.settings_tree import Declared as Field
from coderoute_ls.settings.settings_tree import default_of, entries, fields_of, plain, rule_of, section
from coderoute_ls.text import camel

Kind = Literal["boolean", "integer", "number", "text", "list", "table"]

_KINDS: dict[object, Kind] = {bool: "boolean", int: "integer", float: "number", str: "text", tuple: "list", dict: "table"}


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. ``<id>`` in ``name`` stands for an action, a provider or a model."""

    name: str
    """Dotted, as in files: ``actions.<id>.min_coding_score``."""
    type: Kind
    default: object
    """Plain value; None where an omitted value has a meaning of its own, which ``doc`` tells."""
    doc: str
    safe: bool
    """A workspace's file and LSP settings may set it."""
    merge: Merge
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    secret: bool = False

    @property
    def camel(self) -> str:
        """The name that editors use, without the section: ``actions.<id>.minCodingScore``."""
        return ".".join(part if part.startswith("<") else camel(part) for part in self.name.split("."))

    @property
    def demand(self) -> str:
        """What a value must be, in words: ``a number from 0 to 1``."""
        if self.enum:
            return f"one of {', '.join(self.enum)}"
        noun = _NOUNS[self.type]
        match self.minimum, self.maximum:
            case None, None:
                return noun
            case low, None:
                return f"{noun}, {low:g} or more"
            case None, high:
                return f"{noun}, at most {high:g}"
            case low, high:
                return f"{noun} from {low:g} to {high:g}"


_NOUNS: dict[Kind, str] = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "text": "a text",
    "list": "a list",
    "table": "a table of texts",
}


def declare(name: str, field: Field) -> Declared:
    """One leaf's declaration as data."""
    annotation = plain(field.type)
    origin = get_origin(annotation)
    enum = cast("tuple[str, ...]", get_args(annotation)) if origin is Literal else ()
    rule = rule_of(field)
    assert rule is not None
    default = default_of(field)
    return Declared(
        name=name,
        type="text" if enum else _KINDS[origin or annotation],
        default=list(cast("tuple[object, ...]", default)) if isinstance(default, tuple) else default,
        doc=rule.doc,
        safe="merge" in rule.marks,
        merge=cast("Merge", rule.marks.get("merge", "replace")),
        minimum=None if rule.ge is None else float(rule.ge),
        maximum=None if rule.le is None else float(rule.le),
        enum=enum,
        secret=bool(rule.marks.get("secret")),
    )


def declarations(model: type[Section] = Settings, prefix: str = "") -> Iterator[Declared]:
    """Every setting, in the order of the declaration."""
    for name, field in fields_of(model).items():
        if (inner := section(field)) is not None:
            yield from declarations(inner, f"{prefix}{name}.")
        elif (inner := entries(field)) is not None:
            yield from declarations(inner, f"{prefix}{name}.<id>.")
        else:
            yield declare(prefix + name, field)

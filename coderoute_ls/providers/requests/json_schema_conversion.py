"""JSON Schema as a vendor takes it: an equal schema where one exists, else a wider one, never a narrower. What is wider is
told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from coderoute_ls.providers.json_access import Json, as_list, as_object, is_list, is_object
from coderoute_ls.providers.requests.vendor_schema_keywords import Subset

_NOTES = frozenset(
    {
        "title",
        "description",
        "default",
        "examples",
        "example",
        "$schema",
        "$id",
        "$comment",
        "$anchor",
        "deprecated",
        "readOnly",
        "writeOnly",
    }
)
"""Words that hold an answer to nothing: leaving them out loses no meaning."""
_DEEPEST = 24
"""Levels that a schema is written out to where it refers to itself."""
_MOST = 4_000
"""Schemas within a schema; a larger one is left open at its ends."""


@dataclass(slots=True)
class Fitted:
    """A schema as a vendor takes it."""

    schema: Json = field(default_factory=dict[str, object])
    widened: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Where, and which word no longer holds."""
    rewritten: bool = False
    """It looks other than before, whether or not it is wider."""
    only_objects: bool = False
    """The result takes objects alone, and the schema did not say that it does: fine for a tool's arguments, which are objects,
    but no form for an answer."""


def fitted(schema: Mapping[str, object], subset: Subset) -> Fitted:
    """The schema in this vendor's subset. Any value that fits ``schema`` fits the result too. Cycles and references that lead
    nowhere become open schemas where the vendor takes no references."""
    if subset.takes_all:
        return Fitted(dict(schema))
    work = _Work(dict(schema), subset)
    work.done.schema = work.root()
    return work.done


def is_strict(schema: Mapping[str, object]) -> bool:
    """Whether each object in it is closed and requires all that it names, as strict modes demand."""
    root = dict(schema)
    return root.get("type") == "object" and all(map(_closed, _objects(root)))


def _closed(schema: Json) -> bool:
    named = schema.get("properties")
    names = set(named) if is_object(named) else set[str]()
    return schema.get("additionalProperties") is False and names == {str(each) for each in as_list(schema.get("required"))}


def _objects(value: object, depth: int = 0) -> list[Json]:
    if depth > 64:
        return []
    if is_list(value):
        return [found for each in value for found in _objects(each, depth + 1)]
    if not is_object(value):
        return []
    own = [value] if value.get("type") == "object" or ("properties" in value and "type" not in value) else []
    inner = [each for name, each in value.items() if name not in ("enum", "const", "default", "examples", "properties", "$defs")]
    maps = [each for name in ("properties", "$defs") if is_object(held := value.get(name)) for each in held.values()]
    return own + [found for each in (*inner, *maps) for found in _objects(each, depth + 1)]


class _Work:
    def __init__(self, schema: Json, subset: Subset) -> None:
        self.whole = schema
        self.subset = subset
        self.done = Fitted()
        self._seen = 0

    def root(self) -> Json:
        schema = self.whole
        made = self.schema(schema, "", ()) if self.subset.keywords is not None else dict(schema)
        if not self.subset.object_root:
            return made
        if "$ref" in made and is_object(target := self._target(str(made["$ref"]))):
            held = {name: made[name] for name in ("$defs", "definitions") if name in made}
            made = {**self.schema(target, "", ()), **held}
            self.done.rewritten = True
        for word in ("allOf", "anyOf", "oneOf"):
            if is_list(parts := made.pop(word, [])) and parts:
                self._joined(made, word, [self._followed(part) for part in parts])
        if made.get("type") != "object":
            self.done.only_objects = "type" in made or "properties" not in made
            made = dict[str, object]({"type": "object"}) if "type" in made else {**made, "type": "object"}
            made.pop("enum", None)
            self.done.rewritten = bool(schema)  # where nothing was said, nothing is said otherwise
        made.setdefault("properties", {})
        return made

    def _joined(self, made: Json, word: str, parts: list[Json]) -> None:
        """The outermost schema with its parts in it: the caller's model still reads what there is to say. Of alternatives, what
        all describe is one of theirs, what some describe is named alone; what all demand is demanded. Of several at once
        (``allOf``) all of it holds, where they do not speak of the same.
        """
        described = [as_object(part.get("properties")) for part in parts]
        demanded = [as_list(part.get("required")) for part in parts]
        named = {**as_object(made.get("properties"))}
        own = {*named}
        for name in dict.fromkeys(name for each in described for name in each):
            ways = [each[name] for each in described if name in each]
            if name in own:
                continue
            if word == "allOf" or (len(ways) == len(parts) and all(way == ways[0] for way in ways)):
                named[name] = ways[0]
            elif len(ways) == len(parts):
                named[name] = {"anyOf": ways}
            else:
                named[name] = {note: said for note, said in as_object(ways[0]).items() if note in _NOTES}
        told = [name for each in demanded for name in each]
        if word != "allOf":
            told = [name for name in told if all(name in each for each in demanded)]
        if named:
            made["properties"] = named
        if wanted := list(dict.fromkeys([*as_list(made.get("required")), *told])):
            made["required"] = wanted
        self._wider("", word)

    def _followed(self, part: object) -> Json:
        """What one reference, where the part is one, leads to."""
        held = as_object(part)
        target = self._target(str(held["$ref"])) if "$ref" in held else held
        return target if is_object(target) else {}

    def schema(self, schema: object, where: str, through: tuple[str, ...]) -> Json:
        """One schema inside of the whole. ``through``: the references that led here."""
        if self.subset.keywords is None and is_object(schema):
            return schema
        if not is_object(schema):
            self.done.rewritten = True
            if schema is False:
                self._wider(where, "false")
            return {}
        self._seen += 1
        if self._seen > _MOST or where.count("/") > 2 * _DEEPEST:
            self._wider(where, "what is that deep")
            return {}
        if "$ref" in schema and not self.subset.refs:
            return self._written_out(schema, where, through)
        made: Json = {}
        for word, value in schema.items():
            self._word(made, word, value, where, through)
        if self.subset.nullable:
            self._one_type(made, where)
            self._required(made, where)
        return made

    def _required(self, made: Json, where: str) -> None:
        """Only what is described is demanded."""
        named, wanted = made.get("properties"), as_list(made.get("required"))
        kept = [name for name in wanted if is_object(named) and isinstance(name, str) and name in named]
        if len(kept) < len(wanted):
            self._wider(where, "required")
            made["required"] = kept
        if not kept:
            made.pop("required", None)

    def _word(self, made: Json, word: str, value: object, where: str, through: tuple[str, ...]) -> None:
        known = self.subset.keywords or frozenset()
        here = f"{where}/{word}"
        if word == "properties" and is_object(value):
            made[word] = {name: self.schema(inner, f"{here}/{name}", through) for name, inner in value.items()}
        elif word in ("$defs", "definitions") and is_object(value):
            if word in known:
                made[word] = {name: self.schema(inner, f"{here}/{name}", through) for name, inner in value.items()}
        elif word == "items" and not is_list(value):
            made[word] = self.schema(value, here, through)
        elif word == "additionalProperties" and word in known:
            made[word] = value if isinstance(value, bool) else self.schema(value, here, through)
        elif word in ("anyOf", "oneOf") and is_list(value):
            if word == "oneOf":
                self._wider(here, "exactly one of several")
            made["anyOf"] = [self.schema(each, f"{here}/{index}", through) for index, each in enumerate(value)]
        elif word == "allOf" and is_list(value) and word not in known:
            self._all_of(made, value, here, through)
        elif word == "const" and word not in known:
            self._word(made, "enum", [value], where, through)
            self.done.rewritten = True
        elif word == "enum" and self.subset.texts_only and not all(isinstance(each, str) and each for each in as_list(value)):
            self._wider(here, "the values listed")
        elif word == "$ref" and (not isinstance(value, str) or not value.startswith("#")):
            self._wider(here, "a schema elsewhere")
        elif word == "minItems" and isinstance(value, int) and value > (self.subset.min_items or value):
            self._wider(here, word)
            made[word] = self.subset.min_items
        elif word in ("exclusiveMinimum", "exclusiveMaximum") and word not in known and word.lower()[9:] in known:
            made[word.lower()[9:]] = value
            self._wider(here, word)
        elif word in known and not (word == "items" and is_list(value)):
            made[word] = value
        elif word not in _NOTES:
            self._wider(here, word)
        else:
            self.done.rewritten = True

    def _all_of(self, made: Json, parts: list[object], here: str, through: tuple[str, ...]) -> None:
        """Several schemas at once: joined where they speak of different things, else the first to speak holds."""
        self.done.rewritten = True
        for index, part in enumerate(parts):
            for word, value in self.schema(part, f"{here}/{index}", through).items():
                if word == "properties" and is_object(value) and is_object(old := made.get(word)):
                    if value.keys() & old.keys():
                        self._wider(f"{here}/{index}", word)
                    made[word] = {**value, **old}
                elif word == "required" and is_list(value):
                    made[word] = [*as_list(made.get(word)), *(each for each in value if each not in as_list(made.get(word)))]
                elif word not in made:
                    made[word] = value
                elif made[word] != value and word not in _NOTES:
                    self._wider(f"{here}/{index}", word)

    def _one_type(self, made: Json, where: str) -> None:
        kinds = made.get("type")
        if is_list(kinds):
            self.done.rewritten = True
            others = [kind for kind in kinds if kind != "null"]
            if "null" in kinds:
                made["nullable"] = True
            if len(others) == 1:
                made["type"] = others[0]
            else:
                del made["type"]
                if others and "anyOf" not in made:
                    made["anyOf"] = [{"type": kind} for kind in others]
                else:
                    self._wider(where, "type")
        elif kinds == "null":
            made.clear()
            made["nullable"] = True
            self._wider(where, "null alone")
        choices = as_list(made.get("anyOf"))
        if any(each == {"nullable": True} for each in choices):
            rest = [each for each in choices if each != {"nullable": True}]
            made["nullable"] = True
            self.done.rewritten = True
            self.done.widened = [each for each in self.done.widened if each[1] != "null alone" or not each[0].startswith(where)]
            if len(rest) == 1 and is_object(rest[0]) and not made.keys() & rest[0].keys() - {"nullable"}:
                del made["anyOf"]
                made.update(rest[0], nullable=True)
            else:
                made["anyOf"] = rest

    def _written_out(self, schema: Json, where: str, through: tuple[str, ...]) -> Json:
        """What a reference means in its place; open where it leads back to itself, or nowhere."""
        name = str(schema["$ref"])
        target = self._target(name)
        self.done.rewritten = True
        if not is_object(target) or name in through:
            self._wider(where, "a schema that holds itself" if name in through else "a schema elsewhere")
            return {}
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        return self.schema(
            {**target, **beside} if not beside.keys() & target.keys() - _NOTES else target, where, (*through, name)
        )

    def _target(self, name: str) -> object:
        here: object = self.whole
        if not name.startswith("#"):
            return None
        for step in name[1:].split("/")[1:]:
            if not is_object(here):
                return None
            here = here.get(unquote(step).replace("~1", "/").replace("~0", "~"))
        return here

    def _wider(self, where: str, what: str) -> None:
        self.done.rewritten = True
        if (where, what) not in self.done.widened and len(self.done.widened) < 20:
            self.done.widened.append((where, what))

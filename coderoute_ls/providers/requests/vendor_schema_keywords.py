"""Which words of JSON Schema each vendor takes (data)."""

from dataclasses import dataclass

_BASE = frozenset({"type", "properties", "required", "items", "enum", "anyOf", "title", "description"})
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_TEXTS = frozenset({"minLength", "maxLength", "pattern", "format"})
_LISTS = frozenset({"minItems", "maxItems"})


@dataclass(frozen=True, slots=True)
class Subset:
    """What one vendor takes."""

    name: str
    keywords: frozenset[str] | None = None
    """None: all."""
    refs: bool = True
    """Takes ``$ref`` into ``$defs``."""
    nullable: bool = False
    """Writes "or null" as ``nullable``, and has one type each (OpenAPI 3.0)."""
    texts_only: bool = False
    """Only texts are listed in an ``enum``, and no empty one."""
    object_root: bool = False
    """The outermost schema has the type ``object``, and no alternatives."""
    min_items: int | None = None
    """The largest ``minItems``, where only small ones are taken."""

    @property
    def takes_all(self) -> bool:
        """Whether there is no schema that it does not take as it is."""
        return self.keywords is None and not self.object_root


ANY = Subset("any")
FUNCTION = Subset("OpenAI", None, object_root=True)
"""The arguments of a function that is not strict."""
OPENAI_STRICT = Subset(
    "OpenAI's strict mode",
    _BASE | _NUMBERS | _LISTS | {"pattern", "format", "const", "$ref", "$defs", "definitions", "additionalProperties"},
    object_root=True,
)
GEMINI = Subset(
    "Gemini",
    _BASE
    | _LISTS
    | {"minimum", "maximum", "minLength", "maxLength", "pattern", "format", "nullable", "minProperties", "maxProperties"},
    refs=False,
    nullable=True,
    texts_only=True,
)
ANTHROPIC = Subset("Anthropic", None, object_root=True)
ANTHROPIC_STRICT = Subset(
    "Anthropic's strict mode",
    _BASE
    | {"const", "allOf", "$ref", "$defs", "definitions", "additionalProperties", "format", "pattern", "minItems", "default"},
    object_root=True,
    min_items=1,
)
COHERE = Subset("Cohere", _BASE | {"additionalProperties", "$ref", "$defs", "definitions", "pattern", "format"}, object_root=True)
MISTRAL = Subset(
    "Mistral", _BASE | _NUMBERS | _TEXTS | _LISTS | {"const", "$ref", "$defs", "definitions", "additionalProperties"}
)

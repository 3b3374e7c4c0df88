"""What a request says beside its messages: tools, how they may be called, the form of the answer, sampling, unknown fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Schema = Mapping[str, object]
"""A JSON Schema, as parsed JSON. Never changed in place: a dialect that must rewrite it makes its own."""


@dataclass(frozen=True)
class Tool:
    """One tool that the model may call. It has no slots, so that it can keep what is counted of it: the same tools come with each
    turn of a conversation."""

    name: str
    """As the caller wrote it, unique among the tools of a prompt. A vendor that takes fewer characters is sent another one, and
    its answer is told with this one."""
    description: str = ""
    schema: Schema = field(default_factory=dict[str, object])
    """Of its arguments; empty: it takes none."""
    strict: bool | None = None
    """The vendor must hold the arguments to the schema. None: the caller did not say."""
    cached: Literal["", "5m", "1h"] | None = None
    """A cache mark behind this tool, with its ``ttl``; None where there is none."""
    custom: bool = False
    """Takes free text in place of JSON (Responses). A dialect without such tools makes it a function with one string ``input``,
    tells that as a `Loss`, and gives the string back as the call's arguments."""
    grammar: Schema | None = None
    """Of a custom tool: the ``format`` object as it came. A dialect without grammars tells its loss."""
    extras: "tuple[Extra, ...]" = ()
    """Its fields that we do not know, each ``path`` a name."""

    @cached_property
    def chars(self) -> int:
        """Characters that the model gets to read."""
        return len(self.name) + len(self.description) + len(str(self.schema))

    @cached_property
    def words(self) -> str:
        """All of it as one text, for estimates of its tokens."""
        return f"{self}"


@dataclass(frozen=True, slots=True)
class OpaqueTool:
    """A tool that we do not know, such as a vendor's own web search, kept as it came."""

    format: str
    json: str

    @property
    def chars(self) -> int:
        """Characters that the model gets to read."""
        return len(self.json)

    @property
    def words(self) -> str:
        """All of it as one text, for estimates of its tokens."""
        return f"{self}"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether tools may be called: as the model likes, none, at least one, or this one."""

    mode: Literal["auto", "none", "required", "tool"] = "auto"
    name: str = ""
    """Of the tool, for ``tool`` alone."""

    def __post_init__(self) -> None:
        if (self.mode == "tool") != bool(self.name):
            raise ValueError("A tool is named where one is chosen, and nowhere else.")


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form of the answer where it is not plain text: some JSON object, or JSON that fits a schema."""

    kind: Literal["json", "schema"]
    schema: Schema = field(default_factory=dict[str, object])
    """For ``schema``."""
    name: str = "answer"
    description: str = ""
    strict: bool | None = None

    def __post_init__(self) -> None:
        if (self.kind == "schema") != bool(self.schema):
            raise ValueError("A schema is given where the answer has to fit one, and nowhere else.")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn, beside `Prompt.temperature`; None leaves it to the vendor."""

    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repetition_penalty: float | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A field of the request that we do not know, kept with the format it came in; only that format takes it back."""

    format: str
    path: str
    """Where it stood: ``service_tier``, or ``metadata.user_id`` for one inside of an object."""
    value: object
    """Parsed JSON."""
    hint: bool = False
    """It says how, and not what: without it the answer is the same, such as whether thoughts are summed up."""


@dataclass(frozen=True, slots=True)
class WireRequest:
    """The request as it came, for ``preserve``: a target of the same format is sent these bytes, with the model's name alone
    replaced."""

    format: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The few of the client's that may go on to a vendor of the same format, such as ``anthropic-beta``. Names in lower case."""

"""What a wire dialect declares: how a request is written, how its answer is read. A file in ``dialects/`` that holds
``DIALECT = Dialect(...)`` is its registration.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NoReturn

from coderoute_ls.domain import Delta, Finish, FinishReason, Offer, Prompt, PromptRead, StreamEvent, Usage
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.module_discovery import discover
from coderoute_ls.providers import dialects
from coderoute_ls.providers.answers.reported_usage import merged, with_cost
from coderoute_ls.providers.error_responses.error_body import complaint_in
from coderoute_ls.providers.error_responses.error_classification import failure_in_stream
from coderoute_ls.providers.json_access import Json, as_object, as_text

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.losses import Loss
    from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText

Said = Delta | list[StreamEvent] | None
"""What one event of a vendor's tells: nearly always a piece of text; several things, in order, of a conversation with tools."""


@dataclass(frozen=True, slots=True)
class DialectRequest:
    """One request as a dialect sees it."""

    vendor: Vendor
    offer: Offer
    prompt: Prompt
    stream: bool = True
    effort: str | None = None
    """Reasoning effort to ask for; None leaves it to the vendor."""


@dataclass(frozen=True, slots=True)
class DialectCall:
    """A request ready to be sent: path below the base URL, JSON body, headers beyond the vendor's own."""

    path: str
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    losses: "tuple[Loss, ...]" = ()
    """What of the prompt it does not carry, or carries otherwise."""
    tool_names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tools that the vendor knows under another name than the prompt: its name to ours."""
    free_text: frozenset[str] = frozenset()
    """Tools, by the vendor's names, that take free text and are functions of one text there."""
    raw: bytes | None = None
    """The body as it is sent, where it is the one that came from outside; `body` is the same, parsed."""


class Decoder(ABC):
    """Reads one answer. It is fed the parsed events of a stream, or one whole body, and tells the finish in the end."""

    endings: ClassVar[Mapping[str, FinishReason]]
    """The dialect's own words for an end, in lower case, and what each means. Every other word is ``other``."""
    answer_keys: ClassVar[tuple[str, ...]]
    """Keys of an event that belongs to an answer. One without any of them that carries a message or a code is a failure."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.reason: FinishReason | None = None
        self.wire_reason = ""
        self.usage: Usage | None = None
        self.model = ""
        self.refusal = ""
        """The words of a refusal that come in a field of their own."""
        self.ended = False
        """The answer's end was told; only usage and the end sign may follow."""
        self.over = False
        """The end sign was seen: nothing follows, however long the server holds the connection."""
        self.goes_on = False
        """More may come behind the end that was told, so the body is read to its own end."""
        self.beside: BesideText | None = None
        """Reads what is beside text, where the prompt asked for more than text."""
        self.read: PromptRead | None = None
        """What of the prompt was read, where the server tells."""
        self.stop_text = ""
        """The stop text that ended the answer, where the vendor says which."""

    def converse(self, beside: "BesideText") -> None:
        """Tell also what is beside text: calls, tokens, citations."""
        self.beside = beside

    @abstractmethod
    def event(self, name: str, data: Json) -> Said:
        """One event of a stream; raises `ProviderError` when it carries a failure."""

    @abstractmethod
    def whole(self, body: Json) -> Said:
        """The body of an answer that is not a stream."""

    def is_event(self, data: Json) -> bool:
        """Whether a JSON document that is alone is one event of several (NDJSON where SSE was promised)."""
        del data
        return False

    def holds_answer(self, data: Json) -> bool:
        """Whether an event is a part of an answer, rather than words about one."""
        for key in self.answer_keys:  # noqa: SIM110  each event of each answer comes through here
            if data.get(key):
                return True
        return False

    def complains(self, data: Json) -> bool:
        """Whether an event tells of a failure, in whatever shape."""
        if data.get("error") or data.get("object") == "error":
            return True
        if "type" in data and as_text(data["type"]).lower().endswith("error"):
            return True
        if "base_resp" in data and as_object(data["base_resp"]).get("status_code"):
            return True
        return not self.holds_answer(data) and complaint_in(data)

    def done(self) -> None:
        """The ``[DONE]`` behind a stream. Without a word about how it ended, that end is not known to be good."""
        self.ended = self.over = True

    def end(self, word: str, *, final: bool = True) -> None:
        """The vendor's word for how the answer ended; not ``final`` where an end sign is still due. A good word behind a bad
        one changes nothing, and a refusal stays one.
        """
        self.ended = self.ended or final
        if not self.wire_reason or self.reason == "stop":
            self.wire_reason = word
            self.reason = "refused" if self.reason == "refused" else self.endings.get(word.lower(), "other")

    def count(self, usage: Usage | None) -> None:
        """Take note of a usage report; a later zero does not erase an earlier count."""
        self.usage = merged(self.usage, usage if usage is None else with_cost(usage))

    def refused(self, words: str) -> None:
        """A piece of a refusal."""
        self.reason = "refused"
        self.refusal += words

    def fail(self, payload: object) -> NoReturn:
        """Raise the failure that an event describes."""
        raise failure_in_stream(self.vendor, payload)

    def finish(self) -> Finish:
        """What the answer ended with, at the end of the body: ``incomplete`` unless an end was seen, ``other`` without a word."""
        reason = (self.reason or "other") if self.ended else "incomplete"
        if self.beside is not None:
            reason, others = self.beside.reason(reason), self.beside.others
            return Finish(
                reason, self.usage, self.model, self.wire_reason, refusal=self.refusal, others=others, stop=self.stop_text
            )
        return Finish(reason, self.usage, self.model, self.wire_reason, refusal=self.refusal)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire format."""

    name: str
    encode: Callable[[DialectRequest], DialectCall]
    decoder: Callable[[Vendor], Decoder]
    beside: str = ""
    """Module of `answers.tool_calls_and_reasoning` that reads the rest of its answers, for prompts that ask for more than
    text; loaded then. "": its answers have no rest."""
    format: str = ""
    """The dialect whose conversations these are, where a cloud serves another's: what unknown items in them belong to."""
    framing: Literal["sse", "lines", "aws"] = "sse"
    fim: bool = False
    """Takes a hole as prefix and suffix, or as a raw template; the others only chat."""
    auth: tuple[str, str] = ("authorization", "Bearer ")
    """Header that carries the key, and what is before it."""
    models_path: str = "/models"
    """Lists the models of this vendor, below the base URL: the cheapest request that proves a key. "" where there is none."""


def dialect(name: str) -> Dialect:
    """The dialect of this name. Raises ConfigurationError with the known names."""
    found = discover(dialects.__name__, "DIALECT", Dialect).get(name.replace("-", "_"))
    if found is None:
        raise ConfigurationError(f"There is no dialect {name!r}; known are {', '.join(dialect_names())}.")
    return found


def dialect_names() -> tuple[str, ...]:
    """Names of all dialects, sorted: one per file."""
    return tuple(found.name for found in discover(dialects.__name__, "DIALECT", Dialect).values())

"""What is sent to a model, free of any vendor's wire format."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from coderoute_ls.domain.decisions import Privacy
from coderoute_ls.domain.documents import Snippet

if TYPE_CHECKING:  # loaded by who makes them: neither a keystroke nor an action does
    from coderoute_ls.domain.conversation.content import Content
    from coderoute_ls.domain.conversation.losses import LossPolicy
    from coderoute_ls.domain.conversation.tools import (
        Extra,
        OpaqueTool,
        OutputFormat,
        Sampling,
        Tool,
        ToolChoice,
        WireRequest,
    )


Priority = Literal["by_hand", "typing", "action", "ahead"]
"""Who goes first at a server that answers few requests at once: ghost text by hand, ghost text while typing, everything else, and
what is asked before anybody needs it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Either ``text`` or ``parts`` is filled: who has only words writes ``text``. ``system`` is a note of the operator
    in the middle of a conversation; what is before all messages is `Prompt.system`."""

    role: Literal["user", "assistant", "system"]
    text: str = ""
    parts: "tuple[Content, ...]" = ()
    name: str = ""
    """Who of several speaks, where the caller says so. A vendor that takes no names is not told; that is a `Loss`."""

    @property
    def content(self) -> "tuple[Content, ...]":
        """What it is made of, words included: the one way to read a message of either form."""
        if self.parts or not self.text:
            return self.parts
        from coderoute_ls.domain.conversation.content import TextPart

        return (TextPart(self.text),)

    @property
    def words(self) -> str:
        """All that is text in it, in order."""
        if not self.parts:
            return self.text
        from coderoute_ls.domain.conversation.content import words_of

        return "\n".join(words_of(self.parts))


@dataclass(frozen=True, slots=True)
class Fim:
    """A hole to fill: the text before it and after it, and pieces of other files that help."""

    prefix: str
    suffix: str
    path: str = ""
    language: str = ""
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a prompt by name and size (characters): what the decision record shows, never its text."""

    name: str
    chars: int


@dataclass(frozen=True, slots=True)
class PromptRead:
    """What a server says of one prompt: the tokens that it had to read, those that it had in its cache, and its seconds."""

    tokens: int
    cached: int
    seconds: float


@dataclass(slots=True)
class Dispatch:
    """How far one request has come, as its sender knows: whether it may be repeated, and what it may cost, hang on it."""

    left: bool = True
    """The vendor may have got a part of it. A sender that can tell says False until then, and again when a kept connection turns
    out to have been closed before it got anything."""
    read: PromptRead | None = None
    """What of the prompt was read, where the server tells."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for, as a team's gateway books it. No other vendor is told."""

    action: str
    folder: str
    """Path of the workspace folder, or ""."""
    floor: float
    """The score that was asked for, as far as the offer reaches it."""
    typing: bool
    """Somebody is typing: nothing may be waited for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request in our own words. Either ``messages`` (chat) or ``fim`` (completion) is filled; a dialect that
    only chats turns ``fim`` into the snippet-and-trim prompt, one that only completes refuses ``messages``.
    """

    system: str = ""
    """Said before all messages, where it is only words; else "" and ``system_parts``."""
    messages: tuple[Message, ...] = ()
    fim: Fim | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int = 1024
    """Upper bound of the answer, in the model's tokens, reasoning included."""
    temperature: float | None = None
    session: str = ""
    """Opaque id that is the same for requests sharing a cacheable prefix; "" when nothing is worth caching."""
    cacheable_chars: int = 0
    """How many leading characters (system first) stay the same in the next request of this session."""
    privacy: Privacy = "any"
    """What the vendor may do with it, for vendors that are told so in each request."""
    host_price: tuple[float, float] | None = None
    """USD per million tokens in and out that a broker's host may ask at most; None: any price."""
    purpose: Purpose | None = field(default=None, compare=False, repr=False)
    parts: tuple[Part, ...] = field(default=())
    priority: Priority = "action"
    restarts: bool = False
    """Who asked takes back what was said, when it is said again from its beginning."""
    pauses: int = 0
    """How often this was asked before, and let others go first."""
    dispatch: Dispatch | None = field(default=None, compare=False, repr=False)
    """Told by the sender as the request goes out."""
    system_parts: "tuple[Content, ...]" = ()
    """Words, cache marks and opaque parts, in place of ``system``."""
    tools: "tuple[Tool | OpaqueTool, ...]" = ()
    tool_choice: "ToolChoice | None" = None
    """None leaves it to the vendor, which means ``auto``."""
    parallel: bool | None = None
    """Whether several tools may be called in one answer; None leaves it to the vendor."""
    output: "OutputFormat | None" = None
    """The form of the answer; None is text."""
    sampling: "Sampling | None" = None
    seed: int | None = None
    effort: str | None = None
    """Reasoning effort that the caller names: ``none``, ``minimal``, ``low``, ``medium``, ``high``, ``xhigh``, ``max``. An offer
    that has an effort of its own is asked with that one."""
    choices: int = 1
    """How many answers are asked for. More than one only where the dialect takes it."""
    user: str = ""
    """The caller's own opaque id of its user, for vendors that take one."""
    extras: "tuple[Extra, ...]" = ()
    loss: "LossPolicy" = "warn"
    """What to do about what the target cannot carry."""
    origin: "WireRequest | None" = field(default=None, repr=False)
    """The request as it came, where it came over a wire: what ``preserve`` sends on."""

    @property
    def text_only(self) -> bool:
        """Whether it is nothing but words, with no wish that a plain chat would not have."""
        return not (
            self.system_parts or self.tools or self.output or self.sampling or self.extras or self.origin or self.tool_choice
            or any(message.parts or message.name or message.role == "system" for message in self.messages)
            or self.choices != 1 or self.seed is not None or self.effort is not None or self.parallel is not None or self.user
        )  # fmt: skip

    @property
    def system_words(self) -> str:
        """All that is said before the messages, as one text."""
        if not self.system_parts:
            return self.system
        from coderoute_ls.domain.conversation.content import words_of

        return "\n\n".join(words_of(self.system_parts))

    @property
    def chars(self) -> int:
        """Characters sent, all parts together: what the cost estimate starts from."""
        fim = self.fim
        hole = 0 if fim is None else len(fim.prefix) + len(fim.suffix) + sum(len(s.text) for s in fim.snippets)
        said = len(self.system or self.system_words) + sum(len(m.text or m.words) for m in self.messages) + hole
        return said + sum([tool.chars for tool in self.tools])

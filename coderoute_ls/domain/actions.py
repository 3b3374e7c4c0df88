"""What can be asked: the contract of a file in ``actions/``, and of the two packages that answer (providers, embedded)."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from coderoute_ls.domain.documents import Diagnostic, Document, Position, Snippet, Span
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.domain.offers import Axis, Offer
from coderoute_ls.domain.prompts import Prompt
from coderoute_ls.domain.stream import StreamEvent

Surface = Literal["ghost", "replace", "insert", "new_file", "report", "message"]
"""Where an answer goes: ghost text, over its region, at a point, into another file, into a read-only document, or into the
message of a commit."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the user pointed at. ``span`` is the selection, empty at a bare cursor."""

    document: Document
    span: Span
    instruction: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    folder: str = ""
    """Root of the workspace folder that holds the document, or ""."""
    invoked: bool = True
    """Asked for by the user, not by typing."""
    ask: bool = False
    """Ask the user what to do, even where the comment above could say it."""
    named: tuple[Snippet, ...] = ()
    """What the user names as context: all of it is shown to the model, whatever else is left out."""
    floor: float | None = None
    """Score that the user asks for this time; None: that of the settings."""


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a prompt is written from: the target, the region the answer replaces, and what else is shown."""

    target: Target
    region: Span
    snippets: tuple[Snippet, ...] = ()
    max_chars: int = 8_000
    """Budget of the prompt, in characters."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an editor can ask for. A file in ``actions/`` that holds ``ACTION = Action(...)`` is its registration."""

    id: str
    title: str
    """For menus, without the model: ``Refactor``."""
    kind: str
    """LSP code action kind; "" for completions, which have requests of their own."""
    surface: Surface
    axis: Axis
    min_coding_score: float
    """Default floor; a workspace can change it."""
    median_output: int
    """Typical answer in tokens, the base of the cost estimate. Where the answer is the region again: what comes on top of it."""
    max_tokens: int
    max_cost_usd: float
    prompt: Callable[[Brief], Prompt]
    region: Callable[[Target], Span | None]
    """Where the answer would go, or None where the action does not apply. Pure and instant: no model, no I/O."""
    doc: str = ""
    """One sentence for README and `--help`."""
    required: frozenset[str] = frozenset({"text", "streaming"})
    first_token_budget_s: float | None = None
    answer_per_region: float = 0.0
    """Tokens of the answer for each of the region's: 0 where its length does not follow the region."""
    needs_diagnostic: bool = False
    says: str = ""
    """What a prompt of the user's own tells the model to do; "" for a built-in action."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The embedded engine's completion: the text from the cursor on, and the calibrated probability that it is right."""

    text: str
    probability: float
    completes_line: bool = False

    def answers_alone(self, from_probability: float) -> bool:
        """Whether it is shown without a model being asked; ``from_probability`` is what the settings demand of one."""
        return self.completes_line and self.probability >= from_probability


@dataclass(frozen=True, slots=True)
class Answer:
    """The embedded engine's answer to an action: the new text of the region (or the report), and what was done, rule by
    rule. ``changed`` is False for "nothing safe to change"."""

    text: str
    changed: bool
    notes: tuple[str, ...] = field(default=())


class Embedded(Protocol):
    """The built-in engine: no key, no network, no model."""

    @property
    def ready(self) -> bool:
        """False while it is starting: an answer would have to wait for that."""
        ...

    def learn(self, document: Document) -> None:
        """Take this version of an open document into the index. Returns at once; the work happens aside."""
        ...

    def forget(self, uri: str) -> None:
        """The document was closed or deleted."""
        ...

    def add_folder(self, root: str, globs: Sequence[str] = ()) -> None:
        """Index this workspace folder in the background, but for what ``globs`` name, git ignores or is secret. One that is
        indexed already is looked through for changes."""
        ...

    def remove_folder(self, root: str) -> None: ...

    async def draft(self, document: Document, position: Position) -> Draft | None:
        """A completion at the cursor, or None when nothing is likely enough to show."""
        ...

    async def answer(self, action: str, target: Target, region: Span) -> Answer | None:
        """What structure and safe rules can say; None when this action is beyond the engine."""
        ...

    async def next_edits(self, situation: Situation) -> tuple[NextEdit, ...]:
        """What the last edits ask for, best first, as far as the gate lets it through; how sure one has to be is the caller's to
        say. Nothing for documents that may not be read."""
        ...

    def feedback(self, draft: Draft, accepted: bool) -> None:
        """Whether a shown draft was accepted: moves the calibration."""
        ...

    async def close(self) -> None: ...


class Upstream(Protocol):
    """`providers` as the engine sees it."""

    def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        """Ask one offer. Yields `Delta`s, then one `Finish`; raises `ProviderError`. Closing the generator (or cancelling
        the task that reads it) closes the connection at once: hold it in ``contextlib.aclosing``."""
        ...

    def prepare(self, offer: Offer) -> None:
        """Open the connection ahead of a likely request. Returns at once."""
        ...

    async def close(self) -> None: ...

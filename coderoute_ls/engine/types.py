"""The engine's input and output."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from coderoute_ls.domain import Action, Chosen, Decision, Delta, Draft, Finish, Part, Prompt, Span, State, Target, Usage
from coderoute_ls.settings import Effective

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.events import ModelEvent
    from coderoute_ls.domain.conversation.tools import OutputFormat


@dataclass(frozen=True, slots=True)
class EngineCall:
    """One thing to ask, complete: the engine adds nothing but the choice of the offer."""

    action: Action
    prompt: Prompt
    target: Target
    region: Span
    settings: Effective
    pinned: str | None = None
    """Offer that the user named for this call, for example to retry on a stronger one."""
    because: str = ""
    """Why ``pinned`` is asked, where not the user but a failed check named it: a sentence. It is no consent to what is free."""
    draft: Draft | None = None
    """The built-in engine's own completion for this very request: it competes as an offer of price 0."""
    keep_secrets: bool = False
    """Send the prompt as it is: who asks has looked for secrets and told them. An agent that reads a mask writes it back."""
    hard: tuple[str, ...] = ()
    """Signs that the conversation's present turn is hard, in words: the next offer up is asked first."""
    notes: tuple[str, ...] = ()
    """What who made the call tells of it, in words: a wish that is not granted, for example."""
    schema: "OutputFormat | None" = None
    """The form that the answer was asked to have, where the prompt gets it in another way than natively;"""
    schema_way: 'Literal["", "tool", "json"]' = ""
    """and which one (`structured_output`)."""


def shortened(prompt: Prompt, action: Action, settings: Effective) -> Prompt:
    """The prompt with the answer's length, in tokens, that the settings allow this action."""
    most = settings.settings.action(action.id).max_tokens
    return prompt if most is None or most >= prompt.max_tokens else replace(prompt, max_tokens=most)


@dataclass(frozen=True, slots=True)
class RoutedCall:
    """A call and the offer it goes to: all that is done before a model is asked."""

    call: EngineCall
    decision: Decision
    state: State


@dataclass(frozen=True, slots=True)
class Asked:
    """This offer is being asked now. ``restart``: text of an earlier one was already shown and has to be taken back."""

    call: str
    """Id of the call, the same for all its hops: what outcomes are reported for."""
    chosen: Chosen
    decision: Decision
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and what it took."""

    chosen: Chosen
    usage: Usage
    """As booked."""
    text_chars: int
    """What could be seen of it."""
    own_usd: float
    """What its offer cost in this call."""
    paid_usd: float
    """What the whole call cost, offers that failed included."""


@dataclass(frozen=True, slots=True)
class Hop:
    """An offer that was asked and failed, and why, in words."""

    offer: str
    error: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What became of a call: what was decided, who answered, what it took. Never a prompt, never an answer."""

    id: str
    action: str
    started: float
    """Unix time in seconds."""
    decision: Decision
    state: State
    """What the decision saw; with it the decision can be explained in full, and replayed."""
    answered: Chosen | None
    """None when no offer did."""
    finish: Finish | None = None
    """None when the answer was not read to its end: complete early, superseded or cancelled."""
    cost_usd: float = 0.0
    usage: Usage | None = None
    """The tokens that the answer was booked with; what the vendor's own count was, ``finish`` says."""
    first_token_s: float | None = None
    total_s: float = 0.0
    hops: tuple[Hop, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    """What the built-in engine did, rule by rule."""
    uri: str = ""
    """Address of the document that it was about."""
    warning: str = ""
    """A budget that is nearly used up, in words."""
    dearer: str = ""
    """That the answer cost more than the catalogue's prices say, or may have, in words."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of a call that was answered to its end. It is booked once the caller goes on or closes the stream: what the
    caller does with this event comes before that."""

    record: CallRecord


if TYPE_CHECKING:
    Event = Asked | Delta | Finish | Done | ModelEvent
else:
    Event = Asked | Delta | Finish | Done

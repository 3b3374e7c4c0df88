"""What a face is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import orjson

from coderoute_ls.domain import Finish, Prompt, StreamEvent
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.requested_model import RequestedModel

Json = dict[str, object]
MOST_TOOLS = 1_000
MOST_MESSAGES = 20_000
"""Of one request, in every format: vendors take far fewer."""


@dataclass(frozen=True, slots=True)
class FaceRequest:
    """A request as the house understands it."""

    prompt: Prompt
    model: str
    """The name that the caller wrote."""
    stream: bool = False
    floor: object = None
    """``min_coding_score`` of the body, unchecked; None where it says none."""
    narrowed: Callable[[RequestedModel], RequestedModel] = lambda wish: wish
    """What else of the body bears on the choice of a model."""
    next_edit: Prompt | None = None
    """The same for any model that chats, where it asks for a next edit in the words of a model made for that: asked instead, as
    the action ``next_edit``, unless the caller names the model."""
    options: Mapping[str, object] = field(default_factory=dict[str, object])
    """What the face's own writer needs to know of the body."""


@dataclass(slots=True)
class WhoAnswers:
    """What the caller is told of the model behind the answer. Filled by the time the first event is written."""

    id: str = ""
    """Of the decision record."""
    model: str = ""
    """Offer that answers: ``provider/model``."""
    created: int = 0
    """Unix time in seconds."""
    cost_usd: float | None = None
    """Known at the end."""


class Writer(Protocol):
    """Writes one answer as server-sent events."""

    def start(self) -> bytes:
        """What comes before the first event; b"" where nothing does."""
        ...

    def event(self, event: StreamEvent) -> bytes:
        """One event that is no `Finish`; b"" where the format has no words for it."""
        ...

    def finish(self, finish: Finish) -> bytes:
        """The end of a whole answer, the format's own end sign included."""
        ...

    def failed(self, error: CallerError) -> bytes:
        """The end of an answer that broke off."""
        ...


@runtime_checkable
class Face(Protocol):
    """One wire format."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Of its addresses."""
        ...

    @property
    def format(self) -> str:
        """Name of the dialect that speaks it upstream; requests go there unchanged under ``preserve``."""
        ...

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        """Raises `CallerError` for what cannot be understood. ``headers``: names in lower case."""
        ...

    def read(self, said: Json, headers: Mapping[str, str], body: bytes = b"") -> FaceRequest:
        """The same of a body that is parsed already. ``body``: its bytes, where they may be sent on."""
        ...

    def writer(self, request: FaceRequest, who: WhoAnswers) -> Writer: ...

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        """The answer as one object."""
        ...

    def error(self, error: CallerError) -> Json:
        """The error as this format's clients read it."""
        ...


def server_sent(data: Json, event: str = "") -> bytes:
    """One server-sent event."""
    name = f"event: {event}\n".encode() if event else b""
    return name + b"data: " + orjson.dumps(data) + b"\n\n"

"""The gateway as its faces see it: the engine, the user's settings, the token, the bounds."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from coderoute_ls.domain import Action, Offer, Prompt
from coderoute_ls.domain.conversation import LossPolicy, Tool
from coderoute_ls.engine import Engine, EngineCall, secret_check
from coderoute_ls.engine.conversation.session_affinity import Sessions
from coderoute_ls.gateway.caller_error import CallerError, invalid
from coderoute_ls.gateway.faces.face import FaceRequest
from coderoute_ls.gateway.gateway_call import Calls
from coderoute_ls.gateway.http.access_control import LOOPBACK_NAMES, admit, check_place
from coderoute_ls.gateway.http.request_body import Bounds
from coderoute_ls.gateway.requested_model import requested_model
from coderoute_ls.gateway.sealed_reasoning_token import PREFIX
from coderoute_ls.gateway.tracing import remember_trace
from coderoute_ls.ignore import secrets_in
from coderoute_ls.settings import Effective

FLOOR_HEADER = "x-min-coding-score"
LOSS_HEADER = "x-coderoute-loss"


class Pages(Protocol):
    """What people look at in a browser: a team's spending. As HTML."""

    async def page(self, path: str, query: Mapping[str, str]) -> str | None:
        """None where there is none. Raises `CallerError`, also where this caller may not look."""
        ...

    def message(self, title: str, message: str) -> str:
        """A page that says what is wrong."""
        ...

    def headers(self) -> dict[str, str]:
        """That each page is sent with."""
        ...


class Callers(Protocol):
    """Who may ask, where more than one may: a team."""

    async def gateway_for(self, gateway: "Gateway", headers: Mapping[str, str], face: str) -> "Gateway":
        """The gateway as this caller may use it through this face ("" is none). Raises `CallerError`."""
        ...


@dataclass(frozen=True)
class Gateway:
    """What all endpoints share."""

    engine: Engine
    actions: Mapping[str, Action]
    user: Callable[[], Effective]
    """The user's own settings, as they are now."""
    token: str
    hosts: Collection[str] = LOOPBACK_NAMES
    bounds: Bounds = field(default_factory=Bounds)
    sessions: Sessions = field(default_factory=Sessions)
    callers: Callers | None = None
    """None: whoever has the token."""
    check: Callable[[EngineCall], None] = lambda call: None
    """Raises `CallerError` for a call that this caller may not make."""
    policy: Callable[[], Mapping[str, object]] | None = None
    """The organisation's policy, signed; None: there is none, or nothing to sign it with."""
    pages: Pages | None = None
    """None: there is no team, and nothing to look at."""
    told: Mapping[str, str] = field(default_factory=dict[str, str])
    """Headers of each answer to this caller, as they are when it begins."""
    left: Callable[[], Awaitable[Mapping[str, str]]] | None = None
    """Headers that say what is left of this caller's budgets, as it is now; None: there are none to ask for."""
    _busy: list[int] = field(default_factory=lambda: [0])

    async def admitted(self, headers: Mapping[str, str], face: str = "") -> "Gateway":
        """The gateway as this caller may use it. Raises `CallerError`."""
        remember_trace(headers)
        if self.callers is None:
            admit(headers, self.token, self.hosts)
            return self
        check_place(headers, self.hosts)
        return await self.callers.gateway_for(self, headers, face)

    @property
    def busy(self) -> int:
        """How many requests are being answered."""
        return self._busy[0]

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Count this request among those that are answered. Raises `CallerError` where they are too many."""
        if self._busy[0] >= self.bounds.at_once:
            raise CallerError(
                429,
                "overloaded",
                f"This gateway answers {self.bounds.at_once} requests at once, and no more.",
                headers={"retry-after": "1"},
            )
        self._busy[0] += 1
        try:
            yield
        finally:
            self._busy[0] -= 1

    def call(self, request: FaceRequest, headers: Mapping[str, str]) -> EngineCall:
        """The engine's call for a request. Raises `CallerError`."""
        user = self.user()
        floor = request.floor if request.floor is not None else headers.get(FLOOR_HEADER)
        wish = requested_model(request.model, floor, user.settings.gateway, self.actions, self.names)
        wish, prompt = request.narrowed(wish), request.prompt
        if request.next_edit is not None and not wish.pinned:
            wish, prompt = replace(wish, action="next_edit"), request.next_edit
        if (loss := _loss(headers)) != prompt.loss:
            prompt = replace(_sendable(prompt), loss=loss)
        _check_choice(prompt)
        call = Calls(self.actions, user).call(prompt, wish)
        self.check(call)
        return call

    def secrets(self, call: EngineCall) -> tuple[str, ...]:
        """The kinds of what looks like a secret in the request's text, each once. Raises `CallerError` where the user wants such
        requests refused. It is never masked: an agent that reads a mask would write it into a file.
        """
        prompt = call.prompt
        fim = prompt.fim
        said = [prompt.system_words, *(message.words for message in prompt.messages), *((fim.prefix, fim.suffix) if fim else ())]
        said += (text for tool in prompt.tools for text in secret_check.texts_of(tool))
        found = tuple(dict.fromkeys(kind for text in said for kind in secrets_in(text)))
        if found and call.settings.settings.gateway.secrets == "refuse":
            raise CallerError(400, "invalid_request", f"The request holds what looks like a secret ({', '.join(found)}).")
        return found

    def names(self) -> dict[str, None]:
        """Offers and models that can be named, in the catalogue's order."""
        offers = self.engine.router.catalog.offers
        return dict.fromkeys(name for offer in offers for name in (offer.id, offer.model))

    def reachable(self) -> tuple[Offer, ...]:
        """The offers whose vendor can be asked now, in the catalogue's order."""
        router = self.engine.router
        within = {name for name, state in router.providers.items() if state.reachable}
        return tuple(offer for offer in router.catalog.offers if offer.provider in within)


def _loss(headers: Mapping[str, str]) -> LossPolicy:
    """What the caller wants done about what a model cannot take as it was asked."""
    match headers.get(LOSS_HEADER, "warn"):
        case "preserve":
            return "preserve"
        case "warn":
            return "warn"
        case "reject":
            return "reject"
        case _:
            raise invalid(f"`{LOSS_HEADER}` must be preserve, warn or reject.", LOSS_HEADER)


def _sendable(prompt: Prompt) -> Prompt:
    """Without the bytes that came, which may be sent on, where they hold tokens in this gateway's own wrapping: no vendor knows
    that."""
    origin = prompt.origin
    return replace(prompt, origin=None) if origin is not None and PREFIX.encode() in origin.body else prompt


def _check_choice(prompt: Prompt) -> None:
    choice = prompt.tool_choice
    if choice is not None and choice.mode == "required" and not prompt.tools:
        raise invalid("`tool_choice` asks for a call, and there are no tools.", "tool_choice")
    if choice is None or not choice.name:
        return
    named = {tool.name for tool in prompt.tools if isinstance(tool, Tool)}
    if choice.name not in named and len(named) == len(prompt.tools):
        raise invalid(f"`tool_choice` names {choice.name[:80]!r}, which is none of the tools.", "tool_choice")

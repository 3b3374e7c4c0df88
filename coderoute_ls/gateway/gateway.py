"""The gateway as its faces see it: the engine, the user's settings, the token, the bounds."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from coderoute_ls.domain import Action, Offer
from coderoute_ls.engine import Engine, EngineCall
from coderoute_ls.gateway.access_control import LOOPBACK_NAMES
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.face import FaceRequest
from coderoute_ls.gateway.request_body import Bounds
from coderoute_ls.gateway.requested_model import requested_model
from coderoute_ls.gateway.routed_answer import Calls
from coderoute_ls.settings import effective
from coderoute_ls.settings.parse import Layer

FLOOR_HEADER = "x-min-coding-score"


@dataclass(frozen=True)
class Gateway:
    """What all endpoints share."""

    engine: Engine
    actions: Mapping[str, Action]
    user: Callable[[], Layer]
    """The user's own settings, as they are now."""
    token: str
    hosts: Collection[str] = LOOPBACK_NAMES
    bounds: Bounds = field(default_factory=Bounds)
    _busy: list[int] = field(default_factory=lambda: [0])

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Count this request among those that are answered. Raises `CallerError` where they are too many."""
        if self._busy[0] >= self.bounds.at_once:
            raise CallerError(429, "overloaded", "Too many requests at once.", headers={"retry-after": "1"})
        self._busy[0] += 1
        try:
            yield
        finally:
            self._busy[0] -= 1

    def call(self, request: FaceRequest, headers: Mapping[str, str]) -> EngineCall:
        """The engine's call for a request. Raises `CallerError`."""
        layer = self.user()
        settings = effective(layer).settings
        floor = request.floor if request.floor is not None else headers.get(FLOOR_HEADER)
        wish = requested_model(request.model, floor, settings.gateway, self.actions, self.names())
        return Calls(self.actions, layer).call(request.prompt, request.narrowed(wish))

    def names(self) -> dict[str, None]:
        """Offers and models that can be named, in the catalogue's order."""
        offers = self.engine.router.catalog.offers
        return dict.fromkeys(name for offer in offers for name in (offer.id, offer.model))

    def reachable(self) -> tuple[Offer, ...]:
        """The offers whose vendor can be asked now, in the catalogue's order."""
        router = self.engine.router
        within = {name for name, state in router.providers.items() if state.reachable}
        return tuple(offer for offer in router.catalog.offers if offer.provider in within)

"""What the engine needs from outside, and what it reports; `app` connects both."""

from collections.abc import Mapping
from typing import Protocol

from coderoute_ls.domain import Delta, Finish, OfferHealth
from coderoute_ls.engine.types import Asked


class Listener(Protocol):
    """Hears of a call while it is answered (`Engine.tell`)."""

    def asked(self, event: Asked) -> None:
        """This offer is being asked now."""
        ...

    async def said(self, delta: Delta) -> None:
        """A piece of its answer."""
        ...

    def ended(self, finish: Finish) -> None:
        """How its answer ended."""
        ...


class HealthMemory(Protocol):
    """What was experienced with offers: read before a decision, changed after each answer."""

    @property
    def health(self) -> Mapping[str, OfferHealth]:
        """By offer id."""
        ...

    def of(self, offer_id: str) -> OfferHealth:
        """The health of this offer; a fresh one where nothing is known."""
        ...

    def put(self, offer_id: str, health: OfferHealth) -> None: ...

    def free_calls(self, provider: str) -> tuple[float, ...]:
        """Unix times of today's calls to this vendor's free offers."""
        ...

    def count_free_call(self, provider: str, now: float) -> None: ...

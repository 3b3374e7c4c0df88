"""An upstream that asks the servers on this machine in turn: an action lets a key go first, and then begins again."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from coderoute_ls.domain import Delta, Finish, Offer, Prompt, StreamEvent, Upstream
from coderoute_ls.errors import ConnectionFailed, NotReady, Paused, ProviderError
from coderoute_ls.providers.local_model.slot_count import SlotCount
from coderoute_ls.providers.local_model.turns import ServerTurns, Turn

CHILD_SLOTS = 2
"""Of a model file's own child: a keystroke's beside an action's."""


class _Paused(Exception):
    """Another one goes first."""


@dataclass(slots=True)
class InTurn:
    """``upstream`` asks. ``slots_of`` is what a provider's server says of its slots; ``is_file`` tells the ones that are model
    files, served by a child of ours."""

    upstream: Upstream
    slots_of: Callable[[str], int | None] = lambda provider: None
    is_file: Callable[[str], bool] = lambda provider: False
    _servers: dict[str, ServerTurns] = field(default_factory=dict[str, ServerTurns])

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        """As `Upstream.stream`. Raises `Paused` where text was said and another one goes first: whoever asked begins again."""
        if not offer.local:
            async with aclosing(self.upstream.stream(offer, prompt)) as events:
                async for event in events:
                    yield event
            return
        server, loop = self._server(offer.provider), asyncio.get_running_loop()
        asked, pauses = loop.time(), prompt.pauses
        while True:
            said = False
            try:
                async with server.turn(prompt.priority, pauses=pauses, restarts=prompt.restarts) as turn:
                    waited = loop.time() - asked
                    async with aclosing(self._events(offer, prompt, turn)) as events:
                        async for event in events:
                            if isinstance(event, Delta):
                                server.spoke(turn)
                            said = said or not isinstance(event, Finish)
                            yield replace(event, waited_s=event.waited_s + waited) if isinstance(event, Finish) else event
                return
            except _Paused:
                if prompt.priority == "ahead":
                    raise NotReady("What was read ahead let a key go first.", provider=offer.provider) from None
                if said:
                    raise Paused("It let ghost text go first, and begins again.", provider=offer.provider) from None
                pauses += 1
            except ProviderError as error:
                if isinstance(error, ConnectionFailed):
                    server.slots.forget()
                raise

    def prepare(self, offer: Offer) -> None:
        self.upstream.prepare(offer)

    async def close(self) -> None:
        await self.upstream.close()

    def _server(self, provider: str) -> ServerTurns:
        file = self.is_file(provider)
        server = self._servers.get(provider)
        if server is None or server.keeps != file:
            server = self._servers[provider] = ServerTurns(provider, SlotCount(), keeps=file)
        server.slots.told = CHILD_SLOTS if file else self.slots_of(provider)
        return server

    async def _events(self, offer: Offer, prompt: Prompt, turn: Turn) -> AsyncGenerator[StreamEvent, None]:
        """What the upstream says, until this one is paused: then `_Paused`, with the connection closed."""
        async with aclosing(self.upstream.stream(offer, prompt)) as events:
            if prompt.priority in ("by_hand", "typing"):  # nobody goes before them
                async for event in events:
                    yield event
                return
            while True:
                step = asyncio.ensure_future(anext(events, None))
                try:
                    await asyncio.wait({step, turn.paused}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not step.done():
                        step.cancel()
                        await asyncio.wait({step})
                if turn.paused.done() and not (step.done() and not step.cancelled()):
                    raise _Paused
                event = step.result()
                if event is None:
                    return
                yield event
                if turn.paused.done() and not isinstance(event, Finish):
                    raise _Paused

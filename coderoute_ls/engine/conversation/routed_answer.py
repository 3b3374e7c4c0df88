"""A conversation's call on its way through the engine: which offer it stays with, and its events up to exactly one end."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import replace

from coderoute_ls.domain import Chosen, Finish, StreamEvent
from coderoute_ls.domain.conversation import OpaqueEvent, ToolCallEnd, ToolCallStart
from coderoute_ls.engine.conversation.session_affinity import Sessions, clears, staying, stays
from coderoute_ls.engine.engine import Engine
from coderoute_ls.engine.types import Asked, CallRecord, Done, EngineCall, RoutedCall
from coderoute_ls.errors import CoderouteError, NoOffer, ProviderUnavailable
from coderoute_ls.selection import EMBEDDED


class RoutedAnswer:
    """One call of the engine as one stream for one caller. A fall-back is taken only while the caller has got nothing: what was
    sent cannot be taken back.
    """

    def __init__(
        self, engine: Engine, sessions: Sessions, call: EngineCall, asked: Callable[[Asked], None] = lambda event: None
    ) -> None:
        """``asked`` hears who is being asked."""
        self._engine = engine
        self._asked = asked
        self._sessions = sessions
        self._call = call
        self.chosen: Chosen | None = None
        """Who is being asked, or has answered."""
        self.unmet = ""
        """Why one below the floor answers; "" where the floor is reached."""
        self.record: CallRecord | None = None
        """What it took; known at the end."""
        self.id = ""
        """Of the decision record."""

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """The model's events, then exactly one `Finish`, by which ``record`` is known. Raises `CoderouteError` where nothing may
        be asked or all failed. Hold it in ``contextlib.aclosing``: closing it closes the connection to the vendor, and books what
        was used.
        """
        begun = ended = called = False
        finish: Finish | None = None
        unended: set[str] = set()
        """Calls whose arguments may go on."""
        async with aclosing(self._engine.run(self.routed())) as events:
            async for event in events:
                match event:
                    case Asked():
                        if begun:
                            raise ProviderUnavailable("The model failed in the middle of its answer.", after_text=True)
                        self.chosen, self.id = event.chosen, event.call
                        self._asked(event)
                        self.unmet = event.chosen.why if event.decision.unmet is not None else ""
                    case Done():
                        self.record = event.record
                        if finish is not None:
                            ended = True
                            finish = finish if called else _without_calls(finish)
                            yield self._end(finish, unended)  # booked after this: the caller does not wait for it
                    case Finish():
                        finish = event
                    case _:
                        begun = True
                        called = called or isinstance(event, ToolCallStart | OpaqueEvent)
                        if isinstance(event, ToolCallStart):
                            unended.add(event.id)
                        elif isinstance(event, ToolCallEnd):
                            unended.discard(event.id)
                        yield event
        if not ended:
            raise _unfinished()

    def _end(self, finish: Finish, unended: Collection[str]) -> Finish:
        """The end as the caller is told of it. A good one lets the session stay with who answered."""
        if unended and finish.reason in ("stop", "tool_calls"):
            finish = replace(finish, reason="incomplete")
        if self.chosen is not None and (not finish.bad or finish.reason in ("tool_calls", "paused")):
            self._sessions.answered(self._call.prompt.session, self.chosen.offer.id)
        return finish

    def routed(self) -> RoutedCall:
        """The offer that the request goes to: the session's own offer where nothing better is worth the change. Raises `NoOffer`
        where only the built-in engine could answer: it knows documents, and no conversation."""
        routed = self._engine.choose(self._call)
        chain = tuple(one for one in routed.decision.chain if one.offer.provider != EMBEDDED.provider)
        if not chain:
            raise NoOffer(self._engine.router.why_nobody(routed.decision))
        if len(chain) < len(routed.decision.chain):
            routed = replace(routed, decision=replace(routed.decision, chosen=chain[0], chain=chain))
        old = None if self._call.pinned else self._sessions.last(self._call.prompt.session)
        if old is None:
            return routed
        decision, state, router = routed.decision, routed.state, self._engine.router
        learn = self._call.settings.settings.learn
        again = decision
        if old != chain[0].offer.id:
            again = router.prepared.decide(replace(decision.request, pinned=old), state, learn=learn)
        if again.chosen is None or not clears(again.chosen, decision) or not stays(decision, again.chosen, self._call.prompt):
            return routed
        return replace(routed, decision=staying(decision, again))


def _without_calls(finish: Finish) -> Finish:
    """The end of an answer without a call: a server that lost one says all the same that one is there, and an agent would wait
    for it."""
    return replace(finish, reason="stop") if finish.reason == "tool_calls" else finish


def _unfinished() -> CoderouteError:
    return ProviderUnavailable("The model's answer had no end.")

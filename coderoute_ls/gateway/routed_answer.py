"""A request of the gateway on its way through the engine: which call it is, and its events up to exactly one end."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from coderoute_ls.domain import Action, Brief, Chosen, Document, Finish, Position, Prompt, Span, StreamEvent, Target
from coderoute_ls.domain.conversation import ToolCallEnd, ToolCallStart
from coderoute_ls.engine import Asked, CallRecord, Done, Engine, EngineCall, RoutedCall
from coderoute_ls.errors import CoderouteError, NoOffer, ProviderUnavailable
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.hard_turn import hard_turn
from coderoute_ls.gateway.requested_model import RequestedModel
from coderoute_ls.gateway.session_affinity import Sessions, clears, staying, stays, with_session
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.settings import Effective, Layer, parse

_NOWHERE = Span(Position(0, 0), Position(0, 0))


def _no_prompt(brief: Brief) -> Prompt:
    raise NotImplementedError("the caller brings the prompt")


GATEWAY = Action(
    id="gateway",
    title="Gateway",
    kind="",
    surface="report",
    axis="coding",
    min_coding_score=0.70,
    median_output=600,
    max_tokens=32_000,
    max_cost_usd=0.50,
    prompt=_no_prompt,
    region=lambda target: None,
    doc="A conversation of another tool, through the gateway.",
)
"""Not in ``actions/``: no editor can ask for it."""
COMPLETION = replace(
    GATEWAY,
    id="gateway_completion",
    axis="completion",
    min_coding_score=0.55,
    median_output=48,
    max_cost_usd=0.05,
    required=frozenset({"text", "streaming", "fim"}),
    doc="A hole of another tool, through the gateway.",
)
"""Its floor, cap and typical answer are those of completions in an editor."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes engine calls of prompts: with the user's settings, and what the request says of its floor and cap."""

    actions: Mapping[str, Action]
    user: Effective
    """The user's own settings."""
    folder: str = ""
    """The workspace folder whose budget holds, where one is named."""

    def call(self, prompt: Prompt, wish: RequestedModel) -> EngineCall:
        """Raises `CallerError` where a limit that the caller names is none."""
        action = self.actions[wish.action] if wish.action else GATEWAY if prompt.fim is None else COMPLETION
        settings = self._settings(action, wish)
        document = Document("", "text", 0, ("",))
        limited = replace(action, first_token_budget_s=None)
        target = Target(document, _NOWHERE, folder=self.folder)
        pinned = wish.pinned or None
        hard = hard_turn(prompt) if settings.settings.gateway.escalate else ()
        return EngineCall(limited, with_session(prompt), target, _NOWHERE, settings, pinned, keep_secrets=True, hard=hard)

    def _settings(self, action: Action, wish: RequestedModel) -> Effective:
        """The user's, with the floor that they set for the gateway, and above them what the request asks for."""
        floor = self.user.settings.gateway.min_coding_score
        its_own = action is GATEWAY and ("gateway", "min_coding_score") in self.user.origins
        own = Layer("user", {("actions", action.id, "min_coding_score"): floor} if its_own else {})
        said = {"min_coding_score": wish.floor, "max_cost_usd": wish.max_cost_usd}
        ids = (*self.actions, GATEWAY.id, COMPLETION.id)
        if not own.values and not any(value is not None for value in said.values()):
            return self.user
        asked, issues = parse({"actions": {action.id: {k: v for k, v in said.items() if v is not None}}}, ids, "request")
        for issue in issues:
            raise invalid(str(issue))
        return self.user.under(own, asked)


class RoutedAnswer:
    """One call of the engine as one stream for one caller. A fall-back is taken only while the caller has got nothing: what was
    sent cannot be taken back.
    """

    def __init__(self, engine: Engine, sessions: Sessions, call: EngineCall) -> None:
        self._engine = engine
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
        """The model's events, then exactly one `Finish`. Raises `CoderouteError` where nothing may be asked or all failed. Hold
        it in ``contextlib.aclosing``: closing it closes the connection to the vendor, and books what was used.
        """
        begun = False
        finish: Finish | None = None
        unended: set[str] = set()
        """Calls whose arguments may go on."""
        async with aclosing(self._engine.run(self._routed())) as events:
            async for event in events:
                match event:
                    case Asked():
                        if begun:
                            raise ProviderUnavailable("The model failed in the middle of its answer.", after_text=True)
                        self.chosen, self.id = event.chosen, event.call
                        self.unmet = event.chosen.why if event.decision.unmet is not None else ""
                    case Done():
                        self.record = event.record
                    case Finish():
                        finish = event
                    case _:
                        begun = True
                        if isinstance(event, ToolCallStart):
                            unended.add(event.id)
                        elif isinstance(event, ToolCallEnd):
                            unended.discard(event.id)
                        yield event
        if finish is None:
            raise _unfinished()
        if unended and finish.reason in ("stop", "tool_calls"):
            finish = replace(finish, reason="incomplete")
        if (self.chosen is not None and not finish.bad) or (finish.reason == "tool_calls" and self.chosen is not None):
            self._sessions.answered(self._call.prompt.session, self.chosen.offer.id)
        yield finish

    def _routed(self) -> RoutedCall:
        """The offer that the request goes to: the session's own offer where nothing better is worth the change. Raises `NoOffer`
        where only the built-in engine could answer: it knows documents, and no conversation."""
        routed = self._engine.choose(self._call)
        chain = tuple(one for one in routed.decision.chain if one.offer.provider != EMBEDDED.provider)
        if not chain:
            raise NoOffer(self._engine.router.why_nobody(routed.decision))
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


def _unfinished() -> CoderouteError:
    return ProviderUnavailable("The model's answer had no end.")

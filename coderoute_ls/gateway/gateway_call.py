"""Which call of the engine a request of the gateway is: its action, the user's settings, and what the request itself asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coderoute_ls.domain import Action, Document, Position, Prompt, Span, Target
from coderoute_ls.engine import EngineCall
from coderoute_ls.engine.conversation.conversation_action import conversation_action
from coderoute_ls.engine.conversation.session_affinity import with_session
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.hard_turn import hard_turn
from coderoute_ls.gateway.requested_model import RequestedModel
from coderoute_ls.settings import Effective, Layer, parse

_NOTHING, _NOWHERE = Document("", "text", 0, ("",)), Span(Position(0, 0), Position(0, 0))


GATEWAY = conversation_action(
    "gateway", "Gateway", "A conversation of another tool, through the gateway.", median_output=600, max_tokens=32_000
)
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
        limited = action if action.first_token_budget_s is None else replace(action, first_token_budget_s=None)
        target = Target(_NOTHING, _NOWHERE, folder=self.folder)
        pinned = wish.pinned or None
        hard = hard_turn(prompt) if settings.settings.gateway.escalate else ()
        notes = () if wish.max_cost_usd is None else _cap_note(wish.max_cost_usd, settings, action)
        return EngineCall(
            limited, with_session(prompt), target, _NOWHERE, settings, pinned, keep_secrets=True, hard=hard, notes=notes
        )

    def _settings(self, action: Action, wish: RequestedModel) -> Effective:
        """The user's, with the floor that they set for the gateway, and above them what the request asks for."""
        floor = self.user.settings.gateway.min_coding_score
        its_own = action is GATEWAY and ("gateway", "min_coding_score") in self.user.origins
        own = Layer("user", {("actions", action.id, "min_coding_score"): floor} if its_own else {})
        most = wish.max_cost_usd
        if most is not None and most >= self.user.cap_for(action.id, action.axis, action.max_cost_usd):
            most = None  # the stricter cap holds
        said = {"min_coding_score": wish.floor, "max_cost_usd": most}
        ids = (*self.actions, GATEWAY.id, COMPLETION.id)
        if not own.values and not any(value is not None for value in said.values()):
            return self.user
        asked, issues = parse({"actions": {action.id: {k: v for k, v in said.items() if v is not None}}}, ids, "request")
        for issue in issues:
            raise invalid(str(issue))
        return self.user.under(own, asked)


def _cap_note(asked: float, settings: Effective, action: Action) -> tuple[str, ...]:
    """What the caller is told of a cap that it wanted higher than the user lets it be."""
    cap = settings.cap_for(action.id, action.axis, action.max_cost_usd)
    return (f"max_price {asked:g} is above the cap of {cap:g} USD for one call, which holds",) if asked > cap else ()

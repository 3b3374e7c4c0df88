"""The floors that an editor's chat can choose as models, and the action that such a call is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from coderoute_ls.engine.conversation.conversation_action import conversation_action
from coderoute_ls.errors import Unsupported
from coderoute_ls.settings import Effective, parse

CHAT = conversation_action("chat", "Chat", "The editor's own chat.", median_output=500, max_tokens=16_000)


@dataclass(frozen=True, slots=True)
class ChatFloor:
    """What the user asks for by choosing this model."""

    id: str
    asks: Mapping[str, object] = field(default_factory=dict[str, object])
    """Settings of the action, for this request."""
    says: str = ""

    def over(self, settings: Effective, actions: Collection[str]) -> Effective:
        """The settings with what this floor asks for on top. Budgets, caps and privacy stay as they are."""
        layer, _ = parse({"actions": {CHAT.id: self.asks}}, (*actions, CHAT.id), "request")
        return settings.under(layer)


def _floor(score: float) -> ChatFloor:
    says = f"The cheapest model with a coding score of at least {score:.2f}."
    return ChatFloor(f"{score:.2f}", {"min_coding_score": score, "objective": "cost"}, says)


FLOORS: Mapping[str, ChatFloor] = {
    floor.id: floor
    for floor in (
        _floor(0.45),
        _floor(0.70),
        ChatFloor("best", {"objective": "quality"}, "The model with the highest coding score within your spending limits."),
    )
}


def floor_of(model: str) -> ChatFloor:
    """Raises `Unsupported` for a name that is none of them."""
    if (found := FLOORS.get(model)) is None:
        raise Unsupported(f"There is no chat model {model[:80]!r}; there are {', '.join(FLOORS)}.")
    return found

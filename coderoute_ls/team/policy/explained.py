"""Each bound of a policy as it holds in joined settings, and which layer set it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from coderoute_ls.domain import Action
from coderoute_ls.settings import Effective


@dataclass(frozen=True, slots=True)
class Bound:
    """``value`` as JSON has it; ``origin``: the layer's name, or ``default``."""

    name: str
    value: object
    origin: str


def explained(joined: Effective, actions: Iterable[Action]) -> list[Bound]:
    """Privacy, allowed and denied models, then floor and cap of each action."""
    settings = joined.settings
    rows = [
        Bound("privacy", settings.privacy, joined.origins.get(("privacy",), "default")),
        Bound("models.allow", [*settings.models.allow], joined.origins.get(("models", "allow"), "default")),
        Bound("team.own_keys", settings.team.own_keys, joined.origins.get(("team", "own_keys"), "default")),
        Bound("models.deny", [*settings.models.deny], joined.origins.get(("models", "deny"), "default")),
    ]
    for action in actions:
        floor = joined.floor_for(action.id, action.axis, action.min_coding_score)
        cap = joined.cap_for(action.id, action.axis, action.max_cost_usd)
        rows += [
            Bound(f"floor of {action.id}", floor.value, floor.origin),
            Bound(f"cap of {action.id}, USD", cap, _cap_origin(joined, action, cap)),
        ]
    return rows


def _cap_origin(joined: Effective, action: Action, cap: float) -> str:
    """Which of the action's own cap and the budget's per-call cap is the one that holds."""
    name = "action_usd" if action.axis == "coding" else "completion_usd"
    own = joined.settings.action(action.id).max_cost_usd
    if own is not None and cap == own:
        return joined.origins["actions", action.id, "max_cost_usd"]
    budget = joined.settings.budget.action_usd if action.axis == "coding" else joined.settings.budget.completion_usd
    return joined.origins.get(("budget", name), "default") if cap == budget else "default"

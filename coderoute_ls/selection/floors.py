"""Which floor holds: request > editor > workspace file > user file > the action's own default."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from coderoute_ls.domain import Axis, Floor

Quality = Literal["economy", "balanced", "best"]
SHIFTS: dict[Quality, float] = {"economy": -0.10, "balanced": 0.0, "best": 0.10}
COMPLETION: dict[Quality, float] = {"economy": 0.50, "balanced": 0.55, "best": 0.70}
HIGHEST = 0.95


class Layer(NamedTuple):
    """What one place says: ``origin`` is ``request``, ``editor``, ``workspace`` or ``user``."""

    origin: str
    floor: float | None = None
    """Of this very action."""
    quality: Quality | None = None
    """The preset for all actions."""


def resolve(default: float, axis: Axis, layers: Iterable[Layer] = ()) -> Floor:
    """The floor of an action. ``layers`` come strongest first; what none of them says is the action's default, never the
    strongest.

    >>> resolve(0.70, "coding", [Layer("editor"), Layer("workspace", quality="best"), Layer("user", floor=0.2)])
    Floor(value=0.8, origin='workspace')
    """
    for layer in layers:
        if layer.floor is not None:
            return Floor(layer.floor, layer.origin)
        if layer.quality is not None:
            return Floor(preset(default, axis, layer.quality), layer.origin)
    return Floor(default)


def preset(default: float, axis: Axis, quality: Quality) -> float:
    """An action's default under a preset."""
    if axis == "completion":
        return COMPLETION[quality]
    return round(min(max(default + SHIFTS[quality], 0.0), HIGHEST), 2)

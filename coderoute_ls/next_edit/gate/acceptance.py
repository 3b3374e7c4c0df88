"""How sure a suggestion has to be, from what became of the last ones."""

from dataclasses import dataclass, replace

FLOOR = 0.70
"""Smallest confidence without any experience."""
LOWEST, HIGHEST = 0.60, 0.95
_DOWN, _UP = 0.01, 0.06
"""One rejection weighs as much as six acceptances: the floor settles where about six of seven suggestions are taken."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The floor moves up with each rejection and down with each acceptance, within bounds."""

    floor: float = FLOOR

    def accepted(self) -> "Acceptance":
        return replace(self, floor=max(LOWEST, self.floor - _DOWN))

    def rejected(self) -> "Acceptance":
        return replace(self, floor=min(HIGHEST, self.floor + _UP))

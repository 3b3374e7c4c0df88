"""How sure a suggestion has to be, from what became of the last ones."""

from dataclasses import dataclass, replace

FLOOR = 0.70
"""Smallest confidence without any experience."""
LOWEST, HIGHEST = 0.60, 0.95
_STEP = 0.03


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The floor moves up with each rejection and down with each acceptance, within bounds."""

    floor: float = FLOOR

    def accepted(self) -> "Acceptance":
        return replace(self, floor=max(LOWEST, self.floor - _STEP))

    def rejected(self) -> "Acceptance":
        return replace(self, floor=min(HIGHEST, self.floor + _STEP))

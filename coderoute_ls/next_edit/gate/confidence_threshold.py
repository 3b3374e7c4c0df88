"""How sure a suggestion has to be, from what became of the last ones."""

from dataclasses import dataclass, replace

INITIAL = 0.70
"""Smallest confidence without any experience."""
LOWEST, HIGHEST = 0.60, 0.95
_DOWN, _UP = 0.01, 0.06
"""One rejection weighs as much as six acceptances: it settles where about six of seven suggestions are taken."""


@dataclass(frozen=True, slots=True)
class ConfidenceThreshold:
    """The smallest confidence that is shown, from 0 to 1: it rises with each rejection and falls with each acceptance."""

    value: float = INITIAL

    def accepted(self) -> "ConfidenceThreshold":
        return replace(self, value=max(LOWEST, self.value - _DOWN))

    def rejected(self) -> "ConfidenceThreshold":
        return replace(self, value=min(HIGHEST, self.value + _UP))

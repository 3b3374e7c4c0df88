"""How many requests a server on this machine answers at once: llama.cpp tells (``/props``), of others it is learned."""

from dataclasses import dataclass

LATE_S = 1.0
"""A key that got nothing for so long, while an action went on writing, waited behind it,"""
LATE_TIMES = 2.0
"""where that is also so many times what a key takes alone. Where it is not known what that is, it takes two such keys."""
ENOUGH = 2
KEPT_S = 600.0
"""So long what was learned counts: the server may be started again with other settings."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What came of a key that was asked beside an action that was writing. Times in seconds, on one clock."""

    began: float
    first: float | None
    """When its first piece came, if one did;"""
    action_last: float
    """and when the last piece of the action came."""


@dataclass(slots=True)
class SlotCount:
    """``told`` by the server, None where it does not say."""

    told: int | None = None
    _signs: int = 0
    _several: bool = False
    _until: float = float("-inf")
    _alone_s: float | None = None

    def at(self, now: float) -> int | None:
        """How many there are; None where nothing says that there is a limit."""
        return self.told or (1 if now < self._until else None)

    def alone(self, seconds: float) -> None:
        """A key's first piece came after so long, and nothing else ran."""
        self._alone_s = seconds

    def beside(self, key: Beside, now: float) -> None:
        """Learn from a key that is over."""
        if key.first is not None and key.action_last > key.first:
            self._several, self._signs = True, 0
        behind_s = key.action_last - key.began
        if self._several or behind_s < max(LATE_S, LATE_TIMES * (self._alone_s or 0.0)):
            return
        self._signs += 1 if self._alone_s is None else ENOUGH
        if self._signs >= ENOUGH:
            self._signs, self._until = 0, now + KEPT_S

    def forget(self) -> None:
        """The server went away: another one may answer there."""
        self._signs, self._several, self._until, self._alone_s = 0, False, float("-inf"), None

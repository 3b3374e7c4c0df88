"""Time, handed in: the system's in `engine.system_clock`, a test's own elsewhere."""

from collections.abc import Coroutine
from typing import Any, Protocol


class Clock(Protocol):
    """Two readings of time, and waiting."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for durations."""
        ...

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Wait for so many seconds."""
        ...

"""How long parts wait for each other: one value, handed in, so that a test can choose its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    gather: float = 0.100
    """Most time that ghost text waits for pieces of other files and for the built-in engine."""
    idle: float = 3.0
    """After so long without a change a local server reads what nobody has asked it about yet."""
    quiet: float = 1.0
    """A folder is looked through when nothing more has changed on the disk for so long,"""
    latest: float = 10.0
    """and at the latest so long after the first change."""
    slow_loading: float = 1.0
    """A model file that takes longer to load is shown while it loads."""


TIMING = Timing()
"""What holds for users."""

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
    usage: float = 0.5
    """After the finish reason a vendor has so long to say what the answer took, and that nothing follows."""
    last_bytes: float = 5.0
    """So long the end of a body is read behind its answer, while nobody waits, so that the connection can be used again."""
    slow_loading: float = 1.0
    """A model file that takes longer to load is shown while it loads."""


TIMING = Timing()
"""What holds for users."""

"""How long parts wait for each other: one value, handed in, so that a test can choose its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    gather: float = 0.100
    """Most time that ghost text waits for pieces of other files and for the built-in engine."""
    idle: float = 3.0
    """Without a change for this long, a local server reads the document ahead of the first question."""
    quiet: float = 1.0
    """A folder is read again when its files have not changed for this long,"""
    latest: float = 10.0
    """and at the latest this long after the first change."""
    usage: float = 0.5
    """How long a vendor may take after the finish reason to report the usage and to end the body."""
    last_bytes: float = 5.0
    """How long the rest of a body is read in the background, so that its connection can be used again."""
    settings_file: float = 1.0
    """After this long a settings file that has not been read yet counts as unreadable, until it is read."""
    editor_settings: float = 2.0
    """So long a request waits for an editor's settings; then it is answered without sending anything."""
    folder: float = 1.0
    """A folder that has not answered after this long counts as hanging, as on a network, until it answers."""
    slow_loading: float = 1.0
    """A model file that takes longer to load is shown while it loads."""


TIMING = Timing()
"""What holds for users."""

"""Ends this process when its parent dies, also while it does not read its standard input."""

import ctypes
import signal
import sys


def end_with_parent() -> None:
    """On Linux the kernel sees to it, on Windows the parent's job (`spawn`); elsewhere the end of standard input has to do."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)

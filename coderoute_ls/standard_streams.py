"""Keeps standard input and output for the protocol: no other code can read or write them.

Who prints by mistake must not get between the messages. Nobody may even look at the input: on Windows whatever touches a pipe
waits until a read of it that is under way returns, and libraries such as numpy look at standard input when they are loaded.
"""

import os
import sys
from typing import BinaryIO


def claim_input(*, buffering: int = -1) -> BinaryIO:
    """The real standard input. File descriptor 0 is empty from now on, for this process and for its children."""
    ours = os.fdopen(os.dup(0), "rb", buffering=buffering)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return ours


def claim_output(*, buffering: int = -1) -> BinaryIO:
    """The real standard output. File descriptor 1 is standard error from now on."""
    ours = os.fdopen(os.dup(1), "wb", buffering=buffering)
    sys.stdout.flush()
    os.dup2(2, 1)
    return ours

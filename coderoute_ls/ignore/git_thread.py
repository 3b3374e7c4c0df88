"""The one thread that asks git for an event loop."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

_LATER: "SimpleQueue[Callable[[], object]]" = SimpleQueue()
_ASKING: list[threading.Thread] = []


def later(work: Callable[[], object]) -> None:
    """Do it there, after all that was asked before."""
    if not _ASKING:
        _ASKING.append(threading.Thread(target=_ask_on, name="git", daemon=True))
        _ASKING[0].start()
    _LATER.put(work)


def _ask_on() -> None:
    while True:
        _LATER.get()()

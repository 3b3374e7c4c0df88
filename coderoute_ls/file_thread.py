"""A thread that touches files in an event loop's place: a folder that hangs, as on a network, holds up only the thread."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class HeldUp(Exception):
    """The files have not answered in time."""


class FileThread:
    """Does one thing after another; a caller who names no time of its own waits at most ``patience_s`` seconds.

    While it is held up no other caller waits at all. ``freed`` is called in the thread when it goes on after that.
    """

    def __init__(self, patience_s: float, freed: Callable[[], None]) -> None:
        self._patience_s = patience_s
        self._freed = freed
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._held_up = False

    def do(self, act: Callable[[], T], patience_s: float | None = None) -> T:
        """What ``act`` returns or raises. Raises `HeldUp` when it takes longer; then it is still done at some time."""
        if self._held_up:
            raise HeldUp
        if self._thread is None:  # a daemon: an end of the process does not wait for it
            self._thread = threading.Thread(target=self._run, name="files", daemon=True)
            self._thread.start()
        work = _Work(act)
        self._waiting.put(work.run)
        if not work.done.wait(self._patience_s if patience_s is None else patience_s):
            self._held_up = True
            self._waiting.put(self._go_on)
            raise HeldUp
        return work.result()

    def close(self) -> None:
        """The thread ends when it has nothing more to do. Nothing is asked of it afterwards."""
        if self._thread is not None:
            self._waiting.put(None)

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()

    def _go_on(self) -> None:
        self._held_up = False
        self._freed()


class _Work(Generic[T]):
    """One thing to do, and what came of it."""

    def __init__(self, act: Callable[[], T]) -> None:
        self._act = act
        self._returned: list[T] = []
        self._raised: Exception | None = None
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._returned.append(self._act())
        except Exception as error:
            self._raised = error
        finally:
            self.done.set()

    def result(self) -> T:
        if self._raised is not None:
            raise self._raised
        return self._returned[0]

"""Other processes of this machine: whether one runs, and when one ends. Linux, macOS and Windows are asked differently."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress

ASK_EVERY_S = 3.0
"""Where the system does not tell that a process ended, it is asked this often."""

Stop = Callable[[], None]


def when_ended(process: int, ended: Callable[[], None]) -> Stop:
    """Call ``ended`` once, on the running loop, when the process ends; returns a function that stops the waiting,
    to be called in any case."""
    loop = asyncio.get_running_loop()
    try:
        return _told(loop, process, ended)
    except ProcessLookupError:
        return loop.call_soon(ended).cancel
    except (OSError, OverflowError):  # the system does not tell us about this one
        return ask_until_ended(loop, process, ended)


def ask_until_ended(loop: asyncio.AbstractEventLoop, process: int, ended: Callable[[], None]) -> Stop:
    """`when_ended` for a process that the system does not tell about: one of another user, or on an older system."""

    def ask() -> None:
        nonlocal timer
        if is_running(process):
            timer = loop.call_later(ASK_EVERY_S, ask)
        else:
            ended()

    def stop() -> None:
        timer.cancel()

    timer = loop.call_later(ASK_EVERY_S, ask)
    return stop


if sys.platform == "win32":
    import _winapi
    from threading import Thread

    NO_SUCH_PROCESS = 87
    """Windows' ERROR_INVALID_PARAMETER."""

    def is_running(process: int) -> bool:
        """Whether a process of this number runs. When the system does not say, it does."""
        try:
            handle = _open(process)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
        running = _winapi.WaitForSingleObject(handle, 0) != _winapi.WAIT_OBJECT_0
        _winapi.CloseHandle(handle)
        return running

    def _open(process: int) -> int:
        """A handle that can be waited for; no other process gets this number while it is open."""
        try:
            return _winapi.OpenProcess(_winapi.SYNCHRONIZE, False, process)
        except OSError as error:
            if error.winerror == NO_SUCH_PROCESS:
                raise ProcessLookupError from None
            raise

    def _told(loop: asyncio.AbstractEventLoop, process: int, ended: Callable[[], None]) -> Stop:
        """A thread waits: asyncio has no public way to wait for a handle. Raises OSError."""
        handle = _open(process)
        wanted = True

        def wait() -> None:
            _winapi.WaitForSingleObject(handle, _winapi.INFINITE)
            _winapi.CloseHandle(handle)
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(tell)

        def tell() -> None:
            if wanted:
                ended()

        def stop() -> None:
            nonlocal wanted
            wanted = False

        Thread(target=wait, name="wait for a process", daemon=True).start()
        return stop

else:

    def is_running(process: int) -> bool:
        """Whether a process of this number runs. When the system does not say, it does."""
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
        return True

    def _told(loop: asyncio.AbstractEventLoop, process: int, ended: Callable[[], None]) -> Stop:
        """Wait for a descriptor that can be read as soon as the process has ended. Raises OSError."""
        descriptor, close = _descriptor(process)

        def stop() -> None:
            loop.remove_reader(descriptor)
            close()

        def tell() -> None:
            loop.remove_reader(descriptor)
            ended()

        loop.add_reader(descriptor, tell)
        return stop

    if sys.platform == "linux":

        def _descriptor(process: int) -> tuple[int, Stop]:
            descriptor = os.pidfd_open(process)
            return descriptor, lambda: os.close(descriptor)

    elif sys.platform == "darwin":
        import select

        def _descriptor(process: int) -> tuple[int, Stop]:
            queue = select.kqueue()
            end = select.kevent(process, select.KQ_FILTER_PROC, select.KQ_EV_ADD | select.KQ_EV_ONESHOT, select.KQ_NOTE_EXIT)
            try:
                queue.control([end], 0)
            except BaseException:
                queue.close()
                raise
            return queue.fileno(), queue.close

    else:

        def _descriptor(process: int) -> tuple[int, Stop]:
            raise OSError("this system does not report it")

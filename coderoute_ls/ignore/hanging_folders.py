"""Looks at files in an event loop's place: a folder that hangs, as on a network, holds up the answers about itself alone."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from coderoute_ls.file_thread import FileThread, HeldUp

T = TypeVar("T")
PATIENCE_S = 1.0
"""Seconds after which a folder that has not answered counts as hanging, until it answers."""
_MOST_HANGING = 16
_HANGING: dict[str, FileThread] = {}
"""The thread that waits for each hanging folder."""
_SPARE: list[tuple[FileThread, list[str]]] = []
"""The thread for all others, and the folder that it hangs in once it does."""


def looked(folder: str, look: Callable[[], T]) -> T:
    """What ``look``, which touches nothing but this folder, returns. Raises `HeldUp` when the folder hangs."""
    if folder in _HANGING or len(_HANGING) >= _MOST_HANGING:
        raise HeldUp
    if not _SPARE:
        hangs_in: list[str] = []
        _SPARE.append((FileThread(PATIENCE_S, partial(_answers_again, hangs_in)), hangs_in))
    thread, hangs_in = _SPARE[0]
    try:
        return thread.do(look)
    except HeldUp:
        hangs_in.append(folder)
        _HANGING[folder] = thread
        _SPARE.clear()
        raise


def hanging() -> tuple[str, ...]:
    """The folders that do not answer."""
    return tuple(_HANGING)


def _answers_again(folders: list[str]) -> None:
    for folder in folders:
        if (thread := _HANGING.pop(folder, None)) is not None:
            thread.close()

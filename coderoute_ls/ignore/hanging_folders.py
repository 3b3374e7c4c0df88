"""Looks at files in an event loop's place: a folder that hangs, as on a network, holds up the answers about itself alone."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from coderoute_ls.domain import TIMING
from coderoute_ls.file_thread import FileThread, HeldUp

T = TypeVar("T")
_MOST_HANGING = 16
_NEXT_S = 0.1
"""A folder gets no more while another one hangs: folders of one network hang together, and their waits must not add up."""
_HANGING: dict[str, FileThread] = {}
"""The thread that waits for each hanging folder."""
_SPARE: list[tuple[FileThread, list[str]]] = []
"""The thread for all others, and the folder that it hangs in once it does."""


def looked(folder: str, look: Callable[[], T], patience_s: float = TIMING.folder) -> T:
    """What ``look``, which touches nothing but this folder, returns. Raises `HeldUp` when the folder hangs: it has not answered
    within so many seconds, now or before; within `_NEXT_S` where another one hangs."""
    if folder in _HANGING or len(_HANGING) >= _MOST_HANGING:
        raise HeldUp
    if not _SPARE:
        hangs_in: list[str] = []
        _SPARE.append((FileThread(TIMING.folder, partial(_answers_again, hangs_in)), hangs_in))
    thread, hangs_in = _SPARE[0]
    try:
        return thread.do(look, min(patience_s, _NEXT_S) if _HANGING else patience_s)
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

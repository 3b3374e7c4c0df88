"""Temporary folders of this process: removed when they are no longer used, or by the next server when this one was killed."""

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from coderoute_ls.storage import Locked, lock

PREFIX = "coderoute-ls-"
IN_USE = ".in-use"
"""A lock file in each folder, held for as long as its process lives."""
UNLOCKED_S = 3600.0
"""A folder without a lock file may be a moment old; after this many seconds it is a leftover."""


@contextmanager
def temporary_folder() -> Generator[Path]:
    """An empty folder that only this user can enter; gone, with all that is in it, at the end. Blocks."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        with lock(folder / IN_USE):
            yield folder
    finally:
        _remove(folder)


@cache
def private_folder() -> Path:
    """For files of this process alone, which only this user can read: gone when it ends."""
    holding = temporary_folder()
    folder = holding.__enter__()
    atexit.register(holding.__exit__, None, None, None)
    return folder


@cache
def process_folder() -> Path:
    """The working directory of children that need none: an empty folder, gone when this process ends."""
    folder = private_folder() / "empty"
    folder.mkdir(mode=0o700)
    return folder


def sweep() -> None:
    """Remove what killed processes of this user left behind. Blocks."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    _sweep(Path(entry.path))


def _sweep(folder: Path) -> None:
    found = folder.lstat()
    if sys.platform != "win32" and found.st_uid != os.getuid():
        return
    held = folder / IN_USE
    if not held.exists():
        if time.time() - found.st_mtime > UNLOCKED_S:
            _remove(folder)
        return
    try:
        with lock(held, timeout=0.0):
            pass
    except Locked:
        return
    _remove(folder)


def _remove(folder: Path) -> None:
    """All of it, also folders that a check has made read-only. Links are removed, never followed."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        with suppress(OSError):
            _open_up(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _open_up(folder: str | Path) -> None:
    os.chmod(folder, 0o700)  # noqa: PTH101
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _open_up(entry.path)

"""The user's directories, and files in them that survive crashes and several processes: atomic writes, locks, versions."""

import errno
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar, cast

from coderoute_ls.errors import CoderouteError

HOME_VARIABLE = "CODEROUTE_HOME"
"""Environment variable: one directory that holds config, state and cache, for portable installations and tests."""

OFFLINE_VARIABLE = "CODEROUTE_OFFLINE"
"""Environment variable: when it is set, nothing is fetched in the background, whatever ``catalog.refresh`` says."""

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})  # Windows has no quotas of this name

PATIENCE_S = 2.0
"""A virus scanner or another process that reads has a file open for much less."""

Json = dict[str, object]
T = TypeVar("T")


class Locked(CoderouteError):
    """Another process holds the lock and did not let go in time."""


@dataclass(frozen=True, slots=True)
class Directories:
    """Where things are kept. None of them need exist; writers create what they need."""

    config: Path
    state: Path
    cache: Path


def directories(environ: Mapping[str, str] = os.environ) -> Directories:
    """The platform's own places, or the parts of ``$CODEROUTE_HOME``."""
    if home := environ.get(HOME_VARIABLE):
        root = Path(home).expanduser().absolute()
        return Directories(root / "config", root / "state", root / "cache")
    from platformdirs import PlatformDirs

    places = PlatformDirs("coderoute-ls", appauthor=False)
    return Directories(places.user_config_path, places.user_state_path, places.user_cache_path)


def write_atomic(path: Path, *parts: bytes | memoryview) -> None:
    """Replace the file's content by these parts, one after another, or leave it as it was: a reader never sees half.

    Only the user can read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: os.replace(temporary, path))  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_bytes(path: Path) -> bytes:
    """The content of a file that `write_atomic` may be replacing just now. Raises OSError."""
    return patiently(path.read_bytes)


def version_of(file: str) -> tuple[int, int]:
    """A number that changes when the file does, 0 where there is none or it is no regular one; and its size. Blocks."""
    try:
        found = os.stat(file)  # noqa: PTH116  (asked for many files at each request)
    except (OSError, ValueError):
        return 0, 0
    return (found.st_mtime_ns * 31 + found.st_size + 1, found.st_size) if stat.S_ISREG(found.st_mode) else (0, 0)


def read_regular(path: str | Path, most: int, *, links: bool = True) -> bytes:
    """The content of a regular file of at most so many bytes. A pipe, a device or a longer file is refused before it can make
    anybody wait; without ``links`` a link as well. Raises OSError. Blocks.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = patiently(lambda: os.open(path, flags | (0 if links else getattr(os, "O_NOFOLLOW", 0))))
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"larger than {most // 1024} KiB", str(path))
    return content


def patiently(act: Callable[[], T]) -> T:
    """Do what touches a file that others have open, or replace: Windows refuses both for that moment. Raises OSError when it
    still refuses after `PATIENCE_S`. Blocks.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return act()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() >= deadline:
                raise
        time.sleep(0.005)


@contextmanager
def lock(path: Path, *, timeout: float = 5.0) -> Generator[None]:
    """Hold the lock file ``path`` against other processes and threads; the system frees it when its holder dies.

    Raises `Locked` after ``timeout`` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + timeout
    with path.open("a+b") as file:
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                raise Locked(f"Another coderoute-ls process is holding {path}. Try again when it is done.")
            time.sleep(0.01)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document's content, None where there is none that can be used; ``problem`` says what was wrong with the file."""

    content: Json | None
    problem: str = ""


@dataclass(slots=True)
class Unwritten:
    """What could not be written, told once; whoever writes goes on without it. ``tell`` says whether anybody heard it."""

    tell: Callable[[str], bool]
    _told: set[str] = field(default_factory=set[str])

    def failed(self, what: str, error: OSError) -> None:
        """``what`` begins the sentence. A full disk is one trouble, whatever was to be written."""
        key = "full" if error.errno in FULL else what
        if key not in self._told and self.tell(f"{what} cannot be kept ({error.strerror or error}). Everything else goes on."):
            self._told.add(key)


def write_document(path: Path, version: int, content: Mapping[str, object]) -> None:
    """Write a JSON document with its format's version."""
    write_atomic(path, json.dumps({"version": version, **content}, ensure_ascii=False, indent=1).encode())


def read_document(path: Path, version: int) -> Loaded:
    """Read what `write_document` wrote in this version.

    A damaged file is set aside as ``NAME.damaged`` and reported, so that its owner starts afresh and nothing is lost. A file
    of another version is left alone and reported.
    """
    try:
        content: object = json.loads(read_bytes(path))
    except (FileNotFoundError, NotADirectoryError):
        return Loaded(None)
    except OSError as error:
        return Loaded(None, f"{path} cannot be read ({error.strerror})")
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(cast("Json", content).get("version"), int):
        aside = path.with_name(f"{path.name}.damaged")
        with suppress(OSError):
            path.replace(aside)
        return Loaded(None, f"{path} was damaged; it is kept as {aside.name}, and a new one is started")
    document = cast("Json", content)
    if document.pop("version") != version:
        return Loaded(None, f"{path} was written by another version of coderoute-ls; it is not used")
    return Loaded(document)

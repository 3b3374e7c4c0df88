"""git's own answer to what it ignores: ``git check-ignore``, one long-running process for each repository.

Nothing of the repository is executed: hooks and file monitors are off, nothing is fetched, the environment is the allow-list's.
"""

import contextlib
import os
import select
import shutil
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from coderoute_ls.child_process.safe_git import ENVIRONMENT, OPTIONS
from coderoute_ls.child_process.spawn import run_tool, talk_to

if TYPE_CHECKING:
    from subprocess import Popen

ANSWER_S = 2.0
"""git has failed when one answer takes longer."""
AGAIN_S = 30.0
"""Seconds after a failure in which git is not asked, unless a file that it reads has changed."""
PIECE_BYTES = 4_096
"""Paths that are written before their answers are read: both fit into any pipe."""
_ASKS_TO_INSTALL = "/usr/bin/git"
_FIELDS = 4
"""What git says of each path: the file with the pattern, its line, the pattern, the path."""


class GitProcess:
    """Which paths git ignores in the repository at ``root``. For threads: each method may block for `ANSWER_S`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._stamps: dict[str, int] = {}
        """Of the files that git has read, as they were then."""
        self._failed_at: float | None = None
        self._rest = b""

    def ignored(self, paths: Sequence[str], stamps: Mapping[str, int]) -> list[bool | None]:
        """Whether git ignores each of these absolute paths; None where git is absent, fails or takes too long.

        ``stamps``: what git's answer rests on, file by file. When one of them changed, git starts anew.
        """
        with self._lock:
            if any(self._stamps.get(file, stamp) != stamp for file, stamp in stamps.items()):
                self._end()
                self._stamps.clear()
                self._failed_at = None
            self._stamps.update(stamps)
            if self._failed_at is not None and time.monotonic() - self._failed_at < AGAIN_S:
                return [None] * len(paths)
            return [answer for piece in _pieces(paths) for answer in self._answers(piece)]

    def close(self) -> None:
        with self._lock:
            self._end()

    def _answers(self, paths: list[bytes]) -> Sequence[bool | None]:
        """git ends at a path that it cannot place, as one inside of a submodule that is not there: the others are asked again.
        Where it hangs it would hang at each of them, so none is."""
        try:
            return self._ask(paths)
        except TimeoutError:
            self._failed_at = time.monotonic()
            self._end()
        except OSError:
            self._end()
        if self._failed_at is not None or len(paths) == 1:
            return [None] * len(paths)
        return [answer for path in paths for answer in self._answers([path])]

    def _ask(self, paths: list[bytes]) -> list[bool]:
        """Raises OSError when git ends or takes too long; then `_failed_at` is set where it cannot read this repository."""
        if self._process is None or self._process.poll() is not None:
            self._rest = b""
            try:
                self._process = talk_to(
                    ["git", *OPTIONS, "-C", self._root, "check-ignore", "--stdin", "-z", "--verbose", "--non-matching"],
                    ENVIRONMENT,
                )
                self._say([os.fsencode(os.path.join(self._root, ".gitignore"))])  # noqa: PTH118
            except OSError:
                self._failed_at = time.monotonic()
                raise
        return self._say(paths)

    def _say(self, paths: list[bytes]) -> list[bool]:
        process = self._process
        assert process is not None and process.stdin is not None
        process.stdin.write(b"".join(path + b"\0" for path in paths))
        fields = self._read(process, _FIELDS * len(paths))
        patterns, named = fields[2::_FIELDS], fields[3::_FIELDS]
        if named != paths:
            raise OSError("git answers about other paths")
        return [bool(pattern) and not pattern.startswith(b"!") for pattern in patterns]

    def _read(self, process: "Popen[bytes]", count: int) -> list[bytes]:
        """So many fields. Raises OSError when git ends or takes too long."""
        assert process.stdout is not None
        pieces, found = [self._rest], self._rest.count(b"\0")
        until = time.monotonic() + ANSWER_S
        while found < count:
            left = until - time.monotonic()
            if sys.platform != "win32" and not select.select([process.stdout], [], [], max(0.0, left))[0]:
                raise TimeoutError("git takes too long")
            piece = os.read(process.stdout.fileno(), 1 << 16)
            if not piece:
                raise BrokenPipeError("git has ended")
            pieces.append(piece)
            found += piece.count(b"\0")
        *fields, self._rest = b"".join(pieces).split(b"\0", count)
        return fields

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()


def git_is_there(system: str = sys.platform) -> bool:
    """Whether there is a program called git that answers. macOS has one that only asks, in a window of its own, whether to
    install the developer tools: it is not started where they are absent."""
    found = shutil.which("git")
    return found is not None and (system != "darwin" or found != _ASKS_TO_INSTALL or _has_developer_tools())


@cache
def _has_developer_tools() -> bool:
    from subprocess import SubprocessError

    try:
        run_tool(["/usr/bin/xcode-select", "--print-path"], b"", ANSWER_S)
    except (OSError, SubprocessError):
        return False
    return True


def _pieces(paths: Sequence[str]) -> list[list[bytes]]:
    """The paths in groups of at most `PIECE_BYTES`, each with one at least."""
    pieces: list[list[bytes]] = []
    size = PIECE_BYTES
    for path in paths:
        coded = os.fsencode(path)
        size += len(coded) + 1
        if size > PIECE_BYTES:
            pieces.append([])
            size = len(coded) + 1
        pieces[-1].append(coded)
    return pieces


def repository_of(folder: str) -> str | None:
    """The nearest folder at or above this one that holds ``.git``."""
    here = Path(folder)
    return next((str(above) for above in (here, *here.parents) if os.path.lexists(above / ".git")), None)

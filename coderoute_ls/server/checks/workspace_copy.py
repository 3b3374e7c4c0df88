"""A temporary copy of a workspace folder in which open files hold what the editor shows, for a check to run in.

A check has to see text that is not saved, and nothing of the user's may be written to make it so. So the copy contains no way
out: no link that leads outside, no repository, no environment. What cannot be copied is left out and named.
"""

import os
import shutil
import stat
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from coderoute_ls.errors import Unsupported
from coderoute_ls.temporary_folders import PREFIX, temporary_folder

LARGE = 4 << 20
"""Bytes; a larger file is data, not code under test: it is copied after the code, where the limits allow it."""
NEVER = frozenset([".git", ".hg", ".svn", ".jj", ".venv", "venv", ".tox", ".nox", "__pycache__"])
"""A copied repository or environment still names the user's own places; caches are of no use. In lower case: some systems
take ``.GIT`` for ``.git``."""
DEPENDENCIES = frozenset(["node_modules", "target", "build", "dist", "vendor", "third_party", "site-packages", ".gradle"])
"""Copied after the code, each as a whole or not at all."""
_BLOCK = 1 << 20
"""Bytes that are read at once."""
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one share of a copy: the folder's own code, or its dependencies."""

    files: int = 20_000
    size: int = 256 << 20
    """Bytes."""


@dataclass(frozen=True, slots=True)
class WorkspaceCopy:
    """A temporary copy; ``left_out`` names what of the folder is not in it."""

    folder: Path
    left_out: tuple[str, ...] = ()


class Stopped(Exception):
    """The check is not wanted any more."""


@contextmanager
def copied_workspace(
    folder: Path, texts: Mapping[Path, str], *, limits: Limits = Limits(), stopped: Callable[[], bool] = lambda: False
) -> Generator[WorkspaceCopy]:
    """A copy of ``folder`` for as long as the context lasts; ``texts`` are the open files. Raises `Unsupported` when the code
    in the folder is too much to copy, and `Stopped` when ``stopped`` says so. Blocks: call it in a thread.
    """
    with temporary_folder() as temporary:
        copy = temporary / (folder.name or "workspace")
        copying = _Copying(folder.resolve(), copy, limits, stopped)
        try:
            copying.run()
        except OSError as error:
            raise Unsupported(f"{folder.name} cannot be copied for a check: {error.strerror}.") from None
        for path, text in texts.items():
            _write(folder, copy, path, text)
        yield WorkspaceCopy(copy, tuple(sorted(copying.left_out)))


def _write(folder: Path, copy: Path, path: Path, text: str) -> None:
    """Put an open document where its file is in the copy; nothing where that is not inside of it."""
    path = Path(os.path.normpath(path))
    if not path.is_relative_to(folder) or path == folder:
        return
    place = copy / path.relative_to(folder)
    with suppress(OSError):  # a file where the path has a folder, or the other way round
        if not Path(os.path.realpath(place.parent)).is_relative_to(copy):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class _Share:
    """What is left of a share's limits."""

    files: int
    size: int

    def take(self, size: int) -> bool:
        self.files, self.size = self.files - 1, self.size - size
        return self.files >= 0 and self.size >= 0


@dataclass(slots=True)
class _Copying:
    source: Path
    """The folder with every link in its own path resolved."""
    copy: Path
    limits: Limits
    stopped: Callable[[], bool]
    left_out: list[str] = field(default_factory=list[str])
    _later: list[Path] = field(default_factory=list[Path])
    """Dependencies and large files, relative to the folder."""

    def run(self) -> None:
        self.copy.mkdir()
        if not self._tree(Path(), _Share(self.limits.files, self.limits.size), put_off=True):
            raise Unsupported(f"{self.source.name} is too large to run a check on a copy of it.")
        left = _Share(self.limits.files, self.limits.size)
        for path in self._later:
            share = _Share(left.files, left.size)
            whole = self._tree(path, share) if (self.source / path).is_dir() else self._file(path, share)
            if whole:
                left = share
            else:
                self._leave_out(path)
                shutil.rmtree(self.copy / path, ignore_errors=True)

    def _tree(self, top: Path, share: _Share, *, put_off: bool = False) -> bool:
        """Copy a folder; False when the share is used up. ``put_off``: dependencies and large files are for later."""
        pending = [top]
        while pending:
            here = pending.pop()
            if not share.take(0):
                return False
            try:
                with os.scandir(self.source / here) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
                (self.copy / here).mkdir(parents=True, exist_ok=True)
            except OSError:  # it may not be read, or is gone
                self._leave_out(here)
                continue
            for entry in found:
                path = here / entry.name
                if self.stopped():
                    raise Stopped
                if entry.name.lower() in NEVER or entry.name.startswith(PREFIX):
                    self._leave_out(path)
                elif entry.is_symlink():
                    self._link(path)
                elif entry.is_dir(follow_symlinks=False):
                    (self._later if put_off and entry.name in DEPENDENCIES else pending).append(path)
                elif put_off and entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size > LARGE:
                    self._later.append(path)
                elif not self._file(path, share):
                    return False
        return True

    def _file(self, path: Path, share: _Share) -> bool:
        """Copy a regular file with its mode and times; False when the share is used up."""
        try:
            source = os.open(self.source / path, os.O_RDONLY | _NO_LINK | getattr(os, "O_BINARY", 0))
        except OSError:
            self._leave_out(path)
            return True
        with os.fdopen(source, "rb") as reader:
            found = os.fstat(source)
            if not stat.S_ISREG(found.st_mode):
                self._leave_out(path)
                return True
            if not share.take(found.st_size):
                return False
            place = self.copy / path
            with place.open("xb") as writer:
                left = found.st_size  # a file that grows while it is read has no end
                while left > 0 and (block := reader.read(min(left, _BLOCK))):
                    writer.write(block)
                    left -= len(block)
        place.chmod(stat.S_IMODE(found.st_mode) & 0o777 | 0o600)
        os.utime(place, ns=(found.st_atime_ns, found.st_mtime_ns))
        return True

    def _link(self, path: Path) -> None:
        """A link to a place in the folder becomes one to the same place in the copy; every other one is left out."""
        target = Path(os.path.realpath(self.source / path))
        if not target.is_relative_to(self.source):
            self._leave_out(path)
            return
        place = self.copy / path
        with suppress(OSError):
            place.symlink_to(os.path.relpath(self.copy / target.relative_to(self.source), place.parent))

    def _leave_out(self, path: Path) -> None:
        if path.name != "__pycache__":
            self.left_out.append(path.as_posix())

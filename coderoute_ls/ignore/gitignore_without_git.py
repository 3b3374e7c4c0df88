"""git's ignore rules as we read them ourselves: where git is absent, fails, or was not asked yet."""
# ruff: noqa: PTH111, PTH112, PTH116, PTH118, PTH120 - pathlib costs ten times os.path

import errno
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath

from coderoute_ls.ignore.gitignore_patterns import Patterns
from coderoute_ls.storage import version_of
from coderoute_ls.text.path_key import one_case

MOST_BYTES = 1 << 20
"""A longer ignore file is not read, and nothing is allowed where it holds."""
_EXCLUDES_FILE = re.compile(r"(?im)^[ \t]*excludesfile[ \t]*=[ \t]*\"?([^\"\r\n#;]+?)\"?[ \t]*(?:[#;].*)?$")

Source = tuple[str, str]
"""The folder that an ignore file's patterns are relative to, and the file."""


class GitignoreRules:
    """Reads ignore files once for each of their versions."""

    def __init__(self) -> None:
        self._patterns: dict[str, tuple[int, Patterns]] = {}

    def ignored(self, path: str, sources: Sequence[Source], stamps: Mapping[str, int]) -> bool:
        """As git reads them: the last file that says anything about a path decides, and nothing brings back a file whose
        folder is ignored. ``path`` lies below the first source's folder.
        """
        rules = [(base, self._read(file, stamps[file])) for base, file in sources if stamps[file]]
        if not rules:
            return False
        root = sources[0][0]
        steps = PurePath(os.path.relpath(path, root)).parts
        for depth in range(1, len(steps) + 1):
            candidate = os.path.join(root, *steps[:depth])
            folder = depth < len(steps) or os.path.isdir(candidate)
            for base, patterns in reversed(rules):
                if not inside(candidate, base) or candidate == base:
                    continue
                said = patterns.said(_below(candidate, base), folder=folder)
                if said is not None:
                    if said:
                        return True
                    break
        return False

    def have_read(self, stamps: Mapping[str, int]) -> bool:
        """Whether all that there is of these files is known as it is now."""
        return all(not stamp or (file in self._patterns and self._patterns[file][0] == stamp) for file, stamp in stamps.items())

    def _read(self, file: str, stamp: int) -> Patterns:
        known = self._patterns.get(file)
        if known is None or known[0] != stamp:
            known = self._patterns[file] = (stamp, Patterns(_lines(file)))
        return known[1]


def _below(path: str, base: str) -> bytes:
    return os.fsencode(os.path.relpath(path, base).replace(os.sep, "/"))


def sources_of(path: str, root: str) -> list[Source]:
    """The ignore files that speak about a path below ``root``, weakest first."""
    found: list[Source] = [(root, _personal(root)), (root, os.path.join(git_folder(root), "info", "exclude"))]
    folder = root
    found.append((root, os.path.join(root, ".gitignore")))
    for step in PurePath(os.path.relpath(os.path.dirname(path), root)).parts:
        folder = os.path.join(folder, step)
        found.append((folder, os.path.join(folder, ".gitignore")))
    return found


def stamp(file: str) -> int:
    """Changes when the file does; 0 when there is none, below 0 when it is larger than `MOST_BYTES`."""
    version, size = version_of(file)
    return version if size <= MOST_BYTES else -version


_READ_BY_GIT = ("HEAD", "config", "config.worktree", "commondir", "index", "info/exclude", "info/sparse-checkout")


def hangs_git(root: str, rules: Iterable[str]) -> bool:
    """Whether a pipe, a socket or a device stands where git reads a file: one of these rules, or its own ones. git would wait
    for what never comes."""
    folder = git_folder(root)
    return any(map(_endless, (*rules, os.path.join(root, ".git"), *(os.path.join(folder, name) for name in _READ_BY_GIT))))


def _endless(file: str) -> bool:
    try:
        mode = os.stat(file).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def inside(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies in it, however the two are spelled."""
    path, folder = one_case(path), one_case(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


@lru_cache(maxsize=256)
def git_folder(root: str) -> str:
    """The folder that holds ``info/exclude`` and ``config``: ``.git``, or where a worktree's ``.git`` file leads."""
    dot_git = os.path.join(root, ".git")
    try:
        line = _read(dot_git).partition("\n")[0]
    except OSError:
        return dot_git
    if not line.startswith("gitdir:"):
        return dot_git
    own = os.path.normpath(os.path.join(root, line.removeprefix("gitdir:").strip()))
    try:
        common = _read(os.path.join(own, "commondir")).strip()
    except OSError:
        return own
    return os.path.normpath(os.path.join(own, common))


def _personal(root: str) -> str:
    """The user's own ignore file: what ``core.excludesFile`` names, else git's default."""
    home = os.path.expanduser("~")
    config = os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git")
    chosen = os.path.join(config, "ignore")
    for file in (os.path.join(config, "config"), os.path.join(home, ".gitconfig"), os.path.join(git_folder(root), "config")):
        if named := _excludes_file(file, stamp(file)):
            chosen = os.path.join(root, os.path.expanduser(named))
    return chosen


@lru_cache(maxsize=256)
def _excludes_file(config: str, version: int) -> str:
    """What a configuration file sets ``core.excludesFile`` to, or ""."""
    if not version:
        return ""
    try:
        found = _EXCLUDES_FILE.findall(_read(config))
    except OSError:
        return ""
    return found[-1] if found else ""


def _head(file: str) -> bytes:
    """The first `MOST_BYTES` of a regular file. A pipe or a device in its place is refused before it can hold anybody up;
    raises OSError."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", file)
        return opened.read(MOST_BYTES)


def _read(file: str) -> str:
    return _head(file).decode("utf-8", "replace")


def _lines(file: str) -> list[bytes]:
    try:
        content = _head(file)
    except OSError:
        return []
    return [line.removesuffix(b"\r") for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]

"""A throw-away copy of a workspace folder in which open files hold what the editor shows, for a check to run in.

A check has to see text that is not saved, and nothing of the user's may be written to make it so. Folders of tools (build
output, dependencies, version control) are linked, not copied.
"""

import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from coderoute_ls.errors import Unsupported

MOST_FILES = 20_000
MOST_BYTES = 256 << 20
LARGE = 4 << 20
"""A file above this is linked: it is data, not code under test."""
_TOOLS = ".git .hg .svn .venv venv .tox .nox node_modules target build dist vendor third_party site-packages .gradle"
LINKED = frozenset(_TOOLS.split())


@contextmanager
def trial(folder: Path, texts: Mapping[Path, str]) -> Generator[Path]:
    """A copy of ``folder`` for as long as the context lasts; ``texts`` are the open files in it. Raises `Unsupported` when
    the folder is too large to copy. Blocks: call it in a thread.
    """
    with TemporaryDirectory(prefix="coderoute-check-", ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary).resolve() / folder.name
        _copy(folder, copy)
        for path, text in texts.items():
            if path.is_relative_to(folder):
                place = copy / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.unlink(missing_ok=True)
                place.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield copy


def _copy(folder: Path, copy: Path) -> None:
    files = size = 0
    pending = [(folder, copy)]
    while pending:
        here, there = pending.pop()
        there.mkdir()
        with os.scandir(here) as entries:
            found = list(entries)
        for entry in found:
            place = there / entry.name
            if entry.is_symlink():
                place.symlink_to(os.path.realpath(entry.path))
            elif entry.is_dir():
                if entry.name in LINKED:
                    place.symlink_to(entry.path)
                elif entry.name != "__pycache__":
                    pending.append((Path(entry.path), place))
            elif entry.is_file():
                bytes_here = entry.stat().st_size
                if bytes_here > LARGE:
                    place.symlink_to(entry.path)
                    continue
                files, size = files + 1, size + bytes_here
                if files > MOST_FILES or size > MOST_BYTES:
                    raise Unsupported(f"{folder.name} is too large to run a check on a copy of it.")
                shutil.copy2(entry.path, place)

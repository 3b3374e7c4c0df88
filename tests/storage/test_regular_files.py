"""What others put where a file should be: only a regular file is read, and nothing else can make anybody wait."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from coderoute_ls.storage import read_regular
from coderoute_ls.untrusted_files import read_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
MOST = 1_000


@contextmanager
def filled_pipe(place: Path) -> Generator[None]:
    """A pipe in which something waits to be read."""
    os.mkfifo(place)
    handle = os.open(place, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(handle, b"text")
        yield
    finally:
        os.close(handle)


@contextmanager
def made(place: Path, make: Callable[[Path], object]) -> Generator[None]:
    make(place)
    yield


NO_FILES: dict[str, Callable[[Path], AbstractContextManager[None]]] = {
    "an empty pipe": lambda place: made(place, os.mkfifo),
    "a filled pipe": filled_pipe,
    "an endless device": lambda place: made(place, lambda place: place.symlink_to("/dev/zero")),
    "an empty device": lambda place: made(place, lambda place: place.symlink_to("/dev/null")),
    "a directory": lambda place: made(place, lambda place: place.mkdir()),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_regular_file_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "file"
    with NO_FILES[kind](place):
        with pytest.raises(OSError):
            read_regular(place, MOST)
        assert read_text(place, MOST) == ""


@pytest.mark.parametrize(("size", "read"), [(0, True), (MOST, True), (MOST + 1, False)])
def test_a_regular_file_is_read_up_to_its_bound(tmp_path: Path, size: int, read: bool) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"x" * size)
    assert len(read_text(place, MOST)) == (size if read else 0)

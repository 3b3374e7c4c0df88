"""Files that survive crashes and several processes."""

import errno
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from coderoute_ls import storage


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    found = storage.directories({"CODEROUTE_HOME": str(tmp_path)})
    assert found == storage.Directories(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


def test_without_it_the_platform_decides() -> None:
    found = storage.directories({})
    assert all("coderoute-ls" in str(place) for place in (found.config, found.state, found.cache))


def test_a_document_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "origins.json"
    storage.write_document(path, 2, {"origins": ["http://localhost:11434", "ü"]})
    assert storage.read_document(path, 2) == storage.Loaded({"origins": ["http://localhost:11434", "ü"]})


def test_a_missing_document_is_no_problem(tmp_path: Path) -> None:
    assert storage.read_document(tmp_path / "none.json", 1) == storage.Loaded(None)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b'{"version": "1"}', b"[" * 100_000])
def test_a_damaged_document_is_set_aside_and_reported(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "health.json"
    path.write_bytes(content)
    loaded = storage.read_document(path, 1)
    assert loaded.content is None
    assert "health.json.damaged" in loaded.problem
    assert (tmp_path / "health.json.damaged").read_bytes() == content
    assert storage.read_document(path, 1) == storage.Loaded(None)


def test_a_document_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    storage.write_document(path, 2, {})
    assert "another version" in storage.read_document(path, 1).problem
    assert json.loads(path.read_bytes()) == {"version": 2}


def test_a_failed_write_leaves_the_old_content_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    storage.write_atomic(path, b"old")

    def broken(_handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        storage.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_only_the_user_can_read_what_is_written(tmp_path: Path) -> None:
    storage.write_atomic(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    versions = [bytes([65 + index]) * 100_000 for index in range(20)]
    storage.write_atomic(path, versions[0])
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.wait(0.001):  # Windows replaces no file that is open without a pause
            seen.add(storage.read_bytes(path))

    reader = threading.Thread(target=read)
    reader.start()
    for version in versions:
        storage.write_atomic(path, version)
    done.set()
    reader.join()
    assert seen <= set(versions)


def test_the_lock_keeps_others_out_until_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with storage.lock(path), pytest.raises(storage.Locked, match="Try again"), storage.lock(path, timeout=0):
        pytest.fail("two hold the lock")
    with storage.lock(path, timeout=0):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\nfrom coderoute_ls import storage\n"
        "with storage.lock(pathlib.Path(sys.argv[1])):\n print('held', flush=True)\n sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline().strip() == b"held"
    with pytest.raises(storage.Locked), storage.lock(tmp_path / "lock", timeout=0):
        pytest.fail("two processes hold the lock")
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with storage.lock(tmp_path / "lock", timeout=0):
        pass


def test_what_cannot_be_written_is_told_once_and_a_full_disk_once_for_all() -> None:
    told: list[str] = []
    hears = False

    def tell(words: str) -> bool:
        if hears:
            told.append(words)
        return hears

    unwritten = storage.Unwritten(tell)
    full, denied = OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied")
    unwritten.failed("Experience", full)
    hears = True  # nobody heard the first one
    for what, error in (
        ("Experience", full),
        ("The index", full),
        ("Experience", denied),
        ("The index", denied),
        ("The index", denied),
    ):
        unwritten.failed(what, error)
    assert told == [
        "Experience cannot be kept (No space left on device). Everything else goes on.",
        "Experience cannot be kept (Permission denied). Everything else goes on.",
        "The index cannot be kept (Permission denied). Everything else goes on.",
    ]

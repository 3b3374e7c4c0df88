"""A folder that hangs, as on a network, stops no event loop: what is in it is not sent, until it answers."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from coderoute_ls.file_thread import FileThread
from coderoute_ls.ignore import Ignore, hanging_folders, ignored_files
from coderoute_ls.ignore.ignored_files import secret_name

FOR_EVER = 60.0
T = TypeVar("T")


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Set once the folder ``far`` answers."""
    event, far = threading.Event(), str(tmp_path / "far")

    def look(path: str) -> bool:
        if path.startswith(far):
            event.wait(FOR_EVER)
        return secret_name(path)

    monkeypatch.setattr(ignored_files, "secret_name", look)
    monkeypatch.setattr(hanging_folders, "_SPARE", [])
    monkeypatch.setattr(hanging_folders, "_HANGING", {})
    yield event
    event.set()


def rules(tmp_path: Path, patience_s: float) -> tuple[Ignore, str, str]:
    for name in ("far", "near"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "a.py").write_text("x = 1\n")
    folders = [str(tmp_path / name) for name in ("far", "near")]
    return Ignore(folders, fresh_s=0.0, patience_s=patience_s), str(tmp_path / "far" / "a.py"), str(tmp_path / "near" / "a.py")


def until_all_answer() -> None:
    soon = threading.Event()
    while hanging_folders.hanging():
        soon.wait(0.001)


async def test_nothing_of_a_folder_that_hangs_is_sent_until_it_answers(tmp_path: Path, answers: threading.Event) -> None:
    ignore, far, near = rules(tmp_path, 0.0)
    assert not ignore.allowed(far)
    assert not await ignore.known(far)
    assert hanging_folders.hanging() == (str(tmp_path / "far"),)
    ignore, far, near = rules(tmp_path, FOR_EVER)
    assert await ignore.known(near), "one that answers is waited for by nobody but itself"
    answers.set()
    await asyncio.to_thread(until_all_answer)
    assert await ignore.known(far)


async def test_many_folders_that_hang_hold_up_no_more_threads_than_that(tmp_path: Path, answers: threading.Event) -> None:
    before = threading.active_count()
    folders = [str(tmp_path / "far" / str(number)) for number in range(50)]
    ignore = Ignore(folders, fresh_s=0.0, patience_s=0.0)
    assert not any(ignore.allowed(f"{folder}/a.py") for folder in folders)
    assert threading.active_count() - before <= 17
    answers.set()
    await asyncio.to_thread(until_all_answer)


async def test_without_a_loop_an_answer_is_waited_for(tmp_path: Path, answers: threading.Event) -> None:
    ignore, far, _ = rules(tmp_path, FOR_EVER)
    asked = asyncio.create_task(asyncio.to_thread(ignore.allowed, far))
    await asyncio.sleep(0)
    answers.set()
    assert await asked


async def test_folders_that_hang_together_do_not_add_up(
    tmp_path: Path, answers: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    class Impatient(FileThread):
        def do(self, act: Callable[[], T], patience_s: float | None = None) -> T:
            waited.append(patience_s or 0.0)
            return super().do(act, 0.0)

    monkeypatch.setattr(hanging_folders, "FileThread", Impatient)
    folders = [str(tmp_path / "far" / str(number)) for number in range(10)]
    ignore = Ignore(folders, fresh_s=0.0, patience_s=1.0)
    assert not any(ignore.allowed(f"{folder}/a.py") for folder in folders)
    assert waited[0] == 1.0
    assert sum(waited) <= 2.0
    answers.set()
    await asyncio.to_thread(until_all_answer)

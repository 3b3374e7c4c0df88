"""Settings' files are read off the event loop, with a deadline: what has not answered by then is as what cannot be read."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest

from coderoute_ls.file_thread import FileThread, HeldUp
from coderoute_ls.server.session.configuration import Configuration

T = TypeVar("T")
FOR_EVER = 60.0


class Disk(FileThread):
    """One that hangs when the test says so."""

    def __init__(self, freed: Callable[[], None]) -> None:
        super().__init__(FOR_EVER, freed)
        self.answers = True
        self.freed = freed

    def do(self, act: Callable[[], T]) -> T:
        if not self.answers:
            raise HeldUp
        return super().do(act)


def test_what_is_done_is_returned_or_raised() -> None:
    files = FileThread(FOR_EVER, lambda: None)
    assert files.do(threading.current_thread) is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        files.do(lambda: 1 / 0)
    assert files.do(lambda: 1) == 1


def test_a_thread_ends_when_its_session_does() -> None:
    files = FileThread(FOR_EVER, lambda: None)
    thread = files.do(threading.current_thread)
    files.close()
    thread.join(FOR_EVER)
    assert not thread.is_alive()


def test_a_thread_that_is_held_up_holds_nobody_up_and_says_when_it_goes_on() -> None:
    goes_on, freed = threading.Event(), threading.Event()
    files = FileThread(0.0, freed.set)
    with pytest.raises(HeldUp):
        files.do(goes_on.wait)
    with pytest.raises(HeldUp):
        files.do(lambda: 1)
    assert not freed.is_set()
    goes_on.set()
    assert freed.wait(FOR_EVER)


class Editor:
    """All that settings need of one that cannot be asked."""

    def __init__(self) -> None:
        self.can = SimpleNamespace(pull_configuration=False, ours=SimpleNamespace(user_settings=False))
        self.shown: list[str] = []

    def show(self, text: str, _kind: object) -> None:
        self.shown.append(text)


def configuration(tmp_path: Path) -> tuple[Configuration, Editor, Disk]:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('quality = "best"\n')
    (tmp_path / "work" / "sub").mkdir(parents=True)
    disks: list[Disk] = []

    def disk(freed: Callable[[], None]) -> Disk:
        disks.append(Disk(freed))
        return disks[0]

    editor = Editor()
    settings = Configuration(cast("Any", editor), tmp_path / "home", ["refactor"], lambda: None, disk)
    settings.speak()
    return settings, editor, disks[0]


async def test_nothing_leaves_a_folder_that_does_not_answer_until_it_does(tmp_path: Path) -> None:
    settings, editor, disk = configuration(tmp_path)
    folder, nested = (tmp_path / "work").as_uri(), (tmp_path / "work" / "sub" / "a.py").as_uri()
    disk.answers = False
    settings.set_folders([folder])
    assert settings.settings_for(folder).settings.privacy == "local_only"
    assert settings.settings_for(nested).settings.privacy == "local_only"
    assert settings.settings_for("").settings.privacy == "local_only"
    assert "in time" in editor.shown[0]
    disk.answers = True
    disk.freed()
    await asyncio.sleep(0)
    assert settings.settings_for(folder).settings.privacy == "any"
    assert settings.settings_for(nested).settings.privacy == "any"
    assert settings.settings_for("").settings.quality == "best"


async def test_a_folder_that_answered_before_keeps_what_it_said_and_sends_nothing_beyond_it(tmp_path: Path) -> None:
    settings, _, disk = configuration(tmp_path)
    folder = (tmp_path / "work").as_uri()
    (tmp_path / "work" / "coderoute.toml").write_text('privacy = "zdr"\n')
    settings.set_folders([folder])
    assert settings.settings_for(folder).settings.privacy == "zdr"
    disk.answers = False
    settings.rebuild()
    held = settings.settings_for(folder).settings
    assert (held.privacy, held.quality) == ("local_only", "best")

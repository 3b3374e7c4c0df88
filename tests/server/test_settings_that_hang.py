"""Settings' files are read off the event loop, with a deadline: what has not answered by then is as what cannot be read."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest

from coderoute_ls.file_thread import FileThread, HeldUp
from coderoute_ls.server.rpc.editor_client import ANSWER_TIMEOUT, Client
from coderoute_ls.server.session.configuration import Configuration
from tests.support.virtual_time import run_in_virtual_time

T = TypeVar("T")
FOR_EVER = 60.0


class Disk(FileThread):
    """One that hangs when the test says so."""

    def __init__(self, freed: Callable[[], None]) -> None:
        super().__init__(FOR_EVER, freed)
        self.answers = True
        self.freed = freed

    def do(self, act: Callable[[], T], patience_s: float | None = None) -> T:
        if not self.answers:
            raise HeldUp
        return super().do(act, patience_s)


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


class SlowProtocol:
    """An editor that answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[object]] = []

    def send_request_async(self, _method: str, _params: object) -> "asyncio.Future[object]":
        self.asked.append(asyncio.get_running_loop().create_future())
        return self.asked[-1]


def hears(tmp_path: Path) -> tuple[Configuration, SlowProtocol]:
    """Settings that are asked of an editor, which allows everything once it answers."""
    (tmp_path / "home").mkdir()
    protocol = SlowProtocol()
    can = SimpleNamespace(pull_configuration=True, editor="Slow", ours=SimpleNamespace(user_settings=False))
    client = Client(cast("Any", protocol), cast("Any", can))
    return Configuration(client, tmp_path / "home", ["refactor"], lambda: None), protocol


@pytest.mark.parametrize("seconds", [1.0, ANSWER_TIMEOUT + 1, 3_600.0])
def test_an_editor_that_answers_late_is_heard_all_the_same(tmp_path: Path, seconds: float) -> None:
    async def slow() -> list[str]:
        settings, protocol = hears(tmp_path)
        settings.set_folders([])
        pulled = asyncio.ensure_future(settings.pull())
        await asyncio.sleep(seconds)
        seen = [settings.settings_for("").settings.privacy]
        protocol.asked[0].set_result([{"privacy": "zdr"}])
        await pulled
        await asyncio.sleep(0)
        settings.close()
        return [*seen, settings.settings_for("").settings.privacy]

    assert run_in_virtual_time(slow()) == ["local_only", "zdr"]


def test_a_late_answer_does_not_undo_what_an_editor_has_said_since(tmp_path: Path) -> None:
    async def asked_twice() -> str:
        settings, protocol = hears(tmp_path)
        settings.set_folders([])
        await settings.pull()
        again = asyncio.ensure_future(settings.pull())
        await asyncio.sleep(0)
        protocol.asked[1].set_result([{"privacy": "local_only"}])
        await again
        protocol.asked[0].set_result([{"privacy": "any"}])
        await asyncio.sleep(0)
        settings.close()
        return settings.settings_for("").settings.privacy

    assert run_in_virtual_time(asked_twice()) == "local_only"

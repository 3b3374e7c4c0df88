"""Suggestions are silent for a while, or in a language; what the user asks for by hand is answered all the same."""

import time
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))


async def test_snoozed_nothing_is_suggested_and_actions_run(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", SOURCE)
        status = await editor.command("coderoute.snooze", {"minutes": 5})
        assert abs(status["snoozedUntil"] - time.time() - 300) < 30
        assert items_of(await editor.inline(buffer, Position(1, 12)).result) == []
        assert items_of(await editor.complete(buffer, Position(1, 12)).result) == []
        assert provider.log == []
        assert await editor.code_actions(buffer, ALL)
        started = await editor.run("refactor", buffer, ALL)
        await (await provider.request()).answer(SOURCE.replace("x", "value"))
        assert (await editor.finished(started.job)).outcome == "applied"


async def test_it_ends_by_itself_and_by_hand(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        await editor.command("coderoute.snooze", {"minutes": 0.0001})
        await editor.until(lambda: bool(editor.statuses) and editor.statuses[-1].snoozed_until == 0)
        await editor.command("coderoute.snooze", {"minutes": 60})
        assert (await editor.command("coderoute.snooze", {"minutes": 0}))["snoozedUntil"] == 0
        asking = editor.inline(editor.open("file:///work/a.py", SOURCE), Position(1, 12))
        await (await provider.request()).answer(" + 1")
        assert items_of(await asking.result)


@pytest.mark.parametrize("minutes", [-1, 100_000])
async def test_no_other_time_is_taken(tmp_path: Path, minutes: float) -> None:
    async with session(tmp_path) as editor:
        with pytest.raises(Refused, match="Snooze for 0 minutes to a day"):
            await editor.command("coderoute.snooze", {"minutes": minutes})


async def test_a_language_is_off_and_on_again_in_the_users_file(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        file = tmp_path / "home" / "config" / "config.toml"
        before = file.read_text()
        buffer = editor.open("file:///work/a.py", SOURCE)
        for _ in range(2):
            said = await editor.command("coderoute.switchLanguage", {"language": "python"})
            assert "in python are off" in said["text"]
            assert (await editor.command("coderoute.snooze", {"minutes": 0}))["languagesOff"] == ["python"]
            assert items_of(await editor.inline(buffer, Position(1, 12), invoked=False).result) == []
            assert provider.log == []
            said = await editor.command("coderoute.switchLanguage", {"language": "python"})
            assert "in python are on" in said["text"]
        assert before.strip() in file.read_text()
        asking = editor.inline(buffer, Position(1, 12))
        await (await provider.request()).answer(" + 1")
        assert items_of(await asking.result)


@pytest.mark.parametrize("user", ["next_edit = { enable = true }\n", "[inline]\nenable = true\n[next_edit.languages_off]\n"])
async def test_both_lists_of_languages_are_written_or_none(tmp_path: Path, user: str) -> None:
    async with session(tmp_path, user) as editor:
        file = tmp_path / "home" / "config" / "config.toml"
        before = file.read_text()
        with pytest.raises(Refused, match=r"write `languages_off = \[\"python\"\]` under \[next_edit\]|not"):
            await editor.command("coderoute.switchLanguage", {"language": "python", "on": False})
        assert file.read_text() == before
        editor.notices.clear()


async def test_a_read_only_file_is_not_replaced_and_says_so(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        file = tmp_path / "home" / "config" / "config.toml"
        before = file.read_text()
        file.chmod(0o444)
        with pytest.raises(Refused, match="it is read-only: make it writable"):
            await editor.command("coderoute.switchLanguage", {"language": "python", "on": False})
        assert file.read_text() == before
        assert file.stat().st_mode & 0o777 == 0o444


async def test_where_the_folder_wants_silence_the_user_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "coderoute.toml").write_text('[inline]\nlanguages_off = ["python"]\n')
    async with session(tmp_path) as editor:
        uri = (tmp_path / "work" / "a.py").as_uri()
        with pytest.raises(Refused, match=r"stays off: coderoute\.toml"):
            await editor.command("coderoute.switchLanguage", {"language": "python", "uri": uri, "on": True})


async def test_the_status_tells_the_budget(tmp_path: Path) -> None:
    async with session(tmp_path, "[budget]\ndaily_usd = 2.5\nwarn_at = 0.5\n") as editor:
        status = await editor.command("coderoute.snooze", {"minutes": 0})
        assert (status["dailyUsd"], status["warnAt"], status["todayUsd"]) == (2.5, 0.5, 0)

"""A text goes only where its own folder's settings let it go, whichever folder is asked about."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.settings.all_settings import Models, ProviderSettings, Settings
from coderoute_ls.settings.effective_settings import goes_along
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

CLOSED = "def closed_total(prices):\n    return sum(prices) * HIDDEN_FACTOR\n"
ASKED = "from plan import closed_total\n\n\ndef total(prices):\n    return sum(prices) + closed_total("
STRICTER = {
    "nobody": 'privacy = "local_only"\n',
    "promises": 'privacy = "zdr"\n',
    "another vendor": '[models]\nallow = ["mistral/*"]\n',
    "not this vendor": '[models]\ndeny = ["scripted/*"]\n',
    "settings that cannot be read": "privacy = \n",
}


def folders(place: Path, settings: str) -> tuple[Path, Path]:
    """One without settings of its own, and one with these."""
    free, closed = place / "free", place / "closed"
    free.mkdir()
    closed.mkdir()
    (closed / "coderoute.toml").write_text(settings)
    (closed / "plan.py").write_text(CLOSED)
    return free, closed


async def prompt_beside(place: Path, settings: str) -> str:
    """What ghost text in the one folder sends while a file of the other one is open and was edited."""
    free, closed = folders(place, settings)
    async with ScriptedProvider() as provider, session(place, vendor(provider), folders=[free, closed]) as editor:
        other = editor.open((closed / "plan.py").as_uri(), CLOSED)
        editor.type(other, Position(0, 0), "HIDDEN_FACTOR = 77\n")
        buffer = editor.open((free / "a.py").as_uri(), ASKED)
        shown = editor.inline(buffer, Position(4, len(ASKED.splitlines()[4])), invoked=False)
        request = await provider.request()
        await request.answer("prices)")
        await shown.result
        editor.notices.clear()  # about settings that cannot be read
        return request.body.decode()


@pytest.mark.parametrize("case", STRICTER)
async def test_open_files_and_edits_of_a_stricter_folder_stay_there(tmp_path: Path, case: str) -> None:
    assert "HIDDEN_FACTOR" not in await prompt_beside(tmp_path, STRICTER[case])


async def test_those_of_a_folder_with_the_same_rules_are_shown(tmp_path: Path) -> None:
    assert "HIDDEN_FACTOR" in await prompt_beside(tmp_path, 'quality = "best"\n')


async def test_the_settings_of_a_folder_in_a_folder_count_as_well(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "inner").mkdir(parents=True)
    (work / "inner" / "coderoute.toml").write_text('privacy = "local_only"\n')
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[work]) as editor:
        editor.open((work / "inner" / "plan.py").as_uri(), "HIDDEN_FACTOR = 77\n" + CLOSED)
        buffer = editor.open((work / "a.py").as_uri(), ASKED)
        shown = editor.inline(buffer, Position(4, len(ASKED.splitlines()[4])), invoked=False)
        request = await provider.request()
        await request.answer("prices)")
        await shown.result
        assert "HIDDEN_FACTOR" not in request.body.decode()


async def named(place: Path, uri: str, settings: str = "") -> dict[str, Any]:
    """What the preview says of a file that is named for a prompt about the other folder."""
    free, closed = folders(place, settings)
    async with ScriptedProvider() as provider, session(place, vendor(provider), folders=[free, closed]) as editor:
        buffer = editor.open((free / "a.py").as_uri(), ASKED)
        params = {"action": "edit", "uri": buffer.uri, "range": buffer.range(Span(Position(4, 0), Position(4, 0)))}
        told = {**params, "instruction": "shorter", "context": [{"uri": uri}]}
        seen = await editor.peer.request("coderoute/preview", told)
    return seen["context"][0]


async def test_a_named_file_of_a_stricter_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    seen = await named(tmp_path, (tmp_path / "closed" / "plan.py").as_uri(), STRICTER["nobody"])
    assert "settings allow less" in seen["problem"]
    assert seen["chars"] == 0


@pytest.mark.parametrize("way", ["{}/outside.txt", "{}/free/../outside.txt", "{}/free/%2e%2e/outside.txt"])
async def test_a_file_outside_of_all_folders_is_named_only_once_it_is_open(tmp_path: Path, way: str) -> None:
    (tmp_path / "outside.txt").write_text("x\n")
    assert "outside of the opened folders" in (await named(tmp_path, way.format(tmp_path.as_uri())))["problem"]


async def test_what_is_said_of_a_named_file_is_text(tmp_path: Path) -> None:
    seen = await named(tmp_path, (tmp_path / "closed" / "x\u202etxt\x1b[31m.py").as_uri())
    assert seen["label"] == "xtxt.py"


@pytest.mark.parametrize("beside", ["", "free/main.py", "closed/main.py"])
async def test_a_chat_has_the_strictest_settings_of_all_folders(tmp_path: Path, beside: str) -> None:
    """Its texts may come from any of them: what is attached to it, and what its tools have read."""
    free, closed = folders(tmp_path, STRICTER["nobody"])
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[free, closed]) as editor:
        words = {"role": "user", "parts": [{"kind": "text", "text": "What is the plan?"}]}
        uri = {"free/main.py": (free / "main.py").as_uri(), "closed/main.py": (closed / "main.py").as_uri()}.get(beside, "")
        params = {"chat": "one", "model": "0.45", "messages": [words], "uri": uri}
        async with asyncio.timeout(60):
            with pytest.raises(Refused, match="not on your machine"):
                await editor.peer.request("coderoute/chat", params)
        assert provider.untaken == 0


async def test_a_chat_keeps_to_the_settings_of_a_directory_in_which_a_file_is_open(tmp_path: Path) -> None:
    free, _ = folders(tmp_path, "")
    (free / "inner").mkdir()
    (free / "inner" / "coderoute.toml").write_text('privacy = "local_only"\n')
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[free]) as editor:
        inner = editor.open((free / "inner" / "a.py").as_uri(), "x = 1\n")
        await editor.inline(inner, Position(1, 0)).result
        words = {"role": "user", "parts": [{"kind": "text", "text": "What is the plan?"}]}
        params = {"chat": "one", "model": "0.45", "messages": [words], "uri": (free / "main.py").as_uri()}
        async with asyncio.timeout(60):
            with pytest.raises(Refused, match="not on your machine"):
                await editor.peer.request("coderoute/chat", params)
        assert provider.untaken == 0


@pytest.mark.parametrize(
    ("other", "asked", "goes"),
    [
        (Settings(), Settings(privacy="local_only"), True),
        (Settings(privacy="zdr"), Settings(privacy="no_training"), False),
        (Settings(models=Models(allow=("a/*",))), Settings(models=Models(allow=("a/*",))), True),
        (Settings(models=Models(allow=("a/*",))), Settings(models=Models(allow=("a/*", "b/*"))), False),
        (Settings(models=Models(deny=("a/*",))), Settings(models=Models(deny=("a/*", "b/*"))), True),
        (Settings(providers={"a": ProviderSettings(enable=False)}), Settings(), False),
    ],
)
def test_a_text_goes_along_where_it_might_go_by_itself(other: Settings, asked: Settings, *, goes: bool) -> None:
    assert goes_along(other, asked) is goes

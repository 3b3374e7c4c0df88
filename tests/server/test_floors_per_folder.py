"""One session, three folders, three floors: three offers for the same action, each with its reason."""

from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

MODELS = (Model("small", 0.45, 0.1), Model("middle", 0.7, 1.0), Model("large", 0.95, 10.0))
FLOORS = {"loose": (0.3, "small"), "normal": (0.6, "middle"), "strict": (0.8, "large")}
SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))


def folders(place: Path) -> list[Path]:
    made: list[Path] = []
    for name, (floor, _) in FLOORS.items():
        folder = place / name
        folder.mkdir()
        (folder / "coderoute.toml").write_text(f"[actions.refactor]\nmin_coding_score = {floor}\n")
        made.append(folder)
    return made


async def refactor(editor: ScriptedEditor, provider: ScriptedProvider, folder: Path) -> tuple[str, dict[str, Any]]:
    """Run it in this folder; returns the model that was asked, and the decision's record."""
    buffer = editor.buffers.get(uri := (folder / "a.py").as_uri()) or editor.open(uri, SOURCE)
    started = await editor.run("refactor", buffer, ALL)
    request = await provider.request()
    await request.answer(SOURCE)
    await editor.finished(started.job)
    why = await editor.command("coderoute.why", {"action": "refactor", "uri": uri})
    return request.model, why["decision"]


async def test_each_folder_gets_the_cheapest_offer_above_its_own_floor_and_the_record_says_why(tmp_path: Path) -> None:
    places = folders(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=places) as editor:
        for folder in places:
            floor, expected = FLOORS[folder.name]
            asked, decision = await refactor(editor, provider, folder)
            assert asked == expected
            assert decision["floor"] == {"value": floor, "from": "workspace"}
            assert decision["chosen"]["offer"] == f"scripted/{expected}"
            assert decision["chosen"]["why"]
            below = {one["offer"] for one in decision["rejected"] if one["reason"] == "below_floor"}
            assert below == {f"scripted/{m.id}" for m in MODELS if m.score < floor}


async def test_changing_a_floor_in_the_editor_changes_the_next_request(tmp_path: Path) -> None:
    places = folders(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=places) as editor:
        loose = places[0]
        assert (await refactor(editor, provider, loose))[0] == "small"
        await editor.set({"actions": {"refactor": {"minCodingScore": 0.9}}}, loose)
        asked, decision = await refactor(editor, provider, loose)
        assert asked == "large"
        assert decision["floor"] == {"value": 0.9, "from": "editor"}


async def test_changing_the_folders_file_changes_the_next_request(tmp_path: Path) -> None:
    places = folders(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=places) as editor:
        strict = places[2]
        assert (await refactor(editor, provider, strict))[0] == "large"
        file = strict / "coderoute.toml"
        file.write_text("[actions.refactor]\nmin_coding_score = 0.5\n")
        editor.peer.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": file.as_uri(), "type": 2}]})
        assert (await refactor(editor, provider, strict))[0] == "middle"


@pytest.mark.parametrize("policy", ["best_available", "error"])
async def test_a_floor_that_nobody_reaches_is_said_and_handled_as_set(tmp_path: Path, policy: str) -> None:
    settings = {"actions": {"refactor": {"minCodingScore": 0.99}}, "onUnmetFloor": policy}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), settings=settings) as editor:
        buffer = editor.open("file:///a.py", SOURCE)
        started = await editor.run("refactor", buffer, ALL)
        if policy == "best_available":
            request = await provider.request()
            assert request.model == "large"
            await request.answer(SOURCE)
            assert (await editor.finished(started.job)).outcome in ("applied", "unchanged")
            assert "0.99" in await editor.notice()
        else:
            assert (await editor.finished(started.job)).outcome == "failed"
            assert "0.99" in await editor.notice()
            assert provider.log == []

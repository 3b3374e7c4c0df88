"""Settings arrive from everywhere an editor may have them, and a bad one never disables anything."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.capabilities import Json, generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

SOURCE = "def f(x):\n    return x\n"
MODELS = (Model("small", 0.75, 0.1), Model("large", 0.95, 10.0))
STRICT: Json = {"actions": {"refactor": {"minCodingScore": 0.9}}}


async def asked_model(editor: ScriptedEditor, provider: ScriptedProvider, uri: str = "file:///a.py") -> str:
    """Which model a refactor here asks."""
    buffer = editor.buffers.get(uri) or editor.open(uri, SOURCE)
    started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(2, 0)))
    request = await provider.request()
    await request.answer(SOURCE)
    await editor.finished(started.job)
    return request.model


async def test_a_bad_key_falls_back_alone_and_one_message_names_it_and_its_neighbour(tmp_path: Path) -> None:
    settings: Json = STRICT | {"qualty": "best", "inline": {"debounceMs": "fast"}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), settings=settings) as editor:
        told = await editor.notice()
        assert "qualty" in told
        assert "quality" in told
        assert "inline.debounceMs" in told
        assert await asked_model(editor, provider) == "large"


async def test_an_editor_that_cannot_be_asked_pushes_its_settings(tmp_path: Path) -> None:
    able = generic()
    able = able | {"workspace": {key: value for key, value in able["workspace"].items() if key != "configuration"}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), capabilities=able) as editor:
        assert await asked_model(editor, provider) == "small"
        editor.peer.notify("workspace/didChangeConfiguration", {"settings": {"coderoute": STRICT}})
        assert await asked_model(editor, provider) == "large"
        editor.peer.notify("workspace/didChangeConfiguration", {"settings": {"coderoute": {}}})
        assert await asked_model(editor, provider) == "small"


async def test_a_folder_that_is_added_brings_its_own_floor_and_one_that_is_removed_takes_it_along(tmp_path: Path) -> None:
    added = tmp_path / "added"
    added.mkdir()
    (added / "coderoute.toml").write_text("[actions.refactor]\nmin_coding_score = 0.9\n")
    uri, folder = (added / "a.py").as_uri(), {"uri": added.as_uri(), "name": "added"}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        assert await asked_model(editor, provider, uri) == "small"
        editor.peer.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        assert await asked_model(editor, provider, uri) == "large"
        editor.peer.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        assert await asked_model(editor, provider, uri) == "small"


async def test_an_action_that_is_switched_off_is_not_offered(tmp_path: Path) -> None:
    settings: Json = {"actions": {"refactor": {"enable": False}}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        buffer = editor.open("file:///a.py", SOURCE)
        offered = await editor.code_actions(buffer, Span(Position(0, 0), Position(2, 0)))
        kinds = {action["kind"] for action in offered}
        assert "refactor.rewrite.coderoute.refactor" not in kinds
        assert "source.coderoute.explain" in kinds


@pytest.mark.parametrize("enabled", [True, False])
async def test_ghost_text_follows_the_switch_of_its_action(tmp_path: Path, enabled: bool) -> None:
    settings: Json = {"actions": {"inline_completion": {"enable": enabled}}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        asked = editor.inline(editor.open("file:///a.py", "value = \n"), Position(0, 8), invoked=False)
        if enabled:
            await (await provider.request()).answer("compute(1)\n")
        assert bool(items_of(await asked.result)) == enabled
        assert bool(provider.log) == enabled


async def test_the_code_action_names_the_model_and_its_price_before_anybody_is_asked(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open("file:///a.py", SOURCE)
        offered = await editor.code_actions(buffer, Span(Position(0, 0), Position(2, 0)), only=["refactor"])
        (refactor,) = [action for action in offered if action["kind"].endswith(".refactor")]
        assert refactor["title"].startswith("Refactor (small, ≈ $")
        assert provider.log == []

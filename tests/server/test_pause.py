"""While CodeRoute is paused nothing is asked; what the user asks for by hand is refused with a sentence."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))


async def pause(editor: ScriptedEditor, *arguments: object) -> str:
    """The state that the status line shows then."""
    return (await editor.command("coderoute.pause", *arguments))["state"]


@pytest.mark.parametrize("action", ["refactor", "explain", "document", "edit", "tests"])
async def test_an_action_is_refused_with_a_sentence_and_runs_again_once_resumed(tmp_path: Path, action: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", SOURCE)
        assert await pause(editor, {"paused": True}) == "paused"
        with pytest.raises(Refused, match=r"CodeRoute is paused\. Resume it"):
            await editor.run(action, buffer, ALL, "shorter")
        assert (provider.log, buffer.text) == ([], SOURCE)
        assert await pause(editor, {"paused": False}) == "idle"
        started = await editor.run("refactor", buffer, ALL)
        await (await provider.request()).answer(SOURCE.replace("x", "value"))
        assert (await editor.finished(started.job)).outcome == "applied"


async def test_nothing_is_offered_meanwhile(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", SOURCE)
        await pause(editor, {"paused": True})
        assert await editor.code_actions(buffer, ALL) == []
        assert items_of(await editor.inline(buffer, Position(1, 12)).result) == []
        assert items_of(await editor.complete(buffer, Position(1, 12)).result) == []
        assert provider.log == []


async def test_without_an_argument_it_toggles(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        assert [await pause(editor) for _ in range(3)] == ["paused", "idle", "paused"]

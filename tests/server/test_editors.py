"""Six real editors' capabilities: each gets only what it said it can take, and the main job runs in all of them."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.capabilities import GENERIC, RECORDED, recorded
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

OLD, NEW = "def f(x):\n    return x\n", "def f(x: int) -> int:\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))


@pytest.fixture(params=[*RECORDED, "generic"])
def capabilities(request: pytest.FixtureRequest) -> dict[str, object]:
    return GENERIC if request.param == "generic" else recorded(request.param)


async def test_a_refactor_offered_as_code_action_arrives(tmp_path: Path, capabilities: dict[str, object]) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=capabilities) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        offered = [action for action in await editor.code_actions(buffer, ALL) if action["title"].startswith("Refactor")]
        if not editor.can("workspace.applyEdit"):
            assert offered == [], "it could never arrive"
            return
        (action,) = offered
        command: Json = action if isinstance(action["command"], str) else action["command"]
        await editor.command(command["command"], *command["arguments"])
        await (await provider.request()).answer(NEW)
        await editor.until(lambda: buffer.text == NEW)
        await editor.settle()


async def test_an_explanation_is_shown_somehow(tmp_path: Path, capabilities: dict[str, object]) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=capabilities) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        await editor.run("explain", buffer, ALL)
        await (await provider.request()).answer("It gives back what it takes.")
        if editor.can("window.showDocument.support"):
            uri = await editor.shown_document()
            text = await editor.read(uri)
        else:
            text = Path((await editor.notice()).partition(" is in ")[2]).read_text("utf-8")  # noqa: ASYNC240 - a test may block
        assert "It gives back what it takes." in text


async def test_ghost_text_is_offered_as_inline_completion_or_as_completion(
    tmp_path: Path, capabilities: dict[str, object]
) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=capabilities) as editor:
        buffer = editor.open("file:///work/a.py", "def add(a, b):\n    return ")
        cursor = Position(1, 11)
        inline = editor.can("textDocument.inlineCompletion")
        answer = editor.inline(buffer, cursor, invoked=False) if inline else editor.complete(buffer, cursor)
        await (await provider.request()).answer("a + b")
        (item,) = items_of(await answer.result)
        assert (item["textEdit"]["newText"] if "textEdit" in item else item["insertText"]) == "a + b"

"""While the editor's menu is open it previews an entry: ghost text begins with that entry, or the editor would not show it."""

from pathlib import Path
from typing import Any

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Answer
from coderoute_ls.lsp_client.scripted_editor import Buffer, items_of
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

NOW = "\n[inline]\ndebounce_ms = 0\n"


def previewing(editor: ScriptedEditor, buffer: Buffer, cursor: Position, entry: Span, text: str) -> Answer:
    selected: dict[str, Any] = {"range": buffer.range(entry), "text": text}
    context = {"triggerKind": 2, "selectedCompletionInfo": selected}
    params = {"textDocument": {"uri": buffer.uri}, "position": buffer.position(cursor), "context": context}
    return editor.peer.send("textDocument/inlineCompletion", params)


async def test_the_model_goes_on_from_the_entry_and_the_item_extends_it(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NOW) as editor:
        buffer = editor.open("file:///a.py", "def area(width, height):\n    return wi\n")
        word = Span(Position(1, 11), Position(1, 13))
        answer = previewing(editor, buffer, word.end, word, "width")
        request = await provider.request()
        assert str(request.json["prompt"]).endswith("    return width")
        await request.answer(" * height")
        (item,) = items_of(await answer.result)
        assert item["insertText"] == "width * height"
        assert item["range"] == buffer.range(word)
        assert item["filterText"] == item["insertText"]


async def test_closers_behind_the_entry_are_replaced_with_it(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NOW) as editor:
        buffer = editor.open("file:///a.py", "size = max(wi)\n")
        word = Span(Position(0, 11), Position(0, 13))
        answer = previewing(editor, buffer, word.end, word, "widths[0]")
        await (await provider.request()).answer(", default=(1, 2)) + 10")
        (item,) = items_of(await answer.result)
        assert item["insertText"] == "widths[0], default=(1, 2)) + 10"
        assert item["range"] == buffer.range(Span(word.start, Position(0, 14)))


async def test_another_entry_is_another_question(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NOW) as editor:
        buffer = editor.open("file:///a.py", "x = wi\n")
        word = Span(Position(0, 4), Position(0, 6))
        first = previewing(editor, buffer, word.end, word, "width")
        await provider.request()
        second = previewing(editor, buffer, word.end, word, "window")
        request = await provider.request()
        assert str(request.json["prompt"]).endswith("x = window")
        await request.answer(".size()")
        assert items_of(await first.result) == []
        assert items_of(await second.result)[0]["insertText"] == "window.size()"


async def test_an_entry_over_several_lines_gets_nothing(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NOW) as editor:
        buffer = editor.open("file:///a.py", "x = (\n  wi\n")
        answer = previewing(editor, buffer, Position(1, 4), Span(Position(0, 4), Position(1, 4)), "width")
        assert items_of(await answer.result) == []
        assert provider.untaken == 0

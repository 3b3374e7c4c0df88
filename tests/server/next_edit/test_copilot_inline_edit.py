"""Clients that speak Copilot's protocol, by their own messages: sidekick.nvim, copilot-lsp and copilot.el."""

from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import NextEdit
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.features.next_edit.copilot_inline_edit import as_one
from tests.server.next_edit.support import AT_ONCE, DEFINED, RENAMED, booked, editing, renaming
from tests.support.capabilities import without_inline_completion
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import vendor

Json = dict[str, Any]
NONSENSE: list[Any] = [{}, {"item": {"command": {"arguments": []}}}, {"uuid": 3}, []]
SIDEKICK: Json = {"context": {"triggerKind": 2}}
"""What sidekick.nvim sends beside document and position; copilot-lsp and copilot.el send no more than those."""


async def asked(editor: ScriptedEditor, buffer: Buffer, cursor: Position = DEFINED.start, **more: Any) -> list[Json]:
    document = {"uri": buffer.uri, "version": buffer.version}
    params = {"textDocument": document, "position": buffer.position(cursor), **more}
    return (await editor.peer.request("textDocument/copilotInlineEdit", params))["edits"]


def take(editor: ScriptedEditor, edit: Json, *, as_notification: bool) -> object:
    """Apply the range and its text, then run the command: copilot.el tells it, the others ask."""
    buffer = editor.buffers[edit["textDocument"]["uri"]]
    assert edit["textDocument"]["version"] == buffer.version
    editor.edit(buffer, {"range": edit["range"], "newText": edit["text"]})
    run = {"command": edit["command"]["command"], "arguments": edit["command"]["arguments"]}
    if as_notification:
        editor.peer.notify("workspace/executeCommand", run)
        return None
    return editor.peer.send("workspace/executeCommand", run)


@pytest.mark.parametrize(
    ("more", "as_notification"), [(SIDEKICK, False), ({}, False), ({}, True)], ids=["sidekick", "copilot-lsp", "copilot.el"]
)
async def test_a_rename_goes_through_the_document_by_the_clients_own_messages(
    tmp_path: Path, more: Json, as_notification: bool
) -> None:
    async with editing(tmp_path, capabilities=without_inline_completion()) as (editor, _):
        assert (await editor.peer.request("checkStatus", {"options": {"localChecksOnly": False}}))["status"] == "OK"
        assert (await editor.peer.request("signInInitiate", {}))["status"] == "AlreadySignedIn"
        buffer = renaming(editor)
        editor.peer.notify("textDocument/didFocus", {"textDocument": {"uri": buffer.uri}})
        steps = 0
        while edits := await asked(editor, buffer, **more):
            (edit,) = edits
            assert set(edit) == {"text", "textDocument", "range", "command"}
            assert isinstance(edit["command"]["arguments"][0], str)
            editor.peer.notify("textDocument/didShowInlineEdit", {"item": {"command": edit["command"]}})
            take(editor, edit, as_notification=as_notification)
            steps += 1
        assert buffer.text == RENAMED
        await booked(editor, steps, steps)


async def test_what_a_client_rejects_does_not_come_again(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        (edit,) = await asked(editor, buffer)
        said = {"uuid": edit["command"]["arguments"][0], "reason": "rejected"}
        assert await editor.peer.request("notifyNextEditRejected", said) == "OK"
        assert await asked(editor, buffer) == []
        await booked(editor, 0, 1)


async def test_an_old_version_gets_nothing_and_bare_messages_do_no_harm(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        old: Any = {"textDocument": {"uri": buffer.uri, "version": buffer.version - 1}}
        assert await asked(editor, buffer, **old) == []
        for method in ("textDocument/didFocus", "textDocument/didShowInlineEdit", "notifyNextEditRejected"):
            for params in NONSENSE:
                editor.peer.notify(method, params)
        editor.peer.notify("workspace/executeCommand", {"command": 3})
        assert len(await asked(editor, buffer)) == 1


async def test_an_editor_that_asks_for_no_ghost_text_gets_it_as_a_next_edit(tmp_path: Path) -> None:
    user = AT_ONCE + "[inline]\ndebounce_ms = 0\n"
    able = without_inline_completion()
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider) + user, capabilities=able) as (editor, _):
        buffer = editor.open("file:///work/a.py", "def total(prices):\n    return su\n")
        editor.type(buffer, Position(1, 13), "m")
        params = {"textDocument": {"uri": buffer.uri, "version": buffer.version}, "position": buffer.position(Position(1, 14))}
        asking = editor.peer.send("textDocument/copilotInlineEdit", params)
        request = await provider.request()
        assert request.path.endswith("/chat/completions")
        await request.answer("NO_CHANGE")
        await (await provider.request()).answer("(prices)")
        (edit,) = (await asking.result)["edits"]
        assert edit["text"] == "(prices)"
        take(editor, edit, as_notification=True)
        assert buffer.lines[1] == "    return sum(prices)\n"


@pytest.mark.parametrize(("kind", "last", "told"), [("edit", 1, "b\nb\n"), ("edit", 60, None), ("replace_all", 60, "b")])
def test_edits_of_one_suggestion_are_told_as_one_range(kind: Any, last: int, told: str | None) -> None:
    document = Document("file:///a", "python", 1, ("a\n",) * 61 + ("",))
    ends = (1,) if last == 60 else (1, 0)
    edits = (
        TextEdit(Span(Position(0, 0), Position(0, 1)), "b"),
        TextEdit(Span(Position(last, 0), Position(last + 1 - len(ends) % 2, ends[-1])), "b\n" if last == 1 else "b"),
    )
    found = as_one(NextEdit(kind, document.uri, 1, Position(0, 0), edits), document)
    assert (None if found is None else found.text) == told

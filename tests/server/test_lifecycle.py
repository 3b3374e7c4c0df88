"""From initialize to exit, and every message that is wrong in between."""

from pathlib import Path

import pytest

from coderoute_ls import __version__
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Json, Refused
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

URI = "file:///work/a.py"
PLAIN = "[embedded]\nenable = false\n"
"""User settings of tests that look at the protocol alone: the built-in engine's process is not started."""


async def test_initialize_says_who_answers_and_what_it_can_do(tmp_path: Path) -> None:
    async with session(tmp_path, PLAIN) as editor:
        assert editor.server_info == {"name": "coderoute-ls", "version": __version__}
        can = editor.server_capabilities
        assert can["textDocumentSync"]["change"] == 2
        assert can["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}
        assert can["codeActionProvider"]["codeActionKinds"] == [
            "refactor.rewrite.coderoute",
            "quickfix.coderoute",
            "source.coderoute",
        ]
        assert "coderoute.run" in can["executeCommandProvider"]["commands"]
        registered = {one["method"] for one in editor.registered}
        assert "textDocument/inlineCompletion" in registered or can.get("inlineCompletionProvider") is not None


@pytest.mark.parametrize("offered", [("utf-8",), ("utf-16",), ("utf-32",), ("utf-32", "utf-16")])
async def test_the_position_encoding_is_one_that_the_editor_offers(tmp_path: Path, offered: tuple[str, ...]) -> None:
    async with session(tmp_path, PLAIN, capabilities=generic(encodings=offered)) as editor:
        assert editor.encoding in offered


MALFORMED: list[tuple[str, Json]] = [
    ("textDocument/inlineCompletion", {"textDocument": 5}),
    ("textDocument/completion", {}),
    ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": "everywhere", "context": {}}),
    ("workspace/executeCommand", {"command": "coderoute.run", "arguments": []}),
    ("workspace/executeCommand", {"command": "coderoute.run", "arguments": [{"action": "refactor"}]}),
    ("workspace/executeCommand", {"command": "coderoute.run", "arguments": [1, 2, 3]}),
    (
        "workspace/executeCommand",
        {"command": "coderoute.run", "arguments": [{"action": "nonsense", "uri": URI, "range": {}}]},
    ),
    ("workspace/executeCommand", {"command": "nobody.knows", "arguments": []}),
    ("no/suchMethod", {}),
]


@pytest.mark.parametrize(("method", "params"), MALFORMED)
async def test_a_malformed_request_gets_an_error_answer(tmp_path: Path, method: str, params: Json) -> None:
    async with session(tmp_path, PLAIN) as editor:
        editor.open(URI, "x = 1\n")
        with pytest.raises(Refused) as refused:
            await editor.peer.request(method, params)
        assert "Traceback" not in f"{refused.value.message}{refused.value.data}"
        await editor.settle()


async def test_a_request_about_a_file_that_is_not_open_is_answered(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        buffer = editor.open(URI, "x = 1\n")
        editor.close(buffer)
        assert (await editor.inline(buffer, Position(0, 0)).result) in (None, [], {"items": []})
        assert await editor.code_actions(buffer, Span(Position(0, 0), Position(0, 0))) == []


async def test_cancelling_an_inline_request_ends_its_connection(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open(URI, "def add(a, b):\n    return ")
        asked = editor.inline(buffer, Position(1, 11))
        request = await provider.request()
        editor.peer.cancel(asked)
        with pytest.raises(Refused) as refused:
            await asked.result
        assert refused.value.code == -32800
        await request.closed()


async def test_a_second_initialize_is_refused(tmp_path: Path) -> None:
    async with session(tmp_path, PLAIN) as editor:
        with pytest.raises(Refused):
            await editor.peer.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})


async def test_an_action_sees_the_text_as_it_was_when_the_request_was_sent(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open(URI, "def add(a, b):\n    return ")
        asked = editor.inline(buffer, Position(1, 11), invoked=False)
        editor.type(buffer, Position(0, 0), "# typed later\n")
        request = await provider.request()
        assert "typed later" not in str(request.json)
        await request.answer("a + b")
        await asked.result

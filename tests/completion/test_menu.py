"""Ghost text as an entry of the completion menu, for editors that have nothing else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.capabilities import RECORDED, generic, recorded, without_inline_completion
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

KEYS = "value = compute"
MENUS = [name for name in RECORDED if name.startswith(("eglot", "lsp-mode", "neovim-0.7", "vim-ale"))]


LINE = "value = compute_all(prices)"


@asynccontextmanager
async def talking() -> AsyncGenerator[ScriptedProvider]:
    """A provider that knows the line which its user is typing, and gives every request the rest of it at once."""

    async def speak() -> None:
        while True:
            request = await provider.request()
            try:
                typed = str(request.json["prompt"]).rpartition("\n")[2]
                await request.answer(LINE.removeprefix(typed) + "\n")
            except ConnectionResetError:
                await request.closed()

    async with ScriptedProvider() as provider:
        speaking = asyncio.create_task(speak())
        yield provider
        speaking.cancel()
        await asyncio.wait({speaking})


async def type_and_ask(editor: ScriptedEditor, *, slowly: bool = False) -> list[dict[str, Any]]:
    """Type and ask at every key with LSP's kind Invoked, in a burst or each key after the answer to the one before; the last
    answer."""
    buffer = editor.open("file:///a.py", "import prices\n\n")
    found: list[dict[str, Any]] = []
    for number, key in enumerate(KEYS):
        editor.type(buffer, Position(1, number), key)
        asked = editor.complete(buffer, Position(1, number + 1))
        if slowly or number + 1 == len(KEYS):
            found = items_of(await asked.result)
    return found


@pytest.mark.parametrize("slowly", [False, True], ids=["in a burst", "slowly"])
@pytest.mark.parametrize("name", MENUS)
async def test_fifteen_keys_of_a_recorded_editor_ask_no_more_than_ghost_text_does(
    name: str, slowly: bool, tmp_path: Path
) -> None:
    async with talking() as provider, session(tmp_path, vendor(provider), capabilities=recorded(name)) as editor:
        items = await type_and_ask(editor, slowly=slowly)
        assert 1 <= len(provider.log) <= 2
        assert [item["textEdit"]["newText"] for item in items] == ["_all(prices)"]


async def test_a_client_that_sends_it_only_for_the_user_gets_alternatives(tmp_path: Path) -> None:
    able = without_inline_completion()
    able["experimental"] = {"coderoute": {**generic()["experimental"]["coderoute"], "completionInvoked": True}}
    async with talking() as provider, session(tmp_path, vendor(provider), capabilities=able) as editor:
        buffer = editor.open("file:///a.py", "import prices\nvalue = compute\n")
        items = items_of(await editor.complete(buffer, Position(1, 15)).result)
        assert len(provider.log) == 3
        assert [item["textEdit"]["newText"] for item in items] == ["_all(prices)"]


@pytest.mark.parametrize(
    "setting", ["[inline]\nenable = false\n", '[inline]\nlanguages_off = ["python"]\n', "[actions.completion]\nenable = false\n"]
)
async def test_who_switched_ghost_text_off_gets_none_in_the_menu(setting: str, tmp_path: Path) -> None:
    able = without_inline_completion()
    async with (
        talking() as provider,
        session(tmp_path, f"{vendor(provider)}\n{setting}", capabilities=able) as editor,
    ):
        assert await type_and_ask(editor) == []
        assert provider.log == []

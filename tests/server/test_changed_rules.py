"""What a file forbids holds from the next request on, though the editor tells of no change: some cannot, others do it later."""

import asyncio
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.session import request_context
from tests.server.test_spellings import answer_all
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def add(a, b):\n    return a + b\n"


@pytest.fixture(autouse=True)
def looks_at_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a machine that is busy looks again only after a while."""
    monkeypatch.setattr(request_context, "LONGEST_WAIT_S", 0.0)


async def explained(editor: ScriptedEditor, buffer: Buffer) -> bool:
    """Whether somebody is asked about the buffer, and answers."""
    try:
        started = await editor.run("explain", buffer, Span(Position(0, 0), Position(2, 0)))
    except Refused:
        return False
    applied = (await editor.finished(started.job)).outcome == "applied"
    if applied:
        await editor.shown_document()
    return applied


FORBID = {
    "an ignore file": (".gitignore", "*.py\n"),
    "an ignore file beside it": ("sub/.gitignore", "add.py\n"),
    "a list of the folder": ("coderoute.toml", '[context]\nignore = ["sub/"]\n'),
    "no vendor in the folder": ("coderoute.toml", 'privacy = "local_only"\n'),
    "no vendor beside it": ("sub/coderoute.toml", 'privacy = "local_only"\n'),
    "a file that cannot be read": ("coderoute.toml", "privacy ="),
    "a file that is called otherwise": ("CodeRoute.toml", ""),
    "no vendor for the user": ("../home/config/config.toml", 'privacy = "local_only"\n'),
}


@pytest.mark.parametrize("case", FORBID)
async def test_what_was_just_written_holds_for_the_next_request(tmp_path: Path, case: str) -> None:
    name, text = FORBID[case]
    folder = tmp_path / "work"
    (folder / "sub").mkdir(parents=True)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[folder]) as editor:
        answering = asyncio.create_task(answer_all(provider))
        buffer = editor.open((folder / "sub" / "add.py").as_uri(), SOURCE)
        assert await explained(editor, buffer)
        file = folder / name
        before = file.read_text() if file.exists() else None
        file.write_text(text + (before or ""))
        asked = len(provider.log)
        assert not await explained(editor, buffer)
        await editor.inline(buffer, Position(1, 4)).result
        assert len(provider.log) == asked
        file.unlink() if before is None else file.write_text(before)
        editor.notices.clear()
        assert await explained(editor, buffer)
        editor.notices.clear()
        answering.cancel()

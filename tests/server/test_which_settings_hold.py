"""Which settings hold where: of a nested file, of a text in no folder, before an editor has told its own, and when it cannot."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Id, Json
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, NOBODY_LOCAL, PATIENCE_S, Model, connected, session, vendor

SOURCE = "def f(x):\n    return x\n"
MODELS = (Model("small", 0.75, 0.1), Model("large", 0.95, 10.0))
HIGH, LOW = "[actions.refactor]\nmin_coding_score = 0.9\n", "[actions.refactor]\nmin_coding_score = 0.6\n"
LOCAL = 'privacy = "local_only"\n'
NOBODY = "nobody"


async def asked(editor: ScriptedEditor, provider: ScriptedProvider, uri: str) -> str:
    """Which model a refactoring of this document asks."""
    buffer = editor.buffers.get(uri) or editor.open(uri, SOURCE)
    started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(2, 0)))
    finished = asyncio.ensure_future(editor.finished(started.job))
    request = asyncio.ensure_future(provider.request())
    await asyncio.wait({finished, request}, return_when=asyncio.FIRST_COMPLETED)
    if not request.done():
        request.cancel()
        editor.notices.clear()
        return NOBODY
    await (await request).answer(SOURCE)
    await finished
    return (await request).model


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


# -- nested files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"coderoute.toml": ""}, "small"),
        ({"coderoute.toml": HIGH}, "large"),
        ({"sub/coderoute.toml": HIGH}, "large"),
        ({"sub/deep/coderoute.toml": HIGH}, "large"),
        ({"sub/deep/coderoute.toml": LOCAL}, NOBODY),
        ({"coderoute.toml": LOCAL, "sub/deep/coderoute.toml": 'privacy = "any"\n'}, NOBODY),
        ({"sub/coderoute.toml": LOCAL, "sub/deep/coderoute.toml": 'privacy = "zdr"\n'}, NOBODY),
        ({"sub/deep/coderoute.toml": "\0"}, NOBODY),
        ({"sub/deep/coderoute.toml": 'privcy = "local_only"\n'}, NOBODY),
        ({"other/coderoute.toml": LOCAL, "subway/coderoute.toml": LOCAL, "sub/deep/er/coderoute.toml": LOCAL}, "small"),
        ({"sub/deep/coderoute.toml": '[providers.evil]\nbase_url = "http://127.0.0.1:1"\n'}, "small"),
    ],
)
async def test_of_files_between_folder_and_document_each_can_only_forbid(
    tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    for name, text in files.items():
        put(tmp_path / "work" / name, text)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        assert await asked(editor, provider, (tmp_path / "work" / "sub" / "deep" / "a.py").as_uri()) == expected
        editor.notices.clear()


async def test_a_file_of_the_repository_above_the_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    put(tmp_path / "repository" / "coderoute.toml", LOCAL)
    folder = tmp_path / "repository" / "part"
    folder.mkdir()
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=[folder]) as editor:
        assert await asked(editor, provider, (folder / "a.py").as_uri()) == NOBODY


LAXER = """
privacy = "any"
[models]
allow = ["*"]
[actions.refactor]
check = ["touch", "ran"]
[providers.scripted]
base_url = "http://127.0.0.1:1/v1"
key_env = "HOME"
[providers.evil]
dialect = "openai-chat"
base_url = "http://127.0.0.1:1/v1"
models = [{ id = "evil", coding = 1.0, input = 0.0, output = 0.0 }]
"""
"""What a file that somebody else wrote may not do: allow, and name addresses, keys and commands."""


@pytest.mark.parametrize("place", ["coderoute.toml", "sub/coderoute.toml", "sub/deep/coderoute.toml"])
@pytest.mark.parametrize("uri", ["work/sub/deep/a.py", "untitled:Untitled-1"])
@pytest.mark.parametrize(("user", "expected"), [("", "small"), (LOCAL, NOBODY)], ids=["any", "local"])
async def test_a_file_of_a_folder_makes_nothing_laxer_wherever_it_lies(
    tmp_path: Path, place: str, uri: str, user: str, expected: str
) -> None:
    put(tmp_path / "work" / place, LAXER)
    uri = uri if uri.startswith("untitled:") else (tmp_path / uri).as_uri()
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, MODELS)) as editor:
        assert await asked(editor, provider, uri) == expected
        assert editor.questions == [], "no command is offered to run"
        editor.notices.clear()


# -- documents of no folder ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-notebook-cell:/x/a.ipynb#1", "vscode-vfs://github/x/a.py", "file:///elsewhere/a.py"]
)
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", "small"), (LOCAL, "", NOBODY), ("", LOCAL, NOBODY), (HIGH, LOW, "small"), ("\0", "", NOBODY)],
)
async def test_a_document_of_no_folder_takes_what_each_folder_forbids_and_no_wish(
    tmp_path: Path, uri: str, one: str, other: str, expected: str
) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder, text in zip(folders, (one, other), strict=True):
        put(folder / "coderoute.toml", text)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=folders) as editor:
        assert await asked(editor, provider, uri) == expected
        editor.notices.clear()


async def test_a_document_of_no_folder_takes_what_an_editor_forbids_in_one_folder(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=folders) as editor:
        assert await asked(editor, provider, "untitled:a") == "small"
        await editor.set({"privacy": "local_only"}, folders[1])
        assert await asked(editor, provider, "untitled:a") == NOBODY


# -- before the editor has told its settings, and when it does not --------------------------------------------------------


class SilentEditor(ScriptedEditor):
    """Asked for its settings it waits until the test answers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting: list[Id] = []

    def on_request(self, request_id: Id, method: str, params: Json) -> None:
        if method == "workspace/configuration":
            self.waiting.append(request_id)
        else:
            super().on_request(request_id, method, params)


@asynccontextmanager
async def silent(tmp_path: Path, user: str) -> AsyncGenerator[SilentEditor]:
    put(tmp_path / "home" / "config" / "config.toml", user + NOBODY_LOCAL)
    (tmp_path / "work").mkdir()
    environ = {HOME_VARIABLE: str(tmp_path / "home"), OFFLINE_VARIABLE: "1", KEY: "sk-scripted-0123456789abcdef"}
    async with connected(Application(environ, keyring=None).backend) as (streams, _):
        editor = SilentEditor(*streams, generic(), folders=[tmp_path / "work"])
        try:
            async with asyncio.timeout(PATIENCE_S):
                await editor.initialize()
                await editor.until(lambda: len(editor.waiting) == 1)
                yield editor
                editor.notices.clear()
                await editor.exit()
        finally:
            editor.peer.hang_up()


@pytest.mark.parametrize("told", [{}, {"privacy": "local_only"}], ids=["nothing forbidden", "local only"])
async def test_nothing_is_sent_before_the_editor_has_told_its_settings(tmp_path: Path, told: Json) -> None:
    async with ScriptedProvider() as provider, silent(tmp_path, vendor(provider)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE + "print(")
        ghost = editor.inline(buffer, Position(2, 6))
        started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(2, 0)))
        finished = asyncio.ensure_future(editor.finished(started.job))
        await editor.code_actions(buffer, Span(Position(0, 0), Position(2, 0)))  # answered after what was asked before it
        assert provider.log == []
        assert not ghost.result.done()
        assert not finished.done()
        editor.peer.answer(editor.waiting[0], [told, told])
        ended = asyncio.ensure_future(asyncio.gather(ghost.result, finished))
        asked = 0
        while not ended.done():
            request = asyncio.ensure_future(provider.request())
            await asyncio.wait({ended, request}, return_when=asyncio.FIRST_COMPLETED)
            if request.done():
                asked += 1
                await (await request).answer(SOURCE)
            request.cancel()
        assert (asked > 0) is (not told)


@pytest.mark.parametrize("answers", ["refused", [{}], ["nonsense", "nonsense"], [{}, 3]], ids=str)
async def test_nothing_is_sent_where_the_editor_could_not_tell_its_settings(tmp_path: Path, answers: Any) -> None:
    async with ScriptedProvider() as provider, silent(tmp_path, vendor(provider)) as editor:
        if answers == "refused":
            editor.peer.refuse(editor.waiting[0], -32603, "cannot")
        else:
            editor.peer.answer(editor.waiting[0], answers)
        assert "local_only" in await editor.notice()
        assert await asked(editor, provider, (tmp_path / "work" / "a.py").as_uri()) == NOBODY
        editor.peer.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.until(lambda: len(editor.waiting) == 2)
        editor.peer.answer(editor.waiting[1], [None, None])
        await editor.code_actions(editor.open("untitled:a", SOURCE), Span(Position(0, 0), Position(2, 0)))
        assert await asked(editor, provider, (tmp_path / "work" / "a.py").as_uri()) == "scripted"


# -- a file that becomes unreadable ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [('quality = "best"\n', NOBODY), ('privacy = "any"\n', "large"), (HIGH, NOBODY), (LOCAL, NOBODY), ("", NOBODY)],
    ids=["restricted nothing", "allowed all", "restricted something else", "restricted", "said nothing"],
)
async def test_a_file_that_becomes_unreadable_holds_where_it_spoke_and_the_strictest_where_it_did_not(
    tmp_path: Path, before: str, after: str
) -> None:
    file, uri = tmp_path / "home" / "config" / "config.toml", (tmp_path / "work" / "a.py").as_uri()
    wish = 'quality = "best"\n' if before == 'privacy = "any"\n' else ""
    async with ScriptedProvider() as provider, session(tmp_path, before + wish + vendor(provider, MODELS)) as editor:
        assert (await asked(editor, provider, uri) == NOBODY) is (before == LOCAL)
        file.write_text(file.read_text() + "[broken")
        changed = tmp_path / "work" / "coderoute.toml"
        changed.write_text("")
        editor.peer.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": changed.as_uri(), "type": 1}]})
        assert "is not valid TOML" in await editor.notice()
        assert await asked(editor, provider, uri) == after

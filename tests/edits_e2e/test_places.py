"""Where answers go besides the selection: a test file, new or grown; and where the instruction of an edit comes from."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def add(a, b):\n    return a + b\n"
NEW_TEST = "def test_add():\n    assert add(1, 2) == 3\n"
CURSOR = Span(Position(0, 5), Position(0, 5))


def opened(editor: ScriptedEditor, work: Path, name: str, text: str) -> Buffer:
    """A file on the disk and in the editor."""
    file = work / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return editor.open(file.as_uri(), text)


async def show(editor: ScriptedEditor) -> Buffer:
    """The editor opens what the server asks it to show."""
    uri = await editor.shown_document()
    return editor.buffers.get(uri) or editor.open(uri, await editor.read(uri))


async def answer(provider: ScriptedProvider, text: str) -> str:
    """One model's answer; returns what it was asked."""
    request = await provider.request()
    await request.answer(f"```python\n{text}```\n")
    return str(request.json["messages"])


async def test_tests_go_into_a_new_file_where_the_project_keeps_its_tests(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        work = tmp_path / "work"
        buffer = opened(editor, work, "app/money.py", SOURCE)
        started = await editor.run("tests", buffer, CURSOR)
        tests = await show(editor)
        asked = await answer(provider, f"from app.money import add\n\n\n{NEW_TEST}")
        assert (await editor.finished(started.job)).outcome == "applied"
        assert tests.uri == (work / "tests" / "test_money.py").as_uri()
        assert tests.text == f"from app.money import add\n\n\n{NEW_TEST}"
        assert buffer.text == SOURCE
        assert "They will be a new file" in asked


async def test_more_tests_are_added_to_the_file_that_is_there_and_nothing_else_of_it_is_touched(tmp_path: Path) -> None:
    existing = "from app.money import add\n\n\ndef test_zero():\n    assert add(0, 0) == 0\n"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        work = tmp_path / "work"
        tests = opened(editor, work, "tests/test_money.py", existing)
        buffer = opened(editor, work, "app/money.py", SOURCE)
        started = await editor.run("tests", buffer, CURSOR)
        asked = await answer(provider, NEW_TEST)
        finished = await editor.finished(started.job)
        assert tests.text == f"{existing}\n\n{NEW_TEST}"
        assert "def test_zero" in asked
        assert "They will be added to tests/test_money.py" in asked
        await editor.command("coderoute.choose", {"job": finished.job, "choice": "undo"})
        await editor.until(lambda: tests.text == existing)


async def test_without_a_workspace_folder_there_is_no_place_for_tests_and_that_is_said(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open((tmp_path / "elsewhere.py").as_uri(), SOURCE)
        started = await editor.run("tests", buffer, CURSOR)
        assert "no workspace folder" in await editor.notice()
        assert (await editor.finished(started.job)).outcome == "failed"


async def edit(editor: ScriptedEditor, text: str, instruction: str = "", *, ask: bool = False) -> tuple[Buffer, RunStarted]:
    buffer = editor.open("file:///work/a.py", text)
    last = len(buffer.lines) - 1
    return buffer, await editor.run("edit", buffer, Span(Position(last - 2, 0), Position(last, 0)), instruction, ask=ask)


async def test_an_edit_follows_the_command_else_the_comment_above_else_what_the_user_types(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        for text, instruction, ask, expected in (
            (SOURCE, "in the command", True, "in the command"),
            (f"# in the comment\n{SOURCE}", "", False, "in the comment"),
            (f"# in the comment\n{SOURCE}", "", True, "typed by hand"),
            (SOURCE, "", False, "typed by hand"),
        ):
            editor.lines_typed = ["typed by hand"]
            buffer, started = await edit(editor, text, instruction, ask=ask)
            asked = await answer(provider, "def add(x, y):\n    return x + y\n")
            assert f"<instruction>\\n{expected}\\n</instruction>" in asked
            await editor.finished(started.job)
            assert buffer.text.endswith("def add(x, y):\n    return x + y\n")


async def test_typing_while_the_user_is_asked_what_to_change_moves_the_region(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        editor.lines_typed = ["rename"]
        buffer, started = await edit(editor, SOURCE)
        editor.type(buffer, Position(0, 0), "import os\n\n\n")
        await answer(provider, "def add(x, y):\n    return x + y\n")
        await editor.finished(started.job)
        assert buffer.text == "import os\n\n\ndef add(x, y):\n    return x + y\n"


async def test_an_editor_that_cannot_ask_takes_the_comment_above(tmp_path: Path) -> None:
    able = generic(ours=False)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=able) as editor:
        buffer, _ = await edit(editor, f"# in the comment\n{SOURCE}")
        assert "<instruction>\\nin the comment\\n</instruction>" in await answer(provider, "def add(x, y):\n    return x + y\n")
        await editor.until(lambda: buffer.text.endswith("def add(x, y):\n    return x + y\n"))


@pytest.mark.parametrize("why", ["no model", "a secret", "an ignored file", "no money"])
async def test_what_will_be_refused_is_refused_before_the_user_is_asked_what_to_change(tmp_path: Path, why: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / ".gitignore").write_text("ignored.py\n")
    async with ScriptedProvider() as provider:
        user = {"no model": "", "no money": vendor(provider) + "\n[budget]\ndaily_usd = 0\n"}.get(why, vendor(provider))
        text = 'key = "sk-ant-api03-9fXq2LkVw8Rt5Yz1Bn4Mc7"\n' + SOURCE if why == "a secret" else SOURCE
        async with session(tmp_path, user) as editor:
            editor.lines_typed = ["typed in vain"]
            name = "ignored.py" if why == "an ignored file" else "a.py"
            buffer = opened(editor, tmp_path / "work", name, text)
            try:
                started = await editor.run("edit", buffer, Span(Position(0, 0), buffer_end(buffer)))
            except Refused:
                pass
            else:
                assert (await editor.finished(started.job)).outcome == "failed"
                await editor.notice()
            assert editor.lines_typed == ["typed in vain"]
            assert provider.untaken == 0


def buffer_end(buffer: Buffer) -> Position:
    return Position(len(buffer.lines) - 1, 0)


async def test_an_edit_whose_question_is_dismissed_is_cancelled_without_a_word(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        _, started = await edit(editor, f"# a comment above\n{SOURCE}", ask=True)
        assert (await editor.finished(started.job)).outcome == "cancelled"
        assert provider.untaken == 0


async def test_an_edit_without_any_instruction_asks_no_model(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        editor.lines_typed = ["  "]
        _, started = await edit(editor, SOURCE)
        assert (await editor.finished(started.job)).outcome == "failed"
        assert "Say what to change" in await editor.notice()
        assert provider.untaken == 0


async def test_undoing_the_first_test_of_a_file_deletes_the_file_that_was_created_for_it(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        work = tmp_path / "work"
        buffer = opened(editor, work, "app/money.py", SOURCE)
        started = await editor.run("tests", buffer, CURSOR)
        await show(editor)
        await answer(provider, f"from app.money import add\n\n\n{NEW_TEST}")
        finished = await editor.finished(started.job)
        assert (work / "tests" / "test_money.py").exists()
        undoing = await editor.command("coderoute.choose", {"job": finished.job, "choice": "undo"})
        await editor.finished(undoing["job"])
        assert not (work / "tests" / "test_money.py").exists()

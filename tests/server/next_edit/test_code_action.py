"""The next edit as a code action, for editors that show none themselves."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Span
from tests.server.next_edit.support import AT_ONCE, DEFINED, ask, booked, editing, offered, renaming
from tests.server.test_each_capability import changed
from tests.support.provider import ScriptedProvider
from tests.support.session import vendor

HERE = Span(DEFINED.start, DEFINED.start)
KIND = "quickfix.coderoute.nextEdit"
MODELS = AT_ONCE + 'from = "models"\n'


async def test_it_is_offered_with_its_line_applied_by_the_editor_and_booked(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        (action,) = [each for each in await editor.code_actions(buffer, HERE) if each["kind"] == KIND]
        assert action["title"] == "Apply next edit at line 4: `rate` is `tax` now"
        (change,) = action["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": buffer.uri, "version": buffer.version}
        editor.apply(action["edit"])
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        assert buffer.lines[3] == "        result = result + price * tax\n"
        await booked(editor, 1, 1)


async def test_an_editor_that_shows_next_edits_itself_gets_no_code_action(tmp_path: Path) -> None:
    for place, announced, count in (("without", False, 1), ("with", True, 0)):
        able = changed("experimental.coderoute.nextEdit", announced)
        async with editing(tmp_path / place, capabilities=able) as (editor, _):
            found = await editor.code_actions(renaming(editor), HERE)
            assert len([each for each in found if each["kind"] == KIND]) == count


async def test_an_editor_without_versions_gets_plain_changes_and_one_without_literals_nothing(tmp_path: Path) -> None:
    plain = changed("workspace.workspaceEdit.documentChanges", False)
    async with editing(tmp_path / "plain", capabilities=plain) as (editor, _):
        buffer = renaming(editor)
        (action,) = [each for each in await editor.code_actions(buffer, HERE) if each["kind"] == KIND]
        assert list(action["edit"]) == ["changes"]
    bare = changed("textDocument.codeAction.codeActionLiteralSupport", None)
    async with editing(tmp_path / "bare", capabilities=bare) as (editor, _):
        found = await editor.code_actions(renaming(editor), HERE)
        assert not [each for each in found if each["command"] == "coderoute.acceptNextEdit"]


@pytest.mark.parametrize(("only", "count"), [(["refactor"], 0), (["quickfix"], 1), ([""], 1), ([KIND], 1), (["source"], 0)])
async def test_it_keeps_to_the_kinds_that_are_asked_for(tmp_path: Path, only: list[str], count: int) -> None:
    async with editing(tmp_path) as (editor, _):
        found = await editor.code_actions(renaming(editor), HERE, only=only)
        assert len([each for each in found if each["kind"] == KIND]) == count


async def test_no_model_is_asked_for_a_menu(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider)) as (editor, _):
        buffer = editor.open("file:///work/a.py", "value = 1  # of a long line\n")
        editor.replace(buffer, Span(HERE.start, HERE.start), "very ")
        await editor.code_actions(buffer, HERE)
        assert provider.untaken == 0


async def test_a_menu_ends_no_question_that_is_under_way(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider) + MODELS) as (editor, _):
        buffer = editor.open("file:///work/a.py", "def total(prices):\n    return 1\n\n\nprint(total(2))\n")
        editor.type(buffer, HERE.start, "# Adds up\n")
        asked = ask(editor, buffer, HERE.start)
        request = await provider.request()
        await editor.code_actions(buffer, HERE)
        await request.answer("# Adds up\ndef total(prices):\n    return 1\n\n\nprint(total([2]))\n")
        assert await offered(asked) is not None

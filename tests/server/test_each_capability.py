"""Each thing that an editor may announce changes what it gets: here, or in the test that stands beside its name."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.messages.coderoute_messages import Announced
from tests.support.capabilities import Json, generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

TESTS = Path(__file__).parents[1]
SOURCE = "def total(prices):\n    return sum(prices)\n"
ALL = Span(Position(0, 0), Position(2, 0))
Look = Callable[[ScriptedEditor, ScriptedProvider], Awaitable[object]]


def changed(path: str, value: object) -> Json:
    """The generic editor with another value at this place; None takes it away."""
    able = deepcopy(generic())
    place: Any = able
    *folders, last = path.split(".")
    for name in folders:
        place = place.setdefault(name, {})
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return able


async def offered(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    del provider
    actions = await editor.code_actions(editor.open("file:///work/a.py", SOURCE), ALL)
    return sorted(str(action.get("kind") or "a command alone") for action in actions)


async def refactored(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    buffer = editor.open("file:///work/a.py", SOURCE)
    started = await editor.run("refactor", buffer, ALL)
    await (await provider.request()).answer(SOURCE.replace("prices", "costs"))
    await editor.until(lambda: buffer.text != SOURCE and not editor.held)
    await editor.until(lambda: editor.ended(started.token) or not editor.can("window.workDoneProgress"))
    await editor.settle()
    editor.jobs.clear()
    return [sorted(edit) for edit in editor.edits if edit], bool(editor.progress)


async def registered(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    del provider
    await editor.settle()
    return sorted(one["method"] for one in editor.registered)


async def explained(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    started = await editor.run("explain", editor.open("file:///work/a.py", SOURCE), ALL)
    await (await provider.request()).answer("It adds up.")
    await editor.finished(started.job)
    if editor.notices:
        return "message", bool(await editor.notice())
    return (await editor.shown_document()).partition(":")[0]


async def told(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    """Which of our own notifications come while an action runs."""
    buffer = editor.open("file:///work/a.py", SOURCE)
    await editor.run("refactor", buffer, ALL)
    await (await provider.request()).answer(SOURCE.replace("prices", "costs"))
    await editor.until(lambda: buffer.text != SOURCE)
    await editor.until(lambda: bool(editor.jobs) or not editor.can("experimental.coderoute.jobs"))
    await editor.until(lambda: bool(editor.statuses) or not editor.can("experimental.coderoute.status"))
    seen = bool(editor.jobs), bool(editor.statuses)
    editor.jobs.clear()
    return seen


async def edited(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    """What happens to an edit without an instruction."""
    editor.lines_typed = ["Call them costs"]
    started = await editor.run("edit", editor.open("file:///work/a.py", SOURCE), ALL)
    if editor.can("experimental.coderoute.input"):
        await (await provider.request()).answer(SOURCE.replace("prices", "costs"))
    outcome = (await editor.finished(started.job)).outcome
    if outcome == "failed":
        await editor.notice()
    return outcome


async def of_the_user(editor: ScriptedEditor, provider: ScriptedProvider) -> object:
    """Whether the client's word for the user's own settings is taken."""
    del provider
    editor.peer.notify("coderoute/userSettings", {"actions": {"refactor": {"model": "scripted/other"}}})
    await editor.settle()
    return await offered(editor, ScriptedProvider())


HERE: dict[str, tuple[str, object, Look]] = {
    "apply_edit": ("workspace.applyEdit", False, offered),
    "document_changes": ("workspace.workspaceEdit.documentChanges", False, offered),
    "create_files": ("workspace.workspaceEdit.resourceOperations", [], offered),
    "progress": ("window.workDoneProgress", False, refactored),
    "watch_configuration": ("workspace.didChangeConfiguration", None, registered),
    "watch_files": ("workspace.didChangeWatchedFiles", None, registered),
    "code_action_literals": ("textDocument.codeAction.codeActionLiteralSupport", None, offered),
    "show_document": ("window.showDocument", None, explained),
    "text_document_content": ("workspace.textDocumentContent", {"dynamicRegistration": True}, explained),
    "ours.input": ("experimental.coderoute.input", False, edited),
    "ours.status": ("experimental.coderoute.status", False, told),
    "ours.jobs": ("experimental.coderoute.jobs", False, told),
    "ours.user_settings": ("experimental.coderoute.userSettings", True, of_the_user),
    "ours.grouped_edits": ("experimental.coderoute.groupedEdits", False, refactored),
}
"""Flag → where it is announced, another value, and what differs with it."""
ELSEWHERE = {
    "pull_configuration": "server/test_settings.py::test_an_editor_that_cannot_be_asked_pushes_its_settings",
    "inline_completion": "server/test_editors.py::test_ghost_text_is_offered_as_inline_completion_or_as_completion",
    "show_message_request": "edits_e2e/test_checks.py::test_where_the_user_does_not_want_it_nothing_runs_and_the_answer_is_kept",
    "ours.completion_invoked": "completion/test_menu.py::test_a_client_that_sends_it_only_for_the_user_gets_alternatives",
    "delete_files": "edits_e2e/test_places.py::test_undoing_the_first_test_of_a_file_deletes_the_file_that_was_created_for_it",
    "ours.next_edit": "server/next_edit/test_code_action.py::test_an_editor_that_shows_next_edits_itself_gets_no_code_action",
    "ours.review": "edits_e2e/test_review.py::test_any_editor_decides_by_code_actions",
    "ours.ghost_again": "server/test_draft_first.py::test_the_draft_gives_way_to_the_models_answer",
    "waits_itself": "completion/test_pipeline.py::test_an_editor_that_waits_by_itself_is_not_kept_waiting_again",
}


@pytest.mark.parametrize("flag", HERE)
async def test_what_an_editor_gets_follows_what_it_announces(tmp_path: Path, flag: str) -> None:
    path, value, look = HERE[flag]
    seen: list[object] = []
    for place, able in (("with", generic()), ("without", changed(path, value))):
        async with ScriptedProvider() as provider, session(tmp_path / place, vendor(provider), capabilities=able) as editor:
            seen.append(await look(editor, provider))
    assert seen[0] != seen[1]


def test_every_flag_has_a_test_that_shows_its_effect() -> None:
    flags = {field.name for field in fields(ClientCapabilities)} - {"editor", "ours"}
    ours = {f"ours.{field.name}" for field in fields(Announced)}
    assert flags | ours == HERE.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("node", sorted(set(ELSEWHERE.values())))
def test_the_test_that_shows_it_is_there(node: str) -> None:
    file, _, name = node.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text("utf-8")

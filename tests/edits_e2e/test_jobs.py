"""Several jobs at once, and what can be done with a finished one."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

TEXT = "def f(x):\n    return x\n\n\ndef g(y):\n    return y\n"
F, G = Span(Position(0, 0), Position(2, 0)), Span(Position(4, 0), Position(6, 0))
NEW_F, NEW_G = "def f(a):\n    # f\n    return a\n", "def g(b):\n    return b\n"


def opened(editor: ScriptedEditor) -> Buffer:
    return editor.open("file:///work/a.py", TEXT)


async def test_two_jobs_write_into_one_document_side_by_side(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = opened(editor)
        first = await editor.run("refactor", buffer, F)
        asked_first = await provider.request()
        second = await editor.run("refactor", buffer, G)
        asked_second = await provider.request()
        await asked_second.start()
        await asked_first.start()
        for one, other in zip(NEW_F.splitlines(keepends=True), NEW_G.splitlines(keepends=True), strict=False):
            await asked_first.text(one)
            await asked_second.text(other)
            await editor.settle()
        await asked_first.text("    return a\n")
        for request in (asked_first, asked_second):
            await request.finish()
        for job in (first, second):
            assert (await editor.finished(job.job)).outcome == "applied"
        assert buffer.text == f"{NEW_F}\n\n{NEW_G}"


async def test_a_second_job_in_the_same_lines_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = opened(editor)
        first = await editor.run("refactor", buffer, F)
        request = await provider.request()
        second = await editor.run("edit", buffer, Span(Position(1, 0), Position(2, 0)), "rename")
        assert "still writing in these lines" in await editor.notice()
        await request.answer(NEW_F)
        assert (await editor.finished(first.job)).outcome == "applied"
        assert (await editor.finished(second.job)).outcome == "failed"
        assert buffer.text == TEXT.replace("def f(x):\n    return x\n", NEW_F)


async def test_one_undo_takes_back_the_whole_action_where_the_editor_groups(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = opened(editor)
        started = await editor.run("refactor", buffer, F)
        request = await provider.request()
        await request.start()
        for line in NEW_F.splitlines(keepends=True):
            await request.text(line)
            await editor.settle()
        await request.finish()
        await editor.finished(started.job)
        assert len(editor.edits) > 1
        editor.undo()
        assert buffer.text == TEXT


@pytest.mark.parametrize("typed", ["", "# typed above\n"])
async def test_a_finished_edit_can_be_undone_although_something_was_typed_elsewhere(tmp_path: Path, typed: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = opened(editor)
        started = await editor.run("refactor", buffer, F)
        await (await provider.request()).answer(NEW_F)
        await editor.finished(started.job)
        editor.type(buffer, Position(0, 0), typed)
        undo = await editor.command("coderoute.choose", {"job": started.job, "choice": "undo"})
        assert (await editor.finished(undo["job"])).outcome == "applied"
        assert buffer.text == typed + TEXT


async def test_a_finished_edit_can_be_tried_again_on_a_stronger_model_whose_price_was_shown(tmp_path: Path) -> None:
    models = (Model("weak", 0.75, 1.0), Model("strong", 0.95, 10.0))
    user = "[actions.refactor]\nescalate = false\n\n"
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, models)) as editor:
        buffer = opened(editor)
        started = await editor.run("refactor", buffer, F)
        await (await provider.request()).answer("def f(x):\n    return (x\n")
        finished = await editor.finished(started.job)
        assert finished.outcome == "refused"
        assert buffer.text == TEXT
        assert finished.problems == ["The file parsed before and would not parse with the answer."]
        (retry,) = [choice for choice in finished.choices if choice.choice == "retry"]
        assert retry.title.startswith("Retry on strong (≈ $")
        again = await editor.command("coderoute.choose", {"job": started.job, "choice": "retry"})
        request = await provider.request()
        assert request.model == "strong"
        await request.answer(NEW_F)
        assert (await editor.finished(again["job"])).outcome == "applied"
        assert buffer.text == TEXT.replace("def f(x):\n    return x\n", NEW_F)


async def test_a_file_that_is_closed_ends_its_job_and_says_so(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = opened(editor)
        started = await editor.run("refactor", buffer, F)
        request = await provider.request()
        await request.start()
        await request.text("def f(a):\n")
        await editor.until(lambda: bool(editor.edits))
        editor.close(buffer)
        await request.closed()
        finished = await editor.finished(started.job)
        assert finished.outcome == "stopped"
        assert "The file was closed" in await editor.notice()


async def test_without_grouping_the_answer_lands_as_one_edit(tmp_path: Path) -> None:
    able = generic(ours=False)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=able) as editor:
        buffer = opened(editor)
        await editor.run("refactor", buffer, F)
        request = await provider.request()
        await request.start()
        for line in NEW_F.splitlines(keepends=True):
            await request.text(line)
            await editor.settle()
        assert editor.edits == []
        await request.finish()
        await editor.until(lambda: buffer.text == TEXT.replace("def f(x):\n    return x\n", NEW_F))
        assert len(editor.edits) == 1
        editor.undo()
        assert buffer.text == TEXT


@pytest.mark.parametrize(("pressed", "left"), [("Undo", TEXT), ("Keep", None), ("", None)])
async def test_editors_without_a_place_for_choices_get_them_as_buttons(tmp_path: Path, pressed: str, left: str | None) -> None:
    able, odd = generic(ours=False), "def f(x):\n    return '\u202e' + x\n"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=able) as editor:
        buffer = opened(editor)
        editor.presses = [pressed] if pressed else []
        await editor.run("refactor", buffer, F)
        await (await provider.request()).answer(odd)
        await editor.until(lambda: bool(editor.questions))
        assert "Removed 1 invisible" in editor.questions.pop()
        await editor.until(lambda: buffer.text == (left or TEXT.replace("def f(x):\n    return x\n", odd.replace("\u202e", ""))))
        await editor.settle()

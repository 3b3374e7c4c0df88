"""A file that changes, closes or moves while an answer streams into it holds the whole answer in the end, or none of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished, RunStarted
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import joined, vendor

HEAD, TAIL = "import os\n\n\n", "\n\nprint(f(os.name))\n"
OLD = "def f(x):\n  y = x\n  return y\n"
NEW = "def f(a):\n  # as it is\n  return a\n"
REGION = Span(Position(3, 0), Position(6, 0))
URI = "file:///work/a.py"


@dataclass
class Half:
    """A refactor of which the first line stands in the buffer."""

    editor: ScriptedEditor
    server: Connection
    request: ScriptedRequest
    started: RunStarted
    buffer: Buffer

    async def answer_the_rest(self) -> JobFinished:
        for line in NEW.splitlines(keepends=True)[1:]:
            await self.request.text(line)
            await self.editor.settle()
        await self.request.finish()
        return await self.editor.finished(self.started.job)

    def whole(self, text: str) -> None:
        """The buffer becomes another text in one change, as by a formatter."""
        buffer = self.buffer
        last = len(buffer.lines) - 1
        self.editor.replace(buffer, Span(Position(0, 0), Position(last, len(buffer.lines[last]))), text)

    async def ended(self) -> None:
        await self.editor.until(lambda: not self.server.features.writers.of(self.buffer.uri))


@asynccontextmanager
async def half(place: Path, *, jobs: bool = True) -> AsyncGenerator[Half]:
    able = generic()
    able["experimental"]["coderoute"]["jobs"] = jobs
    async with ScriptedProvider() as provider, joined(place, vendor(provider), capabilities=able) as (editor, server):
        buffer = editor.open(URI, HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, REGION)
        request = await provider.request()
        await request.start()
        await request.text(NEW.splitlines(keepends=True)[0])
        await editor.until(lambda: "def f(a)" in buffer.text)
        await editor.settle()
        yield Half(editor, server, request, started, buffer)


async def test_a_formatter_that_moves_lines_leaves_the_whole_answer(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.whole(job.buffer.text.replace("  ", "    ").replace("\n\n\nprint", "\n\nprint"))
        finished = await job.answer_the_rest()
        assert finished.outcome == "applied"
        assert [choice.choice for choice in finished.choices][:2] == ["keep", "undo"]
        assert job.buffer.text == HEAD + NEW + "\nprint(f(os.name))\n"


async def test_after_a_formatter_nothing_is_written_before_the_answer_is_whole(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.whole(job.buffer.text.replace("  ", "    "))
        formatted = job.buffer.text
        for line in NEW.splitlines(keepends=True)[1:]:
            await job.request.text(line)
            await job.editor.settle()
            assert job.buffer.text == formatted
        await job.request.finish()
        assert (await job.editor.finished(job.started.job)).outcome == "applied"
        assert job.buffer.text == HEAD + NEW + TAIL


async def test_undo_brings_the_old_lines_back_as_the_formatter_left_them(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.whole(job.buffer.text.replace("  ", "    "))
        await job.answer_the_rest()
        job.whole(job.buffer.text.replace("  ", "    "))  # formatted again when it is saved
        undo = await job.editor.command("coderoute.choose", {"job": job.started.job, "choice": "undo"})
        assert (await job.editor.finished(undo["job"])).outcome == "applied"
        assert job.buffer.text == HEAD + OLD.replace("  ", "    ") + TAIL


async def test_a_formatter_that_changes_more_than_layout_has_the_answer_taken_back(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.whole(job.buffer.text.replace("  return y", "  return (y)").replace("print(f(os.name))", "print(f(os.name),)"))
        finished = await job.editor.finished(job.started.job)
        assert finished.outcome == "stopped"
        assert "taken back" in await job.editor.notice()
        assert job.buffer.text == HEAD + OLD.replace("return y", "return (y)") + TAIL.replace("name)", "name),")


async def test_what_is_typed_among_the_old_lines_stays_while_the_answer_goes(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        for column, character in enumerate("abc"):
            job.editor.type(job.buffer, Position(4, 2 + column), character)
        assert (await job.editor.finished(job.started.job)).outcome == "stopped"
        assert "taken back" in await job.editor.notice()
        assert job.buffer.text == HEAD + OLD.replace("y = x", "abcy = x") + TAIL


@pytest.mark.parametrize("jobs", [True, False], ids=["a client with choices", "any client"])
async def test_undo_is_offered_where_the_answers_own_line_was_changed(tmp_path: Path, *, jobs: bool) -> None:
    async with half(tmp_path, jobs=jobs) as job:
        job.editor.presses = [] if jobs else ["Undo"]
        job.editor.type(job.buffer, Position(3, 9), "  # mine")
        if jobs:
            finished = await job.editor.finished(job.started.job)
            assert finished.outcome == "stopped"
            assert "Undo brings the old lines back" in finished.message
            assert "Undo brings the old lines back" in await job.editor.notice()
            assert [choice.choice for choice in finished.choices] == ["undo"]
            assert job.buffer.text == HEAD + "def f(a):  # mine\n  y = x\n  return y\n" + TAIL
            job.editor.type(job.buffer, Position(4, 2), "# here\n  ")
            undo = await job.editor.command("coderoute.choose", {"job": job.started.job, "choice": "undo"})
            assert (await job.editor.finished(undo["job"])).outcome == "applied"
            assert job.buffer.text == HEAD + OLD.replace("y = x", "# here\n  y = x") + TAIL
        else:
            await job.editor.until(lambda: bool(job.editor.questions))
            assert "Undo brings the old lines back" in job.editor.questions.pop()
            await job.editor.until(lambda: job.buffer.text == HEAD + OLD + TAIL)
            await job.editor.settle()


async def test_the_editors_own_undo_ends_the_answer_and_leaves_the_old_lines(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.editor.undo()
        assert (await job.editor.finished(job.started.job)).outcome == "stopped"
        assert "typed inside" in await job.editor.notice()
        assert job.buffer.text == HEAD + OLD + TAIL


@pytest.mark.parametrize("uri", [URI, "file:///work/renamed.py"], ids=["opened again", "renamed"])
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "later"])
async def test_a_file_that_was_closed_half_written_is_as_it_was_when_it_is_open_again(
    tmp_path: Path, uri: str, *, at_once: bool
) -> None:
    async with half(tmp_path) as job:
        editor, text = job.editor, job.buffer.text
        editor.close(job.buffer)
        if not at_once:
            finished = await editor.finished(job.started.job)
            assert finished.outcome == "stopped"
            assert "taken back when the file is opened again" in finished.message
            assert "The file was closed" in await editor.notice()
        job.buffer = editor.open(uri, text)
        if at_once:
            await editor.finished(job.started.job)
        assert await editor.notice()
        await job.ended()
        await editor.settle()
        assert job.buffer.text == HEAD + OLD + TAIL


async def test_a_file_that_was_closed_unsaved_is_left_alone(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        edits = len(job.editor.edits)
        job.editor.close(job.buffer)
        await job.editor.finished(job.started.job)
        await job.editor.notice()
        job.buffer = job.editor.open(URI, HEAD + OLD + TAIL + "# on disk\n")
        await job.editor.settle()
        await job.ended()
        assert job.buffer.text == HEAD + OLD + TAIL + "# on disk\n"
        assert not [edit for edit in job.editor.edits[edits:] if edit.get("documentChanges")]


async def test_a_file_that_was_changed_on_disk_while_closed_keeps_that_change(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        text = job.buffer.text.replace("  return y", "  return y  # theirs")
        job.editor.close(job.buffer)
        await job.editor.finished(job.started.job)
        await job.editor.notice()
        job.buffer = job.editor.open(URI, "# first\n" + text)
        assert "taken back now" in await job.editor.notice()
        await job.ended()
        assert job.buffer.text == "# first\n" + HEAD + OLD.replace("return y", "return y  # theirs") + TAIL


async def test_a_refused_edit_after_typing_inside_leaves_the_old_lines(tmp_path: Path) -> None:
    async with half(tmp_path) as job:
        job.editor.hold_edits()
        await job.request.text("  # as it is\n")
        await job.editor.until(lambda: job.editor.held > 0)
        job.editor.type(job.buffer, Position(4, 0), "# mine\n")
        job.editor.release_edits()
        assert (await job.editor.finished(job.started.job)).outcome == "stopped"
        assert "taken back" in await job.editor.notice()
        assert job.buffer.text == HEAD + OLD.replace("  y = x", "# mine\n  y = x") + TAIL

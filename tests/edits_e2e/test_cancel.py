"""Cancel takes back, always: whenever it comes, however often, however slow the editor is; and each job ends once."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from coderoute_ls.server.session.cancellable_jobs import Progress, Subject
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import joined, vendor

TEXT = "import os\n\n\ndef f(x):\n    y = x\n    return y\n\n\nprint(f(os.name))\n"
REGION = Span(Position(3, 0), Position(6, 0))
PIECES = ["def f(name):\n", "    # as it is\n", "    return name\n"]
GROUPED, LIVE, FINAL = "grouped", "live", "final"
MODES = [GROUPED, LIVE, FINAL]


class Streaming:
    """One refactor on its way, in an editor that answers edits only when the test says."""

    def __init__(
        self, editor: ScriptedEditor, server: Connection, request: ScriptedRequest, started: RunStarted, buffer: Buffer
    ) -> None:
        self.editor, self.server, self.request, self.started, self.buffer = editor, server, request, started, buffer

    async def cancel(self, times: int) -> None:
        for _ in range(times):
            self.editor.press_cancel(self.started.token)
            await self.editor.settle()

    async def is_as_it_was(self, outcome: str = "cancelled") -> None:
        """The job has ended once, and the buffer holds what it held."""
        assert (await self.editor.finished(self.started.job)).outcome == outcome
        await self.editor.settle()
        assert self.buffer.text == TEXT
        assert self.editor.jobs_ended == [self.started.job]
        assert len(self.server.session.jobs) == 0
        assert self.server.features.writers.of(self.buffer.uri) == ()


@asynccontextmanager
async def streaming(place: Path, mode: str) -> AsyncGenerator[Streaming]:
    settings: dict[str, Any] = {} if mode == GROUPED else {"edits": {"streaming": mode}}
    able = generic(ours=mode == GROUPED)
    able["experimental"] = {"coderoute": {**able.get("experimental", {}).get("coderoute", {}), "jobs": True}}
    async with (
        ScriptedProvider() as provider,
        joined(place, vendor(provider), capabilities=able, settings=settings) as (editor, server),
    ):
        buffer = editor.open("file:///work/a.py", TEXT)
        started = await editor.run("refactor", buffer, REGION)
        request = await provider.request()
        await request.start()
        yield Streaming(editor, server, request, started, buffer)


async def nothing_written(job: Streaming) -> None:
    await job.request.text("def")
    await job.editor.settle()


async def first_flush_on_its_way(job: Streaming) -> None:
    job.editor.hold_edits()
    await job.request.text(PIECES[0])
    await job.editor.until(lambda: job.editor.held > 0)


async def half_written(job: Streaming) -> None:
    await job.request.text(PIECES[0])
    await job.editor.until(lambda: bool(job.editor.edits))


async def second_flush_on_its_way(job: Streaming) -> None:
    await half_written(job)
    job.editor.hold_edits()
    await job.request.text(PIECES[1])
    await job.editor.until(lambda: job.editor.held > 0)


async def last_flush_on_its_way(job: Streaming) -> None:
    job.editor.hold_edits()
    for piece in PIECES:
        await job.request.text(piece)
    await job.request.finish()
    await job.editor.until(lambda: job.editor.held > 0)


STEPS = {
    GROUPED: [nothing_written, first_flush_on_its_way, half_written, second_flush_on_its_way, last_flush_on_its_way],
    LIVE: [nothing_written, first_flush_on_its_way, half_written, second_flush_on_its_way, last_flush_on_its_way],
    FINAL: [nothing_written, last_flush_on_its_way],
}
ALL = [(mode, step) for mode in MODES for step in STEPS[mode]]
each_step = pytest.mark.parametrize(("mode", "step"), ALL, ids=[f"{mode}-{step.__name__}" for mode, step in ALL])
Step = Callable[[Streaming], Any]


@pytest.mark.parametrize("times", [1, 2, 3])
@each_step
async def test_a_cancel_takes_back_whatever_is_on_its_way(tmp_path: Path, mode: str, step: Step, times: int) -> None:
    async with streaming(tmp_path, mode) as job:
        await step(job)
        await job.cancel(times)
        job.editor.release_edits()
        await job.is_as_it_was()


@pytest.mark.parametrize("times", [1, 2])
@each_step
async def test_cancels_while_the_answer_is_taken_back_change_nothing(tmp_path: Path, mode: str, step: Step, times: int) -> None:
    async with streaming(tmp_path, mode) as job:
        await step(job)
        await job.cancel(1)
        for _ in range(4):  # each edit of the take-back, and the end of its group, is held and meets more cancels
            job.editor.release_edits()
            job.editor.hold_edits()
            await job.cancel(times)
            if job.editor.jobs_ended:
                break
            await job.editor.until(lambda: job.editor.held > 0 or bool(job.editor.jobs_ended))
            await job.cancel(times)
        job.editor.release_edits()
        await job.is_as_it_was()


@each_step
async def test_typing_elsewhere_before_and_after_a_cancel_is_kept(tmp_path: Path, mode: str, step: Step) -> None:
    async with streaming(tmp_path, mode) as job:
        await step(job)
        job.editor.type(job.buffer, Position(0, 0), "# above\n")
        await job.cancel(2)
        job.editor.release_edits()
        job.editor.type(job.buffer, Position(0, 0), "# first\n")
        assert (await job.editor.finished(job.started.job)).outcome == "cancelled"
        assert job.buffer.text == "# first\n# above\n" + TEXT
        assert job.editor.jobs_ended == [job.started.job]


@pytest.mark.parametrize("name", ["feed", "next_flush", "finish"])
@each_step
async def test_an_unexpected_error_takes_back_what_was_written(
    tmp_path: Path, mode: str, step: Step, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with streaming(tmp_path, mode) as job:
        await step(job)
        (writer,) = job.server.features.writers.of(job.buffer.uri)
        kind, broken = type(writer.edit), [True]
        whole = getattr(kind, name)

        def once(self: object, *arguments: object) -> object:
            if broken and broken.pop():
                raise RuntimeError("unexpected")
            return whole(self, *arguments)

        monkeypatch.setattr(kind, name, once)
        if step is not last_flush_on_its_way:
            await job.request.text("\n    return 1\n")
            await job.request.finish()
        job.editor.release_edits()
        finished = await job.editor.finished(job.started.job)
        await job.editor.settle()
        if finished.outcome == "refused":  # the step that breaks was not reached, and the answer is none
            assert job.buffer.text == TEXT
        elif finished.outcome == "failed":
            assert job.buffer.text == TEXT
            assert "failed inside coderoute-ls" in await job.editor.notice()
        else:
            assert job.buffer.text != TEXT  # the step that breaks was not reached any more, or another flush made up for it
        assert job.editor.jobs_ended == [job.started.job]
        job.editor.notices.clear()


async def test_a_job_that_is_cancelled_before_its_first_step_ends(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, server):
        buffer = editor.open("file:///work/a.py", TEXT)
        begun: list[str] = []

        async def work(job: str, progress: Progress) -> None:
            begun.append(job)

        started = server.session.jobs.start("Never begun", work, Subject("refactor", buffer.uri))
        server.session.jobs.cancel(started.token)
        assert (await editor.finished(started.job)).outcome == "cancelled"
        assert editor.jobs_ended == [started.job]
        assert begun == []

"""Cancel takes back whatever kind of job it meets: a report, a new file of tests, a second model after a failed check."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from tests.edits_e2e.test_cancel import FINAL, GROUPED, LIVE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, joined, vendor

SOURCE = "def f(x):\n    total = x\n    return total\n"
BROKEN = "def f(x):\n    return (x\n"
GOOD = "def f(x):\n    return x\n"
MODELS = (Model("weak", 0.75, 1.0), Model("strong", 0.95, 3.0))
NEW_TEST = "from app.money import f\n\n\ndef test_f():\n    assert f(1) == 1\n"
CURSOR = Span(Position(0, 5), Position(0, 5))
GROUPED_OFTEN = [(GROUPED, 1), (GROUPED, 3)]


class Job:
    """One job on its way, in an editor that answers edits when the test says."""

    def __init__(
        self, editor: ScriptedEditor, provider: ScriptedProvider, server: Connection, buffer: Buffer, started: RunStarted
    ) -> None:
        self.editor, self.provider, self.server, self.buffer, self.started = editor, provider, server, buffer, started

    async def cancelled(self, times: int) -> None:
        """Cancel so often, let the editor answer, and look at how the job ended: once."""
        for _ in range(times):
            self.editor.press_cancel(self.started.token)
            await self.editor.settle()
        self.editor.release_edits()
        assert (await self.editor.finished(self.started.job)).outcome == "cancelled"
        for _ in range(2):
            self.editor.press_cancel(self.started.token)
            await self.editor.settle()
        assert self.editor.jobs_ended == [self.started.job]
        assert len(self.server.session.jobs) == 0
        assert self.buffer.text == SOURCE
        assert self.provider.untaken == 0, "nobody is asked for a job that is over"


Step = Callable[[Job], Coroutine[Any, Any, None]]


async def in_session(
    place: Path, what: tuple[str, str], step: Step, times: int, after: Callable[[Job], None] = lambda _: None
) -> None:
    """Run an action in a mode of editing (``what``) up to a step, and cancel it there; ``after`` looks at what is left."""
    mode, action = what
    able = generic(ours=mode == GROUPED)
    able["experimental"] = {"coderoute": {**able.get("experimental", {}).get("coderoute", {}), "jobs": True}}
    settings: dict[str, Any] = {} if mode == GROUPED else {"edits": {"streaming": mode}}
    file = place / "work" / "app" / "money.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE)
    async with (
        ScriptedProvider() as provider,
        joined(place, vendor(provider, MODELS), capabilities=able, settings=settings) as (editor, server),
    ):
        buffer = editor.open(file.as_uri(), SOURCE)
        job = Job(editor, provider, server, buffer, await editor.run(action, buffer, CURSOR))
        await step(job)
        await job.cancelled(times)
        after(job)
        assert file.read_text() == SOURCE
        editor.shown.clear()


# -- a second model after a failed check ----------------------------------------------------------------------------------


async def first_model_is_at_it(job: Job) -> None:
    request = await job.provider.request()
    await request.start()
    await request.text(f"```python\n{BROKEN}")
    await job.editor.settle()


async def second_model_was_asked(job: Job) -> None:
    await (await job.provider.request()).answer(f"```python\n{BROKEN}```")
    assert (await job.provider.request()).model == "strong"


async def second_model_is_at_it(job: Job) -> None:
    await (await job.provider.request()).answer(f"```python\n{BROKEN}```")
    request = await job.provider.request()
    await request.start()
    await request.text("```python\ndef f(x):\n")
    await job.editor.settle()


async def second_answer_is_on_its_way(job: Job) -> None:
    await (await job.provider.request()).answer(f"```python\n{BROKEN}```")
    request = await job.provider.request()
    job.editor.hold_edits()
    await request.answer(f"```python\n{GOOD}```")
    await job.editor.until(lambda: job.editor.held > 0)


@pytest.mark.parametrize(("mode", "times"), [*GROUPED_OFTEN, (LIVE, 2), (FINAL, 2)])
@pytest.mark.parametrize(
    "step", [first_model_is_at_it, second_model_was_asked, second_model_is_at_it, second_answer_is_on_its_way]
)
async def test_a_cancel_takes_back_a_second_try(tmp_path: Path, mode: str, step: Step, times: int) -> None:
    await in_session(tmp_path, (mode, "refactor"), step, times)


# -- a new file of tests ------------------------------------------------------------------------------------------------


async def the_file_is_shown_and_not_opened_yet(job: Job) -> None:
    await job.editor.shown_document()


async def nothing_is_written(job: Job) -> None:
    await opened(job)
    await job.provider.request()


async def a_part_is_written(job: Job) -> None:
    await opened(job)
    request = await job.provider.request()
    await request.start()
    await request.text(f"```python\n{NEW_TEST[:45]}")
    await job.editor.settle()


async def the_last_part_is_on_its_way(job: Job) -> None:
    await opened(job)
    request = await job.provider.request()
    job.editor.hold_edits()
    await request.answer(f"```python\n{NEW_TEST}```")
    await job.editor.until(lambda: job.editor.held > 0)


async def opened(job: Job) -> None:
    """The editor opens what it is shown."""
    uri = await job.editor.shown_document()
    if uri not in job.editor.buffers:
        job.editor.open(uri, await job.editor.read(uri))


@pytest.mark.parametrize(("mode", "times"), [*GROUPED_OFTEN, (FINAL, 2)])
@pytest.mark.parametrize(
    "step", [the_file_is_shown_and_not_opened_yet, nothing_is_written, a_part_is_written, the_last_part_is_on_its_way]
)
async def test_a_cancel_leaves_no_new_file_of_tests(tmp_path: Path, mode: str, step: Step, times: int) -> None:
    file = tmp_path / "work" / "tests" / "test_money.py"

    def is_gone(job: Job) -> None:
        assert not file.exists() or file.read_text() == ""
        assert job.editor.buffers.get(file.as_uri()) is None or job.editor.buffers[file.as_uri()].text == ""

    await in_session(tmp_path, (mode, "tests"), step, times, is_gone)


# -- a report ------------------------------------------------------------------------------------------------------------


async def nothing_is_said(job: Job) -> None:
    await job.provider.request()


async def a_part_is_said(job: Job) -> None:
    request = await job.provider.request()
    await request.start()
    await request.text("It adds.\n\nThen it ")
    await job.editor.settle()


async def all_is_said(job: Job) -> None:
    request = await job.provider.request()
    await request.start()
    await request.text("It adds.\n")
    await request.text("And returns.\n")


@pytest.mark.parametrize(("mode", "times"), GROUPED_OFTEN)
@pytest.mark.parametrize("step", [nothing_is_said, a_part_is_said, all_is_said])
async def test_a_cancelled_report_ends_once(tmp_path: Path, mode: str, step: Step, times: int) -> None:
    await in_session(tmp_path, (mode, "explain"), step, times)

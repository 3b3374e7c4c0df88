"""Cancel, whatever it meets: each action that writes or says something, one of two jobs, and what comes while the user types."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Json, Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages.coderoute_messages import RunParams, RunStarted
from tests.edits_e2e.test_cancel import FINAL, GROUPED, LIVE
from tests.server.next_edit.support import AT_ONCE, ask, offered
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import joined, session, vendor

SOURCE = "import os\n\n\ndef f(x):\n    y = x\n    return y\n\n\nprint(f(os.name))\n"
REGION = Span(Position(3, 0), Position(6, 0))
ANSWER = ["```python\ndef f(name):\n", '    """Give it back."""\n', "    return name\n", "```\n"]
SAID: list[Json] = [
    {"range": {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 5}}, "message": "y is not needed"}
]
WRITING = ["document", "edit", "fix", "refactor"]
SAYING = ["explain", "explain_error"]


class Job(NamedTuple):
    """One job on its way, and the request that it sent."""

    editor: ScriptedEditor
    provider: ScriptedProvider
    server: Connection
    buffer: Buffer
    started: RunStarted

    async def cancel(self, times: int) -> None:
        for _ in range(times):
            self.editor.press_cancel(self.started.token)
            await self.editor.settle()


Step = Callable[[Job], Coroutine[Any, Any, None]]


async def before_anybody_is_asked(job: Job) -> None:
    """The cancel follows the command at once."""


async def asked(job: Job) -> None:
    await job.provider.request()


async def begun(job: Job) -> ScriptedRequest:
    request = await job.provider.request()
    await request.start()
    return request


async def answer_begins(job: Job) -> None:
    await (await begun(job)).text(ANSWER[0][:14])
    await job.editor.settle()


async def half_is_there(job: Job) -> None:
    request = await begun(job)
    for piece in ANSWER[:2]:
        await request.text(piece)
        await job.editor.settle()


async def last_edit_waits(job: Job) -> None:
    request = await begun(job)
    job.editor.hold_edits()
    for piece in ANSWER:
        await request.text(piece)
    await request.finish()
    await job.editor.until(lambda: job.editor.held > 0 or bool(job.editor.jobs_ended))


async def started(editor: ScriptedEditor, buffer: Buffer, action: str) -> RunStarted:
    params = RunParams(
        action=action,
        uri=buffer.uri,
        range=buffer.range(REGION),
        instruction="take a name" if action == "edit" else "",
        diagnostics=SAID if action in ("fix", "explain_error") else [],
    )
    return RunStarted.read(await editor.command("coderoute.run", params.told()))


def able(mode: str) -> dict[str, Any]:
    can = generic(ours=mode == GROUPED)
    can["experimental"] = {"coderoute": {**can.get("experimental", {}).get("coderoute", {}), "jobs": True}}
    return can


def editing(mode: str) -> dict[str, Any]:
    return {} if mode == GROUPED else {"edits": {"streaming": mode}}


async def answered(provider: ScriptedProvider, text: str) -> None:
    """Answer the next request whose caller is still there: one that was cancelled at once may have been sent before."""
    while True:
        with suppress(ConnectionError):
            return await (await provider.request()).answer(text)


WRITTEN = [before_anybody_is_asked, asked, answer_begins, half_is_there, last_edit_waits]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("step", WRITTEN)
@pytest.mark.parametrize(
    ("mode", "action"),
    [(GROUPED, action) for action in WRITING[:3]] + [(LIVE, "edit"), (LIVE, "fix"), (FINAL, "document"), (FINAL, "fix")],
)
async def test_a_cancel_takes_back_each_action_that_writes(
    tmp_path: Path, mode: str, action: str, step: Step, times: int
) -> None:
    async with (
        ScriptedProvider() as provider,
        joined(tmp_path, vendor(provider), capabilities=able(mode), settings=editing(mode)) as (editor, server),
    ):
        buffer = editor.open("file:///work/a.py", SOURCE)
        job = Job(editor, provider, server, buffer, await started(editor, buffer, action))
        await step(job)
        await job.cancel(times)
        editor.release_edits()
        assert (await editor.finished(job.started.job)).outcome == "cancelled"
        await job.cancel(1)
        assert buffer.text == SOURCE
        assert editor.jobs_ended == [job.started.job]
        assert len(server.session.jobs) == 0
        assert server.features.writers.of(buffer.uri) == ()
        again = await started(editor, buffer, action)  # nothing is left that could be in its way
        request = await provider.request()
        while provider.untaken:  # what the first job sent
            request = await provider.request()
        editor.press_cancel(again.token)
        assert (await editor.finished(again.job)).outcome == "cancelled"
        await request.closed()
        assert buffer.text == SOURCE


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("step", [before_anybody_is_asked, asked, answer_begins, half_is_there])
@pytest.mark.parametrize("action", SAYING)
async def test_a_cancel_ends_each_action_that_says_something(tmp_path: Path, action: str, step: Step, times: int) -> None:
    async with (
        ScriptedProvider() as provider,
        joined(tmp_path, vendor(provider), capabilities=able(GROUPED)) as (editor, server),
    ):
        buffer = editor.open("file:///work/a.py", SOURCE)
        job = Job(editor, provider, server, buffer, await started(editor, buffer, action))
        await step(job)
        await job.cancel(times)
        assert (await editor.finished(job.started.job)).outcome == "cancelled"
        await job.cancel(1)
        assert editor.jobs_ended == [job.started.job]
        assert len(server.session.jobs) == 0
        assert buffer.text == SOURCE
        editor.shown.clear()


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("mode", [GROUPED, LIVE])
async def test_a_cancelled_job_takes_nothing_from_the_one_beside_it(tmp_path: Path, mode: str, times: int) -> None:
    async with (
        ScriptedProvider() as provider,
        joined(tmp_path, vendor(provider), capabilities=able(mode), settings=editing(mode)) as (editor, server),
    ):
        buffers = [editor.open(f"file:///work/{name}.py", SOURCE) for name in "ab"]
        jobs: list[RunStarted] = []
        requests: list[ScriptedRequest] = []
        for buffer in buffers:
            jobs.append(await started(editor, buffer, "refactor"))
            requests.append(await provider.request())
            await requests[-1].start()
            await requests[-1].text("".join(ANSWER[:2]))
        await editor.settle()
        for _ in range(times):
            editor.press_cancel(jobs[0].token)
        assert (await editor.finished(jobs[0].job)).outcome == "cancelled"
        await requests[1].text("".join(ANSWER[2:]))
        await requests[1].finish()
        assert (await editor.finished(jobs[1].job)).outcome == "applied"
        assert buffers[0].text == SOURCE
        assert "def f(name):" in buffers[1].text and "y = x" not in buffers[1].text
        assert editor.jobs_ended == [jobs[0].job, jobs[1].job]
        assert len(server.session.jobs) == 0


# -- while the user types ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("step", ["at once", "asked", "answer begins"])
async def test_cancelled_ghost_text_leaves_a_job_and_the_next_question_alone(tmp_path: Path, step: str, times: int) -> None:
    """Typing in one file while a job writes into another one: each key cancels the ghost text before it."""
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider), capabilities=able(GROUPED)) as (editor, server):
        buffer, typed = editor.open("file:///work/a.py", SOURCE), editor.open("file:///work/b.py", "def g(x):\n    return ")
        job = await started(editor, buffer, "refactor")
        writes = await provider.request()
        await writes.start()
        await writes.text("".join(ANSWER[:2]))
        for key in "ab"[:times]:
            at = Position(1, len(typed.lines[1]))
            ghost = editor.inline(typed, at, invoked=False)  # by hand several would be asked for
            request = None if step == "at once" else await provider.request()
            if request is not None and step == "answer begins":
                await request.start()
                await request.text("x +")
            for _ in range(times):
                editor.peer.cancel(ghost)
            with pytest.raises(Refused):
                await ghost.result
            if request is not None:
                await request.closed()
            editor.type(typed, at, key)
        last = editor.inline(typed, Position(1, len(typed.lines[1])), invoked=False)
        await answered(provider, "bc + 1")
        assert await last.result is not None
        await writes.text("".join(ANSWER[2:]))
        await writes.finish()
        assert (await editor.finished(job.job)).outcome == "applied"
        assert editor.jobs_ended == [job.job]
        assert "def f(name):" in buffer.text
        assert len(server.session.jobs) == 0


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("step", ["at once", "asked", "answer begins"])
async def test_a_cancelled_next_edit_ends_its_call_and_the_next_question_is_answered(
    tmp_path: Path, step: str, times: int
) -> None:
    models = AT_ONCE + 'from = "models"\n'
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + models) as editor:
        buffer = editor.open("file:///work/a.py", "def total(prices):\n    return 1\n\n\nprint(total(2))\n")
        editor.replace(buffer, Span(Position(1, 11), Position(1, 12)), "sum(prices)")
        text = buffer.text
        question = ask(editor, buffer, Position(1, 0))
        request = None if step == "at once" else await provider.request()
        if request is not None and step == "answer begins":
            await request.start()
            await request.text("def total(prices):\n    return sum")
        for _ in range(times):
            editor.peer.cancel(question)
        with pytest.raises(Refused):
            await question.result
        if request is not None:
            await request.closed()
        assert buffer.text == text
        again = ask(editor, buffer, Position(1, 0))
        await answered(provider, "def total(prices):\n    return sum(prices)\n\n\nprint(total([2]))\n")
        offer = await offered(again)
        assert offer is not None and offer["edits"][0]["newText"] == "print(total([2]))\n"
        assert buffer.text == text

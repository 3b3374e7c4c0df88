"""Thousands of jobs with typing, faults and cancels, in editors that are slow: nothing is lost, nothing is left half done."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.domain import Delta, Finish, NullLedger, Offer, Position, Prompt, Span, StreamEvent
from coderoute_ls.errors import ContentRefused
from coderoute_ls.lsp_client.json_rpc_peer import Id, Json
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages import coderoute_messages
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.session import KEY, NOBODY_LOCAL, connected
from tests.support.virtual_time import run_in_virtual_time

HEAD, TAIL = "import os\n\n\n", "\n\ndef last(a):\n    return a\n"
OLD = "def f(x):\n    y = x\n    z = y\n    return z\n"
NEW = "def f(name):\n    # as it is\n    other = name\n    print(other)\n    return other\n"
REGION = Span(Position(3, 0), Position(7, 0))
MODES = ["grouped", "live", "final"]
JOBS = int(os.environ.get("SOAK_JOBS", "150"))
"""How many jobs; a release is checked with ``SOAK_JOBS=2001`` (``make test-long``)."""
AT_ONCE = 4
"""Jobs that run at the same time, each in a document of its own."""
SLOW_S = [0.0, 0.0, 0.01, 0.2, 1.0, 4.0, 9.0, 12.0, 40.0]
"""How long an editor takes for one edit, or to answer that it did it; the server's patience is 10 seconds."""
USER = """
[embedded]
enable = false
[providers.scripted]
dialect = "openai-chat"
base_url = "http://127.0.0.1:9/v1"
key_env = "SCRIPTED_API_KEY"
models = [{ id = "scripted", coding = 0.9, completion = 0.9, input = 1, output = 1, context = 128000, max_output = 32000 }]
"""


@dataclass(frozen=True, slots=True)
class ScriptedUpstream:
    """Answers with the new text in pieces, at any pace; refuses, breaks or falls silent now and then."""

    dice: random.Random
    faults: float

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        del offer, prompt
        dice, at = self.dice, 0
        fault_at = dice.randrange(len(NEW)) if dice.random() < self.faults else len(NEW)
        while at < len(NEW):
            await asyncio.sleep(dice.choice([0.0, 0.001, 0.03, 0.06, 0.5]))
            if at >= fault_at:
                fault = dice.choice(["refused", "unexpected", "silent"])
                if fault == "refused":
                    raise ContentRefused("no", provider="scripted")
                if fault == "unexpected":
                    raise RuntimeError("unexpected")
                await asyncio.sleep(60)  # until the user has had enough
            step = dice.randrange(1, 40)
            yield Delta(NEW[at : at + step])
            at += step
        yield Finish("stop")

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...


class SlowEditor(ScriptedEditor):
    """Applies the server's edits when it gets round to it, in order, and says so later still; refuses some for no reason."""

    dice: random.Random
    lazy: float
    """How often it is slow or moody."""

    @property
    def holding(self) -> bool:
        return self._held is not None

    def on_request(self, request_id: Id, method: str, params: Json) -> None:
        if method not in {"workspace/applyEdit", coderoute_messages.APPLY_GROUPED_EDIT} or self.holding:
            super().on_request(request_id, method, params)
            return
        self._line = asyncio.create_task(self._one_after_another(getattr(self, "_line", None), request_id, params))

    async def _one_after_another(self, before: "asyncio.Task[None] | None", request_id: Id, params: Json) -> None:
        if before is not None:
            await before
        await self._lag()
        if self.dice.random() < 0.1 * self.lazy:
            self.peer.answer(request_id, {"applied": False, "failureReason": "not now"})
            return
        answer = self._apply_or_refuse(params)
        if self.dice.random() < 0.5:
            await self._lag()
        self.peer.answer(request_id, answer)

    async def _lag(self) -> None:
        await asyncio.sleep(self.dice.choice(SLOW_S) if self.dice.random() < self.lazy else 0.0)

    def _buffer(self, uri: str) -> Buffer:
        if uri not in self.buffers:
            raise ValueError("the document is closed")
        return self.buffers[uri]


@dataclass
class Tally:
    """What came of the jobs."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    half: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])
    ends: Counter[str] = field(default_factory=Counter[str])


@asynccontextmanager
async def slow_session(
    place: Path, mode: str, dice: random.Random, *, lazy: float = 0.5, faults: float = 0.3
) -> AsyncGenerator[tuple[SlowEditor, Connection]]:
    (place / "config").mkdir(parents=True)
    (place / "config" / "config.toml").write_text(USER + NOBODY_LOCAL)
    environ = {HOME_VARIABLE: str(place), OFFLINE_VARIABLE: "1", KEY: "sk-scripted-0123456789abcdef"}
    backend = Application(environ, keyring=None).backend
    engine = replace(backend.engine, upstream=ScriptedUpstream(dice, faults), ledger=NullLedger())
    able = generic(ours=mode == "grouped")
    able["experimental"] = {"coderoute": {**able.get("experimental", {}).get("coderoute", {}), "jobs": True}}
    async with connected(replace(backend, engine=engine)) as (streams, server):
        editor = SlowEditor(*streams, able)
        editor.dice, editor.lazy = dice, lazy
        editor.settings[""] = {} if mode == "grouped" else {"edits": {"streaming": mode}}
        await editor.initialize()
        await editor.configured()
        yield editor, server
        await editor.exit()


@dataclass
class Job:
    """One refactor in a document of its own, and what the user does meanwhile."""

    editor: SlowEditor
    server: Connection
    mode: str
    number: int
    dice: random.Random
    tally: Tally
    typed: list[str] = field(default_factory=list[str])
    inside: bool = False
    """The user typed where the answer goes."""

    async def run(self) -> None:
        editor, dice = self.editor, self.dice
        buffer = editor.open(f"file:///{self.mode}/{self.number}.py", HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, REGION)
        acts = [asyncio.create_task(self._cancel(started.token))]
        acts += [asyncio.create_task(self._type(buffer)) for _ in range(dice.choice([0, 0, 1, 3, 8]))]
        finished = await editor.finished(started.job)
        await asyncio.wait(acts)
        while self.server.features.writers.of(buffer.uri):  # noqa: ASYNC110  (taken back when the editor gets round to it)
            await asyncio.sleep(1)
        await editor.settle()
        self.tally.outcomes[finished.outcome] += 1
        self.tally.ends[buffer.uri] = editor.jobs_ended.count(started.job)
        self._judge(buffer.text, finished.outcome)
        editor.close(buffer)

    async def _cancel(self, token: str) -> None:
        """Not at all, or up to three times, early or late."""
        if self.dice.random() < 0.5:
            return
        for _ in range(self.dice.choice([1, 1, 2, 3])):
            await asyncio.sleep(self.dice.choice([0.0, 0.01, 0.1, 0.5, 2.0, 11.0]) * self.dice.random())
            self.editor.press_cancel(token)

    async def _type(self, buffer: Buffer) -> None:
        await asyncio.sleep(self.dice.choice([0.0, 0.1, 1.0, 20.0]) * self.dice.random())
        token = f"«{self.number}.{len(self.typed)}»"
        self.typed.append(token)
        lines = buffer.text.splitlines(keepends=True)
        head = next(n for n, line in enumerate(lines) if "import os" in line)
        tail = next(n for n, line in enumerate(lines) if "def last" in line)
        if self.dice.random() < 0.06:
            self.inside = True
            line = self.dice.randrange(min(head + 3, tail - 1), tail - 1)
        else:
            line = self.dice.choice([head, tail, tail + 1, len(lines) - 1])
        column = 0 if self.dice.random() < 0.5 else len(lines[line].rstrip("\n"))
        text = token if self.dice.random() < 0.5 else f"{token}\n" if column == 0 else f"\n{token}"
        self.editor.type(buffer, Position(line, column), text)

    def _judge(self, text: str, outcome: str) -> None:
        missing = [token for token in self.typed if text.count(token) != 1]
        if missing:
            self.tally.lost.append(f"{self.number} {outcome}: {missing} in {text!r}")
        for token in self.typed:
            text = _without(text, token)
        wanted = [HEAD + NEW + TAIL] if outcome == "applied" else [HEAD + OLD + TAIL]
        whole = text in wanted or (self.inside and text.startswith(HEAD.rstrip()) and text.endswith(TAIL.lstrip()))
        if not whole:
            self.tally.half.append(f"{self.number} {outcome}: {text!r}")


def _without(text: str, token: str) -> str:
    """The text before this was typed; a token of a line of its own took a line ending with it."""
    lines = text.split("\n")
    return "\n".join(line.replace(token, "") for line in lines if line != token)


async def soak(place: Path, jobs: int, seed: int) -> Tally:
    tally = Tally()
    for mode in MODES:
        dice = random.Random(f"{seed} {mode}")
        async with slow_session(place / mode, mode, dice) as (editor, server):
            for first in range(0, jobs // len(MODES), AT_ONCE):
                some = range(first, min(first + AT_ONCE, jobs // len(MODES)))
                running = (Job(editor, server, mode, n, random.Random(f"{seed} {mode} {n}"), tally).run() for n in some)
                await asyncio.gather(*running)
                editor.notices.clear()
                assert [asked for asked in editor.questions if not asked.startswith("You typed inside")] == []
                editor.questions.clear()
            assert len(server.session.jobs) == 0
    return tally


@pytest.mark.slow
def test_no_job_loses_a_character_leaves_half_an_answer_or_ends_twice(tmp_path: Path) -> None:
    tally = run_in_virtual_time(soak(tmp_path, JOBS, seed=1))
    print(dict(tally.outcomes))  # noqa: T201  (what a run in full size is for)
    assert tally.lost == []
    assert tally.half == []
    assert len(tally.ends) == JOBS
    assert set(tally.ends.values()) == {1}
    assert sum(tally.outcomes.values()) == JOBS
    assert all(tally.outcomes[outcome] > 0 for outcome in ("applied", "cancelled", "failed", "stopped"))


async def silent(place: Path, mode: str) -> None:
    """The editor takes the first flush, or the only one, and says nothing for a minute."""
    async with slow_session(place, mode, random.Random(3), lazy=0.0, faults=0.0) as (editor, server):
        editor.hold_edits()
        buffer = editor.open("file:///work/a.py", HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, REGION)
        await editor.until(lambda: editor.held > 0)
        for _ in range(3):
            editor.press_cancel(started.token)
            await asyncio.sleep(1)
        finished = await editor.finished(started.job)
        assert finished.outcome == "cancelled"
        assert "taken back when it does" in finished.message
        await asyncio.sleep(60)
        editor.release_edits()
        while server.features.writers.of(buffer.uri):
            await editor.settle()
        first, *_ = editor.edits
        assert "as it is" in str(first) or "name" in str(first)  # the late edit was made
        assert len(editor.edits) >= 2  # and taken back
        assert buffer.text == HEAD + OLD + TAIL
        assert editor.jobs_ended == [started.job]


@pytest.mark.parametrize("mode", MODES)
def test_an_edit_that_an_editor_makes_a_minute_after_the_cancel_is_taken_back_then(tmp_path: Path, mode: str) -> None:
    run_in_virtual_time(silent(tmp_path, mode))

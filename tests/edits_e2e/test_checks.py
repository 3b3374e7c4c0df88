"""A check that really runs: on what the editor shows, where the user allows it, with a stronger model behind the weak one."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.checks.runner import REFUSE, RUN
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

SOURCE = "def add(a, b):\n    total = a + b\n    return total\n"
WRONG = "def add(a, b):\n    return a - b\n"
RIGHT = "def add(a, b):\n    return a + b\n"
TEST = "from money import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
WEAK, STRONG = Model("weak", 0.75, 1.0), Model("strong", 0.95, 10.0)


PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
QUICK = [
    *(sys.executable, "-S", "-c"),
    "import sys, money; good = money.add(1, 2) == 3; print('1 passed' if good else '1 failed'); sys.exit(not good)",
]
"""The same check in a hundredth of the time: pytest's own start takes half a minute on a busy machine, and each session here has
a limited one."""


def settings(provider: ScriptedProvider, *, escalate: bool, cap: float = 0.5, check: Sequence[str] = QUICK) -> str:
    own = f"[actions.refactor]\ncheck = {json.dumps(check)}\nescalate = {str(escalate).lower()}\nmax_cost_usd = {cap}\n\n"
    return own + vendor(provider, (WEAK, STRONG))


def workspace(place: Path) -> Path:
    """The file and its test on the disk."""
    work = place / "work"
    work.mkdir()
    (work / "money.py").write_text(SOURCE)
    (work / "test_money.py").write_text(TEST)
    return work


def asked(editor: ScriptedEditor) -> int:
    """How many questions the user has got since the last look."""
    count = len(editor.questions)
    editor.questions.clear()
    return count


async def refactor(
    editor: ScriptedEditor, provider: ScriptedProvider, work: Path, *answers: tuple[str, str]
) -> tuple[Buffer, JobFinished]:
    """Run it, each model (by name) answering in turn, to the end."""
    uri = (work / "money.py").as_uri()
    buffer = editor.buffers.get(uri) or editor.open(uri, SOURCE)
    started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(0, 0)))
    for model, answer in answers:
        request = await provider.request()
        assert request.model == model
        await request.answer(f"```python\n{answer}```", {"prompt_tokens": 700, "completion_tokens": 100})
    return buffer, await editor.finished(started.job)


async def test_the_check_sees_the_unsaved_text_and_a_failure_is_told_with_the_choices(tmp_path: Path) -> None:
    work = workspace(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, settings(provider, escalate=False, check=PYTEST)) as editor:
        editor.presses.append(RUN)
        buffer, finished = await refactor(editor, provider, work, ("weak", WRONG))
        assert asked(editor) == 1
        assert buffer.text == WRONG
        assert len(finished.problems) == 1
        assert finished.problems[0].startswith("The check failed: 1 failed in ")
        assert [choice.choice for choice in finished.choices] == ["keep", "undo", "retry"]
        assert "strong" in finished.choices[2].title
        assert (work / "money.py").read_text() == SOURCE


async def test_a_failing_weak_model_is_replaced_by_the_next_one_up_and_both_are_on_record(tmp_path: Path) -> None:
    work = workspace(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, settings(provider, escalate=True)) as editor:
        editor.presses.append(RUN)
        buffer, finished = await refactor(editor, provider, work, ("weak", WRONG), ("strong", RIGHT))
        assert asked(editor) == 1
        assert finished.outcome == "applied"
        assert finished.problems == []
        assert buffer.text == RIGHT
        first, second = finished.message.split("; ")
        assert first.startswith("weak ($0.0008) failed the check: 1 failed")
        assert second == "strong ($0.008) passed the check"
        assert finished.model == "strong"
        assert finished.cost_usd == pytest.approx((WEAK.price + STRONG.price) * 800e-6)  # 800 tokens each
        assert editor.refused == []


async def test_a_model_beyond_the_cap_is_not_asked_and_that_is_said(tmp_path: Path) -> None:
    work = workspace(tmp_path)
    async with ScriptedProvider() as provider, session(tmp_path, settings(provider, escalate=True, cap=0.02)) as editor:
        editor.presses.append(RUN)
        buffer, finished = await refactor(editor, provider, work, ("weak", WRONG))
        assert asked(editor) == 1
        assert buffer.text == WRONG
        assert finished.problems[1:] == ["No stronger model may be asked for at most $0.02 a call."]
        assert provider.untaken == 0


async def test_where_the_user_does_not_want_it_nothing_runs_and_the_answer_is_kept(tmp_path: Path) -> None:
    work = workspace(tmp_path)
    (work / "conftest.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    async with ScriptedProvider() as provider, session(tmp_path, settings(provider, escalate=True, check=PYTEST)) as editor:
        editor.presses.append(REFUSE)
        _, finished = await refactor(editor, provider, work, ("weak", WRONG))
        assert asked(editor) == 1
        assert finished.problems == []
        buffer, again = await refactor(editor, provider, work, ("weak", RIGHT))
        assert again.outcome == "applied"
        assert asked(editor) == 0
        assert buffer.text == RIGHT
    assert not (tmp_path / "ran").exists()


async def test_a_check_that_is_cancelled_while_it_runs_leaves_no_copy_and_takes_the_edit_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, temporary = workspace(tmp_path), tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = set(temporary.iterdir())
    started = tmp_path / "started"
    os.mkfifo(started)
    (work / ".venv" / "bin").mkdir(parents=True)
    own = work / ".venv" / "bin" / "check"  # no part of the copy, and still run
    own.write_text(f"#!/bin/sh\nls > {started}\nsleep 600\n")
    own.chmod(0o755)
    (work / "elsewhere").symlink_to(tmp_path)
    user = '[actions.refactor]\ncheck = [".venv/bin/check"]\nescalate = true\n'
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, (WEAK, STRONG))) as editor:
        editor.presses.append(RUN)
        buffer = editor.open((work / "money.py").as_uri(), SOURCE)
        run = await editor.run("refactor", buffer, Span(Position(0, 0), Position(0, 0)))
        await (await provider.request()).answer(f"```python\n{WRONG}```")
        assert (await asyncio.to_thread(started.read_text)).split() == ["money.py", "test_money.py"]
        editor.press_cancel(run.token)
        editor.press_cancel(run.token)
        assert (await editor.finished(run.job)).outcome == "cancelled"
        assert buffer.text == SOURCE
        editor.questions.clear()
        assert set(temporary.iterdir()) == before


def command_of(word: str) -> str:
    """Settings with a check that always passes, and says something else each time."""
    return f"[actions.refactor]\ncheck = {json.dumps([sys.executable, '-c', 'pass', word])}\n\n"


async def test_consent_is_to_one_command_in_one_folder(tmp_path: Path) -> None:
    work = workspace(tmp_path)
    settings_file = tmp_path / "home" / "config" / "config.toml"
    async with ScriptedProvider() as provider, session(tmp_path, command_of("one") + vendor(provider, (WEAK,))) as editor:

        async def questions(word: str) -> int:
            """How often the user is asked when the check is this one."""
            text = settings_file.read_text()
            settings_file.write_text(command_of(word) + text[text.index("[embedded]") :])
            await editor.set({})
            editor.presses[:] = [RUN]
            buffer = editor.buffers.get((work / "money.py").as_uri())
            await refactor(editor, provider, work, ("weak", WRONG if buffer and buffer.text == RIGHT else RIGHT))
            editor.notices.clear()
            return asked(editor)

        assert [await questions(word) for word in ("one", "one two", "one", "'one'")] == [1, 1, 0, 1]

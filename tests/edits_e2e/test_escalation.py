"""A stronger model is asked once where a check without a price fails, and first where the lines are hard; both are told."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished, Json
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

SOURCE = "def f(x):\n    total = x\n    return total\n"
BROKEN = "def f(x):\n    return (x\n"
GOOD = "def f(x):\n    return x\n"
WEAK, STRONG, STRONGEST = Model("weak", 0.75, 1.0), Model("strong", 0.85, 3.0), Model("strongest", 0.95, 9.0)
MODELS = (WEAK, STRONG, STRONGEST)
START = Span(Position(0, 0), Position(0, 0))
PAID: Json = {"prompt_tokens": 700, "completion_tokens": 100}


async def run(
    editor: ScriptedEditor, provider: ScriptedProvider, buffer: Buffer, *answers: tuple[str, str], action: str = "refactor"
) -> JobFinished:
    """Run it to its end, each model (by name) answering in turn; nobody else may be asked."""
    started = await editor.run(action, buffer, START)
    for model, answer in answers:
        request = await provider.request()
        assert request.model == model
        await request.answer(f"```python\n{answer}```", PAID)
    finished = await editor.finished(started.job)
    assert provider.untaken == 0
    return finished


async def why(editor: ScriptedEditor) -> str:
    return str((await editor.command("coderoute.why", {}))["text"])


async def test_an_answer_that_would_not_parse_is_asked_of_the_next_model_up_and_that_is_told(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        finished = await run(editor, provider, buffer, ("weak", BROKEN), ("strong", GOOD))
        assert (finished.outcome, finished.model, finished.problems) == ("applied", "strong", [])
        assert buffer.text == GOOD
        assert finished.message == (
            "weak ($0.0008) failed a check: The file parsed before and would not parse with the answer.; "
            "strong ($0.0024) answered instead"
        )
        assert finished.cost_usd == pytest.approx((WEAK.price + STRONG.price) * 800e-6)
        told = await why(editor)
        assert "weak was asked first for $0.0008, and its answer failed a check: The file parsed before" in told


async def test_a_third_model_is_never_asked(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        finished = await run(editor, provider, buffer, ("weak", BROKEN), ("strong", BROKEN))
        assert finished.outcome == "refused"
        assert buffer.text == SOURCE
        assert [choice.choice for choice in finished.choices] == ["show"]
        assert finished.message.count("failed a check") == 2


@pytest.mark.parametrize("setting", ["escalate = false", "max_cost_usd = 0.012"])
async def test_nobody_else_is_asked_where_the_user_said_so_or_both_together_pass_the_cap(tmp_path: Path, setting: str) -> None:
    user = f"[actions.refactor]\n{setting}\n\n"
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        finished = await run(editor, provider, buffer, ("weak", BROKEN))
        assert finished.outcome == "refused"
        assert finished.cost_usd == pytest.approx(WEAK.price * 800e-6)


async def test_when_the_stronger_model_does_not_answer_the_first_verdict_stands(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, (WEAK, STRONG))) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        started = await editor.run("refactor", buffer, START)
        await (await provider.request()).answer(f"```python\n{BROKEN}```", PAID)
        await (await provider.request()).respond(500, b"{}")
        finished = await editor.finished(started.job)
        assert (finished.outcome, finished.model) == ("refused", "weak")
        assert "strong did not answer: " in finished.message
        assert buffer.text == SOURCE


async def test_an_answer_that_was_cut_off_is_not_asked_again(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        started = await editor.run("refactor", buffer, START)
        request = await provider.request()
        await request.start()
        await request.text(f"```python\n{GOOD}")
        await request.finish("length", PAID)
        assert (await editor.finished(started.job)).outcome == "refused"
        assert provider.untaken == 0


async def test_where_an_answer_failed_before_the_cheap_model_is_not_asked_first_and_the_title_says_so(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        await run(editor, provider, buffer, ("weak", BROKEN), ("strong", BROKEN))
        editor.type(buffer, Position(0, 0), "import os\n\n\n")  # the region has moved
        offered = await editor.code_actions(buffer, Span(Position(3, 0), Position(3, 0)))
        assert any(action["title"].startswith("Refactor (strong, ") for action in offered)
        started = await editor.run("refactor", buffer, Span(Position(3, 0), Position(3, 0)))
        request = await provider.request()
        assert request.model == "strong"
        await request.answer(f"```python\n{GOOD}```", PAID)
        assert (await editor.finished(started.job)).outcome == "applied"
        told = await why(editor)
        assert "a hard region (2 earlier answers here failed), so weak was not asked first" in told


@pytest.mark.parametrize("escalate", [True, False])
async def test_long_and_deep_lines_go_to_the_stronger_model_at_once(tmp_path: Path, escalate: bool) -> None:
    deep = "def f(x):\n" + "".join(f"{'    ' * level}if x > {level}:\n" for level in range(1, 8)) + "    " * 8 + "return x\n"
    source = deep + "".join(f"    a{n} = x\n" for n in range(90))
    user = f"[actions.refactor]\nescalate = {str(escalate).lower()}\n\n"
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), source)
        started = await editor.run("refactor", buffer, START)
        request = await provider.request()
        assert request.model == ("strong" if escalate else "weak")
        await request.answer(f"```python\n{source}```", PAID)
        await editor.finished(started.job)
        assert ("a hard region (99 lines, nested 8 deep), so weak was not asked first" in await why(editor)) is escalate


async def test_a_fix_that_leaves_the_diagnostics_lines_as_they_were_is_asked_again(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), "x = 1\ny = X\n")
        place = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 5}}
        diagnostic = {"range": place, "message": "undefined name 'X'", "severity": 1}
        given = {"action": "fix", "uri": buffer.uri, "range": place, "diagnostics": [diagnostic]}
        started = await editor.command("coderoute.run", given)
        for model, answer in (("weak", "y = X\n"), ("strong", "y = x\n")):
            request = await provider.request()
            assert request.model == model
            await request.answer(f"```python\n{answer}```", PAID)
        finished = await editor.finished(started["job"])
        assert (finished.outcome, finished.model) == ("applied", "strong")
        assert "weak ($0.0008) failed a check: The fix leaves the diagnostic's lines as they were" in finished.message
        assert buffer.text == "x = 1\ny = x\n"

"""Budgets as somebody at an editor meets them."""

import time
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import LedgerEntry, Limits, Position, Span
from coderoute_ls.server.language_server import Connection
from tests.support.editor import Buffer, ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, joined, vendor

SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))
MODELS = (Model("free", 0.45, 0.0), Model("paid", 0.9, 1.0))
"""Only the paid one reaches the floor of a refactoring."""


async def refactored(editor: ScriptedEditor, provider: ScriptedProvider, buffer: Buffer) -> tuple[str, dict[str, Any]]:
    """The model that was asked, and the decision's record."""
    started = await editor.run("refactor", buffer, ALL)
    request = await provider.request()
    await request.answer(SOURCE)
    await editor.finished(started.job)
    return request.model, (await editor.command("coderoute.why", {"action": "refactor"}))["decision"]


async def written(server: Connection) -> None:
    """What was handed to the ledger is in it: reservations wait for their turn."""
    await server.session.backend.engine.ledger.reserve("", 1e-9, Limits())


async def test_what_a_call_cost_is_in_the_ledger_with_its_rivals(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, server):
        await refactored(editor, provider, editor.open("file:///a.py", SOURCE))
        await written(server)
        assert 0 < server.session.backend.engine.ledger.today_usd() < 0.001
        told = (await editor.command("coderoute.usage"))["text"]
    assert "| refactor | 1 |" in told
    assert "Always the strongest model (scripted/paid)" in told


async def test_when_the_budget_is_used_up_only_free_models_are_asked_and_the_record_says_why(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, server):
        buffer = editor.open("file:///a.py", SOURCE)
        assert (await refactored(editor, provider, buffer))[0] == "paid"
        server.session.backend.engine.ledger.record(LedgerEntry("elsewhere", time.time(), "/other", "edit", billed_usd=5.0))
        await written(server)
        asked, decision = await refactored(editor, provider, buffer)
        assert asked == "free"
        assert {"offer": "scripted/paid", "reason": "over_budget"}.items() <= next(
            row for row in decision["rejected"] if row["offer"] == "scripted/paid"
        ).items()
        assert "unmet" in await editor.notice()


async def test_a_budget_that_is_nearly_used_up_is_announced_once(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider:
        config = "[budget]\nwarn_at = 0.0001\n\n" + vendor(provider, MODELS)
        async with joined(tmp_path, config) as (editor, _):
            buffer = editor.open("file:///a.py", SOURCE)
            await refactored(editor, provider, buffer)
            assert "of today's budget ($5.00) is used" in await editor.notice()
            await refactored(editor, provider, buffer)  # the editor complains about a message that nobody read


@pytest.mark.parametrize(("choice", "told"), [("keep", "1 of 1"), ("undo", "0 of 1")])
async def test_an_edit_counts_as_accepted_until_it_is_taken_back(tmp_path: Path, choice: str, told: str) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, server):
        started = await editor.run("refactor", editor.open("file:///a.py", SOURCE), ALL)
        await (await provider.request()).answer(SOURCE.replace("x", "y"))
        await editor.finished(started.job)
        job = await editor.command("coderoute.choose", {"job": started.job, "choice": choice})
        if job is not None:
            await editor.finished(job["job"])
        await written(server)
        assert f"| {told} |" in (await editor.command("coderoute.usage"))["text"]


async def test_a_ledger_that_cannot_be_kept_is_announced_once_and_the_editor_is_served(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "state").write_text("a file in its place")
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, _):
        buffer = editor.open("file:///a.py", SOURCE)
        await refactored(editor, provider, buffer)
        assert "written as soon as possible" in await editor.notice()
        assert (await refactored(editor, provider, buffer))[0] == "paid"

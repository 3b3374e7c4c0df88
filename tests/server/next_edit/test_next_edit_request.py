"""``coderoute/nextEdit``: one question at a time, exactly this version, and what became of the answer."""

from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from tests.server.next_edit.support import (
    AT_ONCE,
    DEFINED,
    EXAMPLES,
    RENAMED,
    SOURCE,
    ask,
    booked,
    editing,
    offered,
    renaming,
    take,
)
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.session import vendor

SLOW = EXAMPLES.replace("debounce_ms = 0", "debounce_ms = 5000")
MODEL = "def total(prices, tax):\n    result = 1\n"


async def test_the_uses_of_a_renamed_parameter_are_offered_one_after_the_other(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        steps = 0
        while (offer := await offered(ask(editor, buffer))) is not None:
            take(editor, offer)
            steps += 1
        assert steps > 1
        assert buffer.text == RENAMED
        await booked(editor, steps, steps)


async def test_what_is_rejected_does_not_come_again_and_the_ledger_knows(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        offer = await offered(ask(editor, buffer))
        assert offer is not None
        editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": "rejected"})
        assert await offered(ask(editor, buffer)) is None
        await booked(editor, 0, 1)


async def test_what_was_shown_and_passed_by_counts_as_shown_and_may_come_again(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        offer = await offered(ask(editor, buffer))
        assert offer is not None
        for outcome in ("shown", "shown", "ignored"):
            editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": outcome})
        assert await offered(ask(editor, buffer)) == offer
        await booked(editor, 0, 1)


async def test_another_version_than_the_one_asked_about_gets_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        for version in (buffer.version - 1, buffer.version + 1):
            assert await offered(ask(editor, buffer, version=version)) is None
        assert await offered(ask(editor, buffer)) is not None


async def test_a_later_question_or_a_change_ends_an_earlier_one_with_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as (editor, _):
        buffer = renaming(editor)
        first = ask(editor, buffer)
        second = ask(editor, buffer)
        assert await offered(first) is None
        editor.type(buffer, Position(8, 0), "x = 1\n")
        assert await offered(second) is None
        assert await offered(ask(editor, buffer, invoked=True)) is not None


async def test_a_cancelled_question_is_answered_as_cancelled(tmp_path: Path) -> None:
    async with editing(tmp_path, SLOW) as (editor, _):
        buffer = renaming(editor)
        asked = ask(editor, buffer)
        editor.peer.cancel(asked)
        with pytest.raises(Refused):
            await asked.result
        assert await offered(ask(editor, buffer, invoked=True)) is not None


async def test_off_means_that_nothing_is_remembered_found_or_asked(tmp_path: Path) -> None:
    off = {"nextEdit": {"enable": False}}
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider) + AT_ONCE, settings=off) as (editor, _):
        buffer = renaming(editor)
        assert await offered(ask(editor, buffer, invoked=True)) is None
        await editor.until(lambda: bool(editor.statuses))
        assert not editor.statuses[-1].next_edits
        await editor.set({"nextEdit": {"enable": True, "from": "examples"}})
        await editor.until(lambda: editor.statuses[-1].next_edits)
        assert await offered(ask(editor, buffer)) is None  # what was done while it was off is no example
        assert provider.untaken == 0


@pytest.mark.parametrize("off", [{"languagesOff": ["python"]}, {"enable": False}])
async def test_off_for_a_language_or_as_an_action_is_off(tmp_path: Path, off: dict[str, object]) -> None:
    settings = {"nextEdit": off} if "languagesOff" in off else {"actions": {"next_edit": off}}
    async with editing(tmp_path, settings=settings) as (editor, _):
        assert await offered(ask(editor, renaming(editor))) is None


async def test_secret_and_ignored_files_get_nothing_and_are_not_sent(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "coderoute.toml").write_text('[context]\nignore = ["ignored.py"]\n')
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider) + AT_ONCE) as (editor, _):
        for name in (".env", "ignored.py"):
            buffer = renaming(editor, (work / name).as_uri())
            assert await offered(ask(editor, buffer, invoked=True)) is None
        assert provider.untaken == 0


async def test_a_model_is_asked_once_for_a_text_and_its_answer_is_booked(tmp_path: Path) -> None:
    models = AT_ONCE + 'from = "models"\n'
    async with ScriptedProvider() as provider, editing(tmp_path, vendor(provider) + models) as (editor, _):
        buffer = editor.open("file:///work/a.py", "def total(prices):\n    return 1\n\n\nprint(total(2))\n")
        editor.replace(buffer, Span(Position(1, 11), Position(1, 12)), "sum(prices)")
        asked = ask(editor, buffer, Position(1, 0))
        request = await provider.request()
        await request.answer("def total(prices):\n    return sum(prices)\n\n\nprint(total([2]))\n")
        offer = await offered(asked)
        assert offer is not None
        assert offer["edits"][0]["newText"] == "print(total([2]))\n"
        assert await offered(ask(editor, buffer, Position(2, 0))) == offer
        assert provider.untaken == 0
        take(editor, offer)
        await booked(editor, 1, 1)
        why = await editor.command("coderoute.why", {"action": "next_edit"})
        assert "scripted" in why["text"]
        assert "was written by" in why["text"]


async def test_why_tells_where_it_came_from_and_where_it_is_far_it_says_so(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, _):
        text = SOURCE.replace("    result = 0\n", "    result = 0\n" + "    print(result)\n" * 20)
        buffer = renaming(editor, text=text)
        offer = await offered(ask(editor, buffer))
        assert offer is not None
        assert offer["far"]
        assert offer["place"]["start"]["line"] == 23
        editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": "shown"})
        why = await editor.command("coderoute.why", {})
        assert "line 24" in why["text"]
        assert "without a model" in why["text"]


async def test_while_an_action_writes_nothing_is_suggested_there(tmp_path: Path) -> None:
    async with editing(tmp_path) as (editor, server):
        buffer = renaming(editor)
        await editor.settle()
        server.features.next_edits.suspend(buffer.uri)
        assert await offered(ask(editor, buffer, invoked=True)) is None
        server.features.next_edits.resume(buffer.uri)
        assert await offered(ask(editor, buffer)) is not None


WRONG: list[dict[str, Any]] = [{"position": 3}, {"uri": None}, {"version": "new"}, {"diagnostics": [{}]}]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_malformed_question_is_refused_and_the_next_one_answered(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with editing(tmp_path) as (editor, _):
        buffer = renaming(editor)
        with pytest.raises(Refused):
            await ask(editor, buffer, **wrong).result
        assert await offered(ask(editor, buffer)) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_places_are_in_the_editors_own_units(tmp_path: Path, encoding: str) -> None:
    able = generic(encodings=(encoding,))
    async with editing(tmp_path, capabilities=able) as (editor, _):
        text = SOURCE.replace("result - rate", "result - '😀é' * rate")
        buffer = renaming(editor, text=text.replace("\n", "\r\n"))
        while (offer := await offered(ask(editor, buffer))) is not None:
            take(editor, offer)
        assert buffer.text == RENAMED.replace("result - tax", "result - '😀é' * tax").replace("\n", "\r\n")
        assert buffer.range(DEFINED)["start"]["character"] == 18

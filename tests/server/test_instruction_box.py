"""``coderoute/preview``, named context, the user's last instructions and what was sent: what an instruction box shows."""

from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

Json = dict[str, Any]
SOURCE = "def total(prices):\n    return sum(prices)\n"
LINE = Span(Position(1, 4), Position(1, 4))
OTHER = "RATE = 0.2\n\n\ndef tax(price):\n    return price * RATE\n\n\nclass Till:\n    open = True\n"
MODELS = (Model("swift", 0.75, 1), Model("grand", 0.95, 10))
TOKEN = "ghp_" + "a1B2" * 9


def run_params(buffer: Buffer, **more: Any) -> Json:
    return {"action": "edit", "uri": buffer.uri, "range": buffer.range(LINE), "instruction": "handle None", **more}


async def preview(editor: ScriptedEditor, buffer: Buffer, **more: Any) -> Json:
    return await editor.peer.request("coderoute/preview", run_params(buffer, **more))


def opened(editor: ScriptedEditor, place: Path) -> Buffer:
    return editor.open((place / "work" / "a.py").as_uri(), SOURCE)


def written(place: Path, name: str, text: str) -> Json:
    file = place / "work" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return {"uri": file.as_uri()}


async def test_it_says_who_would_answer_for_how_much_and_asks_nobody(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        seen = await preview(editor, opened(editor, tmp_path))
        assert (seen["problem"], seen["model"], seen["floor"]) == ("", "swift", 0.65)
        assert seen["costUsd"] > 0
        assert {part["name"] for part in seen["parts"]} >= {"rules", "region"}
        assert [(q["floor"], q["model"]) for q in seen["qualities"]] == [
            (0.45, "swift"), (0.65, "swift"), (0.7, "swift"), (0.85, "grand")
        ]  # fmt: skip
        assert provider.untaken == 0


@pytest.mark.parametrize(("floor", "model"), [(0.45, "swift"), (0.85, "grand")])
async def test_the_chosen_quality_decides_who_would_answer_and_who_does(tmp_path: Path, floor: float, model: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        assert (await preview(editor, buffer, floor=floor))["model"] == model
        started = await editor.command("coderoute.run", run_params(buffer, floor=floor))
        request = await provider.request()
        assert request.json["model"] == model
        await request.answer("```python\ndef total(prices):\n    return sum(prices or [])\n```")
        assert (await editor.finished(started["job"])).outcome == "applied"


async def test_named_files_parts_and_symbols_are_sent_whole(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        file = written(tmp_path, "shop/tax.py", OTHER)
        part = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}}
        context = [file, {**file, **part}, {**file, "symbol": "Till"}]
        seen = await preview(editor, buffer, context=context)
        assert [(each["label"], each["problem"]) for each in seen["context"]] == [
            ("shop/tax.py", ""), ("shop/tax.py:1-1", ""), ("shop/tax.py · Till", "")
        ]  # fmt: skip
        assert [each["chars"] for each in seen["context"]] == [
            len(OTHER),
            len("RATE = 0.2\n"),
            len("class Till:\n    open = True\n"),
        ]
        assert sum(part["chars"] for part in seen["parts"] if part["name"] == "named") > len(OTHER)
        started = await editor.command("coderoute.run", run_params(buffer, context=context))
        request = await provider.request()
        said = str(request.json["messages"])
        assert "return price * RATE" in said
        assert said.count("class Till") == 2
        await request.answer("```python\ndef total(prices):\n    return sum(prices or [])\n```")
        await editor.finished(started["job"])


async def test_what_is_open_is_read_as_it_is_in_the_editor(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        file = written(tmp_path, "tax.py", OTHER)
        editor.open(file["uri"], "UNSAVED = 1\n")
        (shown,) = (await preview(editor, buffer, context=[file]))["context"]
        assert shown["chars"] == len("UNSAVED = 1\n")


async def test_a_secret_in_a_named_file_is_taken_out_like_everywhere(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        file = written(tmp_path, "conf.py", f'GITHUB_TOKEN = "{TOKEN}"\nNAME = "shop"\n')
        started = await editor.command("coderoute.run", run_params(buffer, context=[file]))
        request = await provider.request()
        assert TOKEN not in str(request.json)
        assert 'NAME = \\"shop\\"' in request.body.decode()
        await request.answer("```python\ndef total(prices):\n    return sum(prices or [])\n```")
        await editor.finished(started["job"])
        assert TOKEN not in (await editor.command("coderoute.sent", {}))["text"]


UNSENDABLE = {
    "an ignored file": ("build/x.py", "x = 1\n", "ignored"),
    "a secret file": (".env", "A=1\n", "ignored"),
    "no file": ("gone.py", None, "cannot be read"),
    "no text": ("a.bin", "a\0b", "no text"),
    "an empty file": ("empty.py", "", "nothing in it"),
}


@pytest.mark.parametrize("what", UNSENDABLE)
async def test_what_may_not_be_sent_is_refused_before_anybody_is_asked(tmp_path: Path, what: str) -> None:
    name, text, why = UNSENDABLE[what]
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / ".gitignore").write_text("build/\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        file = {"uri": (tmp_path / "work" / name).as_uri()} if text is None else written(tmp_path, name, text)
        seen = await preview(editor, buffer, context=[file])
        assert why in seen["problem"]
        assert why in seen["context"][0]["problem"]
        started = await editor.command("coderoute.run", run_params(buffer, context=[file]))
        assert why in await editor.notice()
        assert (await editor.finished(started["job"])).outcome == "failed"
        assert provider.untaken == 0


async def test_a_symbol_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        file = written(tmp_path, "tax.py", OTHER)
        assert "defines no 'Gate'" in (await preview(editor, buffer, context=[{**file, "symbol": "Gate"}]))["problem"]


async def test_refusals_are_told_before_anything_is_typed(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        assert "There is no action" in (await preview(editor, buffer, action="dance"))["problem"]
        assert "not open" in (await preview(editor, buffer, uri="file:///elsewhere.py"))["problem"]
        await editor.command("coderoute.pause", {"paused": True})
        assert "paused" in (await preview(editor, buffer))["problem"]


async def test_over_the_budget_and_without_a_model_the_preview_says_so(tmp_path: Path) -> None:
    nothing_left = "[budget]\ndaily_usd = 0.0\n"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS) + nothing_left) as editor:
        assert "No model can be asked" in (await preview(editor, opened(editor, tmp_path)))["problem"]


async def test_a_region_with_a_secret_is_refused_in_the_box(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), f'def f():\n    github_token = "{TOKEN}"\n')
        assert "holds what looks like a secret" in (await preview(editor, buffer))["problem"]


async def test_the_last_instructions_are_kept_for_the_next_session_but_no_secret_and_not_too_many(tmp_path: Path) -> None:
    async def run(editor: ScriptedEditor, provider: ScriptedProvider, buffer: Buffer, instruction: str) -> None:
        started = await editor.command("coderoute.run", run_params(buffer, instruction=instruction))
        await (await provider.request()).answer("```python\n    return sum(prices)\n```")
        await editor.finished(started["job"])

    async def until(editor: ScriptedEditor, items: list[str]) -> None:
        while (await editor.peer.request("coderoute/instructions", {}))["items"] != items:
            pass  # it is written aside

    async with ScriptedProvider() as provider:
        async with session(tmp_path, vendor(provider, MODELS)) as editor:
            buffer = opened(editor, tmp_path)
            await run(editor, provider, buffer, "first")
            await until(editor, ["first"])
            await run(editor, provider, buffer, "second\nline")
            await until(editor, ["second line", "first"])
            await run(editor, provider, buffer, f"use {TOKEN}")
            await run(editor, provider, buffer, "first")
            await until(editor, ["first", "second line"])
        kept = (tmp_path / "home" / "state" / "instructions.json").read_text()
        assert TOKEN not in kept


async def test_what_was_sent_can_be_looked_at_and_is_in_no_file(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        assert "No action has sent anything" in (await editor.command("coderoute.sent", {}))["text"]
        buffer = opened(editor, tmp_path)
        mark = "handle-None-in-a-word-of-its-own"
        started = await editor.command("coderoute.run", run_params(buffer, instruction=mark))
        request = await provider.request()
        shown = (await editor.command("coderoute.sent", {}))["text"]
        assert mark in shown
        assert request.json["messages"][0]["content"].strip()[:200] in shown  # type: ignore[index]
        await request.answer("```python\n    return sum(prices)\n```")
        await editor.finished(started["job"])
        assert "swift" in (await editor.command("coderoute.sent", {}))["text"]
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file() and file.name != "instructions.json"]
    assert files
    assert not any(mark.encode() in file.read_bytes() for file in files)


async def test_a_floor_that_is_none_is_refused(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        with pytest.raises(Refused, match="from 0 to 1"):
            await editor.command("coderoute.run", run_params(opened(editor, tmp_path), floor=7))

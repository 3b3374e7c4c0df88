"""What a user sees of settings, through the whole server."""

from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from tests.support.provider import ScriptedProvider
from tests.support.session import PATIENT, session, vendor

NOW = "\n[inline]\ndebounce_ms = 0\n"
SOURCE = "def total(prices):\n    return sum(prices)\n"
ALL = Span(Position(0, 0), Position(2, 0))
LONG = "".join(f"value_{number} = {number}\n" for number in range(400))


async def asked(tmp_path: Path, settings: dict[str, Any], text: str, place: Position, user: str = "") -> Any:
    """The request that ghost text sends."""
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NOW + user, settings=settings) as editor:
        other = tmp_path / "work" / "other.py"
        other.write_text("def total_of_prices(prices):\n    return sum(prices)\n" * 3)
        editor.open(other.as_uri(), other.read_text())
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), text)
        waiting = editor.inline(buffer, place, invoked=False)
        request = await provider.request()
        await request.answer("0")
        await waiting.result
        return request


async def test_a_vendor_gets_the_headers_that_are_set(tmp_path: Path) -> None:
    user = '\n[providers.scripted.headers]\nx-team = "blue"\n'
    request = await asked(tmp_path, {}, "x = ", Position(0, 4), user)
    assert request.headers.get("x-team") == "blue"


async def test_ghost_text_is_asked_for_as_the_settings_say(tmp_path: Path) -> None:
    block = "def total(prices):\n    \n"
    usual = await asked(tmp_path / "usual", {}, block, Position(1, 4))
    short = await asked(tmp_path / "short", {"inline": {"maxTokens": 9, "multiline": "never"}}, block, Position(1, 4))
    assert short.json["max_tokens"] == 9 != usual.json["max_tokens"]


async def test_a_prompt_shows_no_more_than_the_settings_allow(tmp_path: Path) -> None:
    usual = await asked(tmp_path / "usual", {}, LONG + "x = ", Position(400, 4))
    small = await asked(tmp_path / "small", {"context": {"maxTokens": 100}}, LONG + "x = ", Position(400, 4))
    assert len(small.json["prompt"]) < 500 < len(usual.json["prompt"])


async def test_other_files_are_shown_only_where_the_setting_says_so(tmp_path: Path) -> None:
    text = "prices = [1]\ntotal = "
    usual = await asked(tmp_path / "usual", {}, text, Position(1, 8))
    alone = await asked(tmp_path / "alone", {"context": {"otherFiles": False}}, text, Position(1, 8))
    assert "total_of_prices" in str(usual.json)
    assert "total_of_prices" not in str(alone.json)


@pytest.mark.parametrize(("streaming", "several"), [("live", True), ("final", False)])
async def test_an_answer_is_written_at_its_end_where_the_setting_says_so(tmp_path: Path, streaming: str, several: bool) -> None:
    answer = LONG.replace("value_7 =", "number_7 =").replace("value_390 =", "number_390 =")
    settings = {"edits": {"streaming": streaming}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        buffer = editor.open("file:///a.py", LONG)
        started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(400, 0)))
        request = await provider.request()
        await request.start()
        half = len(answer) // 2
        await request.text("```python\n" + answer[:half])
        if several:
            await editor.until(lambda: buffer.text != LONG)
        else:
            await editor.settle()
            assert buffer.text == LONG
        await request.text(answer[half:] + "```\n")
        await request.finish()
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == answer


async def test_an_explanation_is_shown_where_the_setting_says(tmp_path: Path) -> None:
    settings = {"explain": {"output": "message"}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        started = await editor.run("explain", editor.open("file:///a.py", SOURCE), ALL)
        await (await provider.request()).answer("It adds up.")
        await editor.finished(started.job)
        assert "It adds up." in await editor.notice()
        assert not editor.shown


@pytest.mark.parametrize("alone", [True, False])
async def test_a_sure_draft_answers_alone_only_where_the_setting_says_so(tmp_path: Path, alone: bool) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "old.py").write_text("name_as_it_was = 1\n" * 30)
    settings = {"embedded": {"answerAlone": alone}}
    async with ScriptedProvider() as provider:
        user = vendor(provider).replace("enable = false", "enable = true", 1) + NOW
        async with session(tmp_path, user, settings=settings, timing=PATIENT) as editor:
            await editor.learned(tmp_path / "work")
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), "x = 1\nname_as_")
            waiting = editor.inline(buffer, Position(1, 8), invoked=False)
            if not alone:
                await (await provider.request()).answer("it_will_be = 2")
            ((item),) = (await waiting.result)["items"]
            assert item["insertText"].startswith("it_was" if alone else "it_will_be")


@pytest.mark.parametrize("wanted", [True, False])
async def test_prompts_are_logged_only_where_the_setting_says_so(tmp_path: Path, wanted: bool) -> None:
    user = f"\n[log]\nprompts = {str(wanted).lower()}\n"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + user) as editor:
        started = await editor.run("explain", editor.open("file:///a.py", SOURCE), ALL)
        await (await provider.request()).answer("It adds up.")
        await editor.finished(started.job)
        await editor.shown_document()
    file = tmp_path / "home" / "state" / "prompts.jsonl"
    assert file.exists() == wanted

"""An answer whose end is not known to be good: on no surface it passes for one, and on each the user is told."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

OLD = "def f(x):\n    return x\n"
WHOLE = Span(Position(0, 0), Position(2, 0))

ENDINGS = [
    ("content_filter", "The vendor's filter stopped the answer (“content_filter”); it is not complete."),
    ("token_limit", "The answer ended in a way that is no known good end (“token_limit”); it may not be complete."),
    ("tool_calls", "The model asked for a tool instead of ending its answer (“tool_calls”)."),
]


@pytest.mark.parametrize(("word", "told"), ENDINGS)
async def test_an_edit_is_taken_back_and_says_why(tmp_path: Path, word: str, told: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        started = await editor.run("refactor", buffer, WHOLE)
        request = await provider.request()
        await request.start()
        await request.text("def f(x):\n    return")
        await request.finish(word)
        finished = await editor.finished(started.job)
        assert (finished.outcome, finished.problems) == ("refused", [told])
        assert buffer.text == OLD


async def test_a_refusal_is_told_in_the_models_own_words(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        started = await editor.run("refactor", buffer, WHOLE)
        request = await provider.request()
        await request.start()
        await request.event({"choices": [{"index": 0, "delta": {"refusal": "I can't help "}}]})
        await request.event({"choices": [{"index": 0, "delta": {"refusal": "with that."}}]})
        await request.finish("stop")
        finished = await editor.finished(started.job)
        told = "The model refused to answer: “I can't help with that”."
        assert (finished.outcome, finished.problems) == ("refused", [told])
        assert buffer.text == OLD


@pytest.mark.parametrize(("word", "told"), ENDINGS)
async def test_an_explanation_shows_what_came_and_says_how_it_ended(tmp_path: Path, word: str, told: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        started = await editor.run("explain", buffer, WHOLE)
        request = await provider.request()
        await request.start()
        await request.text("It returns its")
        await request.finish(word)
        finished = await editor.finished(started.job)
        assert told in finished.problems
        text = await editor.read(await editor.shown_document())
        plain = told.replace("_", "&#95;")  # a vendor's word is text, never Markdown
        assert "It returns its" in text and f"**{plain}**" in text


@pytest.mark.parametrize(("word", "told"), ENDINGS)
async def test_ghost_text_is_not_shown_and_the_reason_is_told_once(tmp_path: Path, word: str, told: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        for turn in range(2):
            buffer = editor.open(f"file:///work/{turn}.py", f"def f{turn}(x):\n    return ")
            asked = editor.inline(buffer, Position(1, 11))
            for _ in range(3):  # the user's own wish is for alternatives
                request = await provider.request()
                await request.start()
                await request.text("x +")
                await request.finish(word)
            assert items_of(await asked.result) == []
            if turn == 0:
                assert await editor.notice() == told
        assert editor.notices == []


async def test_another_bad_ending_of_ghost_text_is_told_too(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        for turn, word in enumerate(("token_limit", "sensitive", "token_limit")):
            buffer = editor.open(f"file:///work/{turn}.py", f"def f{turn}(x):\n    return ")
            asked = editor.inline(buffer, Position(1, 11))
            for _ in range(3):
                request = await provider.request()
                await request.start()
                await request.text("x +")
                await request.finish(word)
            assert items_of(await asked.result) == []
            if turn < 2:
                assert f"no known good end (“{word}”)" in await editor.notice()
        assert editor.notices == []


async def test_the_completion_menu_tells_it_too(tmp_path: Path) -> None:
    plain: dict[str, object] = {"textDocument": {"completion": {}}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=plain) as editor:
        buffer = editor.open("file:///work/a.py", "def add(a, b):\n    return ")
        asked = editor.complete(buffer, Position(1, 11))
        request = await provider.request()
        await request.start()
        await request.finish("content_filter")
        assert items_of(await asked.result) == []
        assert await editor.notice() == ENDINGS[0][1]

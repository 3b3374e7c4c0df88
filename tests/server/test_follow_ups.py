"""Asking on about an explanation or an edit: one conversation, one document, and the model that has it in its cache."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import Model, session, vendor, warm_or_cheap

Json = dict[str, Any]
SOURCE = "def total(prices):\n    return sum(prices)\n"
HERE = Span(Position(1, 4), Position(1, 4))
MODELS = (Model("swift", 0.75, 1), Model("grand", 0.95, 10))


@pytest.fixture
async def provider() -> AsyncGenerator[ScriptedProvider]:
    async with ScriptedProvider() as made:
        yield made


def documents(*, virtual: bool) -> Json:
    """An editor that shows the server's own documents, or files alone."""
    able = generic()
    shows = {"textDocumentContent": {"dynamicRegistration": True}} if virtual else {}
    return able | {"workspace": able["workspace"] | shows}


def opened(editor: ScriptedEditor, place: Path, text: str = SOURCE) -> Buffer:
    return editor.open((place / "work" / "a.py").as_uri(), text)


async def explained(editor: ScriptedEditor, provider: ScriptedProvider, buffer: Buffer, answer: str = "It adds up.") -> str:
    """Explain; returns the document's address."""
    started = await editor.run("explain", buffer, HERE)
    await (await provider.request()).answer(answer)
    await editor.finished(started.job)
    return await editor.shown_document()


async def ask(editor: ScriptedEditor, question: str, job: str = "") -> str:
    return (await editor.command("coderoute.followUp", {"question": question, "job": job}))["job"]


def said(request: ScriptedRequest) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in request.json["messages"]]  # type: ignore[union-attr]


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual document", "file"])
async def test_a_question_goes_on_in_the_same_document_and_conversation(
    tmp_path: Path, provider: ScriptedProvider, *, virtual: bool
) -> None:
    async with session(tmp_path, vendor(provider, MODELS), capabilities=documents(virtual=virtual)) as editor:
        page = await explained(editor, provider, opened(editor, tmp_path))
        for question, answer in (("What of an empty list?", "Then it is 0."), ("And *None*?", "It raises.")):
            job = await ask(editor, question)
            request = await provider.request()
            messages = said(request)
            assert messages[2] == ("assistant", "It adds up.")
            assert messages[-1][1].endswith(question)
            await request.answer(answer)
            assert (await editor.finished(job)).outcome == "applied"
            assert await editor.shown_document() == page
        text = await editor.read(page)
        places = [
            text.index(piece) for piece in ("It adds up.", "## What of an empty list?", "Then it is 0.", "## And ", "It raises.")
        ]
        assert places == sorted(places)
        assert "*None*" not in text.replace("\\*", "")  # the question is text, not Markdown


async def test_one_can_ask_about_an_edit_and_the_answer_gets_a_document(tmp_path: Path, provider: ScriptedProvider) -> None:
    async with session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = opened(editor, tmp_path)
        started = await editor.run("edit", buffer, HERE, "handle None")
        await (await provider.request()).answer("```python\ndef total(prices):\n    return sum(prices or [])\n```")
        await editor.finished(started.job)
        job = await ask(editor, "Why or?", started.job)
        request = await provider.request()
        assert "sum(prices or [])" in said(request)[2][1]
        await request.answer("For None.")
        await editor.finished(job)
        text = await editor.read(await editor.shown_document())
        assert "Why or?" in text
        assert "For None." in text
        assert buffer.text == "def total(prices):\n    return sum(prices or [])\n"


async def test_who_would_answer_and_the_price_are_known_before_one_asks(tmp_path: Path, provider: ScriptedProvider) -> None:
    async with session(tmp_path, vendor(provider, MODELS)) as editor:
        before = await editor.peer.request("coderoute/conversation", {})
        assert "explain or edit something first" in before["problem"]
        with pytest.raises(Refused, match="explain or edit something first"):
            await ask(editor, "Why?")
        await explained(editor, provider, opened(editor, tmp_path))
        seen = await editor.peer.request("coderoute/conversation", {})
        assert (seen["problem"], seen["title"], seen["model"]) == ("", "Explain: a.py:2", "swift")
        assert seen["costUsd"] > 0
        assert provider.untaken == 0
        with pytest.raises(Refused, match="Say what you want to know"):
            await ask(editor, "  ")
        await editor.command("coderoute.pause", {"paused": True})
        assert "paused" in (await editor.peer.request("coderoute/conversation", {}))["problem"]


LONG = "def total(prices):\n" + "".join(f"    value_{n} = prices[{n}] * {n} + {n}\n" for n in range(600)) + "    return 1\n"


@pytest.mark.parametrize(("cached", "stays"), [(0.05, "dear"), (1, "cheap")])
async def test_it_stays_with_its_model_only_while_the_warm_cache_is_worth_it(
    tmp_path: Path, provider: ScriptedProvider, cached: float, stays: str
) -> None:
    """The cheap one failed at first, so the dear one has the conversation in its cache."""
    async with session(tmp_path, warm_or_cheap(provider, cached)) as editor:
        started = await editor.run("explain", opened(editor, tmp_path, LONG), HERE)
        request = await provider.request()
        assert request.json["model"] == "cheap"
        await request.respond(500)
        request = await provider.request()
        assert request.json["model"] == "dear"
        await request.answer("It adds up.")
        await editor.finished(started.job)
        await editor.shown_document()
        assert (await editor.peer.request("coderoute/conversation", {}))["model"] == stays
        job = await ask(editor, "Why?")
        request = await provider.request()
        assert request.json["model"] == stays
        await request.answer("So.")
        assert (await editor.finished(job)).model == stays
        await editor.shown_document()


async def test_cancelling_hangs_up_and_the_conversation_is_as_before(tmp_path: Path, provider: ScriptedProvider) -> None:
    async with session(tmp_path, vendor(provider, MODELS)) as editor:
        await explained(editor, provider, opened(editor, tmp_path))
        job = await ask(editor, "A long one?")
        request = await provider.request()
        await request.start()
        await request.text("Once\nupon\n")
        await editor.shown_document()
        editor.press_cancel(job)
        await request.closed()
        assert (await editor.finished(job)).outcome == "cancelled"
        job = await ask(editor, "A short one?")
        request = await provider.request()
        assert "A long one?" not in str(request.json)
        await request.answer("Yes.")
        await editor.finished(job)
        await editor.shown_document()


async def test_a_file_that_became_ignored_is_not_asked_about_any_more(tmp_path: Path, provider: ScriptedProvider) -> None:
    async with session(tmp_path, vendor(provider, MODELS)) as editor:
        await explained(editor, provider, opened(editor, tmp_path))
        await editor.set({"context": {"ignore": ["a.py"]}})
        job = await ask(editor, "Why?")
        assert "ignored" in await editor.notice()
        assert (await editor.finished(job)).outcome == "failed"
        assert provider.untaken == 0

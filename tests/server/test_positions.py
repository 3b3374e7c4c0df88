"""Positions are right in every encoding, whatever the text holds: against a naive oracle, through the real stack."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from coderoute_ls.domain import Position, Span
from coderoute_ls.server.language_server import Connection
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.markers import place
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, session, vendor

ENCODINGS = ("utf-8", "utf-16", "utf-32")


@dataclass(frozen=True, slots=True)
class Stage:
    runner: asyncio.Runner
    editor: ScriptedEditor
    server: Connection


TEXTS = st.text(alphabet="ab (é😀\u0301\u200d\t", max_size=8)
ENDINGS = st.sampled_from(["\n", "\r\n"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Lines with one kind of ending, with or without a final one; or nothing at all."""
    ending = draw(ENDINGS)
    return ending.join(draw(st.lists(TEXTS, max_size=5)))


@st.composite
def places(draw: st.DrawFn, text: str) -> Position:
    offset = draw(st.integers(0, len(text)))
    return place(text[: offset - 1] if text[offset - 1 : offset + 1] == "\r\n" else text[:offset])


@pytest.fixture(params=ENCODINGS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """One session for all examples of a property, in an event loop of its own."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        joining = joined(tmp_path, "[embedded]\nenable = false\n", capabilities=generic(encodings=(request.param,)))
        editor, server = runner.run(stack.enter_async_context(joining))
        assert editor.encoding == request.param
        yield Stage(runner, editor, server)
        runner.run(stack.aclose())


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_after_any_edits_server_and_editor_have_the_same_text_and_the_same_places(stage: Stage, data: st.DataObject) -> None:
    editor, server = stage.editor, stage.server

    async def example() -> None:
        buffer = editor.open("file:///a.py", data.draw(documents()))
        for _ in range(data.draw(st.integers(0, 4))):
            ends = sorted([data.draw(places(buffer.text)), data.draw(places(buffer.text))])
            editor.replace(buffer, Span(*ends), data.draw(TEXTS))
        await editor.settle()
        document = server.session.documents.get(buffer.uri)
        assert document is not None
        assert document.text == buffer.text
        cursor = data.draw(places(buffer.text))
        on_the_wire = lsp.Position(**buffer.position(cursor))
        assert server.session.positions.position_in(document.lines, on_the_wire) == cursor
        assert server.session.positions.position_out(document.lines, cursor) == on_the_wire
        editor.close(buffer)

    stage.runner.run(example())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text",
    ["", "x", "x\n", "x = '😀é\u0301'  # 👩\u200d🚀\r\ny = 1\r\n", "\tif x:\n\t\treturn '😀'\n", "# no final newline 😀"],
    ids=["empty", "no newline", "plain", "emoji, combining, CRLF", "tabs", "emoji at the very end"],
)
async def test_an_edit_lands_where_it_should(tmp_path: Path, encoding: str, text: str) -> None:
    """The rewritten region is the whole file, so every position of the answer's edits is put to the test."""
    capabilities = generic(encodings=(encoding,))
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=capabilities) as editor:
        buffer = editor.open("file:///a.txt", text, "plaintext")  # prose: no answer is refused because it does not parse
        whole = Span(Position(0, 0), place(text))
        answer = text.replace("x", "é😀x").replace("\r\n", "\n")
        if not text:
            return
        started = await editor.run("refactor", buffer, whole)
        request = await provider.request()
        await request.answer(answer)
        await editor.finished(started.job)
        assert buffer.text == text.replace("x", "é😀x")

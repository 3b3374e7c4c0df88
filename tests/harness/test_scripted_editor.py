"""The harness can fail: each thing it claims to notice is noticed."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Id, Json, Peer
from coderoute_ls.lsp_client.scripted_editor import Buffer
from tests.support.capabilities import GENERIC, generic
from tests.support.editor import ScriptedEditor
from tests.support.markers import mark, place, unmark

URI = "file:///a.py"
START = {"line": 0, "character": 0}
HERE = {"start": START, "end": START}


class FakeServer:
    """The other end, which sends whatever a test wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard: list[tuple[str, Json]] = []
        self.peer = Peer(reader, writer, self.on_request, self.on_notification, lambda: None)

    def on_request(self, request_id: Id, method: str, params: Json) -> None:
        answers: dict[str, Any] = {"initialize": {"capabilities": {"positionEncoding": "utf-16"}}}
        self.peer.answer(request_id, answers.get(method))

    def on_notification(self, method: str, params: Json) -> None:
        self.heard.append((method, params))
        if method == "exit":
            self.peer.hang_up()

    async def apply(self, *changes: Json) -> Json:
        return await self.peer.request("workspace/applyEdit", {"edit": {"documentChanges": list(changes)}})


@asynccontextmanager
async def conversation(capabilities: Json) -> AsyncGenerator[tuple[ScriptedEditor, FakeServer]]:
    ours, theirs = socket.socketpair()
    server = FakeServer(*await asyncio.open_connection(sock=theirs))
    editor = ScriptedEditor(*await asyncio.open_connection(sock=ours), capabilities)
    await editor.initialize()
    yield editor, server
    await server.peer.reading


def insertion(text: str, version: int | None) -> Json:
    return {"textDocument": {"uri": URI, "version": version}, "edits": [{"range": HERE, "newText": text}]}


async def test_an_edit_of_the_present_version_is_applied_and_echoed() -> None:
    async with conversation(GENERIC) as (editor, server):
        buffer = editor.open(URI, "b\n")
        assert await server.apply(insertion("a\n", 1)) == {"applied": True}
        assert (buffer.text, buffer.version) == ("a\nb\n", 2)
        assert ("textDocument/didChange", {"uri": URI, "version": 2}) in [(m, p.get("textDocument")) for m, p in server.heard]
        await editor.exit()


async def test_an_edit_of_an_old_version_is_refused() -> None:
    async with conversation(GENERIC) as (editor, server):
        buffer = editor.open(URI, "b\n")
        editor.type(buffer, Position(0, 0), "x")
        assert not (await server.apply(insertion("a\n", 1)))["applied"]
        assert buffer.text == "xb\n"
        assert len(editor.refused) == 1
        await editor.exit()


async def test_a_held_edit_is_judged_when_it_is_released() -> None:
    async with conversation(GENERIC) as (editor, server):
        buffer = editor.open(URI, "b\n")
        editor.hold_edits()
        answer = asyncio.ensure_future(server.apply(insertion("a\n", 1)))
        await editor.until(lambda: editor.held == 1)
        editor.type(buffer, Position(0, 0), "x")
        editor.release_edits()
        assert not (await answer)["applied"]
        await editor.exit()


async def test_overlapping_edits_are_an_error() -> None:
    buffer = Buffer(URI, "python", "abc", "utf-16")
    whole = {"start": START, "end": {"line": 0, "character": 3}}
    tail = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 3}}
    with pytest.raises(ValueError, match="overlap"):
        buffer.apply([{"range": whole, "newText": ""}, {"range": tail, "newText": "x"}])


async def test_the_edits_of_one_job_are_one_undo_step() -> None:
    async with conversation(generic()) as (editor, server):
        buffer = editor.open(URI, "b\n")
        for number in range(3):
            edit = {"documentChanges": [insertion(f"{number}\n", number + 1)]}
            params = {"job": "j", "first": number == 0, "last": number == 2, "edit": edit}
            await server.peer.request("coderoute/applyGroupedEdit", params)
        assert buffer.text == "2\n1\n0\nb\n"
        editor.undo()
        assert buffer.text == "b\n"
        await editor.exit()


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("window/showMessage", {"type": 1, "message": "look"}, "unread message: look"),
        ("coderoute/jobFinished", {"job": "1"}, "unread end of job"),
        ("coderoute/surprise", {}, "unknown notification"),
        ("$/progress", {"token": "t", "value": {"kind": "begin", "title": ""}}, "never created"),
    ],
)
async def test_what_was_left_unread_fails_at_the_end(method: str, params: Json, said: str) -> None:
    async with conversation(generic()) as (editor, server):
        server.peer.notify(method, params)
        with pytest.raises(AssertionError, match=said):
            await editor.exit()


async def test_a_message_that_was_read_does_not() -> None:
    async with conversation(GENERIC) as (editor, server):
        server.peer.notify("window/showMessage", {"type": 1, "message": "look"})
        assert await editor.notice() == "look"
        await editor.exit()


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("workspace/applyEdit", {"edit": {"documentChanges": [insertion("a", None)]}}, "documentChanges for an editor without"),
        ("window/workDoneProgress/create", {"token": "t"}, "window.workDoneProgress"),
        ("window/showDocument", {"uri": URI}, "window.showDocument.support"),
        ("client/registerCapability", {"registrations": [{"id": "1", "method": "textDocument/completion"}]}, "dynamically"),
        ("coderoute/input", {"prompt": "?"}, "experimental.coderoute.input"),
    ],
)
async def test_what_this_editor_never_said_it_can_do_fails_at_the_end(method: str, params: Json, said: str) -> None:
    async with conversation({"workspace": {"applyEdit": True}}) as (editor, server):
        editor.open(URI, "")
        await server.peer.request(method, params)
        with pytest.raises(AssertionError, match=said):
            await editor.exit()


@given(st.text(alphabet="aé😀\u0301\r\n\t", max_size=12), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.data())
def test_places_and_offsets_agree_in_every_encoding(text: str, encoding: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    buffer = Buffer(URI, "python", text, encoding)
    assert buffer.offset(buffer.position(place(text[:offset]))) == offset


@given(st.text(alphabet="ab\n", max_size=12), st.data())
def test_a_marked_text_is_the_text_and_its_place(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    where = place(text[:offset])
    assert unmark(mark(text, offset)) == (text, Span(where, where))


def test_two_marks_are_a_selection() -> None:
    assert unmark("a\n$0bc\nd$0e") == ("a\nbc\nde", Span(Position(1, 0), Position(2, 1)))

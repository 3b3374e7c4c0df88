"""Documents that no person wrote: tens of megabytes, a million lines, one endless line, hundreds at once."""

import asyncio
import gc
from pathlib import Path
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from coderoute_ls.context import Surroundings
from coderoute_ls.domain import Document, Position, Span, Target
from coderoute_ls.embedded import EmbeddedEngine
from coderoute_ls.ignore import HUGE
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import items_of
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.document_lines import Lines
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.syntax import definitions_around, statement_around
from coderoute_ls.syntax.nearby_code import PARSED
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, session, vendor

URI = "file:///work/huge.py"
NO_PREFETCH = "\n[inline]\nprefetch = false\n"
FUNCTION = "def total_{0}(prices):\n    value = sum(prices)  # number {0}\n    return value\n\n\n"


def functions(count: int) -> str:
    return "".join(FUNCTION.format(number) for number in range(count))


SHAPES = {
    "many megabytes": (functions(120_000), 300_001, 4),
    "a million lines": ("x = 1\n" * 1_000_000, 999_999, 2),
    "one line of megabytes": ("data = [" + "12345, " * 700_000 + "]\n", 0, 2_500_000),
}


def change(line: int, character: int, text: str, version: int = 2) -> Json:
    place = {"line": line, "character": character}
    edit = {"range": {"start": place, "end": place}, "text": text}
    return {"textDocument": {"uri": URI, "version": version}, "contentChanges": [edit]}


def typed(documents: Documents, line: int, character: int, text: str) -> Document:
    place = lsp.Position(line, character)
    edit = lsp.TextDocumentContentChangePartial(lsp.Range(place, place), text)
    changed = documents.change(
        lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(2, URI), [edit]), PositionConverter()
    )
    assert changed is not None
    return changed[0]


def opened(editor: ScriptedEditor, text: str) -> None:
    """Opened without a buffer of the scripted editor's, which would cut the text anew at every look."""
    document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    editor.peer.notify("textDocument/didOpen", {"textDocument": document})


def alive(server: Connection) -> "ref[Document]":
    """Tells whether the present version is still there later."""
    document = server.session.documents.get(URI)
    assert document is not None
    return ref(document)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_edit_far_inside_gives_the_text_that_a_plain_string_gives(shape: str) -> None:
    text, line, character = SHAPES[shape]
    documents = Documents()
    documents.open(lsp.TextDocumentItem(URI, "python", 1, text))
    changed = typed(documents, line, character, "typed\n")
    offset = sum(len(before) + 1 for before in text.split("\n", line)[:line]) + character
    expected = text[:offset] + "typed\n" + text[offset:]
    assert changed.text == expected
    assert changed.size == len(expected)


@given(st.text("ab\r\n😀", max_size=30), st.integers(0, 5), st.integers(0, 9), st.text("x\r\n", max_size=4))
def test_the_size_of_a_document_is_the_length_of_its_text(text: str, line: int, character: int, new: str) -> None:
    documents = Documents()
    documents.open(lsp.TextDocumentItem(URI, "python", 1, text))
    changed = typed(documents, line, character, new)
    assert changed.size == len(changed.text)


@pytest.mark.parametrize("shape", SHAPES)
async def test_ghost_text_shows_the_model_what_is_near_and_answers(tmp_path: Path, shape: str) -> None:
    text, line, character = SHAPES[shape]
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + NO_PREFETCH) as editor:
        opened(editor, text)
        editor.peer.notify("textDocument/didChange", change(line, character, "\nprices = \n"))
        place = {"line": line + 1, "character": 9}
        asked = editor.peer.send(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 2}},
        )
        request = await provider.request()
        assert "prices = " in str(request.json)
        assert len(str(request.json)) < 50_000
        await request.answer("[1, 2, 3]")
        assert items_of(await asked.result)[0]["insertText"].startswith("[1, 2, 3]")


@pytest.mark.parametrize("shape", SHAPES)
async def test_code_actions_are_offered_inside(tmp_path: Path, shape: str) -> None:
    text, line, character = SHAPES[shape]
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        opened(editor, text)
        place = {"line": line, "character": character}
        selected = {"start": place, "end": {"line": line, "character": character + 3}}
        found = await editor.peer.request(
            "textDocument/codeAction", {"textDocument": {"uri": URI}, "range": selected, "context": {"diagnostics": []}}
        )
        assert any("Explain" in action["title"] for action in found)


@pytest.mark.parametrize("shape", SHAPES)
async def test_all_of_it_can_be_explained_and_not_rewritten(tmp_path: Path, shape: str) -> None:
    text, *_ = SHAPES[shape]
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        opened(editor, text)
        everything = {"start": {"line": 0, "character": 0}, "end": {"line": 1_000_000, "character": 0}}
        params: Json = {"textDocument": {"uri": URI}, "range": everything, "context": {"diagnostics": []}}
        found = await editor.peer.request("textDocument/codeAction", params)
        kinds = {action["kind"] for action in found}
        assert "source.coderoute.explain" in kinds
        assert not [kind for kind in kinds if kind == "refactor.rewrite.coderoute.refactor"]


def test_the_definition_around_a_line_is_found_in_a_file_that_is_too_long_to_parse() -> None:
    text = functions(4 * PARSED // len(FUNCTION))
    document = Document(URI, "python", 1, Lines.of(text))
    for number in (0, 1_000, text.count("def ") - 1):
        line = 5 * number + 1
        around = [found for found in definitions_around(document, line) if found.span.start.line <= line <= found.span.end.line]
        assert [found.name for found in around] == [f"total_{number}"]
        assert document.slice(around[0].name_span) == f"total_{number}"
        statement = statement_around(document, Position(line, 6))
        assert document.slice(statement) == "value = sum(prices)"


def test_the_statement_in_a_line_that_is_too_long_to_parse_is_the_line() -> None:
    line = "data = [" + "12345, " * (PARSED // 4) + "]"
    document = Document(URI, "python", 1, Lines.of(f"x = 1\n{line}\ny = 2\n"))
    assert definitions_around(document, 1) == ()
    assert statement_around(document, Position(1, 500)).start.line == 1


async def test_nothing_keeps_a_closed_document_alive(tmp_path: Path) -> None:
    async with (
        ScriptedProvider() as provider,
        joined(tmp_path, vendor(provider) + NO_PREFETCH) as (editor, server),
    ):
        opened(editor, functions(40_000))
        editor.peer.notify("textDocument/didChange", change(100_001, 4, "more = \n    "))
        place = {"line": 100_001, "character": 11}
        asked = editor.peer.send(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 2}},
        )
        await (await provider.request()).answer("sum(prices)")
        assert items_of(await asked.result)
        selected = {"start": place, "end": place}
        await editor.peer.request(
            "textDocument/codeAction", {"textDocument": {"uri": URI}, "range": selected, "context": {"diagnostics": []}}
        )
        kept = alive(server)
        editor.peer.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await editor.settle()
        gc.collect()
        assert kept() is None


async def test_not_even_one_that_was_rewritten(tmp_path: Path) -> None:
    async with (
        ScriptedProvider() as provider,
        joined(tmp_path, vendor(provider) + NO_PREFETCH) as (editor, server),
    ):
        buffer = editor.open(URI, functions(3))
        await editor.settle()
        versions = [alive(server)]
        started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(3, 0)))
        await (await provider.request()).answer("def total_0(prices):\n    return sum(prices)\n")
        assert (await editor.finished(started.job)).outcome == "applied"
        await editor.settle()
        versions.append(alive(server))
        editor.close(buffer)
        await editor.settle()
        gc.collect()
        assert [kept() for kept in versions] == [None, None]


async def test_the_built_in_engine_is_left_alone_with_them(tmp_path: Path) -> None:
    said: list[object] = []
    engine = EmbeddedEngine(tmp_path, on_progress=said.append)
    document = Document(URI, "python", 1, Lines.of("x = 1\n" * HUGE))
    engine.learn(document)
    assert await engine.draft(document, Position(5, 0)) is None
    assert (
        await engine.answer("explain", Target(document, Span(Position(0, 0), Position(1, 0))), Span(*[Position(0, 0)] * 2))
        is None
    )
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "embedded-engine"]
    await engine.close()


async def test_of_hundreds_of_open_documents_those_that_were_changed_last_are_looked_at() -> None:
    documents = Documents()
    for number in range(500):
        text = f"def helper_{number}(prices, discounts):\n    return compute_total(prices, discounts)\n"
        documents.open(lsp.TextDocumentItem(f"file:///work/{number}.py", "python", 1, text))
    place = lsp.Position(1, 0)
    edit = lsp.TextDocumentContentChangePartial(lsp.Range(place, place), "\n")
    identifier = lsp.VersionedTextDocumentIdentifier(2, "file:///work/3.py")
    documents.change(lsp.DidChangeTextDocumentParams(identifier, [edit]), PositionConverter())
    here = documents.open(lsp.TextDocumentItem(URI, "python", 1, "total = compute_total(prices, discounts)\n"))
    target = Target(here, Span(Position(1, 0), Position(1, 0)))
    shown = await Surroundings(documents, lambda path: True).gather(target, 1_000_000)
    paths = [snippet.path for snippet in shown]
    assert "3.py" in paths
    assert "4.py" not in paths

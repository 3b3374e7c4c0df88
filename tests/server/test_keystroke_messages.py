"""The messages of a keystroke, read and written by hand: exactly what the converter for all of LSP makes of them."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages import keystroke_messages

NUMBERS = st.integers(0, 2**31 - 1)
POSITIONS = st.fixed_dictionaries({"line": NUMBERS, "character": NUMBERS})
RANGES = st.fixed_dictionaries({"start": POSITIONS, "end": POSITIONS})
CHANGES = st.fixed_dictionaries({"range": RANGES, "text": st.text()}, optional={"rangeLength": NUMBERS})
Json = dict[str, Any]
CHANGE: Json = {
    "jsonrpc": "2.0",
    "method": "textDocument/didChange",
    "params": {
        "textDocument": {"uri": "file:///a", "version": 1},
        "contentChanges": [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "x"}],
    },
}
ASK: Json = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "textDocument/inlineCompletion",
    "params": {
        "textDocument": {"uri": "file:///a"},
        "position": {"line": 0, "character": 0},
        "context": {"triggerKind": 1},
    },
}


@given(st.text(), st.integers(-(2**31), 2**31 - 1), CHANGES)
def test_a_change_is_what_the_converter_makes_of_it(uri: str, version: int, change: Json) -> None:
    message = {**CHANGE, "params": {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}}
    assert keystroke_messages.read(message) == converter().structure(message, lsp.DidChangeTextDocumentNotification)


@given(NUMBERS | st.text(), st.text(), POSITIONS, st.sampled_from([1, 2]))
def test_a_request_is_what_the_converter_makes_of_it(request_id: int | str, uri: str, position: Json, kind: int) -> None:
    params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": kind}}
    message = {**ASK, "id": request_id, "params": params}
    assert keystroke_messages.read(message) == converter().structure(message, lsp.InlineCompletionRequest)


def replaced(message: Json, path: tuple[str | int, ...], value: object) -> Json:
    """A copy in which this is at the path."""
    copy: Any = orjson.loads(orjson.dumps(message))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        (CHANGE, ("jsonrpc",), "1.0"),
        (CHANGE, ("params",), []),
        (CHANGE, ("params", "more"), 1),
        (CHANGE, ("params", "textDocument", "version"), "1"),
        (CHANGE, ("params", "textDocument", "version"), True),
        (CHANGE, ("params", "contentChanges"), []),
        (CHANGE, ("params", "contentChanges", 0), {"text": "all of it"}),
        (CHANGE, ("params", "contentChanges", 0, "range", "start"), {"line": -1, "character": 0}),
        (CHANGE, ("params", "contentChanges", 0, "range", "start"), {"line": 0.5, "character": 0}),
        (CHANGE, ("params", "contentChanges", 0, "range", "end"), None),
        (ASK, ("params", "context", "triggerKind"), 3),
        (ASK, ("params", "context", "selectedCompletionInfo"), {}),
        (ASK, ("params", "workDoneToken"), "t"),
        (ASK, ("params", "position"), {"line": 0}),
        (ASK, ("id",), None),
        (ASK, ("id",), 1.5),
        (ASK, ("id",), True),
        (ASK, ("method",), "textDocument/hover"),
        (ASK, ("method",), "textDocument/didChange"),
    ],
)
def test_anything_unusual_is_left_to_the_converter(message: Json, path: tuple[str | int, ...], value: object) -> None:
    assert keystroke_messages.read(message) is not None
    assert keystroke_messages.read(replaced(message, path, value)) is None


def test_several_changes_at_once_are_left_to_the_converter() -> None:
    change = CHANGE["params"]["contentChanges"][0]
    assert keystroke_messages.read(replaced(CHANGE, ("params", "contentChanges"), [change, change])) is None


ITEMS = st.builds(
    lsp.InlineCompletionItem,
    st.text(),
    filter_text=st.none() | st.text(),
    range=st.none() | st.builds(lsp.Range, *2 * (st.builds(lsp.Position, NUMBERS, NUMBERS),)),
    command=st.none()
    | st.builds(lsp.Command, st.text(), st.text(), arguments=st.lists(st.dictionaries(st.text(), st.text()), min_size=1)),
)


@given(st.lists(ITEMS, max_size=3), NUMBERS | st.text())
def test_the_answer_is_what_the_converter_makes_of_it(items: list[lsp.InlineCompletionItem], request_id: int | str) -> None:
    response = lsp.InlineCompletionResponse(request_id, lsp.InlineCompletionList(items))
    assert keystroke_messages.told(response) == converter().unstructure(response)


def test_an_answer_that_is_not_ours_is_left_to_the_converter() -> None:
    assert keystroke_messages.told(lsp.InlineCompletionResponse(1, None)) is None

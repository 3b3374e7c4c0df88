"""The first stage says what the full server would say, and hands over everything it read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.server.rpc import framing
from coderoute_ls.server.startup.early_initialize import Greeting, greet
from tests.support.capabilities import GENERIC, RECORDED, Json, recorded
from tests.support.prepared import full_answer


def framed(message: object) -> bytes:
    return framing.framed(json.dumps(message).encode())


def initialize(capabilities: Json) -> bytes:
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    return framed({"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": params})


def reader(pieces: Iterator[bytes]) -> Callable[[int], bytes]:
    return lambda size: next(pieces, b"")


def greeted(data: bytes) -> tuple[Greeting, Any]:
    """The greeting, and the answer it sent (None: none)."""
    said: list[bytes] = []
    greeting = greet(reader(iter([data])), said.append)
    return greeting, json.loads(said[0].partition(b"\r\n\r\n")[2]) if said else None


def meaning(result: Json) -> Json:
    """pygls says "no will-save" to clients that know the word, and nothing to the others: the same."""
    sync = {k: v for k, v in result["capabilities"]["textDocumentSync"].items() if v is not False or k == "save"}
    return {**result, "capabilities": {**result["capabilities"], "textDocumentSync": sync}}


@pytest.mark.parametrize("encodings", [None, ["utf-16"], ["utf-8", "utf-16"], ["utf-32"], ["latin-1"]])
async def test_the_prepared_answer_is_the_full_servers_answer(tmp_path: Path, encodings: list[str] | None) -> None:
    capabilities = {**GENERIC, "general": {"positionEncodings": encodings} if encodings else {}}
    _, answer = greeted(initialize(capabilities))
    assert answer["result"] == await full_answer(capabilities, tmp_path), "stale: run `make generate`"


@pytest.mark.parametrize("editor", RECORDED)
async def test_recorded_editors_get_the_same_answer_from_both_stages(tmp_path: Path, editor: str) -> None:
    capabilities = recorded(editor)
    _, answer = greeted(initialize(capabilities))
    assert meaning(answer["result"]) == meaning(await full_answer(capabilities, tmp_path))
    assert answer["id"] == 7


@given(st.data())
def test_any_cut_of_the_stream_is_handed_over_whole(data: st.DataObject) -> None:
    stream = initialize(GENERIC) + framed({"jsonrpc": "2.0", "method": "initialized", "params": {}})
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True) if b > a]
    rest = iter(pieces)
    said: list[bytes] = []
    greeting = greet(reader(rest), said.append)
    assert greeting.received + b"".join(rest) == stream
    assert greeting.answered == 7
    assert len(said) == 1


@pytest.mark.parametrize(
    "first",
    [
        framed({"jsonrpc": "2.0", "id": 1, "method": "shutdown"}),
        framed({"jsonrpc": "2.0", "id": 1, "method": "initialize"}),
        framed({"jsonrpc": "2.0", "method": "initialize", "params": {"capabilities": {}}}),
        framed({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": None}}),
        framed([1, 2]),
        b"Content-Length: 3\r\n\r\n{no",
        b"nonsense\r\n\r\n",
        b"x" * 10_000,
        b"",
    ],
)
def test_anything_but_a_sound_initialize_is_left_to_the_full_server(first: bytes) -> None:
    greeting, answer = greeted(first)
    assert answer is None
    assert greeting == Greeting(first)

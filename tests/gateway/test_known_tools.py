"""Tools that come again with each turn are read once, and nothing else is ever taken for them."""

import json
from typing import Any

import pytest

from coderoute_ls.domain import Prompt
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces.chat_completions import FACE as CHAT
from coderoute_ls.gateway.faces.known_tools import REMEMBERED_BYTES
from coderoute_ls.gateway.faces.messages import FACE as MESSAGES
from coderoute_ls.gateway.faces.responses import FACE as RESPONSES

CASES = [
    (CHAT, "messages", {"type": "function", "function": {"name": "look", "description": "d", "parameters": {"type": "object"}}}),
    (MESSAGES, "messages", {"name": "look", "description": "d", "input_schema": {"type": "object"}}),
    (RESPONSES, "input", {"type": "function", "name": "look", "description": "d", "parameters": {"type": "object"}}),
]


def read(face: Any, key: str, said: str, tools: list[object]) -> Prompt:
    body = {"model": "coderoute", "max_tokens": 9, key: [{"role": "user", "content": said}], "tools": tools}
    return face.decode(json.dumps(body).encode(), {}).prompt


@pytest.mark.parametrize(("face", "key", "tool"), CASES)
def test_the_same_tools_are_the_same_values_in_each_turn(face: Any, key: str, tool: dict[str, object]) -> None:
    first, second = read(face, key, "one", [tool]), read(face, key, "two", [tool])
    assert first.tools[0] is second.tools[0] and first.messages != second.messages


@pytest.mark.parametrize(("face", "key", "tool"), CASES)
def test_a_tool_that_differs_in_anything_is_another(face: Any, key: str, tool: dict[str, object]) -> None:
    known = read(face, key, "one", [tool]).tools
    text = json.dumps(tool)
    for other in (
        text.replace('"d"', '"e"'),
        text.replace("look", "see"),
        text.replace('"object"', '"object", "properties": {}'),
    ):
        assert read(face, key, "one", [json.loads(other)]).tools != known
    assert len(read(face, key, "one", [tool, json.loads(text.replace("look", "see"))]).tools) == 2


@pytest.mark.parametrize(("face", "key", "tool"), CASES)
def test_tools_that_are_refused_are_refused_each_time(face: Any, key: str, tool: dict[str, object]) -> None:
    nameless = json.loads(json.dumps(tool).replace('"look"', '""'))
    for _ in range(2):
        with pytest.raises(CallerError, match=r"tools\[0\]\..*name"):
            read(face, key, "one", [nameless])


@pytest.mark.parametrize(("face", "key", "tool"), CASES)
def test_a_catalogue_too_large_to_keep_is_read_all_the_same(face: Any, key: str, tool: dict[str, object]) -> None:
    large = json.loads(json.dumps(tool).replace('"d"', json.dumps("d" * REMEMBERED_BYTES)))
    first, second = (read(face, key, "one", [large]).tools for _ in range(2))
    assert first == second and first[0] is not second[0]

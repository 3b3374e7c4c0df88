"""Streams that break parsers, as vendors send them: what of chat completions is odd, and what is to be understood."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CITY = '{"city":"Oslo"}'
OTHER = '{"city":"Rome"}'


@dataclass(frozen=True)
class Odd:
    """A stream, and what it means."""

    body: bytes
    text: str = ""
    reasoning: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    finish: str = "stop"
    whole: bool = True
    """Whether it has a good end."""


def _stream(*deltas: Any, finish: str | None = "stop", after: tuple[Any, ...] = ()) -> bytes:
    chunks: list[Any] = [{"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    if finish:
        chunks.append({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    chunks += after
    lines = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    return (lines + ("data: [DONE]\n\n" if finish else "")).encode()


def _called(*pieces: Any) -> bytes:
    return _stream(*({"tool_calls": [piece]} for piece in pieces), finish="tool_calls")


def _piece(arguments: str = "", id: str | None = None, name: str | None = None, **more: Any) -> Any:  # noqa: A002
    function = {"arguments": arguments, **({"name": name} if name else {})}
    return {**more, **({"id": id} if id else {}), "type": "function", "function": function}


OSLO, ROME = ("look", {"city": "Oslo"}), ("look", {"city": "Rome"})
USAGE: Any = {"id": "c", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}
STREAMS: Mapping[str, Odd] = {
    "plain": Odd(_stream({"role": "assistant", "content": None}, {"content": "Hel"}, {"content": "lo"}), "Hello"),
    "empty index": Odd(_called(_piece("", "a", "look", index=""), _piece(CITY, index="")), calls=(OSLO,), finish="tool-calls"),
    "no index": Odd(_called(_piece(CITY, "a", "look"), _piece(OTHER, "b", "look")), calls=(OSLO, ROME), finish="tool-calls"),
    "same index": Odd(
        _called(_piece(CITY, "a", "look", index=0), _piece(OTHER, "b", "look", index=0)), calls=(OSLO, ROME), finish="tool-calls"
    ),
    "gap in the indexes": Odd(
        _called(_piece(CITY, "a", "look", index=0), _piece(OTHER, "b", "look", index=5)), calls=(OSLO, ROME), finish="tool-calls"
    ),
    "interleaved": Odd(
        _called(
            _piece("", "a", "look", index=0),
            _piece("", "b", "look", index=1),
            _piece('{"city":', index=0),
            _piece('{"city":', index=1),
            _piece('"Oslo"}', index=0),
            _piece('"Rome"}', index=1),
        ),
        calls=(OSLO, ROME),
        finish="tool-calls",
    ),
    "name after arguments": Odd(
        _called(_piece('{"city":', "a", index=0), _piece('"Oslo"}', name="look", index=0)), calls=(OSLO,), finish="tool-calls"
    ),
    "id in every piece": Odd(
        _called(_piece('{"city":', "a", "look", index=0), _piece('"Oslo"}', "a", index=0)), calls=(OSLO,), finish="tool-calls"
    ),
    "no arguments": Odd(_called(_piece("", "a", "look", index=0)), calls=(("look", {}),), finish="tool-calls"),
    "stop behind calls": Odd(
        _stream({"tool_calls": [_piece(CITY, "a", "look", index=0)]}, finish="stop"), calls=(OSLO,), finish="tool-calls"
    ),
    "thoughts": Odd(
        _stream({"reasoning_content": "Hm."}, {"content": "So"}, {"reasoning_content": " Or."}, {"content": " it is"}),
        "So it is",
        "Hm. Or.",
    ),
    "usage after the finish": Odd(_stream({"content": "Hello"}, after=(USAGE,)), "Hello"),
    "text after a stop": Odd(
        _stream({"content": "Hel"}, after=({"id": "c", "choices": [{"index": 0, "delta": {"content": "lo"}}]},)), "Hello"
    ),
    "length": Odd(_stream({"content": "Hel"}, finish="length"), "Hel", finish="length"),
    "filtered": Odd(_stream({"content": "Hel"}, finish="content_filter"), "Hel", finish="content-filter"),
    "cut": Odd(_stream({"content": "Hel"}, finish=None), "Hel", whole=False),
    "error in the middle": Odd(
        _stream({"content": "Hel"}, finish=None) + b'data: {"error":{"message":"died"}}\n\n', "Hel", whole=False
    ),
}

"""Answers with tools and reasoning: the same events however the bytes are cut, and a cut answer is never a good one."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Delta, Finish
from coderoute_ls.domain.conversation import (
    Citation,
    OpaqueEvent,
    Refusal,
    TokenEvent,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
)
from coderoute_ls.errors import ProviderError
from tests.providers.conversation.answering import TOKENS, VENDORS, WITHOUT_IDS, Call, Item, Say, Think
from tests.providers.conversation.reading import read, told

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
values = st.dictionaries(words, words | st.integers() | st.booleans() | st.none(), max_size=3)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    text = json.dumps(draw(values), ensure_ascii=draw(st.booleans()))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    name = draw(st.from_regex(r"[a-z_]{1,12}", fullmatch=True))
    return Call("", name, tuple(filter(None, pieces)))


said: Any = st.lists(
    st.builds(Say, words) | st.builds(Think, words, st.sampled_from(["", "c2lnbmF0dXJl"])) | calls(), min_size=1, max_size=5
)


def numbered(items: Sequence[Item]) -> list[Item]:
    """The items, each call with an id of its own."""
    return [Call(f"call_{n}", item.name, item.pieces) if isinstance(item, Call) else item for n, item in enumerate(items)]


@pytest.mark.parametrize("name", VENDORS)
@settings(max_examples=25, deadline=None)
@given(items=said)
def test_what_was_said_is_what_is_told(name: str, items: Sequence[Item]) -> None:
    items = numbered(items)
    heard = told(read(name, [VENDORS[name](items)]))
    assert heard.text == "".join(item.text for item in items if isinstance(item, Say))
    assert heard.reasoning == "".join(item.text for item in items if isinstance(item, Think))
    wanted = [item for item in items if isinstance(item, Call)]
    assert heard.calls == [(call.name, json.loads(call.arguments)) for call in wanted]
    if name not in WITHOUT_IDS:
        assert list(heard.names) == [call.id for call in wanted]
        assert list(heard.ended.values()) == [call.arguments for call in wanted]
    assert heard.finish.reason == ("tool_calls" if wanted else "stop")
    assert heard.finish.usage is not None and (heard.finish.usage.input, heard.finish.usage.output) == (3, 4)
    if name in TOKENS:
        tokens = [event for event in heard.others if isinstance(event, TokenEvent)]
        assert len(tokens) == sum(bool(item.token) for item in items if isinstance(item, Think))
        assert all("c2lnbmF0dXJl" in event.token.value for event in tokens)


@pytest.mark.parametrize("name", VENDORS)
@settings(max_examples=15, deadline=None)
@given(items=said, size=st.integers(1, 40))
def test_any_split_of_the_bytes_tells_the_same(name: str, items: Sequence[Item], size: int) -> None:
    body = VENDORS[name](numbered(items))
    assert read(name, [body[start : start + size] for start in range(0, len(body), size)]) == read(name, [body])


@pytest.mark.parametrize("name", VENDORS)
@settings(max_examples=25, deadline=None)
@given(items=said, share=st.floats(0, 1))
def test_an_answer_that_is_cut_is_incomplete_and_its_last_call_stays_open(name: str, items: Sequence[Item], share: float) -> None:
    """But for a cut behind the vendor's own end sign, behind which only the bill follows."""
    body = VENDORS[name](numbered(items))
    whole = told(read(name, [body]))
    try:
        heard = told(read(name, [body[: int(len(body) * share)]]))
    except ProviderError:
        return
    if heard.finish.reason != "incomplete":
        assert (heard.text, heard.calls, heard.finish.reason) == (whole.text, whole.calls, whole.finish.reason)
    else:
        assert whole.text.startswith(heard.text)
        assert heard.calls == whole.calls[: len(heard.calls)]
        assert all(whole.pieces[id_].startswith(text) for id_, text in heard.pieces.items() if id_ in whole.pieces)


def chunks(*deltas: dict[str, Any], finish: str = "tool_calls") -> list[Any]:
    """Events of a chat stream with these deltas."""
    lines: list[Any] = [{"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    lines.append({"id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    return read("openai-chat", [b"".join(b"data: " + orjson.dumps(line) + b"\n\n" for line in lines) + b"data: [DONE]\n\n"])


def piece(index: int | None, id_: str = "", name: str = "", arguments: str = "") -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    function = {**({"name": name} if name else {}), "arguments": arguments}
    return {**place, **({"id": id_} if id_ else {}), "function": function}


A, B = ("f", {"x": 1}), ("g", {"y": 2})


@pytest.mark.parametrize(
    "deltas",
    [
        [piece(0, "a", "f", '{"x"'), piece(0, arguments=":1}"), piece(1, "b", "g", '{"y":2}')],
        [piece(7, "a", "f", '{"x":1}'), piece(99, "b", "g", '{"y":2}')],
        [piece(None, "a", "f", '{"x"'), piece(None, arguments=":1}"), piece(None, "b", "g", '{"y":2}')],
        [piece(None, "", "f", '{"x":1}'), piece(None, "", "g", '{"y":2}')],
        [piece(0, "a", "f", '{"x":1}'), piece(0, "b", "g", '{"y":2}')],
        [piece(0, "a", "f", '{"x"'), piece(1, "b", "g", '{"y"'), piece(0, arguments=":1}"), piece(1, arguments=":2}")],
        [piece(0, "a", "", '{"x"'), piece(0, "", "f", ":1}"), piece(1, "b", "g", '{"y":2}')],
        [piece(0, "a", "f"), piece(0, "a", "f", '{"x":1}'), piece(1, "b", "g"), piece(1, "b", "g", '{"y":2}')],
        [piece(0, "a", "f", '{"x":1}'), piece(0, "b", "g", '{"y"'), piece(0, arguments=":2}")],
        [piece(0, "a", "f", '{"x"'), piece(0, "b", "g", '{"y"'), piece(0, "a", "", ":1}"), piece(0, "b", "", ":2}")],
        [piece(0, "same", "f", '{"x":1}'), piece(1, "other", "g", '{"y":2}')],
    ],
    ids=[
        "as documented", "numbers with gaps", "no numbers", "neither numbers nor ids", "one number for both", "interleaved",
        "name after arguments", "name again with each piece", "second grows under the same number", "interleaved by id", "ids",
    ],
)  # fmt: skip
def test_however_fragments_are_numbered_there_are_two_calls(deltas: list[dict[str, Any]]) -> None:
    heard = told(chunks(*({"tool_calls": [delta]} for delta in deltas)))
    assert heard.calls == [A, B]
    assert heard.finish.reason == "tool_calls"


def test_arguments_that_parse_half_way_are_no_end() -> None:
    events = chunks({"tool_calls": [piece(0, "a", "f", "{}")]}, finish="length")
    heard = told(events)
    assert list(heard.names.values()) == ["f"] and heard.calls == []
    assert heard.finish.reason == "length"


def test_a_whole_call_in_the_place_of_fragments_and_an_object_in_the_place_of_text() -> None:
    call: Any = {"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}
    assert told(chunks({"tool_calls": [call]})).calls == [A]


def test_a_stop_behind_calls_means_that_the_model_waits_for_them() -> None:
    assert told(chunks({"tool_calls": [piece(0, "a", "f", '{"x":1}')]}, finish="stop")).finish.reason == "tool_calls"


def test_an_id_that_is_used_twice_gets_a_second_one() -> None:
    heard = told(chunks({"tool_calls": [piece(0, "a", "f", '{"x":1}')]}, {"tool_calls": [piece(1, "a", "g", '{"y":2}')]}))
    assert heard.calls == [A, B] and len(heard.names) == 2


def test_ids_that_we_make_are_the_same_for_the_same_bytes() -> None:
    body = VENDORS["gemini"]([Call("", "f", ('{"x":1}',)), Call("", "f", ('{"x":1}',))])
    first, second = told(read("gemini", [body])), told(read("gemini", [body[:50], body[50:]]))
    assert list(first.names) == list(second.names) and len(first.names) == 2


def test_text_behind_a_first_stop_is_kept() -> None:
    def chunk(text: str, finish: str = "") -> dict[str, Any]:
        return {
            "candidates": [{"content": {"parts": [{"text": text}]}, **({"finishReason": finish} if finish else {})}],
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1},
        }

    body = b"".join(b"data: " + orjson.dumps(each) + b"\r\n\r\n" for each in (chunk("One", "STOP"), chunk(" two", "STOP")))
    assert told(read("gemini", [body])).text == "One two"


def test_an_empty_answer_says_that_it_is_none() -> None:
    with pytest.raises(ProviderError):
        read("openai-chat", [b'{"choices":[]}'])
    (finish,) = read("openai-chat", [b""])
    assert isinstance(finish, Finish) and finish.reason == "incomplete"


def test_usage_behind_the_finish_counts() -> None:
    heard = told(read("openai-chat", [VENDORS["openai-chat"]([Say("a")])]))
    assert heard.finish.usage is not None and heard.finish.usage.output == 4


def test_several_answers_are_told_apart() -> None:
    def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
        return b"data: " + orjson.dumps({"choices": [{"index": index, "delta": delta, "finish_reason": finish}]}) + b"\n\n"

    body = chunk(0, {"content": "a"}) + chunk(1, {"content": "b"}) + chunk(1, {"tool_calls": [piece(0, "x", "g", '{"y":2}')]})
    body += chunk(0, {}, "stop") + chunk(1, {}, "tool_calls") + b"data: [DONE]\n\n"
    events = read("openai-chat", [body], choices=2)
    assert (told(events).text, told(events, 1).text, told(events, 1).calls) == ("a", "b", [B])
    assert told(events).finish.others == {1: "tool_calls"}


def test_a_refusal_is_told_in_pieces_and_whole() -> None:
    events = chunks({"content": None, "refusal": "I can"}, {"refusal": "not."}, finish="stop")
    assert "".join(event.text for event in events if isinstance(event, Refusal)) == "I cannot."
    assert told(events).finish.reason == "refused" and told(events).finish.refusal == "I cannot."


def test_details_come_back_as_they_were_before_what_follows_them() -> None:
    def detail(**more: Any) -> dict[str, Any]:
        return {"reasoning_details": [{"type": "reasoning.text", "index": 0, **more}]}

    events = chunks(detail(text="Let me "), detail(text="see."), detail(signature="c2ln"), {"content": "Yes"}, finish="stop")
    (token,) = [event for event in events if isinstance(event, TokenEvent)]
    assert json.loads(token.token.value) == [{"type": "reasoning.text", "index": 0, "text": "Let me see.", "signature": "c2ln"}]
    assert events.index(token) < next(n for n, event in enumerate(events) if isinstance(event, Delta) and event.text == "Yes")


def test_thoughts_that_nobody_may_read_are_a_token_of_their_own() -> None:
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "redacted_thinking", "data": "c2ln"}}
    lines = [block, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}]
    events = read("anthropic-messages", [b"".join(b"data: " + orjson.dumps(line) + b"\n\n" for line in lines)])
    (token,) = [event for event in events if isinstance(event, TokenEvent)]
    assert (token.token.kind, token.token.value) == ("redacted", "c2ln")


def test_an_answer_cut_at_its_length_does_not_complete_the_call_that_it_cuts() -> None:
    lines: list[Any] = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "a", "name": "f", "input": {}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
        {"type": "message_stop"},
    ]
    heard = told(read("anthropic-messages", [b"".join(b"data: " + orjson.dumps(line) + b"\n\n" for line in lines)]))
    assert heard.names == {"a": "f"} and heard.calls == [] and heard.finish.reason == "length"


def test_what_we_do_not_know_is_kept_whole() -> None:
    item = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"query": "x"}}
    lines = [
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {"status": "completed", "output": [item]}},
    ]
    events = read("openai-responses", [b"".join(b"data: " + orjson.dumps(line) + b"\n\n" for line in lines)])
    (kept,) = [event for event in events if isinstance(event, OpaqueEvent)]
    assert json.loads(kept.json) == item


def test_where_something_comes_from_is_told() -> None:
    note = {"type": "url_citation", "url_citation": {"url": "https://x.test", "title": "X", "start_index": 0, "end_index": 3}}
    events = chunks({"content": "Yes", "annotations": [note]}, finish="stop")
    (citation,) = [event for event in events if isinstance(event, Citation)]
    assert (citation.url, citation.title, citation.start, citation.end) == ("https://x.test", "X", 0, 3)


def test_half_a_character_in_arguments_waits_for_the_other() -> None:
    lines = (
        r'{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"\ud83d"}}]}}]}',
        r'{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\ude00\"}"}}]}}]}',
        '{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}',
        "[DONE]",
    )
    body = "".join(f"data: {line}\n\n" for line in lines).encode()
    events = read("openai-chat", [body])
    assert told(events).calls == [("f", {"x": "😀"})]
    assert [type(event) for event in events] == [ToolCallStart, ToolCallPiece, ToolCallPiece, ToolCallEnd, Finish]

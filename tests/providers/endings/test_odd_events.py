"""One odd event in a good answer is skipped and counted, and the answer arrives whole. One that may have held text fails it."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import ProviderError
from coderoute_ls.providers.answers.json_documents import JsonDocuments
from coderoute_ls.providers.answers.surrogates import LOST, SurrogateJoiner
from coderoute_ls.providers.json_access import Json
from coderoute_ls.selection.health.vendor_latch import block
from tests.providers.asking import CHAT, Heard, listen, offer, providers
from tests.providers.endings.bodies import BODIES, sse
from tests.providers.wire_fixtures import decode
from tests.support.provider import ScriptedProvider
from tests.support.shared import ROOT, shared_data

GOOD = {
    "openai-chat": "stop", "openai-completions": "stop", "openai-responses": "completed", "anthropic-messages": "end_turn",
    "gemini": "STOP", "cohere-v2": "COMPLETE", "llamacpp-infill": "eos", "mistral-fim": "stop",
}  # fmt: skip
"""Dialects of server-sent events, and their good end."""

ODD: Mapping[str, bytes] = {
    "empty data": b"data: \n\n",
    "empty data without a blank": b"data:\n\n",
    "ping": b"data: ping\n\n",
    "a named ping": b"event: ping\ndata: still here\n\n",
    "a named heartbeat": b"event: heartbeat\ndata: 1790000000\n\n",
    "keep-alive": b"data: keep-alive\n\n",
    "null": b"data: null\n\n",
    "a number": b"data: 17\n\n",
    "NaN": b"data: NaN\n\n",
    "a string": b'data: "ping"\n\n',
    "a list": b"data: []\n\n",
    "a broken ping": b"data: {ping}\n\n",
    "Python's ping": b"data: {'type': 'ping'}\n\n",
    "a byte order mark": b"data: \xef\xbb\xbf\n\n",
}
"""Held nothing of an answer: skipped and counted."""
SILENT: Mapping[str, bytes] = {
    "a comment": b": ping\n\n",
    "blank lines": b"\n\n\n",
    "a retry field": b"retry: 3000\n\n",
    "an id": b"id: 7\n\n",
    "an unknown field": b"meta: x\n\n",
    "an empty object": b"data: {}\n\n",
    "a ping object": b'data: {"type": "ping"}\n\n',
}
"""No event at all, or an object that says nothing."""


def good(name: str, body: bytes, skipped: int) -> None:
    outcome = decode(name, [body])
    assert outcome.error is None
    assert outcome.text == "Hello"
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.skipped) == ("stop", skipped)


def places(body: bytes) -> list[int]:
    """Before the first event, between two, and before the last one."""
    ends = [index + 2 for index in range(len(body)) if body[index : index + 2] == b"\n\n"]
    return [0, *ends[:-1]]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("odd", [*ODD, *SILENT])
def test_one_odd_event_anywhere_is_skipped(name: str, odd: str) -> None:
    body = BODIES[name](GOOD[name])
    counted = int(odd in ODD)
    for place in places(body):
        good(name, body[:place] + {**ODD, **SILENT}[odd] + body[place:], counted)


@given(
    name=st.sampled_from(sorted(GOOD)),
    odd=st.lists(st.tuples(st.sampled_from(sorted(ODD)), st.integers(0, 9)), max_size=6),
    size=st.integers(1, 40),
)
def test_any_number_of_odd_events_is_counted_in_any_pieces(name: str, odd: list[tuple[str, int]], size: int) -> None:
    body = BODIES[name](GOOD[name])
    for what, where in odd:
        at = places(body)
        place = at[where % len(at)]
        body = body[:place] + ODD[what] + body[place:]
    outcome = decode(name, [body[start : start + size] for start in range(0, len(body), size)])
    assert (outcome.error, outcome.text) == (None, "Hello")
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.wire_reason, outcome.finish.skipped) == ("stop", GOOD[name], len(odd))


@pytest.mark.parametrize("name", GOOD)
def test_a_stream_of_nothing_but_oddities_is_no_answer(name: str) -> None:
    outcome = decode(name, [b"".join(ODD.values())])
    assert outcome.error is not None


@pytest.mark.parametrize(
    "lost",
    [
        b'data: {"choices":[{"index":0,"delta":{"content":"lo"}}\n\n',
        b'data: {"choices":[{"index":0,"delta":{"content":"\xff"}}]}\n\n',
        b'data: {"choices": [{"text": "lo"\n\n',
        b'data: {"error": \n\n',
    ],
)
def test_an_unreadable_event_that_may_have_held_text_is_not_skipped(lost: bytes) -> None:
    body = BODIES["openai-chat"]("stop")
    outcome = decode("openai-chat", [lost + body])
    assert outcome.error is not None


@pytest.mark.parametrize("mark", ["[DONE]", "[done]", " [Done] ", '"[DONE]"'])
def test_the_end_mark_is_known_in_any_case(mark: str) -> None:
    body = BODIES["openai-chat"]("stop").replace(b"[DONE]", mark.encode())
    outcome = decode("openai-chat", [body])
    assert outcome.finish is not None and outcome.finish.reason == "stop"


# --- other framings of the same answer -----------------------------------------------------------------------------------

_CHUNKS: tuple[Json, ...] = (
    {"choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
)


def _numbered(index: int | None) -> list[Json]:
    """The same chunks with another index, or with none."""
    number: Json = {} if index is None else {"index": index}
    pieces: list[Json] = [{"delta": {"content": "Hel"}}, {"delta": {"content": "lo"}}, {"delta": {}, "finish_reason": "stop"}]
    return [{"choices": [{**number, **piece}]} for piece in pieces]


_LINES = [orjson.dumps(chunk) for chunk in _CHUNKS]
FRAMINGS: Mapping[str, bytes] = {
    "JSON lines": b"\n".join(_LINES),
    "JSON lines with an end": b"\n".join(_LINES) + b"\n",
    "JSON lines with CRLF": b"\r\n".join(_LINES),
    "JSON without line ends": b"".join(_LINES),
    "JSON lines behind a mark": b"\xef\xbb\xbf" + b"\n".join(_LINES),
    "JSON lines behind blanks": b" \n\n " + b"\n\n".join(_LINES),
    "JSON lines behind a comment": b": hello\n\n" + b"\n".join(_LINES),
    "one line end between events": b"".join(b"data: " + line + b"\n" for line in _LINES),
    "no blank behind the colon": b"".join(b"data:" + line + b"\n\n" for line in _LINES),
    "framed twice": b"".join(b"data: data: " + line + b"\n\n" for line in _LINES),
    "a mark before the first event": b"\xef\xbb\xbf" + sse(*_CHUNKS),
    "a mark before every event": b"".join(b"\xef\xbb\xbfdata: " + line + b"\n\n" for line in _LINES),
    "a mark in the data": b"".join(b"data: \xef\xbb\xbf" + line + b"\n\n" for line in _LINES),
    "CR only": sse(*_CHUNKS).replace(b"\n", b"\r"),
    "an event over two lines": sse(*_CHUNKS).replace(b'"choices":', b'"choices":\ndata: '),
    "NaN in the usage": sse(*_CHUNKS[:2], {**_CHUNKS[2], "usage": {"prompt_tokens": 12345}}).replace(b"12345", b"NaN"),
    "an endless number": sse(*_CHUNKS[:2], {**_CHUNKS[2], "usage": {"prompt_tokens": 12345}}).replace(b"12345", b"Infinity"),
    "whole messages": sse(
        {"choices": [{"index": 0, "message": {"content": "Hel"}}]},
        {"choices": [{"index": 0, "message": {"content": "lo"}}]},
        _CHUNKS[2],
    ),
    "messages that repeat": sse(
        {"choices": [{"index": 0, "message": {"content": "Hel"}, "delta": {"content": "Hel"}}]},
        {"choices": [{"index": 0, "message": {"content": "Hello"}, "delta": {"content": "lo"}}]},
        {"choices": [{"index": 0, "message": {"content": "Hello"}, "delta": {"content": ""}, "finish_reason": "stop"}]},
    ),
    "text only in the last message": sse(
        {"choices": [{"index": 0, "delta": {"role": "assistant"}}]},
        {"choices": [{"index": 0, "message": {"content": "Hello"}, "delta": {}, "finish_reason": "stop"}]},
    ),
    "counted from one": sse(*_numbered(1)),
    "counted from one, at once": sse({"choices": [{"index": 1, "delta": {"content": "Hello"}, "finish_reason": "stop"}]}),
    "no index": sse(*_numbered(None)),
    "a whole answer": orjson.dumps({"choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]}),
    "a whole answer behind a mark": b"\xef\xbb\xbf"
    + orjson.dumps({"choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]}),
}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_same_answer_in_another_framing(framing: str) -> None:
    body = FRAMINGS[framing]
    for size in (len(body), 1, 7):
        outcome = decode("openai-chat", [body[start : start + size] for start in range(0, len(body), size)])
        assert (outcome.error, outcome.text) == (None, "Hello"), size
        assert outcome.finish is not None and outcome.finish.reason == "stop"


LATE: Mapping[str, bytes] = {
    "the done event of the text": sse(
        {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello"},
        {"type": "response.completed", "response": {"status": "completed"}},
    ),
    "the last event": sse(
        {
            "type": "response.completed",
            "response": {"status": "completed", "output": [{"content": [{"type": "output_text", "text": "Hello"}]}]},
        }
    ),
    "both, and pieces before": sse(
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "Hello"},
        {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello"},
        {
            "type": "response.completed",
            "response": {"status": "completed", "output": [{"content": [{"type": "output_text", "text": "Hello"}]}]},
        },
    ),
}


WHOLE_IN_ONE: Mapping[str, bytes] = {
    "anthropic-messages": sse(
        {"type": "message_start", "message": {"content": [{"type": "text", "text": "Hello"}]}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ),
    "cohere-v2": sse(
        {"type": "content-start", "delta": {"message": {"content": {"text": "Hello"}}}},
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
    ),
    "ollama": b'{"message": {"content": "Hello"}, "done": true, "done_reason": "stop"}',
    "ollama-without-done": b'{"message": {"content": "Hel"}}\n{"response": "lo"}\n{"done": true, "done_reason": "stop"}\n',
    "llamacpp-infill": sse({"content": "Hello", "stop": True, "stop_type": "eos"}),
    "openai-completions": sse({"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}]}, "[DONE]"),
    "openai-chat": sse({"choices": [{"index": 0, "text": "Hello", "finish_reason": "stop"}]}, "[DONE]"),
}


@pytest.mark.parametrize("name", WHOLE_IN_ONE)
def test_text_that_comes_where_it_is_not_expected_is_read(name: str) -> None:
    good(name.removesuffix("-without-done"), WHOLE_IN_ONE[name], 0)


@pytest.mark.parametrize("case", LATE)
def test_text_that_only_a_done_event_has_is_read_once(case: str) -> None:
    good("openai-responses", LATE[case], 0)


# --- halves of characters --------------------------------------------------------------------------------------------------


def _escaped(piece: str) -> bytes:
    return b'data: {"choices":[{"index":0,"delta":{"content":"' + piece.encode() + b'"}}]}\n\n'


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["\\ud83d", "\\ude00"], "😀"),
        (["a\\ud83d", "\\ude00b"], "a😀b"),
        (["\\ud83d", "", "\\ude00"], "😀"),
        (["\\ud83d\\ude00\\ud83d", "\\ude01"], "😀😁"),
        (["\\ud83d", "x"], LOST + "x"),
        (["\\ude00"], LOST),
        (["x\\ud83d"], "x" + LOST),
    ],
)
def test_two_halves_of_a_character_come_together_again(pieces: list[str], text: str) -> None:
    outcome = decode("openai-chat", [b"".join(map(_escaped, pieces)) + sse(_CHUNKS[2], "[DONE]")])
    assert (outcome.error, outcome.text) == (None, text)
    assert outcome.finish is not None and outcome.finish.reason == "stop"


@given(st.text(), st.data())
def test_a_text_cut_between_any_halves_is_the_same_text(text: str, data: st.DataObject) -> None:
    units = text.encode("utf-16-le")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(units) // 2), max_size=6)))
    bounds = pairwise([0, *(cut * 2 for cut in cuts), len(units)])
    joiner = SurrogateJoiner()
    pieces = [units[a:b].decode("utf-16-le", "surrogatepass") for a, b in bounds]
    assert "".join([*map(joiner.feed, pieces), joiner.close()]) == text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    documents=st.lists(
        st.dictionaries(st.text(max_size=5), _JSON, max_size=3) | st.lists(_JSON, max_size=3), min_size=1, max_size=4
    ),
    between=st.sampled_from([b"", b"\n", b" \r\n\t"]),
    size=st.integers(1, 30),
)
def test_documents_are_cut_apart_in_any_pieces(documents: list[object], between: bytes, size: int) -> None:
    body = between.join(map(orjson.dumps, documents))
    framer = JsonDocuments()
    events = [event for start in range(0, len(body), size) for event in framer.feed(body[start : start + size])]
    assert [orjson.loads(data) for _, data in (*events, *framer.close())] == documents


async def test_a_whole_document_is_read_while_the_server_holds_the_line() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(capabilities={"streaming": False}), CHAT)))
        request = await server.request()
        await request.start(headers={"content-type": "application/json"})
        await request.send(orjson.dumps({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}))
        answer = await heard
        assert (answer.text, request.answered) == ("Hello", False)
        await request.end()
        await client.close()


# --- the builders' own answers that went wrong ---------------------------------------------------------------------------


def _handed(kind: str) -> list[str]:
    return sorted(path.name for path in (ROOT / "cases" / "route" / "wire").glob(f"{kind}-*.http")) or [""]


async def served(name: str) -> Heard | ProviderError:
    """What is heard of one whole HTTP answer, byte for byte over a socket."""
    raw = shared_data("cases", "route", "wire", *([name] if name else [])).read_bytes()
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    async with ScriptedProvider() as server:
        dialect = "openai-responses" if "responses" in name else "openai-chat"
        client = providers(server.url, dialect)
        heard = asyncio.create_task(listen(client.stream(offer(dialect), CHAT)))
        request = await server.request()
        await request.respond(int(lines[0].split()[1]), body, {**headers, "content-length": str(len(body))})
        try:
            return await heard
        except ProviderError as error:
            return error
        finally:
            await client.close()


@pytest.mark.parametrize("name", _handed("f1"))
async def test_what_broke_off_or_failed_is_never_a_good_answer(name: str) -> None:
    outcome = await served(name)
    if isinstance(outcome, ProviderError):
        return
    assert outcome.finish is not None
    assert outcome.finish.reason in ("error", "other")
    assert outcome.finish.problem


@pytest.mark.parametrize("name", _handed("f8"))
async def test_one_odd_event_leaves_a_good_answer_whole(name: str) -> None:
    outcome = await served(name)
    assert isinstance(outcome, Heard)
    assert outcome.text == ("Hel😀lo" if "surrogate" in name else "Hello")
    assert outcome.finish is not None and outcome.finish.reason == "stop"


CHECKS: Mapping[str, Callable[[ProviderError], bool]] = {
    "f5": lambda error: not block(error) and error.scope in ("request", "offer", "model"),
    "f13": lambda error: type(error).__name__ == "ContextTooLong",
    "f15": lambda error: type(error).__name__ == "RateLimited" and error.retry_after is None,
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in CHECKS for name in _handed(kind)])
async def test_what_was_refused_concerns_no_more_than_it_says(kind: str, name: str) -> None:
    outcome = await served(name)
    assert isinstance(outcome, ProviderError)
    assert CHECKS[kind](outcome), outcome.user_message

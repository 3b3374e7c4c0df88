"""What a face writes, the dialect of the same format reads as it was said, and the other way round; cut anywhere it is no good
end, and each answer has exactly one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Delta, Finish, Prompt, StreamEvent, Usage
from coderoute_ls.domain.conversation import (
    Content,
    ImagePart,
    ReasoningToken,
    TokenEvent,
    Tool,
    ToolCall,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
)
from coderoute_ls.errors import ProviderError, ProviderUnavailable
from coderoute_ls.gateway.faces import all_faces
from coderoute_ls.gateway.faces.face import Face, FaceRequest, WhoAnswers
from coderoute_ls.gateway.http.asgi_app import application
from coderoute_ls.providers.dialect import DialectRequest
from coderoute_ls.providers.requests.pass_through import preserved
from tests.engine.support import Step
from tests.gateway.support import TOKEN, gateway_of
from tests.providers.asking import offer, vendor
from tests.providers.conversation.answering import VENDORS, Call, Say, Think
from tests.providers.conversation.reading import Told, read, told
from tests.providers.conversation.test_answers_of_conversations import numbered, said
from tests.providers.conversation.test_round_trips import conversations
from tests.providers.conversation.writing import wire

ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "openai-chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
    "anthropic-messages": ("/v1/messages", {"max_tokens": 99, "messages": [{"role": "user", "content": "Hi"}]}),
    "openai-responses": ("/v1/responses", {"input": "Hi"}),
}
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def face_of(format_: str) -> tuple[Face, FaceRequest]:
    """The face, and a request of its own that streams."""
    (face,) = (face for face in all_faces() if face.format == format_)
    body = {"model": "coderoute", "stream": True, **ASKED[format_][1]}
    return face, face.decode(orjson.dumps({**body, **_COUNTED.get(format_, {})}), {})


_COUNTED = {"openai-chat": {"stream_options": {"include_usage": True}}}


@st.composite
def answers(draw: st.DrawFn) -> list[StreamEvent]:
    """Text, thoughts with a token behind them, and calls, of which two may be written at once."""
    events: list[StreamEvent] = []
    called = 0
    for _ in range(draw(st.integers(1, 4))):
        match draw(st.sampled_from(["text", "thought", "calls"])):
            case "text":
                events += [Delta(piece) for piece in draw(st.lists(words, min_size=1, max_size=3))]
            case "thought":
                events += [Delta(reasoning=piece) for piece in draw(st.lists(words, min_size=1, max_size=2))]
                if draw(st.booleans()):
                    events.append(TokenEvent(ReasoningToken("next", "m-1", "signature", draw(words))))
            case _:
                texts = [orjson.dumps({"a": draw(words)}).decode() for _ in range(draw(st.integers(1, 2)))]
                open_ = {f"call_{called + n}": text for n, text in enumerate(texts)}
                called += len(open_)
                events += [ToolCallStart(id_, "look") for id_ in open_]
                cut = draw(st.integers(0, 5))
                events += [ToolCallPiece(id_, text[:cut]) for id_, text in open_.items() if text[:cut]]
                events += [ToolCallPiece(id_, text[cut:]) for id_, text in open_.items() if text[cut:]]
                events += [ToolCallEnd(id_, text) for id_, text in open_.items()]
    reason = "tool_calls" if called else draw(st.sampled_from(["stop", "length"]))
    usage = Usage(input=draw(st.integers(1, 99)), output=draw(st.integers(1, 99)))
    return [*events, Finish(reason, usage)]  # pyright: ignore[reportArgumentType]


def written(format_: str, events: Sequence[StreamEvent]) -> bytes:
    """The answer as this face sends it."""
    face, request = face_of(format_)
    writer = face.writer(request, WhoAnswers("d1", "next/m", 1))
    *pieces, finish = events
    assert isinstance(finish, Finish)
    return writer.start() + b"".join(map(writer.event, pieces)) + writer.finish(finish)


def meaning(heard: Told) -> tuple[object, ...]:
    """What a caller builds on. Tokens travel in the gateway's own wrapping, and are read elsewhere."""
    usage = heard.finish.usage
    counted = (usage.input, usage.output) if usage else None
    return heard.text, heard.reasoning, heard.names, heard.ended, heard.finish.reason, counted


@pytest.mark.parametrize("format_", ASKED)
@settings(max_examples=25)
@given(events=answers(), size=st.integers(1, 60), share=st.floats(0, 1))
def test_what_a_face_writes_its_dialect_reads(format_: str, events: list[StreamEvent], size: int, share: float) -> None:
    body = written(format_, events)
    whole = told(read(format_, [body]))
    assert meaning(whole) == meaning(told(events))
    assert read(format_, [body[at : at + size] for at in range(0, len(body), size)]) == read(format_, [body])
    try:
        cut = told(read(format_, [body[: int(len(body) * share)]]))
    except ProviderError:
        return
    if cut.finish.reason != "incomplete":  # only what says nothing more of the answer is missing
        assert meaning(cut)[:-1] == meaning(whole)[:-1]


def _joined(prompt: Prompt) -> list[tuple[str, list[Content]]]:
    """The turns, those of one speaker after another as one."""
    turns: list[tuple[str, list[Content]]] = []
    for message in prompt.messages:
        if turns and turns[-1][0] == message.role:
            turns[-1][1].extend(message.content)
        else:
            turns.append((message.role, [*message.content]))
    return turns


@pytest.mark.parametrize("format_", ASKED)
@settings(max_examples=25)
@given(data=st.data())
def test_what_a_dialect_writes_its_face_reads_and_keeps_byte_for_byte(format_: str, data: st.DataObject) -> None:
    """Reading what was written, and writing what was read, change nothing; under ``preserve`` not even a space."""
    (face,) = (face for face in all_faces() if face.format == format_)
    prompt = data.draw(conversations("openai-chat"))  # without tokens: those are another vendor's to a face
    begun = prompt.messages[-1]  # Anthropic's takes no blank at the end of an answer that the caller has begun
    assume(begun.role != "assistant" or begun.text == begun.text.rstrip())
    body = orjson.dumps(wire(format_, prompt, model="small-1").body, option=orjson.OPT_INDENT_2)
    request = face.decode(body, {})
    plain = [(role, [_plain(part) for part in parts]) for role, parts in _joined(prompt)]
    assert [(role, [_plain(part) for part in parts]) for role, parts in _joined(request.prompt)] == plain
    assert [tool.name for tool in request.prompt.tools if isinstance(tool, Tool)] == ["look", "read_file"]
    kept = replace(request.prompt, loss="preserve")
    ask = DialectRequest(vendor("http://127.0.0.1", format_), offer(format_), kept, True, None)
    again = preserved(ask, wire(format_, kept, model="small-1"), format_)
    assert again is not None and again.raw == body and not again.losses


def _plain(part: Content) -> object:
    match part:
        case ToolCall():
            return replace(part, arguments=orjson.loads(part.arguments))  # pyright: ignore[reportArgumentType]
        case ImagePart():
            return replace(part, detail="")
        case _:
            return part


GOOD = {
    "openai-chat": (b'"finish_reason":"stop"', b'"finish_reason":"tool_calls"', b'"finish_reason":"length"'),
    "anthropic-messages": (b"event: message_stop",),
    "openai-responses": (b"event: response.completed", b"event: response.incomplete"),
}
BAD = {
    "openai-chat": (b'data: {"error":', b'"finish_reason":"error"'),
    "anthropic-messages": (b"event: error",),
    "openai-responses": (b"event: response.failed",),
}


def heard(format_: str, play: Sequence[Step]) -> tuple[int, bytes]:
    """Status and body of a streamed answer of a gateway whose only vendor says this. No socket."""
    gateway, _ = gateway_of({"cheap": [play], "dear": [(ProviderUnavailable("Gone."),)]})
    path, fields = ASKED[format_]
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {TOKEN}".encode())]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    body = orjson.dumps({"model": "coderoute", "stream": True, **fields})
    told: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return told.pop() if told else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def answered() -> None:
        await application(gateway)(scope, receive, send)

    asyncio.run(answered())
    last = [message for message in sent if message["type"] == "http.response.body" and not message.get("more_body")]
    assert len(last) == 1 and sent[-1] is last[0]
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def ends(format_: str, body: bytes) -> tuple[int, int]:
    """How many good ends it has, and how many bad ones."""
    return sum(map(body.count, GOOD[format_])), sum(map(body.count, BAD[format_]))


@pytest.mark.parametrize("format_", ASKED)
@settings(max_examples=20)
@given(events=answers(), at=st.integers(0, 12), how=st.sampled_from(["whole", "raises", "incomplete", "error", "other"]))
def test_an_answer_has_exactly_one_end(format_: str, events: list[StreamEvent], at: int, how: Any) -> None:
    cut = min(at, len(events) - 1)
    ended: Step = ProviderUnavailable("Gone.", after_text=cut > 0) if how == "raises" else Finish(how)
    status, body = heard(format_, events if how == "whole" else [*events[:cut], ended])
    if status != 200:
        assert cut == 0 and how != "whole" and b'"error"' in body
    else:
        assert ends(format_, body) == ((1, 0) if how == "whole" else (0, 1))
        assert format_ != "openai-chat" or (body.count(b"[DONE]"), body.endswith(b"data: [DONE]\n\n")) == (1, True)


@pytest.mark.parametrize("dialect", VENDORS)
@settings(max_examples=6)
@given(items=said, share=st.floats(0, 1))
def test_a_vendors_answer_that_is_cut_is_no_good_end_for_any_caller(dialect: str, items: Any, share: float) -> None:
    body = VENDORS[dialect](numbered(items))
    try:
        events: list[Step] = [*read(dialect, [body[: int(len(body) * share)]])]
    except ProviderError as error:
        events = [error]
    finish = events[-1]
    whole = isinstance(finish, Finish) and finish.reason != "incomplete"
    for format_ in ASKED:
        status, answer = heard(format_, events)
        if status == 200:
            assert ends(format_, answer) == ((1, 0) if whole else (0, 1))
        else:
            assert not whole


def test_the_items_of_these_tests_hold_every_kind() -> None:
    """Text, thoughts and calls all reach the faces."""
    for dialect in VENDORS:
        body = VENDORS[dialect]([Think("Hm."), Say("Hi"), Call("call_1", "look", ("{}",))])
        events: list[Step] = [*read(dialect, [body])]
        for format_ in ASKED:
            status, answer = heard(format_, events)
            assert status == 200 and all(word in answer for word in (b"Hm.", b'"Hi"', b'"look"'))

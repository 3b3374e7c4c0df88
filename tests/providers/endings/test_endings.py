"""Only what a dialect lists as a good end is one; every other word is kept, and believed to be none."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import TIMING, Delta, FimSupport, Finish
from coderoute_ls.providers.answers.answer_reader import AnswerReader
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.dialect import Decoder, dialect, dialect_names
from coderoute_ls.providers.json_access import Json
from coderoute_ls.settings import ProviderSettings
from tests.providers.asking import CHAT, HOLE, listen, offer, providers, vendor
from tests.providers.endings.bodies import BODIES, sse
from tests.providers.endings.sdk_words import BLOCKED, ENUMS
from tests.providers.wire_fixtures import decode
from tests.support.provider import ScriptedProvider


def endings(name: str) -> Mapping[str, str]:
    decoder: Decoder = dialect(name).decoder(vendor("http://wire.test", name))
    return decoder.endings


def finish_of(name: str, body: bytes) -> Finish:
    outcome = decode(name, [body])
    assert outcome.finish is not None, outcome.error
    assert outcome.text == "Hello"
    return outcome.finish


def test_every_dialect_lists_its_good_endings() -> None:
    assert set(BODIES) == set(dialect_names())
    assert all("stop" in endings(name).values() for name in dialect_names())


@pytest.mark.parametrize(
    ("name", "word", "reason"),
    [
        pytest.param(enum.dialect, word, reason, id=f"{enum.source}: {word}")
        for enum in ENUMS
        for word, reason in enum.words.items()
    ],
)
def test_every_word_that_an_sdk_publishes_means_what_it_says(name: str, word: str, reason: str) -> None:
    finish = finish_of(name, BODIES[name](word))
    assert (finish.reason, finish.wire_reason) == (reason, word)
    assert bool(finish.problem) == (reason != "stop")
    assert word in finish.problem or reason in ("stop", "length", "refused")


@pytest.mark.parametrize("word", BLOCKED)
def test_a_prompt_that_was_blocked_is_filtered_whatever_the_reason(word: str) -> None:
    outcome = decode("gemini", [sse({"promptFeedback": {"blockReason": word}})])
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.wire_reason) == ("filtered", word)


_WORDS = st.text(min_size=1, max_size=20).filter(str.strip) | st.sampled_from(
    sorted({word for enum in ENUMS for word in enum.words} | {"Stop.", "stopped", "finish", "done", "ok", "success", "finished"})
)


@given(name=st.sampled_from(sorted(BODIES)), word=_WORDS)
def test_a_word_outside_of_the_list_is_never_a_good_end(name: str, word: str) -> None:
    if name == "openai-responses" and word not in endings(name):
        word = word.replace(":", ";")  # there it parts the status from its reason
    listed = endings(name).get(word.lower(), "other")
    outcome = decode(name, [BODIES[name](word)])
    assert outcome.error is not None or outcome.finish is not None
    if outcome.finish is not None:
        assert outcome.finish.reason == listed
        assert outcome.finish.wire_reason == word


@given(
    name=st.sampled_from(sorted(BODIES)),
    word=st.none() | st.just("") | st.integers(-(1 << 53), 1 << 53) | st.booleans() | st.lists(st.text(), max_size=1),
)
def test_an_end_without_a_word_is_none(name: str, word: object) -> None:
    body = BODIES[name]("the-word").replace(b'"the-word"', orjson.dumps(word))
    outcome = decode(name, [body])
    if name != "openai-responses":  # there the event itself is called ``response.completed``
        assert outcome.finish is None or outcome.finish.reason in ("other", "incomplete", "error")


# --- what an SDK's user would take for an answer ----------------------------------------------------------------------------

_HALF: Json = {"choices": [{"index": 0, "delta": {"content": "half"}, "finish_reason": None}]}
COMPLAINTS: tuple[Json, ...] = (
    {"code": 50001, "message": "engine died"},
    {"code": "internal", "message": "engine died", "choices": []},
    {"message": "engine died"},
    {"choices": None, "error_type": "engine", "error_message": "engine died"},
    {"object": "error", "message": "engine died", "type": "InternalServerError", "code": 500},
    {"error": {"message": "engine died", "code": 500}},
    {"error": "engine died"},
    {"detail": "engine died"},
    {"detail": [{"msg": "engine died"}]},
    {"errors": [{"message": "engine died"}]},
    {"error_code": 18, "error_msg": "engine died"},
    {"status": "failed", "message": "engine died"},
    {"status": 500, "title": "engine died"},
    {"type": "error", "message": "engine died"},
    {"base_resp": {"status_code": 1013, "status_msg": "engine died"}, "choices": None},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": {"code": 502, "message": "engine died"}}]},
)


@pytest.mark.parametrize("complaint", COMPLAINTS, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("start", [(), (_HALF,)], ids=["before any text", "after text"])
def test_a_chunk_that_only_complains_is_a_failure_and_keeps_its_words(complaint: Json, start: tuple[Json, ...]) -> None:
    outcome = decode("openai-chat", [sse(*start, complaint, "[DONE]")])
    assert outcome.error is not None and outcome.finish is None
    assert "engine died" in outcome.error.user_message


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"bedrock-converse", "bedrock-invoke"}))
@pytest.mark.parametrize("complaint", [{"code": 50001, "message": "engine died"}, {"error": {"message": "engine died"}}])
def test_every_dialect_knows_a_complaint(name: str, complaint: Json) -> None:
    body = orjson.dumps(complaint) + b"\n" if name == "ollama" else sse(complaint)
    whole = BODIES[name]("stop")
    cut = whole.index(b"\n") + (1 if name == "ollama" else 2)
    outcome = decode(name, [whole[:cut] + body])
    assert outcome.error is not None and "engine died" in outcome.error.user_message


@pytest.mark.parametrize(
    "harmless",
    [
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]},
        {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}, "code": 0, "message": "success"},
        {"code": 0, "message": "ok"},
        {"type": "ping"},
        {"base_resp": {"status_code": 0, "status_msg": ""}, "choices": []},
        {},
    ],
)
def test_a_chunk_that_says_nothing_bad_is_no_failure(harmless: Json) -> None:
    outcome = decode("openai-chat", [sse(harmless) + BODIES["openai-chat"]("stop")])
    assert (outcome.error, outcome.text) == (None, "Hello")


def test_usage_that_came_before_a_failure_comes_with_it() -> None:
    counted: Json = {**_HALF, "usage": {"prompt_tokens": 12_000, "completion_tokens": 300}}
    outcome = decode("openai-chat", [sse(counted, {"error": {"message": "engine died"}})])
    assert outcome.error is not None and outcome.finish is None


@pytest.mark.parametrize("name", sorted(BODIES))
def test_an_end_sign_alone_is_no_good_end(name: str) -> None:
    if name in ("bedrock-converse", "bedrock-invoke", "ollama"):
        return
    body = BODIES[name]("the-word")
    first = body[: body.index(b"\n\n") + 2]
    outcome = decode(name, [first + b"data: [DONE]\n\n"])
    assert outcome.finish is not None and outcome.finish.reason == "other"
    assert outcome.finish.problem == "The answer ended without saying how; it may not be complete."


@pytest.mark.parametrize("bad", ["content_filter", "length", "token_limit", "error"])
def test_a_good_word_behind_a_bad_one_mends_nothing(bad: str) -> None:
    ends: list[Json] = [{"choices": [{"index": 0, "delta": {}, "finish_reason": word}]} for word in (bad, "stop")]
    for order in (ends, ends[::-1]):
        outcome = decode("openai-chat", [sse(_HALF, *order, "[DONE]")])
        assert outcome.finish is not None
        assert (outcome.finish.reason, outcome.finish.wire_reason) == (endings("openai-chat").get(bad, "other"), bad)


# --- refusals that come as text -----------------------------------------------------------------------------------------------

REFUSALS: Mapping[str, tuple[str, bytes]] = {
    "chat, in pieces": (
        "openai-chat",
        sse(
            {"choices": [{"index": 0, "delta": {"refusal": "I can't "}}]},
            {"choices": [{"index": 0, "delta": {"refusal": "do that."}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            "[DONE]",
        ),
    ),
    "chat, whole": (
        "openai-chat",
        orjson.dumps({"choices": [{"message": {"content": None, "refusal": "I can't do that."}, "finish_reason": "stop"}]}),
    ),
    "responses, in pieces": (
        "openai-responses",
        sse(
            {"type": "response.refusal.delta", "delta": "I can't "},
            {"type": "response.refusal.delta", "delta": "do that."},
            {"type": "response.completed", "response": {"status": "completed"}},
        ),
    ),
    "responses, in the last event": (
        "openai-responses",
        sse(
            {
                "type": "response.completed",
                "response": {
                    "status": "completed",
                    "output": [{"type": "message", "content": [{"type": "refusal", "refusal": "I can't do that."}]}],
                },
            }
        ),
    ),
    "anthropic": (
        "anthropic-messages",
        sse(
            {"type": "message_start", "message": {}},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "refusal", "stop_details": {"type": "refusal", "explanation": "I can't do that."}},
            },
            {"type": "message_stop"},
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_words_of_a_refusal_are_kept_and_are_no_text(case: str) -> None:
    outcome = decode(REFUSALS[case][0], [REFUSALS[case][1]])
    assert outcome.finish is not None
    assert (outcome.text, outcome.finish.reason, outcome.finish.refusal) == ("", "refused", "I can't do that.")
    assert outcome.finish.problem == "The model refused to answer: “I can't do that”."


# --- the end sign ends the answer, whatever the server does with the connection ----------------------------------------------

GOOD = {
    "openai-chat": "stop", "openai-completions": "stop", "openai-responses": "completed", "anthropic-messages": "end_turn",
    "cohere-v2": "COMPLETE", "ollama": "stop", "llamacpp-infill": "eos", "mistral-fim": "stop", "bedrock-converse": "end_turn",
    "bedrock-invoke": "COMPLETE", "gemini": "STOP",
}  # fmt: skip
"""Dialects with an end sign; Gemini's is the chunk that holds the reason and the usage."""


@pytest.mark.parametrize("name", GOOD)
async def test_the_end_sign_ends_the_answer_while_the_server_holds_the_line(name: str) -> None:
    hole = name in ("openai-completions", "mistral-fim", "llamacpp-infill")
    asked = offer(name, fim=FimSupport(name)) if hole else offer(name)
    async with ScriptedProvider() as server:
        client = providers(server.url, name)
        heard = asyncio.create_task(listen(client.stream(asked, HOLE if hole else CHAT)))
        request = await server.request()
        await request.start()
        await request.send(BODIES[name](GOOD[name]))
        answer = await heard  # nothing more ever comes
        assert not request.answered
        assert answer.text == "Hello"
        assert answer.finish is not None and answer.finish.reason == "stop"
        await request.end()
        await client.close()


async def test_a_finish_reason_and_the_bill_are_enough() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        await request.text("Hello")
        await request.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        await request.event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}})
        answer = await heard  # without any end sign
        assert answer.finish is not None and answer.finish.usage is not None
        assert (answer.text, answer.finish.reason, answer.finish.usage.input) == ("Hello", "stop", 9)
        await request.end()
        await client.close()


BILLED: tuple[Json | str, ...] = (
    {"choices": [{"index": 0, "delta": {"content": "Hello"}}]},
    {"choices": [], "usage": {"prompt_tokens": 9}},
    "[DONE]",
)
"""What Snowflake Cortex streams: never a word about the end."""


@pytest.mark.parametrize(
    ("url", "events", "reason"),
    [
        ("https://me.snowflakecomputing.com/api/v2/cortex/v1", BILLED, "stop"),
        ("https://me.snowflakecomputing.com/api/v2/cortex/v1", BILLED[::2], "other"),
        ("https://me.snowflakecomputing.com/api/v2/cortex/v1", BILLED[:2], "incomplete"),
        ("https://snowflakecomputing.com.example/v1", BILLED, "other"),
        ("https://api.example/v1", BILLED, "other"),
    ],
)
def test_a_done_without_a_reason_is_good_only_where_the_vendor_never_gives_one(
    url: str, events: tuple[Json | str, ...], reason: str
) -> None:
    row = configured({"mine": ProviderSettings(base_url=url, dialect="openai-chat")}, {})["mine"]
    reader = AnswerReader(dialect("openai-chat").decoder(row), "sse", 100)
    text = "".join(event.text for event in (*reader.feed(sse(*events)), *reader.close()) if isinstance(event, Delta))
    assert (text, reader.finish().reason) == ("Hello", reason)


@pytest.mark.parametrize("name", ["openai-chat", "gemini"])
async def test_a_finish_reason_alone_waits_for_the_bill_only_as_long_as_it_was_told(name: str) -> None:
    alone: Json = (
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]}
        if name == "gemini"
        else {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}]}
    )
    async with ScriptedProvider() as server:
        room = providers(server.url, name)
        room.timing = replace(TIMING, usage=0.0)
        heard = asyncio.create_task(listen(room.stream(offer(name), CHAT)))
        request = await server.request()
        await request.start()
        await request.event(alone)
        answer = await heard  # nothing more ever comes
        assert answer.finish is not None and answer.finish.usage is None
        assert (answer.text, answer.finish.reason) == ("Hello", "stop")
        await request.closed()
        await room.close()


async def test_a_line_that_was_held_for_a_moment_serves_the_next_request() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        for _ in range(3):
            heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
            request = await server.request()
            await request.start()
            await request.send(BODIES["openai-chat"]("stop"))
            await heard
            await request.end()
            await client.ended()
        assert server.connections == 1
        await client.close()


async def test_closing_lets_go_of_a_line_that_is_still_held() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        await request.send(BODIES["openai-chat"]("stop"))
        await heard
        await client.close()
        await request.closed()

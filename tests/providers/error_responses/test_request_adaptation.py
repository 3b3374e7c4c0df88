"""An endpoint that refuses a part of a request is asked without it, and remembered for a day, offer by offer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.domain import Prompt
from coderoute_ls.errors import ContextTooLong, RequestRejected
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.error_responses.error_classification import failure_from_response
from coderoute_ls.providers.error_responses.learned_adaptations import KEPT_S
from coderoute_ls.providers.error_responses.request_adaptation import Adaptation
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, KEY, listen, offer, vendor
from tests.support.provider import Json, ScriptedProvider

BODY: Json = {name: None for name in ("model", "messages", "max_tokens", "temperature", "stream", "stream_options", "stop")}  # noqa: C420
BIG = replace(CHAT, max_tokens=4096)


def learned(status: int, body: bytes, prompt: Prompt = BIG) -> Adaptation | None:
    error = failure_from_response(VENDORS["openai"], status, {}, body)
    return Adaptation().learned(error, prompt, BODY, streamed=True)


@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (400, b'{"error":{"message":"Unsupported parameter: \'temperature\' is not supported with this model."}}', "temperature"),
        (400, b'{"error":{"message":"Unsupported value","param":"temperature","code":"unsupported_value"}}', "temperature"),
        (422, b'{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs"}]}', "stream_options"),
        (422, b'{"detail":[{"loc":["body","stop",0],"msg":"Input should be a string"}]}', "stop"),
        (400, b'{"object":"error","message":"[{\'loc\': (\'body\', \'temperature\')}]"}', "temperature"),
        (500, b'{"error":{"message":"create() got an unexpected keyword argument \'stream_options\'"}}', "stream_options"),
        (500, b"Internal error: unexpected keyword stream_options", "stream_options"),
        (400, b'{"message":"Unrecognized request argument supplied: stream_options"}', "stream_options"),
        (400, b'{"error":"json: unknown field \\"stream_options\\""}', "stream_options"),
        (400, b'{"error":{"message":"max_tokens is not supported; use max_completion_tokens"}}', "max_tokens"),
    ],
)
def test_the_refused_field_is_found_wherever_it_is_named(status: int, body: bytes, field: str) -> None:
    found = learned(status, body)
    assert found is not None
    assert found.without == {field}


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("max_tokens is too large: 4096. This model supports at most 2048 completion tokens.", 2048),
        ("max_tokens: 4096 > 1024, which is the maximum allowed number of output tokens for claude-3-5-haiku-20241022", 1024),
        ("`max_tokens` must be less than or equal to `2048`, the `context_window` of this model is larger", 2048),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 2,048]", 2048),
        ("Range of max_tokens should be [1, 2000]", 2000),
        ("a maxOutputTokens value of 4096 but the supported range is from 1 (inclusive) to 2049 (exclusive).", 2048),
        ("max_tokens (4096) cannot exceed 3072. Please reduce the length of max output tokens generated.", 3072),
        ("max_completion_tokens is too large", 2048),
        ("'max_tokens' or 'max_completion_tokens' is too large: 4096. It has 2104 input tokens (4096 > 5000 - 2104).", 2896),
        ("max_tokens is wrong", None),
    ],
)  # fmt: skip
def test_a_limit_that_is_too_large_is_lowered_and_never_dropped(message: str, limit: int | None) -> None:
    found = learned(400, b'{"error":{"message":"%b"}}' % message.encode())
    if found is None or limit is None:
        assert found is limit
        return
    assert (found.limit, found.without) == (limit, frozenset())
    assert found.prompt(BIG).max_tokens == limit
    assert found.lasting == ("input tokens" not in message)


def test_a_limit_is_lowered_step_by_step_and_not_to_nothing() -> None:
    prompt, known, limits = BIG, Adaptation(), list[int | None]()
    for _ in range(20):
        error = failure_from_response(VENDORS["openai"], 400, {}, b'{"error":{"message":"max_tokens is too large"}}')
        more = known.learned(error, prompt, BODY, streamed=True)
        if more is None:
            break
        known, prompt = more, more.prompt(prompt)
        limits.append(known.limit)
    assert limits == [2048, 1024, 512, 256, 128, 64, 32, 16]


@pytest.mark.parametrize(
    "message",
    [
        "System role not supported",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Only user and assistant roles are supported!",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "This model doesn't support system messages",
    ],
)
def test_a_system_text_that_is_refused_opens_the_users_message(message: str) -> None:
    for status in (400, 500):
        found = learned(status, b'{"error":{"message":"%b"}}' % message.encode())
        if status == 500 and found is None:
            continue  # not every server error is known to be about the request
        assert found is not None and found.system_in_user
        told = found.prompt(CHAT)
        assert (told.system, [(m.role, m.text) for m in told.messages]) == ("", [("user", "Be brief.\n\nSay hello.")])


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported value: 'stream' does not support true with this model.",
        "Streaming is not supported for this model",
        "Your organization must be verified to stream this model.",
        "This endpoint does not support streaming",
    ],
)
def test_an_endpoint_that_does_not_stream_is_asked_for_whole_answers(message: str) -> None:
    found = learned(400, b'{"error":{"message":"%b"}}' % message.encode())
    assert found is not None and found.unstreamed and not found.without


@pytest.mark.parametrize("message", ["Incorrect API key", "prompt is too long", "Rate limit for stop", "Internal server error"])
def test_what_no_change_would_mend_changes_nothing(message: str) -> None:
    for status in (400, 401, 429, 500):
        assert learned(status, b'{"error":{"message":"%b"}}' % message.encode()) is None


class Wall:
    def __init__(self) -> None:
        self.time = 1_795_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "max_tokens: Input should be less than or equal to 2048"},
        {
            "detail": [
                {"type": "less_than_equal", "loc": ["body", "max_tokens"], "msg": "Input should be less than or equal to 2048"}
            ]
        },
        {"error": {"message": "The model's max output is 2048 tokens; you asked for max_tokens=4096"}},
        {"error": {"message": "This model only supports a max_tokens of 2048"}},
        {"error": {"message": "maximum output tokens is 2048"}},
    ],
)
def test_a_limit_is_lowered_in_whatever_words_it_is_named(body: Json) -> None:
    assert learned(400, json.dumps(body).encode()) == Adaptation(limit=2048)


def test_a_server_that_names_the_roles_it_takes_is_asked_without_the_one_it_does_not() -> None:
    refusal = b'{"error":{"message":"Only user, assistant and tool roles are supported, got system."}}'
    assert learned(500, refusal) == learned(400, refusal) == Adaptation(system_in_user=True)


async def test_several_refusals_are_learned_in_one_call_kept_per_offer_and_forgotten_after_a_day() -> None:
    async with ScriptedProvider() as server:
        wall = Wall()
        client = ProviderClient({"test": vendor(server.url)}, {"test": KEY}.get, now=wall)
        heard = asyncio.create_task(listen(client.stream(offer(), BIG)))
        for refusal in (
            "Unsupported parameter: 'stream_options'",
            "max_tokens is too large: 4096. This model supports at most 2048 completion tokens.",
            "System role not supported",
            "Streaming is not supported for this model",
        ):
            await (await server.request()).respond(400, {"error": {"message": refusal}})
        request = await server.request()
        assert ("stream_options" in request.json, "stream" in request.json) == (False, False)
        assert request.json["max_tokens"] == 2048
        assert request.json["messages"] == [{"role": "user", "content": "Be brief.\n\nSay hello."}]
        whole: Json = {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}
        await request.respond(200, whole)
        assert (await heard).text == "Hello"

        again = asyncio.create_task(listen(client.stream(offer(), BIG)))
        request = await server.request()
        assert "stream" not in request.json
        await request.respond(200, whole)
        await again

        other = asyncio.create_task(listen(client.stream(replace(offer(), id="test/other"), BIG)))
        request = await server.request()
        assert request.json["stream"] is True
        await request.answer("Hello")
        await other

        wall.time += KEPT_S + 1
        later = asyncio.create_task(listen(client.stream(offer(), BIG)))
        request = await server.request()
        assert (request.json["stream"], request.json["max_tokens"]) == (True, 4096)
        await request.answer("Hello")
        await later
        await client.close()


async def test_what_was_refused_is_known_after_a_restart_until_a_day_is_over(tmp_path: Path) -> None:
    wall, file = Wall(), tmp_path / "experience.json"
    async with ScriptedProvider() as server:

        async def ask(store: HealthStore, refusals: int = 0) -> Mapping[str, object]:
            room = ProviderClient({"test": vendor(server.url)}, {"test": KEY}.get, now=wall, adaptations=store.adaptations)
            heard = asyncio.create_task(listen(room.stream(offer(), BIG)))
            for _ in range(refusals):
                refusal = "max_tokens is too large: 4096. This model supports at most 2048 completion tokens."
                await (await server.request()).respond(400, {"error": {"message": refusal}})
            request = await server.request()
            await request.answer("ok")
            await heard
            await room.close()
            store.save(wall.time)
            return request.json

        await ask(HealthStore(file), refusals=1)
        assert (await ask(HealthStore(file)))["max_tokens"] == 2048
        wall.time += KEPT_S + 1
        assert (await ask(HealthStore(file)))["max_tokens"] == 4096


def test_two_processes_keep_each_others_and_the_latest_refusal_wins(tmp_path: Path) -> None:
    file, now = tmp_path / "experience.json", Wall().time
    one, two = HealthStore(file), HealthStore(file)
    one.adaptations.put("a", Adaptation(limit=100), now)
    two.adaptations.put("a", Adaptation(limit=50), now + 1)
    two.adaptations.put("b", Adaptation(without=frozenset({"stop"}), system_in_user=True), now)
    two.save(now + 2)
    one.save(now + 2)
    both = HealthStore(file).adaptations
    assert both.of("a", now + 2) == Adaptation(limit=50)
    assert both.of("b", now + 2) == Adaptation(without=frozenset({"stop"}), system_in_user=True)
    assert both.of("a", now - 5) == Adaptation(), "a clock that was set back"


def test_a_file_cannot_take_out_what_a_request_needs(tmp_path: Path) -> None:
    file, now = tmp_path / "experience.json", Wall().time
    store = HealthStore(file)
    store.adaptations.put("a", Adaptation(without=frozenset({"messages", "stop"}), limit=1), now)
    store.save(now)
    assert HealthStore(file).adaptations.of("a", now) == Adaptation(without=frozenset({"stop"}))


async def test_a_limit_that_follows_from_one_prompt_is_not_kept() -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, {"test": KEY}.get)
        heard = asyncio.create_task(listen(client.stream(offer(), BIG)))
        said = "'max_tokens' is too large: 4096. Your request has 2104 input tokens (4096 > 5000 - 2104)."
        await (await server.request()).respond(400, {"error": {"message": said}})
        request = await server.request()
        assert request.json["max_tokens"] == 2896
        await request.answer("ok")
        await heard
        again = asyncio.create_task(listen(client.stream(offer(), BIG)))
        request = await server.request()
        assert request.json["max_tokens"] == 4096
        await request.answer("ok")
        await again
        await client.close()


@pytest.mark.parametrize(("status", "said", "kind"), [
    (400, "prompt is too long: 213462 tokens > 200000 maximum", ContextTooLong),
    (402, "This request requires more credits, or fewer max_tokens. You asked for 4096, the rest pays 900.", RequestRejected),
])  # fmt: skip
async def test_what_another_offer_may_answer_is_not_asked_twice(status: int, said: str, kind: type[Exception]) -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, {"test": KEY}.get)
        heard = asyncio.create_task(listen(client.stream(offer(), BIG)))
        await (await server.request()).respond(status, {"error": {"message": said}})
        with pytest.raises(kind):
            await heard
        assert len(server.log) == 1
        await client.close()

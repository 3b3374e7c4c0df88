"""Real exchanges, served again: what the official SDKs read out of the same bytes is what we read.

256 recordings of 18 public repositories. Over a socket the body comes whole, through memory it is cut at every newline, every
7 bytes and every byte.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import cast

import pytest

from coderoute_ls.domain import Finish, StreamEvent, Usage
from coderoute_ls.errors import (
    AuthenticationFailed,
    ContextTooLong,
    ModelNotFound,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.providers.connections.transport import Transport
from tests.providers.asking import Heard, listen
from tests.providers.replaying import Cut, InMemory, Recording, by_bytes, by_line
from tests.support.provider import ScriptedProvider
from tests.support.shared import ROOT, shared_data

EXCEPTIONS = {
    "openrouter.anthropic-messages.stream.length.gateway-message-delta-metadata.f95fa1": (
        "the SDK dies on the `[DONE]` behind `message_stop`; we read the finish that was there, so it is complete"
    ),
    "snowflake.openai-chat.stream.text.snowflake-model-streaming.c3a805": (
        "never says a finish reason; its `[DONE]` is an end sign, so it is complete"
    ),
}
"""Where we differ on purpose, in whether the answer is complete: 2 of 234."""
CLASSES: Mapping[str, type[ProviderError]] = {
    "auth": AuthenticationFailed,
    "bad_gateway": ProviderUnavailable,
    "context_overflow": ContextTooLong,
    "invalid_request": RequestRejected,
    "model_not_found": ModelNotFound,
    "out_of_credit": OutOfCredit,
    "overloaded": ProviderUnavailable,
    "rate_limit": RateLimited,
    "request_too_large": ContextTooLong,
    "server_error": ProviderUnavailable,
}
IN_STREAM: Mapping[str, type[ProviderError]] = {
    "llamacpp.openai-chat.stream.stream-error.error-field-sse.9888fa": ContextTooLong,
    "lmstudio.openai-chat.json.error-in-200.wrong-path-200.9ff3b7": ProviderUnavailable,
}
"""Failures that the SDK reads over: an SSE field it drops, an error it takes for an answer."""
UNKNOWN_TO_SDK = {"bedrock-mantle.openai-responses.stream.reasoning-opaque.reused-tool-call-ids-stream.7800f3": 43}
"""Tokens written to the cache, in a field newer than the SDK."""


def _in_scope() -> list[str]:
    return sorted(path.name for path in (ROOT / "recordings").glob("*.json") if path.name != "index.json")


def _recording(name: str) -> Recording:
    if not name:
        shared_data("recordings")
    return Recording.read(shared_data("recordings", name))


every_recording = pytest.mark.parametrize("name", _in_scope() or [""])


@every_recording
async def test_a_recorded_exchange_reads_the_same_over_a_socket(name: str) -> None:
    recording = _recording(name)
    async with ScriptedProvider() as server:
        client = recording.providers(server.url)
        heard = asyncio.create_task(_outcome(client.stream(*recording.question())))
        headers = {
            key: value for key, value in recording.headers.items() if key.lower() not in ("transfer-encoding", "content-length")
        }
        await (await server.request()).respond(recording.status, recording.body, headers)
        _agrees(recording, await heard)
        await client.close()


@every_recording
@pytest.mark.parametrize("cut", [by_line, by_bytes(7), by_bytes(1)], ids=["lines", "7 bytes", "1 byte"])
async def test_a_recorded_exchange_reads_the_same_in_any_pieces(name: str, cut: Cut) -> None:
    recording = _recording(name)
    client = recording.providers(
        "http://replay.test", Transport(InMemory(recording.status, recording.headers, cut(recording.body)))
    )
    _agrees(recording, await _outcome(client.stream(*recording.question())))
    await client.close()


async def _outcome(stream: AsyncGenerator[StreamEvent, None]) -> Heard | ProviderError:
    try:
        return await listen(stream)
    except ProviderError as error:
        return error


def _agrees(recording: Recording, outcome: Heard | ProviderError) -> None:
    expected = recording.expected
    error = expected.get("error")
    in_stream = expected.get("mid_stream_error")
    if isinstance(outcome, ProviderError):
        wanted = CLASSES[error["category"]] if error else IN_STREAM.get(recording.id, ProviderUnavailable)
        assert error or in_stream or recording.id in IN_STREAM
        assert type(outcome) is wanted
        assert outcome.user_message.endswith(".")
        if error and recording.status >= 400:
            assert outcome.status == recording.status
            assert (outcome.scope == "vendor") == (error["category"] == "auth")
            assert (outcome.scope == "account") == (error["category"] == "out_of_credit")
        return
    assert error is None and recording.id not in IN_STREAM
    assert outcome.text == expected["text"]
    assert outcome.reasoning == expected["reasoning_text"]
    finish = outcome.finish
    assert finish is not None
    assert finish.wire_reason == (expected["finish_reason"] or "")
    complete = expected.get("complete") is not False or recording.id in EXCEPTIONS
    assert (finish.reason != "incomplete") == complete
    if expected.get("refusal"):
        assert finish.reason == "refused"
    _counts_agree(recording, finish)


def _counts_agree(recording: Recording, finish: Finish) -> None:
    wire: dict[str, int | None] = recording.expected["usage"] or {}
    counted = {name: value for name, value in wire.items() if value}
    if not counted:
        assert finish.usage is None or finish.usage.input + finish.usage.output == 0
        return
    usage = finish.usage
    assert usage is not None
    if raw := recording.expected.get("raw_usage"):
        read = {key: value for key, value in usage.raw.items() if key in raw} if recording.provider == "bedrock" else usage.raw
        assert _comparable(read) == _comparable(raw), "boto3 drops the fields that its model does not know"
    assert usage == _normalised(recording, usage, counted)


def _normalised(recording: Recording, usage: Usage, wire: Mapping[str, int]) -> Usage:
    """The wire's counts by the rules of `Usage`: the whole prompt in, everything that the model wrote out."""
    entered, left = wire.get("input", 0), wire.get("output", 0)
    cached, written, reasoning = wire.get("cached", 0), wire.get("cache_write", 0), wire.get("reasoning", 0)
    if recording.dialect in ("anthropic-messages", "bedrock-converse", "bedrock-invoke"):
        entered += cached + written
    if recording.dialect == "gemini" or (recording.provider, recording.dialect) == ("xai", "openai-chat"):
        left += reasoning
        # what these two leave out of the output, and Gemini's tools out of the input, is in their total
        entered = wire["total"] - left
    written = UNKNOWN_TO_SDK.get(recording.id, written)
    return Usage(entered, left, cached, written, reasoning, usage.cost_usd, usage.raw)


def _comparable(value: object) -> object:
    """Without nulls, and with Google's names as its SDK writes them."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return {_snake(key): _comparable(inner) for key, inner in fields.items() if inner is not None and key != "serviceTier"}
    return [_comparable(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)

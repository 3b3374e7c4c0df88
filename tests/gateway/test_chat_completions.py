"""Chat completions: what a caller sends arrives in the house's words, what a model says arrives in the caller's."""

from collections.abc import Sequence

import orjson

from coderoute_ls.domain import Delta, Finish, Usage
from coderoute_ls.domain.conversation import (
    ImagePart,
    ReasoningPart,
    ReasoningToken,
    TokenEvent,
    Tool,
    ToolCall,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    ToolChoice,
    ToolResult,
)
from coderoute_ls.errors import ProviderUnavailable, RateLimited
from tests.engine.support import Step, answer
from tests.gateway.support import TOKEN, chunks, serving

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALLS: Sequence[Step] = (
    Delta(reasoning="Rain?"),
    TokenEvent(ReasoningToken("cheap", "m-4", "signature", "sig==")),
    ToolCallStart("call_1", "weather"),
    ToolCallStart("call_2", "weather"),
    ToolCallPiece("call_1", '{"city":'),
    ToolCallPiece("call_2", '{"city":"Rome"}'),
    ToolCallPiece("call_1", '"Oslo"}'),
    ToolCallEnd("call_1", '{"city":"Oslo"}'),
    ToolCallEnd("call_2", '{"city":"Rome"}'),
    Finish("tool_calls", Usage(input=20, output=9)),
)


async def test_an_answer_as_one_object_says_who_gave_it_and_what_it_cost() -> None:
    async with serving({"cheap": [answer("Good day")]}) as served:
        response = await served.chat()
        body = response.json()
        assert response.status_code == 200
        assert body["choices"][0]["message"]["content"] == "Good day"
        assert body["choices"][0]["finish_reason"] == "stop"
        assert body["usage"]["total_tokens"] == 200
        assert body["model"] == response.headers["x-coderoute-model"] == "cheap/m"
        assert float(response.headers["x-coderoute-cost"]) == body["usage"]["cost"] > 0
        assert served.world.engine.records.get(response.headers["x-coderoute-decision"]) is not None


async def test_a_stream_ends_once_and_counts_where_asked() -> None:
    async with serving({"cheap": [answer("Good day")]}) as served:
        response = await served.chat(stream=True, stream_options={"include_usage": True})
        told = chunks(response)
        assert response.text.endswith("data: [DONE]\n\n") and response.text.count("[DONE]") == 1
        assert [choice["finish_reason"] for chunk in told for choice in chunk["choices"]] == [None, "stop"]
        assert told[-1]["choices"] == [] and told[-1]["usage"]["total_tokens"] == 200


async def test_parallel_tool_calls_keep_their_indexes_and_arguments() -> None:
    async with serving({"cheap": [CALLS, CALLS]}) as served:
        streamed = chunks(await served.chat(stream=True, tools=[WEATHER]))
        whole = (await served.chat(tools=[WEATHER])).json()
        arguments = {0: "", 1: ""}
        for chunk in streamed:
            for choice in chunk["choices"]:
                for call in choice["delta"].get("tool_calls", ()):
                    arguments[call["index"]] += call["function"].get("arguments", "")
        assert arguments == {0: '{"city":"Oslo"}', 1: '{"city":"Rome"}'}
        calls = whole["choices"][0]["message"]["tool_calls"]
        assert [(call["id"], call["function"]["arguments"]) for call in calls] == [
            ("call_1", '{"city":"Oslo"}'),
            ("call_2", '{"city":"Rome"}'),
        ]
        assert whole["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_conversation_with_tools_comes_back_as_it_was_said() -> None:
    async with serving({"cheap": [CALLS, answer()]}) as served:
        first = (await served.chat(tools=[WEATHER])).json()["choices"][0]["message"]
        results = [{"role": "tool", "tool_call_id": call["id"], "content": "rain"} for call in first["tool_calls"]]
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather?"}, first, *results]
        choice = {"type": "function", "function": {"name": "weather"}}
        await served.chat(messages=messages, tools=[WEATHER], tool_choice=choice, parallel_tool_calls=False)
        prompt = served.world.upstream.prompts[-1]
        assert prompt.system_words == "Be brief."
        assert prompt.tools == (Tool("weather", schema={"type": "object"}),)
        assert (prompt.tool_choice, prompt.parallel) == (ToolChoice("tool", "weather"), False)
        assistant = [message for message in prompt.messages if message.role == "assistant"]
        token = ReasoningToken("cheap", "m-4", "signature", "sig==")
        assert assistant[0].parts == (
            ReasoningPart("Rain?", token),
            ToolCall("call_1", "weather", '{"city":"Oslo"}'),
            ToolCall("call_2", "weather", '{"city":"Rome"}'),
        )
        assert [part for message in prompt.messages for part in message.parts if isinstance(part, ToolResult)]


async def test_a_picture_reaches_the_model_as_bytes() -> None:
    async with serving({"cheap": [answer()]}) as served:
        part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}}
        assert (await served.chat(messages=[{"role": "user", "content": [part]}])).status_code == 200
        assert served.world.upstream.prompts[0].messages[0].parts == (ImagePart(b"\x89PNG\r\n\x1a\n", "image/png", detail="low"),)


async def test_before_the_first_byte_another_model_is_asked_and_after_it_none() -> None:
    begun: Sequence[Step] = (Delta("half"), ProviderUnavailable("gone"))
    async with serving({"cheap": [(RateLimited("later", retry_after=60),), begun], "dear": [answer("from dear")]}) as served:
        assert (await served.chat()).json()["model"] == "dear/m"
    async with serving({"cheap": [begun], "dear": [answer("from dear")]}) as served:
        response = await served.chat(stream=True)
        last = chunks(response)[-1]
        assert "half" in response.text and "from dear" not in response.text
        assert orjson.dumps(last["error"]) and served.world.upstream.asked == ["cheap"]


async def test_who_has_no_token_or_comes_from_elsewhere_is_refused() -> None:
    async with serving({}) as served:
        for headers in (
            {"authorization": "Bearer wrong"},
            {"authorization": ""},
            {"authorization": f"Bearer {TOKEN}", "origin": "https://evil.example"},
            {"authorization": f"Bearer {TOKEN}", "host": "rebound.example"},
            {"authorization": f"Bearer {TOKEN}", "sec-fetch-site": "cross-site"},
        ):
            for path in ("/v1/chat/completions", "/v1/models", "/v1/none"):
                response = await served.client.request("GET" if "models" in path else "POST", path, headers=headers)
                assert response.status_code in (401, 403), (headers, path)
                assert response.json()["error"]["message"]
        assert not served.world.upstream.asked

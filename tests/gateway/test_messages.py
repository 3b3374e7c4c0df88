"""Anthropic's messages: blocks follow each other, whatever a model interleaves; signatures come back as they were."""

from collections.abc import Sequence
from itertools import pairwise

from coderoute_ls.domain import Delta, Finish
from coderoute_ls.domain.conversation import (
    CacheMark,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from coderoute_ls.errors import ProviderUnavailable
from tests.engine.support import Step, answer
from tests.gateway.support import Json, chunks, serving
from tests.gateway.test_chat_completions import CALLS

TOOL: Json = {"name": "weather", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
QUESTION: Json = {"role": "user", "content": "Weather?"}
ASKED: Json = {"model": "coderoute", "max_tokens": 99, "messages": [QUESTION], "tools": [TOOL]}
SIGNATURE = ReasoningToken("cheap", "m-4", "signature", "sig==")


async def test_blocks_follow_each_other_whatever_came_interleaved() -> None:
    async with serving({"cheap": [CALLS]}) as served:
        told = chunks(await served.client.post("/v1/messages", json={**ASKED, "stream": True}))
        kinds = [event["type"] for event in told]
        assert kinds.count("message_start") == kinds.count("message_stop") == 1
        assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
        blocks = [event["index"] for event in told if "index" in event]
        assert all(later in (earlier, earlier + 1) for earlier, later in pairwise(blocks))
        written = dict.fromkeys(blocks, "")
        for event in told:
            written[event.get("index", 0)] += event.get("delta", {}).get("partial_json", "")
        assert [text for text in written.values() if text] == ['{"city":"Oslo"}', '{"city":"Rome"}']
        assert told[-2]["delta"]["stop_reason"] == "tool_use"


async def test_a_signature_comes_back_byte_for_byte() -> None:
    async with serving({"cheap": [CALLS, answer()]}) as served:
        first = (await served.client.post("/v1/messages", json=ASKED)).json()
        calls = [block for block in first["content"] if block["type"] == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": call["id"], "content": "rain", "is_error": True} for call in calls]
        turns = [QUESTION, {"role": "assistant", "content": first["content"]}, {"role": "user", "content": results}]
        await served.client.post("/v1/messages", json={**ASKED, "messages": turns, "tool_choice": {"type": "any"}})
        prompt = served.world.upstream.prompts[-1]
        assert prompt.messages[1].parts == (
            ReasoningPart("Rain?", SIGNATURE),
            ToolCall("call_1", "weather", '{"city":"Oslo"}'),
            ToolCall("call_2", "weather", '{"city":"Rome"}'),
        )
        assert prompt.messages[2].parts[0] == ToolResult("call_1", (TextPart("rain"),), error=True)
        assert prompt.tools == (Tool("weather", schema={"type": "object"}, cached="1h"),)
        assert prompt.tool_choice == ToolChoice("required")


async def test_marks_and_what_goes_on_to_the_vendor_are_kept() -> None:
    async with serving({"cheap": [answer()]}) as served:
        system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
        headers = {"anthropic-beta": "some-beta", "x-claude-code-session-id": "s1", "cookie": "secret"}
        await served.client.post("/v1/messages", json={**ASKED, "system": system}, headers=headers)
        prompt = served.world.upstream.prompts[0]
        assert prompt.system_parts == (TextPart("Be brief."), CacheMark())
        assert prompt.session == "s1"
        assert prompt.origin is not None and prompt.origin.headers == {"anthropic-beta": "some-beta"}


async def test_an_answer_that_breaks_off_ends_with_an_error_and_nothing_else() -> None:
    broken: list[Sequence[Step]] = [(Delta("half"), ProviderUnavailable("gone")), (Delta("half"), Finish("incomplete"))]
    async with serving({"cheap": broken}) as served:
        for _ in broken:
            told = chunks(await served.client.post("/v1/messages", json={**ASKED, "stream": True}))
            assert [event["type"] for event in told].count("error") == 1
            assert told[-1]["type"] == "error" and "message_stop" not in {event["type"] for event in told}


async def test_errors_have_the_formats_own_shape() -> None:
    async with serving({}) as served:
        changes: list[Json] = [{"max_tokens": None}, {"messages": []}, {"tool_choice": {"type": "tool"}}, {"tools": [{}]}]
        for change in changes:
            response = await served.client.post("/v1/messages", json={**ASKED, **change})
            assert response.status_code == 400
            assert response.json()["type"] == "error" and response.json()["error"]["type"] == "invalid_request_error"

"""OpenAI's responses: items are announced before their pieces and told whole; nothing is kept between requests."""

from collections.abc import Sequence

import pytest

from coderoute_ls.domain import Delta, Finish, Usage
from coderoute_ls.domain.conversation import (
    ImagePart,
    OpaquePart,
    OpaqueTool,
    OutputFormat,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    Tool,
    ToolCall,
    ToolCallEnd,
    ToolCallStart,
    ToolChoice,
    ToolResult,
)
from tests.engine.support import Step, answer
from tests.gateway.support import Json, chunks, serving
from tests.gateway.test_chat_completions import CALLS

FUNCTION: Json = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}
CUSTOM: Json = {
    "type": "custom",
    "name": "apply_patch",
    "format": {"type": "grammar", "syntax": "lark", "definition": "start: /x/"},
}
SPACE: Json = {"type": "namespace", "name": "files", "tools": [{"type": "function", "name": "read"}]}
SEARCH: Json = {"type": "web_search"}
ASKED: Json = {"model": "coderoute", "input": "Weather?", "tools": [FUNCTION, CUSTOM, SPACE, SEARCH]}


async def test_every_item_is_announced_before_its_pieces_and_told_at_its_end() -> None:
    async with serving({"cheap": [(Delta("Let me see. "), *CALLS)]}) as served:
        told = chunks(await served.client.post("/v1/responses", json={**ASKED, "stream": True}))
        assert [event["sequence_number"] for event in told] == [*range(len(told))]
        assert [event["type"] for event in told[:2]] == ["response.created", "response.in_progress"]
        assert told[-1]["type"] == "response.completed" and told[-1]["response"]["usage"]["total_tokens"] == 29
        opened: set[int] = set()
        done: list[Json] = []
        for event in told:
            if event["type"] == "response.output_item.added":
                opened.add(event["output_index"])
            elif event["type"] == "response.output_item.done":
                opened.remove(event["output_index"])
                done.append(event["item"])
            elif "output_index" in event:
                assert event["output_index"] in opened
        assert not opened
        assert sorted(str(item["id"]) for item in done) == sorted(item["id"] for item in told[-1]["response"]["output"])
        calls = [(item["call_id"], item["arguments"]) for item in done if item["type"] == "function_call"]
        assert calls == [("call_1", '{"city":"Oslo"}'), ("call_2", '{"city":"Rome"}')]


async def test_a_conversation_goes_on_with_what_the_answer_said() -> None:
    async with serving({"cheap": [CALLS, answer()]}) as served:
        first = (await served.client.post("/v1/responses", json=ASKED)).json()["output"]
        results = [
            {"type": "function_call_output", "call_id": item["call_id"], "output": "rain"} for item in first if "call_id" in item
        ]
        turns = [{"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]}, *first, *results]
        await served.client.post("/v1/responses", json={**ASKED, "input": turns, "instructions": "Be brief."})
        prompt = served.world.upstream.prompts[-1]
        assert prompt.system_words == "Be brief."
        assert prompt.messages[1].parts == (
            ReasoningPart("Rain?", ReasoningToken("cheap", "m-4", "signature", "sig==")),
            ToolCall("call_1", "weather", '{"city":"Oslo"}'),
            ToolCall("call_2", "weather", '{"city":"Rome"}'),
        )
        assert prompt.messages[2].parts == (
            ToolResult("call_1", (TextPart("rain"),)),
            ToolResult("call_2", (TextPart("rain"),)),
        )


async def test_tools_of_every_kind_are_kept() -> None:
    called: Sequence[Step] = (
        ToolCallStart("c1", "apply_patch", custom=True),
        ToolCallEnd("c1", "*** Begin Patch"),
        ToolCallStart("c2", "files__read"),
        ToolCallEnd("c2", ""),
        Finish("tool_calls", Usage()),
    )
    async with serving({"cheap": [called]}) as served:
        output = (await served.client.post("/v1/responses", json=ASKED)).json()["output"]
        assert served.world.upstream.prompts[0].tools == (
            Tool("weather", schema={"type": "object"}, strict=False),
            Tool("apply_patch", custom=True, grammar={"type": "grammar", "syntax": "lark", "definition": "start: /x/"}),
            Tool("files__read"),
            OpaqueTool("openai-responses", '{"type":"web_search"}'),
        )
        assert (output[0]["type"], output[0]["input"]) == ("custom_tool_call", "*** Begin Patch")
        assert (output[1]["namespace"], output[1]["name"], output[1]["arguments"]) == ("files", "read", "{}")


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ({"type": "function", "name": "weather"}, "weather"),
        ({"type": "custom", "name": "apply_patch"}, "apply_patch"),
        ({"type": "function", "name": "read", "namespace": "files"}, "files__read"),
        ({"type": "function", "name": "read"}, "files__read"),
        ({"type": "function", "name": "files__read"}, "files__read"),
    ],
)
async def test_a_tool_can_be_chosen_with_its_namespace_or_without(choice: Json, named: str) -> None:
    async with serving({"cheap": [answer()]}) as served:
        asked = {**ASKED, "tools": [FUNCTION, CUSTOM, SPACE], "tool_choice": choice}
        response = await served.client.post("/v1/responses", json=asked)
        assert response.status_code == 200, response.text
        assert served.world.upstream.prompts[0].tool_choice == ToolChoice("tool", named)
        for wrong in ({"name": "write"}, {"name": "read", "namespace": "disks"}):
            said = {**asked, "tool_choice": {"type": "function", **wrong}}
            assert (await served.client.post("/v1/responses", json=said)).status_code == 400


async def test_items_and_pictures_of_a_conversation_are_read() -> None:
    turns = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="}]},
        {"type": "agent_reasoning", "text": "hm"},
        {"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": "x"},
        {"type": "custom_tool_call_output", "call_id": "c", "output": "done"},
    ]
    form = {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}}
    async with serving({"cheap": [answer()]}) as served:
        await served.client.post("/v1/responses", json={**ASKED, "input": turns, "text": form})
        prompt = served.world.upstream.prompts[0]
        assert [message.parts for message in prompt.messages] == [
            (ImagePart(b"\x89PNG\r\n\x1a\n", "image/png"),),
            (
                OpaquePart("openai-responses", '{"type":"agent_reasoning","text":"hm"}', item=True),
                ToolCall("c", "apply_patch", "x", custom=True),
            ),
            (ToolResult("c", (TextPart("done"),)),),
        ]
        assert prompt.system_words == "Be brief."
        assert prompt.output == OutputFormat("schema", {"type": "object"}, "n", strict=True)


@pytest.mark.parametrize("reason", ["length", "incomplete", "error", "other", "filtered"])
async def test_no_end_but_a_good_one_is_told_as_completed(reason: str) -> None:
    ended: Sequence[Step] = (Delta("half"), Finish(reason))  # pyright: ignore[reportArgumentType]
    async with serving({"cheap": [ended]}) as served:
        told = chunks(await served.client.post("/v1/responses", json={**ASKED, "stream": True}))
        ends = {"response.completed", "response.incomplete", "response.failed"} & {event["type"] for event in told}
        assert ends == ({"response.incomplete"} if reason in ("length", "filtered") else {"response.failed"})


async def test_what_would_need_memory_is_refused() -> None:
    held: list[Json] = [{"previous_response_id": "r"}, {"conversation": "c"}, {"input": [{"type": "item_reference", "id": "x"}]}]
    async with serving({}) as served:
        for change in held:
            response = await served.client.post("/v1/responses", json={**ASKED, **change})
            assert response.status_code == 400 and "keeps no" in response.json()["error"]["message"]

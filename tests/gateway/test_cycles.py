"""Formats in a row: a conversation passes gateways that speak to each other in every format, and arrives as it was said."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import permutations

import pytest

from coderoute_ls.domain import Delta, Finish, Prompt, Usage
from coderoute_ls.domain.conversation import (
    CacheMark,
    ImagePart,
    OutputFormat,
    TextPart,
    Tool,
    ToolCall,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    ToolChoice,
    ToolResult,
)
from tests.engine.support import CHEAP, Step
from tests.gateway.support import Json, able, relaying, serving

FORMATS = ("openai-chat", "anthropic-messages", "openai-responses")
SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
PICTURE = "data:image/png;base64,iVBORw0KGgo="
ASKED: Json = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]},
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}},
                {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "tool", "tool_call_id": "call_2", "content": "sun"},
        {"role": "user", "content": "And Bern?"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "description": "Of a city.", "parameters": SCHEMA}}],
    "tool_choice": "required",
    "temperature": 0.5,
    "max_tokens": 500,
    "stop": ["END"],
}
ANSWER: Sequence[Step] = (
    Delta("Let me look. "),
    ToolCallStart("call_3", "weather"),
    ToolCallPiece("call_3", '{"city":'),
    ToolCallPiece("call_3", '"Bern"}'),
    ToolCallEnd("call_3", '{"city":"Bern"}'),
    ToolCallStart("call_4", "weather"),
    ToolCallPiece("call_4", '{"city":"Genf"}'),
    ToolCallEnd("call_4", '{"city":"Genf"}'),
    Finish("tool_calls", Usage(input=40, output=20, cached_read=8)),
)


def everything_said(prompt: Prompt) -> list[object]:
    """What a prompt holds, whoever said it in how many messages. A cache mark says nothing: a session's prefix gets one on the
    way."""
    parts = [part for message in prompt.messages for part in message.parts or (TextPart(message.text),)]
    parts = [part for part in parts if not isinstance(part, CacheMark)]
    said = [prompt.system_words, *parts, *prompt.tools, prompt.tool_choice, prompt.temperature, prompt.max_tokens]
    return [_plain(each) for each in said]


def _plain(said: object) -> object:
    """Without what a format writes out where another one leaves it to the vendor."""
    match said:
        case Tool():
            return replace(said, strict=None)
        case ImagePart():
            return replace(said, detail="")
        case _:
            return said


@pytest.mark.parametrize("way", [*permutations(FORMATS, 2), *permutations(FORMATS, 3)], ids=" → ".join)
async def test_a_conversation_arrives_as_it_was_said(way: tuple[str, ...]) -> None:
    async with AsyncExitStack() as stack:
        last = await stack.enter_async_context(serving({"cheap": [ANSWER, ANSWER]}, (able(CHEAP),)))
        first = last
        for dialect in reversed(way):
            first = await stack.enter_async_context(relaying(first.url, dialect))
        whole = (await first.chat(**ASKED)).json()
        prompt = last.world.upstream.prompts[0]
        weather = Tool("weather", "Of a city.", SCHEMA)
        assert everything_said(prompt) == [
            "Be brief.",
            TextPart("Weather?"),
            ImagePart(b"\x89PNG\r\n\x1a\n", "image/png"),
            TextPart("Let me see."),
            ToolCall("call_1", "weather", '{"city":"Oslo"}'),
            ToolCall("call_2", "weather", '{"city":"Rome"}'),
            ToolResult("call_1", (TextPart("rain"),)),
            ToolResult("call_2", (TextPart("sun"),)),
            TextPart("And Bern?"),
            weather,
            ToolChoice("required"),
            0.5,
            500,
        ]
        message = whole["choices"][0]["message"]
        assert message["content"] == "Let me look. "
        calls = [(call["id"], call["function"]["arguments"]) for call in message["tool_calls"]]
        assert calls == [("call_3", '{"city":"Bern"}'), ("call_4", '{"city":"Genf"}')]
        assert whole["choices"][0]["finish_reason"] == "tool_calls"
        assert whole["usage"]["prompt_tokens"] == 40 and whole["usage"]["completion_tokens"] == 20


@pytest.mark.parametrize("dialect", FORMATS)
async def test_a_schema_for_the_answer_arrives(dialect: str) -> None:
    async with (
        serving({"cheap": [(Delta('{"city":"Oslo"}'), Finish("stop", Usage(input=1, output=1)))]}, (able(CHEAP),)) as last,
        relaying(last.url, dialect) as first,
    ):
        form = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}
        response = await first.chat(response_format=form)
        assert response.json()["choices"][0]["message"]["content"] == '{"city":"Oslo"}'
        output = last.world.upstream.prompts[0].output
        assert output is None or output == OutputFormat("schema", SCHEMA, output.name, strict=output.strict)

"""OpenAI's own SDK reads every answer, whichever dialect the vendor behind the gateway speaks."""

import asyncio
import json
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from coderoute_ls.domain.conversation import ImagePart
from tests.gateway.fronted_vendor import (
    CALLS,
    DIALECTS,
    KEY,
    PARAMETERS,
    PNG,
    REFUSING,
    USAGE,
    Fronted,
    conversation,
    expected,
    fronted,
    place,
)
from tests.providers.conversation.answering import Say, Think

ADDRESS = "data:image/png;base64,iVBORw0KGgo="


pytestmark = pytest.mark.clients


class Place(BaseModel):
    city: str


def sdk(front: Fronted) -> AsyncOpenAI:
    return AsyncOpenAI(
        base_url=f"{front.url}/v1", api_key=KEY, http_client=httpx2.AsyncClient(trust_env=False, verify=False), max_retries=0
    )


def plain_sdk(front: Fronted) -> OpenAI:
    client = httpx2.Client(trust_env=False, verify=False)
    return OpenAI(base_url=f"{front.url}/v1", api_key=KEY, http_client=client, max_retries=0)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_chat_completions(dialect: str) -> None:
    tools: Any = [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}]
    picture: Any = {"type": "image_url", "image_url": {"url": ADDRESS}}
    asked: Any = [{"role": "user", "content": [{"type": "text", "text": "Where?"}, picture]}]
    async with fronted(dialect) as front, sdk(front) as client:
        # streamed: text, reasoning, usage
        front.answers = [(Think("Hm."), Say("Hel"), Say("lo"))]
        text = thought = ""
        ends: list[str] = []
        counted: Any = None
        options: Any = {"include_usage": True}
        async for chunk in await client.chat.completions.create(
            model="coderoute", messages=asked, stream=True, stream_options=options
        ):
            counted = chunk.usage or counted
            for choice in chunk.choices:
                text += choice.delta.content or ""
                thought += getattr(choice.delta, "reasoning_content", None) or ""
                ends += [choice.finish_reason] if choice.finish_reason else []
        assert (text, thought, ends) == ("Hello", "Hm.", ["stop"])
        assert (counted.prompt_tokens, counted.completion_tokens) == USAGE
        pictures = [part for _, parts in front.read() for part in parts if isinstance(part, ImagePart)]
        assert pictures == [ImagePart(PNG, "image/png")] or dialect == "cohere-v2"

        # the helper puts parallel calls together; their results go back
        front.answers = [CALLS]
        async with client.chat.completions.stream(model="coderoute", messages=asked[:1], tools=tools) as stream:
            final = await stream.get_final_completion()
        message = final.choices[0].message
        calls = message.tool_calls or []
        assert final.choices[0].finish_reason == "tool_calls" and message.content == "I look."
        assert [(call.function.name, json.loads(call.function.arguments)["city"]) for call in calls] == [
            ("look", "Oslo"), ("look", "Rome"),
        ]  # fmt: skip
        results: Any = [
            {"role": "tool", "tool_call_id": call.id, "content": said} for call, said in zip(calls, ("rain", "sun"), strict=True)
        ]
        back: Any = message.model_dump(exclude_none=True)
        back["tool_calls"] = [{k: v for k, v in each.items() if k != "index"} for each in back["tool_calls"]]
        front.answers = [(Say("Rain in Oslo."),)]

        def finish() -> Any:  # without a stream, raw, and not async
            with plain_sdk(front) as plain:
                return plain.chat.completions.with_raw_response.create(
                    model="coderoute", messages=[*asked, back, *results], tools=tools
                )

        raw = await asyncio.to_thread(finish)
        assert raw.headers["x-coderoute-model"] == "next/m" and raw.parse().choices[0].message.content == "Rain in Oslo."
        assert conversation(front) == expected([call.id for call in calls], dialect)

        # a schema
        front.answers = [place]
        parsed = await client.chat.completions.parse(model="coderoute", messages=asked[:1], response_format=Place)
        assert parsed.choices[0].message.parsed == Place(city="Oslo"), front.bodies[-1]

        if dialect in REFUSING:
            front.answers = [REFUSING[dialect]]
            refused = (await client.chat.completions.create(model="coderoute", messages=asked)).choices[0]
            assert refused.message.refusal or refused.finish_reason == "content_filter"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_responses(dialect: str) -> None:
    tools: Any = [{"type": "function", "name": "look", "parameters": PARAMETERS, "strict": False}]
    content = [{"type": "input_text", "text": "Where?"}, {"type": "input_image", "image_url": ADDRESS, "detail": "auto"}]
    asked: Any = [{"role": "user", "content": content}]
    async with fronted(dialect) as front, sdk(front) as client:
        front.answers = [(Think("Hm."), Say("Hel"), Say("lo"))]
        kinds: list[str] = []
        async for event in await client.responses.create(model="coderoute", input=asked, stream=True):
            kinds.append(event.type)
            if event.type == "response.completed":
                assert event.response.output_text == "Hello" and event.response.usage is not None
                assert (event.response.usage.input_tokens, event.response.usage.output_tokens) == USAGE
        assert kinds.count("response.completed") == 1 and "response.reasoning_summary_text.delta" in kinds
        pictures = [part for _, parts in front.read() for part in parts if isinstance(part, ImagePart)]
        assert pictures == [ImagePart(PNG, "image/png")] or dialect == "cohere-v2"

        front.answers = [CALLS]
        async with client.responses.stream(model="coderoute", input=asked, tools=tools) as stream:
            final = await stream.get_final_response()
        calls: list[Any] = [item for item in final.output if item.type == "function_call"]
        assert [(call.name, json.loads(call.arguments)["city"]) for call in calls] == [("look", "Oslo"), ("look", "Rome")]
        results: Any = [
            {"type": "function_call_output", "call_id": call.call_id, "output": said}
            for call, said in zip(calls, ("rain", "sun"), strict=True)
        ]
        back: Any = [item.model_dump(exclude_none=True) for item in final.output]
        front.answers = [(Say("Rain in Oslo."),)]

        def finish() -> Any:
            with plain_sdk(front) as plain:
                return plain.responses.with_raw_response.create(model="coderoute", input=[*asked, *back, *results], tools=tools)

        raw = await asyncio.to_thread(finish)
        assert raw.headers["x-coderoute-model"] == "next/m" and raw.parse().output_text == "Rain in Oslo."
        assert conversation(front) == expected([call.call_id for call in calls], dialect)

        front.answers = [place]
        parsed = await client.responses.parse(model="coderoute", input="Where?", text_format=Place)
        assert parsed.output_parsed == Place(city="Oslo")

        if dialect in REFUSING:
            front.answers = [REFUSING[dialect]]
            refused: Any = await client.responses.create(model="coderoute", input=asked)
            filtered = refused.status == "incomplete" and refused.incomplete_details.reason == "content_filter"
            assert filtered or not refused.output_text


async def test_what_is_wrong_is_an_error_of_its_kind() -> None:
    async with fronted("gemini") as front, sdk(front) as client:
        listed = await client.models.list()
        assert listed.data[0].id == "coderoute"
        said: Any = [{"role": "user", "content": "Hello"}]
        with pytest.raises(openai.NotFoundError) as unknown:
            await client.chat.completions.create(model="gpt-9-nope", messages=said)
        assert unknown.value.param == "model"
        with pytest.raises(openai.BadRequestError):
            await client.responses.create(model="coderoute", input="x", previous_response_id="r")
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="wrong").models.list()
        front.answers = [b'data: {"candidates":[{"content":{"parts":[{"text":"half"}]}}]}\n\n'] * 2
        with pytest.raises(openai.APIStatusError):
            await client.chat.completions.create(model="coderoute", messages=said)
        with pytest.raises(openai.APIError):
            async for _ in await client.chat.completions.create(model="coderoute", messages=said, stream=True):
                pass

"""Anthropic's own SDK reads every answer, whichever dialect the vendor behind the gateway speaks."""

import asyncio
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import Anthropic, AsyncAnthropic
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

PICTURE: Any = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
ASKED: Any = [{"role": "user", "content": [{"type": "text", "text": "Where?"}, PICTURE]}]
TOOLS: Any = [{"name": "look", "input_schema": PARAMETERS}]


pytestmark = pytest.mark.clients


class Place(BaseModel):
    city: str


def sdk(front: Fronted) -> AsyncAnthropic:
    return AsyncAnthropic(
        base_url=front.url, api_key=KEY, http_client=httpx2.AsyncClient(trust_env=False, verify=False), max_retries=0
    )


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_messages(dialect: str) -> None:
    asked: Any = {"model": "coderoute", "max_tokens": 100, "messages": ASKED}
    async with fronted(dialect) as front, sdk(front) as client:
        front.answers = [(Think("Hm."), Say("Hel"), Say("lo"))]
        kinds = [event.type async for event in await client.messages.create(**asked, stream=True)]
        assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
        assert kinds.count("message_start") == kinds.count("message_stop") == kinds.count("message_delta") == 1
        pictures = [part for _, parts in front.read() for part in parts if isinstance(part, ImagePart)]
        assert pictures == [ImagePart(PNG, "image/png")] or dialect == "cohere-v2"

        front.answers = [(Think("Hm."), *CALLS)]
        async with client.messages.stream(**asked, tools=TOOLS) as stream:
            final = await stream.get_final_message()
        blocks: list[Any] = list(final.content)
        assert [block.type for block in blocks] == ["thinking", "text", "tool_use", "tool_use"]
        assert (blocks[0].thinking, blocks[1].text) == ("Hm.", "I look.")
        assert [(block.name, block.input) for block in blocks[2:]] == [("look", {"city": "Oslo"}), ("look", {"city": "Rome"})]
        assert final.stop_reason == "tool_use" and (final.usage.input_tokens, final.usage.output_tokens) == USAGE
        results: Any = [
            {"type": "tool_result", "tool_use_id": block.id, "content": said}
            for block, said in zip(blocks[2:], ("rain", "sun"), strict=True)
        ]
        turns: Any = [
            *ASKED,
            {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in blocks]},
            {"role": "user", "content": results},
        ]
        front.answers = [(Say("Rain in Oslo."),)]

        def finish() -> Any:  # without a stream, raw, and not async
            with Anthropic(
                base_url=front.url, auth_token=KEY, http_client=httpx2.Client(trust_env=False, verify=False), max_retries=0
            ) as plain:
                return plain.messages.with_raw_response.create(model="coderoute", max_tokens=99, messages=turns, tools=TOOLS)

        raw = await asyncio.to_thread(finish)
        assert raw.headers["x-coderoute-model"] == "next/m" and raw.parse().content[0].text == "Rain in Oslo."
        assert conversation(front) == expected([block.id for block in blocks[2:]], dialect)

        front.answers = [place]
        parsed = await client.messages.parse(model="coderoute", max_tokens=99, messages=ASKED, output_format=Place)
        assert parsed.parsed_output == Place(city="Oslo")

        if dialect in REFUSING:
            front.answers = [REFUSING[dialect]]
            refused = await client.messages.create(model="coderoute", max_tokens=99, messages=ASKED)
            assert refused.stop_reason == "refusal"


async def test_what_is_wrong_is_an_error_of_its_kind() -> None:
    said: Any = {"max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
    async with fronted("cohere-v2") as front, sdk(front) as client:
        assert (await client.models.list()).data[0].id == "coderoute"
        counted = await client.messages.count_tokens(model="coderoute", messages=said["messages"])
        assert 0 < counted.input_tokens < 100
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.create(model="claude-nope", **said)
        with pytest.raises(anthropic.AuthenticationError):
            await client.with_options(api_key="wrong").messages.create(model="coderoute", **said)
        with pytest.raises(anthropic.BadRequestError):
            await client.messages.create(model="coderoute", max_tokens=9, messages=[])
        front.answers = [b'data: {"type":"content-delta","delta":{"message":{"content":{"text":"half"}}}}\n\n'] * 2
        with pytest.raises(anthropic.APIStatusError):
            await client.messages.create(model="coderoute", **said)
        with pytest.raises(anthropic.APIStatusError):
            async for _ in await client.messages.create(model="coderoute", stream=True, **said):
                pass

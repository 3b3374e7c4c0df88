"""A vendor's signed thoughts go back to it byte for byte, and to nobody else: read off what each vendor was sent."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.provider_client import ProviderClient
from tests.engine.support import offer
from tests.gateway.support import TOKEN, Json, Served, able, serving
from tests.providers.conversation.answering import TOKENS, VENDORS, Call, Say, Think
from tests.support.provider import ScriptedProvider

SIGNATURE = "c2lnbmVkK2J5L3RoZSt2ZW5kb3I9PQ=="
SAID = (Think("Rain?", SIGNATURE), Say("I look."), Call("call_1", "look", ('{"city":"Oslo"}',)))
SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}}


class Two:
    """A vendor that signs, one that does not know it, and a gateway before both."""

    def __init__(self, served: Served, dialects: dict[str, str], servers: dict[str, ScriptedProvider]) -> None:
        self.served, self._dialects, self._servers = served, dialects, servers
        self.sent: dict[str, list[bytes]] = {"signer": [], "other": []}
        """Every byte of a body that a vendor got."""
        self.losses = ""
        """What the last answer says that its vendor could not take."""

    async def post(self, path: str, model: str, body: Json) -> Any:
        """The caller's answer; the named vendor says `SAID`."""
        name = model.partition("/")[0]
        asked = asyncio.create_task(self.served.client.post(path, json={**body, "model": model}))
        request = await self._servers[name].request()
        self.sent[name].append(request.body)
        dialect = self._dialects[name]
        kind = {"content-type": "application/vnd.amazon.eventstream"} if dialect == "bedrock-converse" else None
        await request.respond(200, VENDORS[dialect](SAID), kind)
        response = await asked
        assert response.status_code == 200, response.text
        self.losses = response.headers.get("x-coderoute-losses", "")
        return response.json() if not body.get("stream") else response.text


@asynccontextmanager
async def two(signer: str, other: str, model: str = "maker-4", others: str = "elsewhere-4") -> AsyncGenerator[Two]:
    """Both vendors; ``model`` and ``others`` are the names of their models, of which the family is read."""
    dialects = {"signer": signer, "other": other}
    async with ScriptedProvider() as first, ScriptedProvider() as second:
        servers = {"signer": first, "other": second}
        vendors = {name: Vendor(name, name, dialects[name], f"{servers[name].url}/v1") for name in servers}
        client = ProviderClient(vendors, lambda _: TOKEN)
        names = {"signer": model, "other": others}
        offers = [replace(able(offer(name, 1.0)), wire_id="m", dialect=dialects[name], model=names[name]) for name in servers]
        more = replace(offers[0], id="signer/next", model="maker-5")
        async with serving({}, (*offers, more), upstream=client) as served:
            yield Two(served, dialects, servers)
        await client.close()


def begun(format_: str) -> tuple[str, Json]:
    """A first request of this format, and where it goes."""
    match format_:
        case "openai-chat":
            tool = {"type": "function", "function": {"name": "look", "parameters": SCHEMA}}
            return "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}
        case "anthropic-messages":
            tools = [{"name": "look", "input_schema": SCHEMA}]
            return "/v1/messages", {"max_tokens": 99, "messages": [{"role": "user", "content": "Hi"}], "tools": tools}
        case _:
            tools = [{"type": "function", "name": "look", "parameters": SCHEMA}]
            return "/v1/responses", {"input": [{"role": "user", "content": "Hi"}], "tools": tools}


def gone_on(format_: str, body: Any, answer: Any) -> Json:
    """The conversation with this answer, returned as it came, and the tool's result."""
    match format_:
        case "openai-chat":
            message = answer["choices"][0]["message"]
            result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "rain"}
            return {**body, "messages": [*body["messages"], message, result]}
        case "anthropic-messages":
            call = next(block["id"] for block in answer["content"] if block["type"] == "tool_use")
            result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": "rain"}]}
            return {**body, "messages": [*body["messages"], {"role": "assistant", "content": answer["content"]}, result]}
        case _:
            call = next(item["call_id"] for item in answer["output"] if item["type"] == "function_call")
            result = {"type": "function_call_output", "call_id": call, "output": "rain"}
            return {**body, "input": [*body["input"], *answer["output"], result]}


def places(body: bytes, dialect: str) -> list[object]:
    """The signatures in a request, each where this vendor's own documents put it."""
    said = json.loads(body)
    match dialect:
        case "anthropic-messages":
            blocks = [block for turn in said["messages"] if not isinstance(turn["content"], str) for block in turn["content"]]
            return [(block["thinking"], block["signature"]) for block in blocks if block["type"] == "thinking"]
        case "bedrock-converse":
            thoughts = [
                block["reasoningContent"] for turn in said["messages"] for block in turn["content"] if "reasoningContent" in block
            ]
            return [(each["reasoningText"]["text"], each["reasoningText"]["signature"]) for each in thoughts]
        case "gemini":
            parts = [part for turn in said["contents"] for part in turn["parts"]]
            return [(part.get("text"), part["thoughtSignature"]) for part in parts if "thoughtSignature" in part]
        case _:
            items = [item for item in said["input"] if item.get("type") == "reasoning"]
            return [(item["summary"][0]["text"], item["encrypted_content"]) for item in items]


FORMATS = ("openai-chat", "anthropic-messages", "openai-responses")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("dialect", sorted(TOKENS))
async def test_it_goes_back_to_its_vendor_and_family_alone(dialect: str, format_: str) -> None:
    other = "openai-chat" if dialect != "openai-chat" else "gemini"
    async with two(dialect, other) as vendors:
        path, first = begun(format_)
        second = gone_on(format_, first, await vendors.post(path, "signer/m", first))
        await vendors.post(path, "signer/m", second)
        assert places(vendors.sent["signer"][1], dialect) == [("Rain?", SIGNATURE)]
        assert "token_dropped" not in vendors.losses

        for model in ("other/m", "signer/next"):  # another vendor; another family of the same vendor
            await vendors.post(path, model, {**second, "stream": model == "other/m"})
            body = vendors.sent[model.partition("/")[0]][-1]
            assert SIGNATURE.encode() not in body and b"cr1." not in body
            assert b"call_1" in body or dialect == "gemini" or b"functionCall" in body
            assert "token_dropped" in vendors.losses

        await vendors.post(path, "signer/m", second)  # and back: the caller still has it
        assert places(vendors.sent["signer"][-1], dialect) == [("Rain?", SIGNATURE)]


@pytest.mark.parametrize("dialect", sorted(TOKENS))
async def test_the_same_dialect_at_another_vendor_is_another(dialect: str) -> None:
    """Even with a model of the same name."""
    async with two(dialect, dialect, others="maker-4") as vendors:
        path, first = begun("anthropic-messages")
        second = gone_on("anthropic-messages", first, await vendors.post(path, "signer/m", first))
        await vendors.post(path, "other/m", second)
        assert SIGNATURE.encode() not in vendors.sent["other"][0]


@pytest.mark.parametrize("dialect", sorted(TOKENS))
async def test_who_lets_nothing_be_lost_is_refused_where_it_would_be_dropped(dialect: str) -> None:
    async with two(dialect, "openai-chat") as vendors:
        path, first = begun("openai-responses")
        second = gone_on("openai-responses", first, await vendors.post(path, "signer/m", first))
        refused = await vendors.served.client.post(
            path, json={**second, "model": "other/m"}, headers={"x-coderoute-loss": "reject"}
        )
        assert refused.status_code == 400 and not vendors.sent["other"], refused.text


async def test_what_is_lost_is_told_in_signs_that_a_header_can_hold() -> None:
    async with two("gemini", "openai-chat") as vendors:
        path, body = begun("anthropic-messages")
        schema: Json = {"type": "object", "patternProperties": {"a": {}}}
        tool: Json = {"name": "böse\r\nx-evil: 1", "input_schema": schema, "strict": True}
        await vendors.post(path, "signer/m", {**body, "tools": [tool], "service_tier": "x" * 3_000})
        assert "\r" not in vendors.losses and 0 < len(vendors.losses) <= 2_000 and "?" in vendors.losses

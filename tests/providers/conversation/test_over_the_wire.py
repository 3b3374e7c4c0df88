"""Conversations through the real client and a real server: what is sent, what is told, what is learned from a refusal."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from coderoute_ls.domain import Finish, Message, Prompt, StreamEvent
from coderoute_ls.domain.conversation import (
    Loss,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    TokenEvent,
    Tool,
    ToolCall,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    ToolChoice,
    ToolResult,
    WireRequest,
)
from coderoute_ls.errors import RequestRejected
from tests.providers.asking import Heard, listen, offer, providers
from tests.providers.conversation.answering import VENDORS, Call, Say, Think
from tests.support.provider import ScriptedProvider, ScriptedRequest

ASK = Prompt(messages=(Message("user", "Hi"),), tools=(Tool("look at/it"),))


async def talk(
    prompt: Prompt, *replies: bytes | Mapping[str, Any], dialect: str = "openai-chat", **more: Any
) -> tuple[Heard, list[ScriptedRequest]]:
    """Ask; the server answers each request with the next of these: bytes of a stream, or the body of a refusal."""
    import asyncio

    async with ScriptedProvider() as server:
        client = providers(server.url, dialect, **more)
        heard = asyncio.create_task(listen(client.stream(replace(offer(dialect), model="maker/m-1.5"), prompt)))
        requests: list[ScriptedRequest] = []
        for reply in replies:
            request = await server.request()
            requests.append(request)
            if isinstance(reply, bytes):
                await request.start()
                await request.send(reply)
                await request.end()
            else:
                await request.respond(400, dict(reply))
        try:
            return await heard, requests
        finally:
            await client.close()


def kinds(events: list[StreamEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_losses_come_first_and_calls_have_the_names_of_the_prompt() -> None:
    said = VENDORS["openai-chat"]([Say("Looking."), Call("a", "look_at_it_", ("{}",))])
    heard, (request,) = await talk(ASK, _named(said))
    body: Any = request.json
    there = body["tools"][0]["function"]["name"]
    assert there != "look at/it"
    assert kinds(heard.others) == ["Loss", "ToolCallStart", "ToolCallPiece", "ToolCallEnd"]
    start = heard.others[1]
    assert isinstance(start, ToolCallStart) and start.name == "look at/it"
    assert heard.finish is not None and heard.finish.reason == "tool_calls"


def _named(body: bytes) -> bytes:
    """With the name that the vendor was told."""
    from tests.providers.conversation.writing import wire

    (there,) = wire("openai-chat", ASK).tool_names
    return body.replace(b"look_at_it_", there.encode())


async def test_a_field_that_the_endpoint_refuses_is_left_out_and_told() -> None:
    refusal = {"error": {"message": "tool_choice is not supported by this model", "param": "tool_choice"}}
    wish = replace(ASK, tool_choice=ToolChoice("required"))
    heard, (first, second) = await talk(wish, refusal, VENDORS["openai-chat"]([Say("No.")]))
    assert first.json["tool_choice"] == "required" and "tool_choice" not in second.json
    assert ("dropped", "tool_choice") in [(event.code, event.path) for event in heard.others if isinstance(event, Loss)]


async def test_who_rejects_losses_is_not_answered_without_the_field() -> None:
    refusal = {"error": {"message": "tool_choice is not supported by this model", "param": "tool_choice"}}
    wish = replace(ASK, tools=(Tool("look"),), tool_choice=ToolChoice("required"), loss="reject")
    with pytest.raises(RequestRejected):
        await talk(wish, refusal)


async def test_a_request_of_the_vendors_own_format_goes_on_byte_for_byte() -> None:
    body = b'{ "model":"small-1",  "messages":[{"role":"user","content":"Hi"}], "stream":true, "odd": [1,  2] }'
    prompt = replace(ASK, loss="preserve", origin=WireRequest("openai-chat", body))
    _, (request,) = await talk(prompt, VENDORS["openai-chat"]([Say("Yes")]))
    assert request.body == body
    other = replace(prompt, origin=WireRequest("openai-chat", body.replace(b"small-1", b"coderoute")))
    _, (request,) = await talk(other, VENDORS["openai-chat"]([Say("Yes")]))
    assert request.json == json.loads(body)


async def test_what_a_model_thought_goes_back_as_it_came() -> None:
    thought = [Think("Hm", "c2lnbmF0dXJl"), Call("a", "look", ("{}",))]
    prompt = Prompt(messages=(Message("user", "Hi"),), tools=(Tool("look"),))
    heard, _ = await talk(prompt, VENDORS["anthropic-messages"](thought), dialect="anthropic-messages")
    (token,) = [event.token for event in heard.others if isinstance(event, TokenEvent)]
    assert (token.vendor, token.family, token.value) == ("test", "m-1", "c2lnbmF0dXJl")
    said = (ReasoningPart(heard.reasoning, token), ToolCall("a", "look", "{}"))
    again = replace(
        prompt,
        messages=(
            *prompt.messages,
            Message("assistant", parts=said),
            Message("user", parts=(ToolResult("a", (TextPart("ok"),)),)),
        ),
    )
    _, (request,) = await talk(again, VENDORS["anthropic-messages"]([Say("Yes")]), dialect="anthropic-messages")
    body: Any = request.json
    assert body["messages"][1]["content"][0] == {"type": "thinking", "thinking": "Hm", "signature": "c2lnbmF0dXJl"}
    for dialect in VENDORS.keys() - {"anthropic-messages", "bedrock-converse"}:
        heard, (request,) = await talk(again, VENDORS[dialect]([Say("Yes")]), dialect=dialect)
        assert b"c2lnbmF0dXJl" not in request.body
        assert "token_dropped" in [event.code for event in heard.others if isinstance(event, Loss)]


async def test_a_token_of_another_family_is_not_sent() -> None:
    said = ReasoningPart("Hm", ReasoningToken("test", "n-2", "signature", "c2lnbmF0dXJl"))
    prompt = Prompt(
        messages=(Message("user", "Hi"), Message("assistant", parts=(said, TextPart("Yes"))), Message("user", "Why?"))
    )
    _, (request,) = await talk(prompt, VENDORS["anthropic-messages"]([Say("So")]), dialect="anthropic-messages")
    assert b"c2lnbmF0dXJl" not in request.body


async def test_a_tool_of_free_text_gets_its_text_back() -> None:
    tool = Tool("patch", custom=True)
    body = VENDORS["anthropic-messages"]([Call("a", "patch", ('{"input":', '"*** Begin"}'))])
    heard, _ = await talk(Prompt(messages=ASK.messages, tools=(tool,)), body, dialect="anthropic-messages")
    events = [event for event in heard.others if not isinstance(event, Loss)]
    assert [type(event) for event in events if not isinstance(event, TokenEvent)][-3:] == [
        ToolCallStart,
        ToolCallPiece,
        ToolCallEnd,
    ]
    end = events[-1]
    assert isinstance(end, ToolCallEnd) and end.arguments == "*** Begin"


async def test_a_plain_prompt_hears_nothing_new() -> None:
    body = VENDORS["anthropic-messages"]([Think("Hm", "c2ln"), Say("Yes")])
    heard, _ = await talk(Prompt(messages=ASK.messages), body, dialect="anthropic-messages")
    assert (heard.text, heard.others) == ("Yes", [])
    assert isinstance(heard.finish, Finish)

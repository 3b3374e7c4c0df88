"""Small things that a request may say and an answer may hold: names, allowed tools, a cap, a vendor's own blocks."""

import json
from typing import Any

import pytest

from tests.engine.support import answer
from tests.gateway.fronted_vendor import fronted
from tests.gateway.support import Json, chunks, serving
from tests.gateway.test_odd_requests import CONVERSATIONS, USER, sent

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"


# names


async def test_who_of_several_speaks_is_told_to_vendors_that_take_names() -> None:
    messages: list[Json] = [
        {"role": "system", "name": "example_user", "content": "Hi"},
        {"role": "system", "name": "example_assistant", "content": "Yo"},
        {"role": "user", "name": "anna", "content": "Hello"},
        {"role": "assistant", "name": "helper", "content": "Well"},
        {"role": "user", "content": "And?"},
    ]
    body, lost = await sent("openai-chat", CHAT, {"messages": messages})
    assert [message.get("name") for message in body["messages"]] == ["example_user", "example_assistant", "anna", "helper", None]
    assert lost == ""


@pytest.mark.parametrize("dialect", [name for name in CONVERSATIONS if name != "openai-chat"])
async def test_where_names_are_not_taken_that_is_told(dialect: str) -> None:
    body, lost = await sent(dialect, CHAT, {"messages": [{**USER, "name": "anna"}]})
    assert "anna" not in json.dumps(body) and lost == "dropped messages[0].name"


async def test_a_name_that_openai_refuses_is_not_sent() -> None:
    body, lost = await sent("openai-chat", CHAT, {"messages": [{**USER, "name": "anna smith"}]})
    assert "name" not in body["messages"][0] and lost == "dropped messages[0].name"


# allowed tools

LOOK: Json = {"name": "look", "parameters": {"type": "object", "properties": {}}}
SEE: Json = {"name": "see", "parameters": {"type": "object", "properties": {}}}


def allowed(path: str, mode: str, *names: str) -> Json:
    if path == CHAT:
        listed = [{"type": "function", "function": {"name": name}} for name in names]
        tools = [{"type": "function", "function": tool} for tool in (LOOK, SEE)]
        choice: Json = {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": listed}}
        return {"messages": [USER], "tools": tools, "tool_choice": choice}
    listed = [{"type": "function", "name": name} for name in names]
    tools = [{"type": "function", **tool} for tool in (LOOK, SEE)]
    return {"input": "Hello", "tools": tools, "tool_choice": {"type": "allowed_tools", "mode": mode, "tools": listed}}


@pytest.mark.parametrize("dialect", CONVERSATIONS)
@pytest.mark.parametrize("path", [CHAT, RESPONSES])
async def test_only_the_allowed_tools_can_be_called(path: str, dialect: str) -> None:
    body, _ = await sent(dialect, path, allowed(path, "auto", "see"))
    words = json.dumps(body.get("tools") or body.get("toolConfig"))
    assert '"see"' in words and '"look"' not in words


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
async def test_one_of_the_allowed_tools_may_be_required(path: str) -> None:
    body, _ = await sent("anthropic-messages", path, allowed(path, "required", "look", "see"))
    assert body["tool_choice"]["type"] == "any" and len(body["tools"]) == 2


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
@pytest.mark.parametrize("names", [(), ("smell",)])
async def test_allowed_tools_that_are_none_are_refused(path: str, names: tuple[str, ...]) -> None:
    async with serving({}) as served:
        response = await served.client.post(path, json={"model": "coderoute", **allowed(path, "auto", *names)})
        assert response.status_code == 400 and "tool_choice" in response.json()["error"]["param"]


async def test_a_tool_of_the_vendors_own_is_allowed_by_what_it_is() -> None:
    tools = [{"type": "function", **LOOK}, {"type": "web_search"}]
    choice = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]}
    body, _ = await sent("openai-responses", RESPONSES, {"input": "Hello", "tools": tools, "tool_choice": choice})
    assert body["tools"] == [{"type": "web_search"}]


# caps


async def capped(most: float, settings: Json, model: str = "coderoute/refactor") -> tuple[float | None, str]:
    """The cap that the call was decided with, and what the caller was told."""
    plugins = [{"id": "pareto-router", "max_price": most}]
    async with serving({"cheap": [answer()]}, settings=settings) as served:
        response = await served.chat(model=model, plugins=plugins)
        assert response.status_code == 200, response.text
        record = served.world.engine.records.last()
        assert record is not None
        return record.decision.request.max_cost_usd, response.headers.get("x-coderoute-notes", "")


async def test_the_stricter_of_two_caps_holds_and_the_caller_is_told_where_it_is_not_its_own() -> None:
    user: Json = {"actions": {"refactor": {"max_cost_usd": 0.2}}}
    assert await capped(0.1, user) == (0.1, "")
    cap, told = await capped(0.3, user)
    assert cap == 0.2 and "0.3" in told and "0.2" in told
    cap, told = await capped(7.0, {}, "coderoute")
    assert cap == 0.5 and "7" in told


# what Anthropic's and OpenAI's own tools leave in an answer

SEARCH: Json = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather in Oslo"}}
FOUND: Json = {
    "type": "web_search_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": [{"type": "web_search_result", "url": "https://example.org", "title": "Rain", "encrypted_content": "x"}],
}


def anthropic_stream(*blocks: Json, stop: str) -> bytes:
    events: list[Json] = [{"type": "message_start", "message": {"id": "m", "model": "m", "usage": {"input_tokens": 3}}}]
    for index, block in enumerate(blocks):
        given = block.get("input")
        begun: Json = {**block, "input": dict[str, object]()} if given else block
        events.append({"type": "content_block_start", "index": index, "content_block": begun})
        if given:
            delta = {"type": "input_json_delta", "partial_json": json.dumps(given)}
            events.append({"type": "content_block_delta", "index": index, "delta": delta})
        events.append({"type": "content_block_stop", "index": index})
    events.append({"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 4}})
    events.append({"type": "message_stop"})
    return b"".join(b"event: %s\ndata: %s\n\n" % (str(event["type"]).encode(), json.dumps(event).encode()) for event in events)


SEARCHING: Json = {
    "model": "coderoute",
    "max_tokens": 99,
    "messages": [USER],
    "tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 2}],
}


@pytest.mark.parametrize("stop", ["end_turn", "pause_turn"])
async def test_blocks_of_anthropics_own_tools_and_a_pause_reach_anthropics_clients(stop: str) -> None:
    async with fronted("anthropic-messages") as front:
        front.answers += [anthropic_stream(SEARCH, FOUND, stop=stop)] * 2
        whole = (await front.served.client.post(MESSAGES, json=SEARCHING)).json()
        assert (whole["content"], whole["stop_reason"]) == ([SEARCH, FOUND], stop)
        events = chunks(await front.served.client.post(MESSAGES, json={**SEARCHING, "stream": True}))
        assert _blocks(events) == [SEARCH, FOUND]
        assert next(event["delta"]["stop_reason"] for event in events if event["type"] == "message_delta") == stop


async def test_a_paused_turn_goes_on_with_what_came_before() -> None:
    async with fronted("anthropic-messages") as front:
        front.answers += [
            anthropic_stream(SEARCH, FOUND, stop="pause_turn"),
            anthropic_stream({"type": "text", "text": "Rain."}, stop="end_turn"),
        ]
        first = (await front.served.client.post(MESSAGES, json=SEARCHING)).json()
        again = {**SEARCHING, "messages": [USER, {"role": "assistant", "content": first["content"]}]}
        last = (await front.served.client.post(MESSAGES, json=again)).json()
        sent_back = front.bodies[1]["messages"][1]["content"]
        del sent_back[-1]["cache_control"]  # ours: what was said before stays the same
        assert sent_back == [SEARCH, FOUND]
        assert last["content"] == [{"type": "text", "text": "Rain."}]


def _blocks(events: list[Any]) -> list[Any]:
    """The content that a client of Anthropic's puts together."""
    blocks: list[Any] = []
    written = ""
    for event in events:
        match event["type"]:
            case "content_block_start":
                blocks.append(event["content_block"])
                written = ""
            case "content_block_delta":
                written += event["delta"]["partial_json"]
            case "content_block_stop" if written:
                blocks[-1]["input"] = json.loads(written)
            case _:
                pass
    return blocks


async def test_items_of_openais_own_tools_reach_clients_of_responses() -> None:
    search: Json = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "Oslo"}}
    said: Json = {"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "Rain."}]}
    events: list[Json] = [
        {"type": "response.output_item.done", "output_index": 0, "item": search},
        {"type": "response.output_item.done", "output_index": 1, "item": said},
        {"type": "response.completed", "response": {"id": "r", "status": "completed", "output": [search, said]}},
    ]
    stream = b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in events)
    async with fronted("openai-responses") as front:
        front.answers += [stream, stream]
        body: Json = {"model": "coderoute", "input": "Weather?", "tools": [{"type": "web_search"}]}
        whole = (await front.served.client.post(RESPONSES, json=body)).json()
        assert [item["type"] for item in whole["output"]] == ["web_search_call", "message"] and whole["output"][0] == search
        told = chunks(await front.served.client.post(RESPONSES, json={**body, "stream": True}))
        done = [event["item"] for event in told if event["type"] == "response.output_item.done"]
        assert done[0] == search and done[1]["content"][0]["text"] == "Rain."
        assert [event["sequence_number"] for event in told] == list(range(len(told)))


# health


async def test_health_takes_get_and_head_alone_and_says_so_in_the_formats_shape() -> None:
    async with serving({}) as served:
        for method in ("POST", "PUT", "DELETE"):
            response = await served.client.request(method, "/health", headers={"authorization": ""})
            assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
            assert response.json()["error"]["message"]
        response = await served.client.head("/health")
        assert (response.status_code, response.content) == (200, b"")

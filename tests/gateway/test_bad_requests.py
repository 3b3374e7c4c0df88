"""A request that cannot be answered is told why in its format's own shape; it asks nobody and holds nobody up."""

import asyncio
import socket

import pytest

from coderoute_ls.gateway.http.request_body import Bounds
from tests.engine.support import answer
from tests.gateway.support import TOKEN, Served, serving

USER = {"role": "user", "content": "Hello"}


async def refused(served: Served, status: int, **body: object) -> str:
    """The message; the request must be refused with this status, and nobody asked."""
    response = await served.chat(**body)
    assert response.status_code == status, response.text
    assert not served.world.upstream.asked
    return response.json()["error"]["message"]


WRONG: list[dict[str, object]] = [
    {"messages": []},
    {"messages": "Hello"},
    {"messages": [7]},
    {"messages": [{"role": "wizard", "content": "x"}]},
    {"messages": [{"role": "tool", "content": "x"}]},
    {"messages": [{"role": "user", "content": 7}]},
    {"messages": [{"role": "user", "content": ["x"]}]},
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,%%"}}]}]},
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]},
    {"messages": [{"role": "assistant", "tool_calls": [{"function": {}}]}]},
    {"model": 7},
    {"model": ""},
    {"temperature": "hot"},
    {"max_tokens": 0},
    {"max_tokens": True},
    {"n": 1_000},
    {"stop": [7]},
    {"stream": "yes"},
    {"tools": {}},
    {"tools": [{"type": "function", "function": {}}]},
    {"tool_choice": "perhaps"},
    {"response_format": {"type": "xml"}},
    {"response_format": {"type": "json_schema", "json_schema": {}}},
    {"models": ["a/b", "c/d"]},
    {"provider": {"only": ["somebody"]}},
    {"functions": [{}]},
    {"reasoning_effort": "huge"},
]


@pytest.mark.parametrize("fields", WRONG)
async def test_a_field_that_cannot_be_understood_is_named(fields: dict[str, object]) -> None:
    async with serving({}) as served:
        message = await refused(served, 400, **fields)
        assert next(iter(fields)).split("_")[0] in message or "min_coding_score" in message


async def test_what_is_no_json_object_is_refused() -> None:
    async with serving({}) as served:
        for body in (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000):
            response = await served.client.post("/v1/chat/completions", content=body)
            assert response.status_code == 400 and "JSON" in response.json()["error"]["message"]


async def test_what_is_too_large_or_too_many_is_refused() -> None:
    async with serving({}, bounds=Bounds(body_bytes=10_000)) as served:
        assert "smaller" in await refused(served, 413, messages=[{"role": "user", "content": "x" * 20_000}])
    async with serving({}) as served:
        tools = [{"type": "function", "function": {"name": f"t{index}"}} for index in range(10_000)]
        assert "10000" in await refused(served, 400, tools=tools)


async def test_a_body_that_never_ends_is_given_up() -> None:
    async with serving({}, bounds=Bounds(body_seconds=0.0)) as served:
        host, port = served.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), family=socket.AF_INET)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
        writer.write(head.encode())
        assert b" 408 " in await reader.readline()
        writer.close()


async def test_a_compressed_body_is_not_guessed_at() -> None:
    async with serving({}) as served:
        response = await served.client.post("/v1/chat/completions", content=b"x", headers={"content-encoding": "gzip"})
        assert response.status_code == 415


async def test_unknown_fields_travel_along() -> None:
    async with serving({"cheap": [answer()]}) as served:
        assert (await served.chat(service_tier="flex", messages=[USER])).status_code == 200
        extras = served.world.upstream.prompts[0].extras
        assert [(extra.path, extra.value) for extra in extras] == [("service_tier", "flex")]


async def test_what_is_nested_too_deeply_is_refused_before_anybody_is_asked() -> None:
    async with serving({}) as served:
        deep: object = "x"
        for _ in range(300):
            deep = [deep]
        for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
            response = await served.client.post(path, json={"model": "coderoute", "max_tokens": 9, "metadata": {"a": deep}})
            assert response.status_code == 400, response.text


async def test_another_method_is_told_in_the_formats_shape_and_only_with_the_token() -> None:
    async with serving({}) as served:
        for path, method in (
            ("/v1/chat/completions", "GET"),
            ("/v1/messages/count_tokens", "PUT"),
            ("/v1/models", "POST"),
            ("/metrics", "PUT"),
        ):
            response = await served.client.request(method, path)
            assert (response.status_code, bool(response.json()["error"]["message"])) == (405, True)
            assert (await served.client.request(method, path, headers={"authorization": ""})).status_code == 401


async def test_a_choice_of_a_tool_that_is_not_there_is_refused() -> None:
    async with serving({}) as served:
        await refused(served, 400, tool_choice={"type": "function", "function": {"name": "none_such"}})


@pytest.mark.parametrize("token", ["cr1.", "cr1.AAAA", "cr1.eyJ2IjoiY2hlYXAifQ", "cr1.%%%"])
async def test_a_token_that_was_cut_reaches_no_vendor(token: str) -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": token}
    hidden = {"type": "redacted_thinking", "data": token}
    item: dict[str, object] = {"type": "reasoning", "summary": [], "encrypted_content": token}
    async with serving({}) as served:
        for block in (thought, hidden):
            turns = [USER, {"role": "assistant", "content": [block]}, USER]
            said = {"model": "coderoute", "max_tokens": 9, "messages": turns}
            assert (await served.client.post("/v1/messages", json=said)).status_code == 400
        turn: dict[str, object] = {"role": "user", "content": "x"}
        asked = {"model": "coderoute", "input": [turn, item]}
        assert (await served.client.post("/v1/responses", json=asked)).status_code == 400
        assert not served.world.upstream.asked

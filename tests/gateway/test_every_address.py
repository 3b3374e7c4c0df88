"""What is wrong with a request is told at every address, in its format's own shape; nobody is asked."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx
import orjson
import pytest

from coderoute_ls.gateway.http.request_body import Bounds
from tests.gateway.support import TOKEN, Served, serving

USER = {"role": "user", "content": "Hello"}
CHAT: dict[str, Any] = {"model": "coderoute", "messages": [USER]}
ASKED: Mapping[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/responses": {"model": "coderoute", "input": "Hello"},
    "/v1/messages": {**CHAT, "max_tokens": 9},
    "/v1/messages/count_tokens": CHAT,
    "/v1/completions": {"model": "coderoute", "prompt": "x"},
    "/v1/fim/completions": {"model": "coderoute", "prompt": "x", "suffix": "y"},
    "/v1/decision": {"format": "openai-chat", "request": CHAT},
}
"""A good request for each address."""
ELSEWHERE = {"host": "coderoute.attacker.example"}
PAGE = {"origin": "https://attacker.example"}


def changed(path: str, **fields: object) -> dict[str, Any]:
    """The good request of this address with other fields."""
    body = ASKED[path]
    return {**body, "request": {**body["request"], **fields}} if "request" in body else {**body, **fields}


async def told(served: Served, path: str, status: int, response: httpx.Response) -> str:
    """The message, which must be in the shape that this address's clients read."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json" and TOKEN not in response.text
    body = response.json()
    if path.startswith("/v1/messages"):
        assert body["type"] == "error" and set(body["error"]) == {"type", "message"}
    else:
        assert set(body["error"]) == {"message", "type", "param", "code"}
    assert not served.world.upstream.asked and not served.world.ledger.rows
    return body["error"]["message"]


@pytest.mark.parametrize("path", ASKED)
async def test_a_request_that_is_wrong_is_refused(path: str) -> None:
    tools = [{"type": "function", "name": f"t{n}", "function": {"name": f"t{n}"}, "input_schema": {}} for n in range(10_000)]
    wrong: list[tuple[int, str, dict[str, Any]]] = [
        (404, "no model", {"model": "gpt-9-nope"}),
        (400, "`model`", {"model": 7}),
        (400, "0 to 1", {"min_coding_score": 1.5}),
        (400, "0 to 1", {"min_coding_score": "nan"}),
        (400, "0 to 1", {"min_coding_score": True}),
    ]
    if "completions" not in path or "chat" in path:
        wrong.append((400, "10000", {"tools": tools}))
    async with serving({}) as served:
        for status, words, fields in wrong:
            response = await served.client.post(path, json=changed(path, **fields))
            assert words in await told(served, path, status, response)
        for floor in ("nan", "2", "-1", "high", ""):
            response = await served.client.post(path, json=ASKED[path], headers={"x-min-coding-score": floor})
            assert "0 to 1" in await told(served, path, 400, response)
        for body in (b"", b"{", b"[]", b"\xff", b"null", b'{"a":NaN}'):
            assert "JSON" in await told(served, path, 400, await served.client.post(path, content=body))


@pytest.mark.parametrize("path", [*ASKED, "/v1/models", "/v1/nowhere"])
async def test_a_caller_that_may_not_ask_is_turned_away(path: str) -> None:
    method = "POST" if path in ASKED else "GET"
    body = orjson.dumps(ASKED.get(path))
    async with serving({}) as served:
        for headers, status in ((ELSEWHERE, 403), (PAGE, 403), ({"sec-fetch-site": "cross-site"}, 403)):
            response = await served.client.request(method, path, content=body, headers=headers)
            await told(served, path, status, response)
        for token in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
            response = await served.client.request(method, path, content=body, headers={"authorization": token})
            await told(served, path, 401, response)


@pytest.mark.parametrize("path", ASKED)
async def test_a_body_that_is_too_large_is_not_waited_for(path: str) -> None:
    """Whether its length was said before or not. The caller gets the answer though it has not sent everything."""
    async with serving({}, bounds=Bounds(body_bytes=1_000_000)) as served:
        picture = orjson.dumps(changed(path, messages=[{"role": "user", "content": "A" * 5_000_000}]))

        async def pieces() -> AsyncGenerator[bytes]:
            for at in range(0, len(picture), 500_000):
                yield picture[at : at + 500_000]

        for content in (picture, pieces()):
            assert "larger" in await told(served, path, 413, await served.client.post(path, content=content))


@pytest.mark.parametrize("path", ASKED)
async def test_a_body_that_stands_still_is_given_up(path: str) -> None:
    async with serving({}, bounds=Bounds(body_seconds=0.0)) as served:
        host, port = served.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
        writer.write(head.encode() + b"{")
        assert b" 408 " in (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]
        said = httpx.Response(408, headers={"content-type": "application/json"}, content=await reader.readuntil(b"}}"))
        assert "longer" in await told(served, path, 408, said)
        writer.close()


async def test_a_schema_that_refers_to_itself_is_no_trouble() -> None:
    """Whichever dialect it is written in; see `test_mutated_requests` for what else a schema can hold."""
    cycle = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}
    async with serving({}) as served:
        for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
            function = {"name": "f", "parameters": cycle}
            tool = {"type": "function", "function": function} if "chat" in path else {"type": "function", **function}
            tools = [{"name": "f", "input_schema": cycle}] if "messages" in path else [tool]
            format_ = {"/v1/chat/completions": "openai-chat", "/v1/responses": "openai-responses"}.get(path, "anthropic-messages")
            said = {"format": format_, "request": changed(path, tools=tools)}
            assert (await served.client.post("/v1/decision", json=said)).json()["chosen"]

"""Odd requests that their formats allow reach a vendor as something that it takes, or are refused with a reason."""

from typing import Any

import pytest

from coderoute_ls.domain import Delta, Finish
from coderoute_ls.domain.conversation import ToolCallPiece, ToolCallStart
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.http.access_control import LOOPBACK_NAMES, check_place
from tests.engine.support import Step, answer
from tests.gateway.fronted_vendor import fronted
from tests.gateway.support import TOKEN, Json, chunks, serving
from tests.providers.conversation.answering import Call, Say

USER: Json = {"role": "user", "content": "Hello"}
TOOL: Json = {"name": "look", "input_schema": {"type": "object"}}
CALL: Json = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "look", "input": {}}]}
MARK: Json = {"cache_control": {"type": "ephemeral"}}
CONVERSATIONS = ("openai-chat", "anthropic-messages", "openai-responses", "gemini", "cohere-v2", "ollama", "bedrock-converse")


async def sent(dialect: str, path: str, body: Json) -> tuple[Any, str]:
    """What the vendor was asked, and what the caller is told was lost."""
    async with fronted(dialect) as front:
        front.answers.append([Say("Fine.")])
        response = await front.served.client.post(path, json={"model": "coderoute", **body})
        assert response.status_code == 200, response.text
        return front.bodies[0], response.headers.get("x-coderoute-losses", "")


def turns_of(body: Any) -> list[Any]:
    return body.get("messages") or body.get("input") or body.get("contents") or []


@pytest.mark.parametrize("dialect", CONVERSATIONS)
async def test_a_mark_behind_a_tools_result_is_no_message_of_its_own(dialect: str) -> None:
    result: Json = {"type": "tool_result", "tool_use_id": "t1", "content": "rain", **MARK}
    plain: Json = {**result, "cache_control": None}
    asked = [
        await sent(
            dialect,
            "/v1/messages",
            {"max_tokens": 9, "tools": [TOOL], "messages": [USER, CALL, {"role": "user", "content": [last]}]},
        )
        for last in (result, plain)
    ]
    assert len(turns_of(asked[0][0])) == len(turns_of(asked[1][0]))


@pytest.mark.parametrize("dialect", CONVERSATIONS)
@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "content": "Be brief."}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": []}],
        [{"role": "assistant", "content": None}],
    ],
)
async def test_a_vendor_is_never_asked_without_a_message(dialect: str, messages: list[Json]) -> None:
    body, _ = await sent(dialect, "/v1/chat/completions", {"messages": messages})
    assert turns_of(body) or body.get("instructions")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/messages", {"max_tokens": 9, "messages": [USER], "container": None, "service_tier": None}),
        ("/v1/chat/completions", {"messages": [USER], "logprobs": False, "metadata": None, "top_logprobs": 0}),
        ("/v1/responses", {"input": "Hello", "truncation": None, "metadata": None, "include": None}),
        ("/v1/responses", {"input": "Hello", "include": ["reasoning.encrypted_content"]}),
        ("/v1/messages", {"max_tokens": 9, "messages": [USER], "tools": [{**TOOL, "type": None}]}),
    ],
)
async def test_what_says_nothing_is_no_loss(path: str, body: Json) -> None:
    asked, losses = await sent("gemini", path, body)
    assert not losses and bool(asked.get("tools")) == ("tools" in body)


async def test_another_wish_about_what_to_include_is_told() -> None:
    body: Json = {"input": "Hello", "include": ["reasoning.encrypted_content", "file_search_call.results"]}
    assert (await sent("openai-chat", "/v1/responses", body))[1] == "unknown_field include"


@pytest.mark.parametrize(
    ("path", "more", "effort"),
    [
        ("/v1/messages", {"thinking": {"type": "adaptive"}}, "high"),
        ("/v1/messages", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}, "low"),
        ("/v1/messages", {"thinking": {"type": "enabled", "budget_tokens": 2_000}}, "low"),
        ("/v1/chat/completions", {"reasoning": {"max_tokens": 2_000}}, "low"),
        ("/v1/chat/completions", {"reasoning": {"max_tokens": 8_000, "effort": "high"}}, "high"),
        ("/v1/chat/completions", {"reasoning": {"enabled": True}}, "medium"),
        ("/v1/chat/completions", {"reasoning": {"enabled": False, "max_tokens": 2_000}}, "none"),
    ],
)
async def test_thinking_is_asked_for_however_a_format_says_it(path: str, more: Json, effort: str) -> None:
    body, _ = await sent("openai-chat", path, {"max_tokens": 9_000, "messages": [USER], **more})
    assert body["reasoning_effort"] == effort


@pytest.mark.parametrize(
    ("path", "more", "named"),
    [
        ("/v1/chat/completions", {"tool_choice": "required"}, "tool_choice"),
        ("/v1/messages", {"tool_choice": {"type": "any"}}, "tool_choice"),
        ("/v1/responses", {"tool_choice": "required", "input": "Hello"}, "tool_choice"),
        ("/v1/chat/completions", {"logprobs": True}, "logprobs"),
        ("/v1/chat/completions", {"top_logprobs": 3}, "top_logprobs"),
    ],
)
async def test_a_wish_that_cannot_be_obeyed_is_refused(path: str, more: Json, named: str) -> None:
    async with serving({}) as served:
        said = {"model": "coderoute", "max_tokens": 9, "messages": [USER], **more}
        response = await served.client.post(path, json=said)
        assert response.status_code == 400 and f"`{named}`" in response.json()["error"]["message"]


async def test_a_picture_that_lies_at_its_vendor_is_asked_for_there_and_told_elsewhere() -> None:
    picture: Json = {"type": "image", "source": {"type": "file", "file_id": "f"}}
    asked: Json = {"max_tokens": 9, "messages": [{"role": "user", "content": [picture, {"type": "text", "text": "What?"}]}]}
    body, losses = await sent("anthropic-messages", "/v1/messages", asked)
    assert body["messages"][0]["content"][0] == picture and not losses
    _, losses = await sent("openai-chat", "/v1/messages", asked)
    assert losses == "unknown_field messages[0].parts[0]"


async def test_only_answers_that_were_given_are_told() -> None:
    async with serving({"cheap": [answer(), [Delta("a"), Delta("b", choice=1), Finish("stop", others={1: "length"})]]}) as served:
        one = (await served.chat(n=2)).json()["choices"]
        two = (await served.chat(n=2)).json()["choices"]
    assert [choice["finish_reason"] for choice in one] == ["stop"]
    assert [(choice["index"], choice["finish_reason"]) for choice in two] == [(0, "stop"), (1, "length")]


@pytest.mark.parametrize("reason", ["stop", "tool_calls"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
async def test_an_answer_that_ends_within_a_call_has_no_good_end(path: str, reason: Any) -> None:
    cut: list[Step] = [ToolCallStart("c1", "look"), ToolCallPiece("c1", '{"ci'), Finish(reason)]
    said: Json = {"model": "coderoute", "max_tokens": 9, "messages": [USER], "input": "Hello", "tools": None}
    async with serving({"cheap": [cut, cut]}) as served:
        assert (await served.client.post(path, json=said)).status_code == 502
        streamed = (await served.client.post(path, json={**said, "stream": True})).text
    assert "error" in streamed and '"tool_calls"}' not in streamed
    assert not any(word in streamed for word in ('"finish_reason":"tool_calls"', "message_stop", "response.completed"))


async def test_a_model_can_be_looked_up_by_its_name() -> None:
    async with serving({}) as served:
        for name in ("coderoute", "coderoute/refactor", "cheap/m"):
            found = await served.client.get(f"/v1/models/{name}")
            assert (found.status_code, found.json()["id"]) == (200, name)
        for name in ("none-such", "coderoute/", "coderoute/none-such", "cheap", ""):
            assert (await served.client.get(f"/v1/models/{name}")).status_code == 404
        assert (await served.client.get("/v1/models/coderoute", headers={"authorization": ""})).status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://[bad", 403),
        ("null", 403),
        ("http://", 403),
        ("//localhost", 403),
        ("http://localhost.evil.example", 403),
        ("http://evil.example/://localhost", 403),
        ("http://localhost:3000", 200),
        ("http://[::1]:3000", 200),
    ],
)
async def test_an_origin_is_read_or_refused(origin: str, status: int) -> None:
    async with serving({"cheap": [answer()]}) as served:
        response = await served.client.get("/v1/models", headers={"origin": origin, "authorization": f"Bearer {TOKEN}"})
        assert response.status_code == status


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:4747", "127.0.0.1:1", "[::1]:4747", "[::1]", "localhost."])
def test_a_host_header_with_a_name_of_ours_is_let_in(host: str) -> None:
    check_place({"host": host}, LOOPBACK_NAMES)


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil@localhost", "localhost@evil.example",
        "localhost:80@evil.example", "127.0.0.1:4747:evil", "[::1]evil", "localhost/evil", "localhost#evil", "localhost?evil",
        "localhost, evil.example", "localhost evil", "[::1", "127.1", "0.0.0.0", "2130706433", "l\u043ecalhost", "[::1]:999999",
    ],
)  # fmt: skip
def test_a_host_header_that_says_more_or_less_than_a_name_of_ours_is_refused(host: str) -> None:
    with pytest.raises(CallerError):
        check_place({"host": host}, LOOPBACK_NAMES)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer another", "x-api-key": TOKEN}, 200),
        ({"authorization": "Bearer", "x-api-key": TOKEN}, 200),
        ({"authorization": f"bearer  {TOKEN}", "x-api-key": "another"}, 200),
        ({"authorization": "Basic eDp5", "api-key": TOKEN}, 200),
        ({"authorization": f"Basic {TOKEN}", "x-api-key": "another"}, 401),
        ({"authorization": "Bearer", "x-api-key": "", "api-key": ""}, 401),
        ({"authorization": TOKEN, "x-api-key": TOKEN[:-1]}, 401),
        ({"authorization": "", "cookie": TOKEN}, 401),
    ],
)
async def test_a_client_that_sends_two_keys_is_known_by_either(headers: dict[str, str], status: int) -> None:
    async with serving({}) as served:
        assert (await served.client.get("/v1/models", headers=headers)).status_code == status
        assert (await served.client.get(f"/v1/models?key={TOKEN}", headers={"authorization": ""})).status_code == 401


PATCH: Json = {"type": "grammar", "grammar": {"syntax": "lark", "definition": 'start: "x"'}}
NATIVE = (
    b'data: {"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"custom_tool_call","id":"x",'
    b'"call_id":"call_1","name":"patch","input":"a < b"}],"usage":{"input_tokens":3,"output_tokens":1}}}\n\n'
)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("dialect", ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"])
async def test_a_tool_of_plain_text_is_called_and_answered_in_chat_completions(dialect: str, stream: bool) -> None:
    tool: Json = {"type": "custom", "custom": {"name": "patch", "description": "Edits.", "format": PATCH}}
    async with fronted(dialect) as front:
        called: Any = [Call("call_1", "patch", ('{"input":', '"a < b"}'))]
        front.answers += [NATIVE if dialect == "openai-responses" else called, [Say("Done.")]]
        body: Json = {"tools": [tool], "stream": stream, "tool_choice": {"type": "custom", "custom": {"name": "patch"}}}
        answered = await front.served.chat(**body)
        if stream:
            pieces = [call for chunk in chunks(answered) for call in chunk["choices"][0]["delta"].get("tool_calls", ())]
            text = "".join(piece["custom"]["input"] for piece in pieces)
            call = {**pieces[0], "custom": {**pieces[0]["custom"], "input": text}}
        else:
            (call,) = answered.json()["choices"][0]["message"]["tool_calls"]
        assert (call["type"], call["custom"]) == ("custom", {"name": "patch", "input": "a < b"})
        turns = [USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": call["id"], "content": "ok"}]
        assert (await front.served.chat(**{**body, "messages": turns, "stream": False})).status_code == 200
        assert "patch" in str(front.bodies[1])


@pytest.mark.parametrize("stream", [True, False])
async def test_thoughts_that_the_caller_does_not_want_to_see_are_not_shown(stream: bool) -> None:
    said: list[Step] = [Delta(reasoning="secretly"), Delta("Openly", reasoning="secretly"), Finish("stop")]
    async with serving({"cheap": [said, said]}) as served:
        hidden = await served.chat(reasoning={"effort": "high", "exclude": True}, stream=stream)
        shown = await served.chat(reasoning={"effort": "high"}, stream=stream)
    assert "Openly" in hidden.text and "secretly" not in hidden.text and "secretly" in shown.text


@pytest.mark.parametrize("stream", [False, True])
async def test_an_end_for_calls_without_a_call_is_a_plain_end(stream: bool) -> None:
    """A server that lost a call says all the same that one is there: an agent would wait for it."""
    async with serving({"cheap": [[Delta("Well."), Finish("tool_calls")]]}) as served:
        response = await served.chat(stream=stream)
        ends = [chunk["choices"][0]["finish_reason"] for chunk in chunks(response)] if stream else []
        assert (ends[-1] if stream else response.json()["choices"][0]["finish_reason"]) == "stop"

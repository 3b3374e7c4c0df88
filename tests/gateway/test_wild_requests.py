"""Requests as real clients send them, each judged by what the vendor of its format would answer: the shapes come from reports of
LiteLLM, OpenRouter, vLLM, llama.cpp, the AI SDK, Claude Code, Codex, aider, Zed, Cline and others.
"""

import json
from typing import Any

import pytest

from tests.gateway.fronted_vendor import fronted
from tests.gateway.support import Json
from tests.providers.conversation.answering import Say

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
USER: Json = {"role": "user", "content": "Hello"}
TOOL: Json = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
CALLING: Json = {
    "role": "assistant",
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
}
CALLED: Json = {"role": "tool", "tool_call_id": "c1", "content": "rain"}
USE: Json = {"type": "tool_use", "id": "c1", "name": "look", "input": {}}
USING: Json = {"role": "assistant", "content": [USE]}
RESULT: Json = {"type": "tool_result", "tool_use_id": "c1", "content": "x"}
LOOK: Json = {"name": "look", "input_schema": {"type": "object"}}


def chat(*messages: Json, **more: Any) -> Json:
    return {"messages": [USER, *messages], **more}


def turns(*messages: Json, **more: Any) -> Json:
    return {"max_tokens": 99, "messages": [USER, *messages], **more}


def items(*said: Json, **more: Any) -> Json:
    return {"input": [USER, *said], **more}


def result(content: Any, **more: Any) -> Json:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": content, **more}]}


ANSWERED: dict[str, tuple[str, Json]] = {
    # chat completions
    "an empty list of calls": (CHAT, chat({"role": "assistant", "content": "Well", "tool_calls": []}, USER)),
    "calls that are null": (
        CHAT,
        chat({"role": "assistant", "content": "Well", "tool_calls": None, "function_call": None}, USER),
    ),
    "a call beside empty content": (CHAT, chat({**CALLING, "content": ""}, CALLED, tools=[TOOL])),
    "a call beside a list without content": (CHAT, chat({**CALLING, "content": []}, CALLED, tools=[TOOL])),
    "a result of parts": (CHAT, chat(CALLING, {**CALLED, "content": [{"type": "text", "text": "rain"}]}, tools=[TOOL])),
    "a result without content": (CHAT, chat(CALLING, {**CALLED, "content": None}, tools=[TOOL])),
    "a result with its tool's name": (CHAT, chat(CALLING, {**CALLED, "name": "look"}, tools=[TOOL])),
    "a picture in a result": (
        CHAT,
        chat(CALLING, {**CALLED, "content": [{"type": "image_url", "image_url": {"url": PNG}}]}, tools=[TOOL]),
    ),
    "empty tools": (CHAT, chat(tools=[])),
    "tools that are null": (CHAT, chat(tools=None, tool_choice=None)),
    "parallel calls without tools": (CHAT, chat(parallel_tool_calls=True)),
    "a choice of tools without tools": (CHAT, chat(tool_choice="auto")),
    "a tool without parameters": (CHAT, chat(tools=[{"type": "function", "function": {"name": "look", "parameters": None}}])),
    "a tool without a type": (CHAT, chat(tools=[{"function": {"name": "look"}}])),
    "stop texts that are none": (CHAT, chat(stop=["", "\n\n"])),
    "one empty stop text": (CHAT, chat(stop="")),
    "both limits": (CHAT, chat(max_tokens=5, max_completion_tokens=7)),
    "limits that are null": (CHAT, chat(max_tokens=None, temperature=None, top_p=None, n=None, seed=None, stop=None)),
    "options of a stream without one": (CHAT, chat(stream=False, stream_options=None)),
    "a picture as plain text": (CHAT, chat({"role": "user", "content": [{"type": "image_url", "image_url": PNG}]})),
    "a picture at its own size": (
        CHAT,
        chat({"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG, "detail": "original"}}]}),
    ),
    "thoughts that come back": (
        CHAT,
        chat({"role": "assistant", "content": "Well", "reasoning_content": "Hm", "reasoning": "Hm"}, USER),
    ),
    "a refusal that comes back": (CHAT, chat({"role": "assistant", "content": None, "refusal": "No."}, USER)),
    "an answer's other fields come back": (
        CHAT,
        chat({"role": "assistant", "content": "Well", "annotations": [], "audio": None}, USER),
    ),
    "a developer's message": (CHAT, {"messages": [{"role": "developer", "content": "Be brief."}, USER]}),
    "system messages in between": (CHAT, chat({"role": "system", "content": "Now French."}, USER)),
    "a mark on a whole message": (CHAT, chat({"role": "system", "content": "x", "cache_control": {"type": "ephemeral"}}, USER)),
    "fields of accounts": (CHAT, chat(user="u", metadata={"a": "b"}, store=False, service_tier="auto", safety_identifier="s")),
    "fields of templates": (CHAT, chat(chat_template_kwargs={"enable_thinking": False, "x": 1})),
    "a router's fields that ask for nothing": (
        CHAT,
        chat(provider={"allow_fallbacks": True}, models=[], transforms=[], route=None),
    ),
    # messages
    "an empty text": (
        MESSAGES,
        turns({"role": "assistant", "content": [{"type": "text", "text": ""}, USE]}, result("x"), tools=[LOOK]),
    ),
    "an empty text alone": (MESSAGES, turns({"role": "assistant", "content": [{"type": "text", "text": ""}]}, USER)),
    "a result without content, Anthropic's": (
        MESSAGES,
        turns(USING, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1"}]}, tools=[LOOK]),
    ),
    "a result that is null": (MESSAGES, turns(USING, result(None, is_error=None), tools=[LOOK])),
    "a result of nothing": (MESSAGES, turns(USING, result([]), tools=[LOOK])),
    "a picture by address in a result": (
        MESSAGES,
        turns(USING, result([{"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}]), tools=[LOOK]),
    ),
    "a tool's reference in a result": (
        MESSAGES,
        turns(USING, result([{"type": "tool_reference", "tool_name": "see"}]), tools=[LOOK]),
    ),
    "words beside results": (
        MESSAGES,
        turns(USING, {"role": "user", "content": [{"type": "text", "text": "and"}, RESULT]}, tools=[LOOK]),
    ),
    "a tool added in the middle": (
        MESSAGES,
        turns(
            {"role": "system", "content": [{"type": "text", "text": "More."}, {"type": "tool_addition", "tool": {"name": "see"}}]}
        ),
    ),
    "thoughts without a signature": (
        MESSAGES,
        turns(
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "Hm", "signature": ""}, {"type": "text", "text": "Well"}],
            },
            USER,
        ),
    ),
    "thinking that is summed up": (
        MESSAGES,
        turns(thinking={"type": "adaptive", "display": "summarized"}, output_config={"effort": "high"}),
    ),
    "thinking that is disabled": (MESSAGES, turns(thinking={"type": "disabled"})),
    "tools that come late": (
        MESSAGES,
        turns(tools=[{**LOOK, "defer_loading": True, "eager_input_streaming": True, "input_examples": [{}]}]),
    ),
    "a tool of a named type": (MESSAGES, turns(tools=[{**LOOK, "type": "custom", "description": None}])),
    "management of the context": (
        MESSAGES,
        turns(context_management={"edits": []}, service_tier="auto", cache_control={"type": "ephemeral"}),
    ),
    "an account of a user that is null": (MESSAGES, turns(metadata={"user_id": None})),
    "system texts with a mark": (
        MESSAGES,
        turns(
            system=[
                {"type": "text", "text": "a"},
                {"type": "text", "text": "b", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
            ]
        ),
    ),
    "the answer begun": (MESSAGES, turns({"role": "assistant", "content": "{"})),
    "stop sequences that are null": (MESSAGES, turns(stop_sequences=None, temperature=None, tool_choice=None)),
    "one tool at a time": (MESSAGES, turns(tools=[LOOK], tool_choice={"type": "auto", "disable_parallel_tool_use": True})),
    # responses
    "an item without a type": (RESPONSES, items()),
    "a search that was run": (
        RESPONSES,
        items({"type": "web_search_call", "id": "ws", "status": "completed", "action": {"type": "search"}}, USER),
    ),
    "a search for tools": (
        RESPONSES,
        items(
            {"type": "tool_search_call", "call_id": "t", "arguments": {}},
            {"type": "tool_search_output", "call_id": "t", "tools": []},
            USER,
        ),
    ),
    "a shell that was run": (
        RESPONSES,
        items(
            {"type": "local_shell_call", "call_id": "l", "action": {"type": "exec", "command": ["ls"]}},
            {"type": "local_shell_call_output", "call_id": "l", "output": "x"},
            USER,
        ),
    ),
    "a result of pictures": (
        RESPONSES,
        items(
            {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
            {
                "type": "function_call_output",
                "call_id": "c1",
                "output": [{"type": "input_text", "text": "x"}, {"type": "input_image", "image_url": PNG, "detail": "original"}],
            },
            tools=[{"type": "function", "name": "look"}],
        ),
    ),
    "thoughts without their text": (
        RESPONSES,
        items({"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": None, "content": None}, USER),
    ),
    "an answer with its phase": (
        RESPONSES,
        items(
            {
                "type": "message",
                "role": "assistant",
                "phase": "commentary",
                "content": [{"type": "output_text", "text": "x", "annotations": []}],
            },
            USER,
        ),
    ),
    "thoughts that are summed up": (
        RESPONSES,
        items(
            reasoning={"effort": "medium", "summary": "auto"}, text={"verbosity": "low"}, include=["reasoning.encrypted_content"]
        ),
    ),
    "tools without parameters": (
        RESPONSES,
        items(tools=[{"type": "function", "name": "look", "parameters": None, "strict": None}]),
    ),
    "fields of accounts of responses": (
        RESPONSES,
        items(
            store=False, truncation="disabled", service_tier="auto", metadata=None, prompt_cache_key="k", safety_identifier="s"
        ),
    ),
    "one text": (RESPONSES, {"input": "Hello", "instructions": None, "previous_response_id": None}),
    "an answer in plain words": (RESPONSES, items({"role": "assistant", "content": "Well"}, USER)),
}
"""What the vendor takes, or everybody but OpenAI does and clients rely on."""

REFUSED: dict[str, tuple[str, Json]] = {
    "a call without an id": (
        CHAT,
        chat({"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "look"}}]}),
    ),
    "arguments that are no text": (
        CHAT,
        chat(
            {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "look", "arguments": {}}}]}
        ),
    ),
    "a list of texts": (CHAT, chat({"role": "user", "content": ["Hello"]})),
    "an unknown role": (CHAT, chat({"role": "ai", "content": "x"})),
    "a temperature in quotes": (CHAT, chat(temperature="0.7")),
    "the choice of another vendor": (CHAT, chat(tools=[TOOL], tool_choice={"type": "auto"})),
    "functions of the first form": (CHAT, chat(functions=[{"name": "look"}])),
    "a router's order of vendors": (CHAT, chat(provider={"order": ["a"]})),
    "a grammar of vLLM's": (CHAT, chat(response_format={"type": "grammar", "grammar": "x"})),
    "no limit": (MESSAGES, {"messages": [USER]}),
    "a choice in one word": (MESSAGES, turns(tools=[LOOK], tool_choice="auto")),
    "a temperature above one": (MESSAGES, turns(temperature=1.5)),
    "input that is no object": (
        MESSAGES,
        turns({"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "x", "input": "{}"}]}),
    ),
    "a nested function": (RESPONSES, items(tools=[{"type": "function", "function": {"name": "look"}}])),
    "an answer to go on from": (RESPONSES, items(previous_response_id="resp_1")),
    "a role of a tool": (RESPONSES, items({"role": "tool", "content": "x"})),
}
VENDORS = ("openai-chat", "anthropic-messages", "openai-responses", "gemini")


@pytest.mark.parametrize("dialect", VENDORS)
@pytest.mark.parametrize("name", ANSWERED)
async def test_it_is_answered_by_every_vendor_in_whole_and_streamed(name: str, dialect: str) -> None:
    path, body = ANSWERED[name]
    async with fronted(dialect) as front:
        for stream in (False, True):
            front.answers.append([Say("Fine.")])
            response = await front.served.client.post(path, json={"model": "coderoute", **body, "stream": stream})
            assert response.status_code == 200 and "Fine." in response.text, response.text
        _sound(dialect, front.bodies[-1])


def _sound(dialect: str, body: Any) -> None:
    """What each of these vendors refuses: empty texts and lists, and turns in an order that it does not take."""
    words = json.dumps(body)
    assert '"stop": [""' not in words and '"stopSequences": [""' not in words and '"stop_sequences": [""' not in words
    assert body.get("tools") != []
    if dialect == "anthropic-messages":
        assert body["messages"][0]["role"] == "user"
        assert all(part != {"type": "text", "text": ""} for turn in body["messages"] for part in turn["content"])
        assert all(turn["content"] for turn in body["messages"])
    if dialect == "openai-chat":
        assert all(message.get("tool_calls") != [] for message in body["messages"])


@pytest.mark.parametrize("name", REFUSED)
async def test_what_its_vendor_refuses_is_refused_before_anybody_is_asked(name: str) -> None:
    path, body = REFUSED[name]
    async with fronted("openai-chat") as front:
        response = await front.served.client.post(path, json={"model": "coderoute", **body})
        assert response.status_code == 400 and response.json()["error"]["message"], response.text
        assert front.bodies == []

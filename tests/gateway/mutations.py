"""Requests with something wrong in them: rich ones of each face, changed at random places."""

import random
from collections.abc import Iterator
from typing import Any

import orjson

from coderoute_ls.providers.json_access import is_list, is_object

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string", "minLength": 1}, "next": {"$ref": "#/$defs/node"}},
    "required": ["city"],
    "$defs": {"node": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]}},
}
PICTURE = "data:image/png;base64,iVBORw0KGgo="
CHAT: dict[str, Any] = {
    "model": "coderoute",
    "messages": [
        {
            "role": "system",
            "content": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        },
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look."},
                {"type": "image_url", "image_url": {"url": PICTURE, "detail": "low"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERg==", "filename": "a.pdf"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "hm",
            "reasoning_details": [{"type": "reasoning.encrypted", "data": "x", "id": "call_1"}],
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"city":"Oslo"}'}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "rain"}]},
    ],
    "tools": [{"type": "function", "function": {"name": "look", "description": "d", "parameters": SCHEMA, "strict": True}}],
    "tool_choice": {"type": "function", "function": {"name": "look"}},
    "parallel_tool_calls": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}},
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": ["END"],
    "seed": 7,
    "n": 1,
    "max_tokens": 100,
    "stream": True,
    "stream_options": {"include_usage": True},
    "reasoning": {"effort": "low", "enabled": True},
    "plugins": [{"id": "pareto-router", "min_coding_score": 0.5, "max_price": 1}],
    "provider": {"allow_fallbacks": True},
    "session_id": "s",
    "min_coding_score": 0.5,
}
MESSAGES: dict[str, Any] = {
    "model": "coderoute",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look."},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
                {"type": "document", "title": "a", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "eHg="},
                {"type": "tool_use", "id": "call_1", "name": "look", "input": {"city": "Oslo"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_1",
                    "is_error": False,
                    "content": [
                        {"type": "text", "text": "rain"},
                        {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
                    ],
                }
            ],
        },
    ],
    "tools": [{"name": "look", "description": "d", "input_schema": SCHEMA, "strict": True, "cache_control": {"ttl": "5m"}}],
    "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    "metadata": {"user_id": "u"},
    "temperature": 0.5,
    "top_k": 5,
    "stop_sequences": ["END"],
    "stream": True,
}
RESPONSES: dict[str, Any] = {
    "model": "coderoute",
    "instructions": "Be brief.",
    "input": [
        {"role": "developer", "content": "x"},
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Look."},
                {"type": "input_image", "image_url": PICTURE, "detail": "low"},
                {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERg==", "filename": "a.pdf"},
            ],
        },
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "eHg="},
        {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": '{"city":"Oslo"}', "namespace": "maps"},
        {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_text", "text": "rain"}]},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "patch", "input": "x"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": "done"},
        {"type": "agent_message", "text": "?"},
    ],
    "tools": [
        {"type": "function", "name": "plain", "parameters": SCHEMA, "strict": True},
        {"type": "custom", "name": "patch", "format": {"type": "grammar", "syntax": "lark", "definition": "start: /x/"}},
        {"type": "namespace", "name": "maps", "tools": [{"type": "function", "name": "look"}]},
        {"type": "web_search"},
    ],
    "tool_choice": {"type": "function", "name": "plain"},
    "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "temperature": 0.5,
    "max_output_tokens": 100,
    "prompt_cache_key": "s",
    "metadata": {"a": "b"},
    "stream": True,
}
COMPLETIONS: dict[str, Any] = {
    "model": "coderoute",
    "prompt": "def f(",
    "suffix": "):",
    "max_tokens": 10,
    "temperature": 0.2,
    "stop": ["\n"],
    "seed": 1,
    "n": 1,
    "stream": True,
    "stream_options": {"include_usage": True},
    "user": "u",
}
RICH = {"openai-chat": CHAT, "anthropic-messages": MESSAGES, "openai-responses": RESPONSES, "openai-completions": COMPLETIONS}
"""By the name of the face's format."""

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7, 1.5, -0.0, 1e308, 2**63, 2**64 - 1, "", "x", " ", "\x00", "\ud7ff", "é" * 300, "nan", "data:",
    "cr1.", "data:image/png;base64,", "data:image/png;base64,%%", "data:image/png;base64,iVBORw0KGgo=", "file:///etc/passwd", "{",
    "[]", '{"a":', [], [[]], [None], ["x"], [{}], {}, {"type": "text"}, {"type": "x"}, {"a": {"b": {"c": []}}}, {"$ref": "#"},
    {"text": 7}, {"id": None}, {"": ""},
)  # fmt: skip


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in it, with each of its keys or indexes."""
    members = value.items() if is_object(value) else enumerate(value) if is_list(value) else ()
    for key, inner in members:
        yield value, key
        yield from _places(inner)


def _copy(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


def mutated(format_: str, seed: int) -> dict[str, Any]:
    """This face's rich request with one to three changes: a value that is odd, absent, doubled, or from elsewhere in it."""
    chance = random.Random(f"{format_} {seed}")
    body = _copy(RICH[format_])
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = [*_places(body)]
        if not places:
            break
        held, key = chance.choice(places)
        match chance.randrange(6):
            case 0:
                del held[key]
            case 1 if is_list(held):
                held.insert(key, _copy(held[key]))
            case 2:
                other, name = chance.choice(places)
                held[key] = _copy(other[name])
            case 3 if is_object(held):
                held[chance.choice([name for _, name in places if isinstance(name, str)])] = held[key]
            case _:
                held[key] = _copy(chance.choice(_ODD))
    return body

"""The smallest answer of each dialect that says ``Hello``, ends with a given word and counts."""

from collections.abc import Callable, Mapping

import orjson

from coderoute_ls.providers.json_access import Json

Body = Callable[[str], bytes]


def sse(*events: Json | str) -> bytes:
    """Server-sent events; a string is sent as it is."""
    return b"".join(b"data: %b\n\n" % (event.encode() if isinstance(event, str) else orjson.dumps(event)) for event in events)


def chat(word: str) -> bytes:
    return sse(
        {"choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": word}]},
        "[DONE]",
    )


def completions(word: str) -> bytes:
    return sse(
        {"choices": [{"index": 0, "text": "Hello", "finish_reason": None}]},
        {"choices": [{"index": 0, "text": "", "finish_reason": word}]},
        "[DONE]",
    )


def responses(word: str) -> bytes:
    status, _, why = word.partition(":")
    response: Json = {"status": status, "usage": {"input_tokens": 9, "output_tokens": 2}}
    if why:
        response["incomplete_details"] = {"reason": why}
    return sse(
        {"type": "response.output_text.delta", "delta": "Hello"},
        {"type": "response.completed", "response": response},
    )


def anthropic(word: str) -> bytes:
    return sse(
        {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 9}}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}},
        {"type": "message_delta", "delta": {"stop_reason": word}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    )


def gemini(word: str) -> bytes:
    return sse(
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}}]},
        {"candidates": [{"finishReason": word}], "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2}},
    )


def cohere(word: str) -> bytes:
    return sse(
        {"type": "content-delta", "delta": {"message": {"content": {"text": "Hello"}}}},
        {"type": "message-end", "delta": {"finish_reason": word, "usage": {"tokens": {"input_tokens": 9, "output_tokens": 2}}}},
    )


def ollama(word: str) -> bytes:
    lines: tuple[Json, ...] = (
        {"message": {"content": "Hello"}, "done": False},
        {"message": {"content": ""}, "done": True, "done_reason": word, "prompt_eval_count": 9, "eval_count": 2},
    )
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def infill(word: str) -> bytes:
    return sse({"content": "Hello", "stop": False}, {"content": "", "stop": True, "stop_type": word, "tokens_predicted": 2})


def converse(word: str) -> bytes:
    message: Json = {"role": "assistant", "content": [{"text": "Hello"}]}
    return orjson.dumps({"output": {"message": message}, "stopReason": word, "usage": {"inputTokens": 9, "outputTokens": 2}})


def invoke(word: str) -> bytes:
    return orjson.dumps({"text": "Hello", "finish_reason": word})


BODIES: Mapping[str, Body] = {
    "openai-chat": chat,
    "openai-completions": completions,
    "openai-responses": responses,
    "anthropic-messages": anthropic,
    "vertex-anthropic": anthropic,
    "gemini": gemini,
    "cohere-v2": cohere,
    "ollama": ollama,
    "llamacpp-infill": infill,
    "mistral-fim": chat,
    "bedrock-converse": converse,
    "bedrock-invoke": invoke,
}

"""Answers as each vendor would write them, made from what they say: an independent hand, the vendors' documents beside it."""

import binascii
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Say:
    """A piece of text."""

    text: str


@dataclass(frozen=True)
class Think:
    """Reasoning, with the vendor's token where it has one."""

    text: str
    token: str = ""


@dataclass(frozen=True)
class Call:
    """A whole call; its arguments come in these pieces."""

    id: str
    name: str
    pieces: tuple[str, ...]

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)


Item = Say | Think | Call
Payloads = Iterator[tuple[str, dict[str, Any]]]


def _sse(payloads: Payloads, *, names: bool = False, done: bool = False, end: str = "\n") -> bytes:
    lines = [f"{f'event: {name}{end}' if names and name else ''}data: {json.dumps(data)}{end}{end}" for name, data in payloads]
    return "".join([*lines, f"data: [DONE]{end}{end}" if done else ""]).encode()


def chat(items: Sequence[Item]) -> bytes:
    """Chat completions."""

    def chunks() -> Payloads:
        def chunk(delta: dict[str, Any], finish: str | None = None) -> tuple[str, dict[str, Any]]:
            return "", {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        number = -1
        yield chunk({"role": "assistant", "content": None})
        for item in items:
            match item:
                case Say():
                    yield chunk({"content": item.text})
                case Think():
                    yield chunk({"reasoning_content": item.text})
                case Call():
                    number += 1
                    head = {"index": number, "id": item.id, "type": "function", "function": {"name": item.name, "arguments": ""}}
                    yield chunk({"tool_calls": [head]})
                    for piece in item.pieces:
                        yield chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls" if number >= 0 else "stop")
        yield "", {"id": "c1", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}

    return _sse(chunks(), done=True)


def messages(items: Sequence[Item]) -> bytes:
    """Anthropic's Messages."""

    def events() -> Payloads:
        yield (
            "message_start",
            {"type": "message_start", "message": {"id": "m1", "model": "m", "content": [], "usage": {"input_tokens": 3}}},
        )
        for index, item in enumerate(items):
            start: dict[str, Any]
            match item:
                case Say():
                    start, deltas = {"type": "text", "text": ""}, [{"type": "text_delta", "text": item.text}]
                case Think():
                    start = {"type": "thinking", "thinking": "", "signature": ""}
                    deltas = [{"type": "thinking_delta", "thinking": item.text}]
                    deltas += [{"type": "signature_delta", "signature": item.token}] if item.token else []
                case Call():
                    start = {"type": "tool_use", "id": item.id, "name": item.name, "input": {}}
                    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in item.pieces]
            yield "content_block_start", {"type": "content_block_start", "index": index, "content_block": start}
            for delta in deltas:
                yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
            yield "content_block_stop", {"type": "content_block_stop", "index": index}
        reason = "tool_use" if any(isinstance(item, Call) for item in items) else "end_turn"
        yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 4}}
        yield "message_stop", {"type": "message_stop"}

    return _sse(events(), names=True)


def responses(items: Sequence[Item]) -> bytes:
    """OpenAI's Responses."""

    def events() -> Payloads:
        def event(kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
            return kind, {"type": kind, **more}

        yield event("response.created", response={"id": "r1", "model": "m"})
        output: list[dict[str, Any]] = []
        for place, item in enumerate(items):
            at: dict[str, Any] = {"output_index": place, "item_id": f"i{place}"}
            match item:
                case Say():
                    done: dict[str, Any] = {
                        "type": "message",
                        "id": f"i{place}",
                        "content": [{"type": "output_text", "text": item.text}],
                    }
                    yield event("response.output_text.delta", **at, content_index=0, delta=item.text)
                    yield event("response.output_text.done", **at, content_index=0, text=item.text)
                case Think():
                    done = {"type": "reasoning", "id": f"i{place}", "summary": [{"type": "summary_text", "text": item.text}]}
                    done |= {"encrypted_content": item.token} if item.token else {}
                    yield event("response.reasoning_summary_text.delta", **at, summary_index=0, delta=item.text)
                case Call():
                    done = {
                        "type": "function_call",
                        "id": f"i{place}",
                        "call_id": item.id,
                        "name": item.name,
                        "arguments": item.arguments,
                    }
                    yield event("response.output_item.added", output_index=place, item={**done, "arguments": ""})
                    for piece in item.pieces:
                        yield event("response.function_call_arguments.delta", **at, delta=piece)
                    yield event("response.function_call_arguments.done", **at, arguments=item.arguments)
            output.append(done)
            yield event("response.output_item.done", output_index=place, item=done)
        usage = {"input_tokens": 3, "output_tokens": 4}
        yield event("response.completed", response={"id": "r1", "status": "completed", "output": output, "usage": usage})

    return _sse(events(), names=True)


def gemini(items: Sequence[Item]) -> bytes:
    """Gemini: no ids, whole calls, CRLF, no end sign."""

    def chunks() -> Payloads:
        for item in items:
            match item:
                case Say():
                    part: dict[str, Any] = {"text": item.text}
                case Think():
                    part = {"text": item.text, "thought": True, **({"thoughtSignature": item.token} if item.token else {})}
                case Call():
                    part = {"functionCall": {"name": item.name, "args": json.loads(item.arguments or "{}")}}
            yield "", {"candidates": [{"content": {"role": "model", "parts": [part]}}], "responseId": "g1"}
        usage = {"promptTokenCount": 3, "candidatesTokenCount": 4}
        yield "", {"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}], "usageMetadata": usage}

    return _sse(chunks(), end="\r\n")


def converse(items: Sequence[Item]) -> bytes:
    """Bedrock's Converse, in Amazon's frames."""

    def events() -> Payloads:
        yield "messageStart", {"role": "assistant"}
        for index, item in enumerate(items):
            match item:
                case Say():
                    deltas: list[dict[str, Any]] = [{"text": item.text}]
                case Think():
                    deltas = [{"reasoningContent": {"text": item.text}}]
                    deltas += [{"reasoningContent": {"signature": item.token}}] if item.token else []
                case Call():
                    start = {"toolUse": {"toolUseId": item.id, "name": item.name}}
                    yield "contentBlockStart", {"contentBlockIndex": index, "start": start}
                    deltas = [{"toolUse": {"input": piece}} for piece in item.pieces]
            for delta in deltas:
                yield "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}
            yield "contentBlockStop", {"contentBlockIndex": index}
        yield "messageStop", {"stopReason": "tool_use" if any(isinstance(item, Call) for item in items) else "end_turn"}
        yield "metadata", {"usage": {"inputTokens": 3, "outputTokens": 4}}

    return b"".join(_frame(name, json.dumps(data).encode()) for name, data in events())


def cohere(items: Sequence[Item]) -> bytes:
    """Cohere's chat, version 2."""

    def events() -> Payloads:
        def event(kind: str, index: int, message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
            return kind, {"type": kind, "index": index, "delta": {"message": message}}

        for index, item in enumerate(items):
            match item:
                case Say():
                    yield event("content-delta", index, {"content": {"text": item.text}})
                case Think():
                    yield event("content-delta", index, {"content": {"thinking": item.text}})
                case Call():
                    head = {"id": item.id, "type": "function", "function": {"name": item.name, "arguments": ""}}
                    yield event("tool-call-start", index, {"tool_calls": head})
                    for piece in item.pieces:
                        yield event("tool-call-delta", index, {"tool_calls": {"function": {"arguments": piece}}})
                    yield "tool-call-end", {"type": "tool-call-end", "index": index}
        reason = "TOOL_CALL" if any(isinstance(item, Call) for item in items) else "COMPLETE"
        usage = {"tokens": {"input_tokens": 3, "output_tokens": 4}}
        yield "message-end", {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}}

    return _sse(events(), names=True)


def ollama(items: Sequence[Item]) -> bytes:
    """Ollama: lines, whole calls without ids."""
    lines: list[dict[str, Any]] = []
    for item in items:
        match item:
            case Say():
                said: dict[str, Any] = {"content": item.text}
            case Think():
                said = {"content": "", "thinking": item.text}
            case Call():
                said = {
                    "content": "",
                    "tool_calls": [{"function": {"name": item.name, "arguments": json.loads(item.arguments or "{}")}}],
                }
        lines.append({"model": "m", "created_at": "2026-11-01", "message": {"role": "assistant", **said}, "done": False})
    lines.append({"message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 4})
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _frame(name: str, payload: bytes) -> bytes:
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for key, value in ((":event-type", name), (":content-type", "application/json"), (":message-type", "event"))
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return body + struct.pack(">I", binascii.crc32(body))


VENDORS: dict[str, Callable[[Sequence[Item]], bytes]] = {
    "openai-chat": chat,
    "anthropic-messages": messages,
    "openai-responses": responses,
    "gemini": gemini,
    "bedrock-converse": converse,
    "cohere-v2": cohere,
    "ollama": ollama,
}
TOKENS = {"anthropic-messages", "openai-responses", "gemini", "bedrock-converse"}
"""Dialects whose reasoning is signed."""
WITHOUT_IDS = {"gemini", "ollama"}

"""Reads requests as each vendor would, back into our words: an independent hand that knows no writer of ours."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from coderoute_ls.domain.conversation import Content, ImagePart, ReasoningPart, ReasoningToken, TextPart, ToolCall, ToolResult

Turn = tuple[str, list[Content]]


def _image(url: str) -> ImagePart:
    if not url.startswith("data:"):
        return ImagePart(url=url)
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return ImagePart(base64.b64decode(data), kind)


def _token(kind: Any, value: str) -> ReasoningToken:
    return ReasoningToken("test", "m-1", kind, value)


def _called(call: Any) -> ToolCall:
    return ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])


def chat(body: Any) -> list[Turn]:
    turns: list[Turn] = []
    for message in body["messages"]:
        parts: list[Content] = []
        content = message["content"]
        if message["role"] == "tool":
            parts.append(ToolResult(message["tool_call_id"], (TextPart(content),) if content else ()))
        else:
            listed: Any = [{"type": "text", "text": content}] if isinstance(content, str) and content else content or ()
            parts += [TextPart(part["text"]) if part["type"] == "text" else _image(part["image_url"]["url"]) for part in listed]
        parts += [_called(call) for call in message.get("tool_calls", ())]
        _add(turns, "user" if message["role"] == "tool" else message["role"], parts)
    return turns


def messages(body: Any) -> list[Turn]:
    def part(block: Any) -> Content:
        match block["type"]:
            case "text":
                return TextPart(block["text"])
            case "image":
                source = block["source"]
                return (
                    ImagePart(url=source["url"])
                    if "url" in source
                    else ImagePart(base64.b64decode(source["data"]), source["media_type"])
                )
            case "tool_use":
                return ToolCall(block["id"], block["name"], json.dumps(block["input"]))
            case "tool_result":
                said = block.get("content", [])
                inner = [TextPart(said)] if isinstance(said, str) else [part(each) for each in said]
                return ToolResult(block["tool_use_id"], tuple(inner), block.get("is_error", False))  # pyright: ignore[reportArgumentType]
            case "thinking":
                return ReasoningPart(block["thinking"], _token("signature", block["signature"]))
            case _:
                return ReasoningPart("", _token("redacted", block["data"]))

    turns: list[Turn] = []
    for message in body["messages"]:
        _add(turns, message["role"], [part(block) for block in message["content"]])
    return turns


def responses(body: Any) -> list[Turn]:
    turns: list[Turn] = []
    for item in body["input"]:
        match item.get("type", "message"):
            case "function_call":
                _add(turns, "assistant", [ToolCall(item["call_id"], item["name"], item["arguments"])])
            case "function_call_output":
                _add(turns, "user", [ToolResult(item["call_id"], tuple(_input(item["output"])))])  # pyright: ignore[reportArgumentType]
            case "reasoning":
                text = "".join(part["text"] for part in item["summary"])
                _add(turns, "assistant", [ReasoningPart(text, _token("item", json.dumps(item, separators=(",", ":"))))])
            case _:
                _add(turns, item["role"], _input(item["content"]))
    return turns


def _input(content: Any) -> list[Content]:
    if isinstance(content, str):
        return [TextPart(content)] if content else []
    return [_image(part["image_url"]) if part["type"] == "input_image" else TextPart(part["text"]) for part in content]


def gemini(body: Any) -> list[Turn]:
    turns: list[Turn] = []
    for content in body["contents"]:
        parts: list[Content] = []
        for part in content["parts"]:
            token = _token("thought_signature", part["thoughtSignature"]) if "thoughtSignature" in part else None
            if "functionCall" in part:
                parts.append(ToolCall("", part["functionCall"]["name"], json.dumps(part["functionCall"]["args"]), token))
            elif "functionResponse" in part:
                (words,) = part["functionResponse"]["response"].values()
                failed = "error" in part["functionResponse"]["response"]
                parts.append(ToolResult("", (TextPart(words),) if words else (), failed))
            elif "inlineData" in part:
                parts.append(ImagePart(base64.b64decode(part["inlineData"]["data"]), part["inlineData"]["mimeType"]))
            elif part.get("thought"):
                parts.append(ReasoningPart(part["text"], token))
            else:
                parts.append(TextPart(part["text"], token))
        _add(turns, "assistant" if content["role"] == "model" else "user", parts)
    return turns


def converse(body: Any) -> list[Turn]:
    def part(block: Any) -> Content:
        match next(iter(block)):
            case "text":
                return TextPart(block["text"])
            case "image":
                return ImagePart(base64.b64decode(block["image"]["source"]["bytes"]), f"image/{block['image']['format']}")
            case "toolUse":
                use = block["toolUse"]
                return ToolCall(use["toolUseId"], use["name"], json.dumps(use["input"]))
            case "toolResult":
                result = block["toolResult"]
                inner = tuple(part(each) for each in result["content"])
                return ToolResult(result["toolUseId"], inner, result.get("status") == "error")  # pyright: ignore[reportArgumentType]
            case _:
                thought = block["reasoningContent"]
                if "redactedContent" in thought:
                    return ReasoningPart("", _token("redacted", thought["redactedContent"]))
                return ReasoningPart(thought["reasoningText"]["text"], _token("signature", thought["reasoningText"]["signature"]))

    turns: list[Turn] = []
    for message in body["messages"]:
        _add(turns, message["role"], [part(block) for block in message["content"]])
    return turns


def ollama(body: Any) -> list[Turn]:
    turns: list[Turn] = []
    for message in body["messages"]:
        parts: list[Content] = [ReasoningPart(message["thinking"])] if "thinking" in message else []
        if message["role"] == "tool":
            parts.append(ToolResult(message["tool_call_id"], (TextPart(message["content"]),) if message["content"] else ()))
        else:
            parts += [TextPart(message["content"])] if message["content"] else []
            parts += [ImagePart(base64.b64decode(image), "image/png") for image in message.get("images", ())]
            for call in message.get("tool_calls", ()):
                parts.append(ToolCall(call["id"], call["function"]["name"], json.dumps(call["function"]["arguments"])))
        _add(turns, "user" if message["role"] == "tool" else message["role"], parts)
    return turns


def _add(turns: list[Turn], role: str, parts: Sequence[Content]) -> None:
    """Turns of one role in a row are one."""
    if turns and turns[-1][0] == role:
        turns[-1][1].extend(parts)
    else:
        turns.append((role, list(parts)))


READERS: dict[str, Callable[[Any], list[Turn]]] = {
    "openai-chat": chat,
    "cohere-v2": chat,
    "anthropic-messages": messages,
    "openai-responses": responses,
    "gemini": gemini,
    "bedrock-converse": converse,
    "ollama": ollama,
}

"""The messages of a chat completion in the house's vocabulary. Pure."""

from collections.abc import Iterator

import orjson

from coderoute_ls.domain import Message
from coderoute_ls.domain.conversation import (
    CacheMark,
    Content,
    DocumentPart,
    ImagePart,
    OpaquePart,
    ReasoningPart,
    TextPart,
    ToolCall,
    ToolResult,
)
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.sealed_reasoning_token import SealedToken, attached, unsealed
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text, is_list, is_object

FORMAT = "openai-chat"
"""Name of the dialect that speaks it upstream."""


class ChatMessages:
    """Messages in the house's form: what is before the first turn is the system's part."""

    def read(self, messages: list[Json]) -> tuple[tuple[Content, ...], tuple[Message, ...]]:
        system: list[Content] = []
        turns: list[Message] = []
        for index, message in enumerate(messages):
            at = f"messages[{index}]."
            match message.get("role"):
                case "system" | "developer":
                    parts, name = tuple(self._parts(message, at)), fields.text(message, "name", at)
                    if turns or name:  # one with a name is an example of what somebody says
                        turns.append(Message("system", parts=parts, name=name))
                    else:
                        system += parts
                case "user":
                    turns.append(Message("user", parts=tuple(self._parts(message, at)), name=fields.text(message, "name", at)))
                case "assistant":
                    said = attached(self._assistant(message, at))
                    turns.append(Message("assistant", parts=said, name=fields.text(message, "name", at)))
                case "tool":
                    turns.append(Message("user", parts=(self._result(message, at),)))
                case _:
                    raise invalid(f"`{at}role` must be system, developer, user, assistant or tool.", f"{at}role")
        return tuple(system), tuple(turns)

    def _parts(self, message: Json, at: str) -> Iterator[Content]:
        content = message.get("content")
        if isinstance(content, str):
            if content:
                yield TextPart(content)
        elif is_list(content):
            for index, part in enumerate(content):
                if not is_object(part):
                    raise invalid(f"`{at}content[{index}]` must be an object.", f"{at}content[{index}]")
                yield self._part(part, f"{at}content[{index}].")
                if mark := as_object(part.get("cache_control")):
                    yield CacheMark(fields.cache_ttl(mark))
        elif content is not None:
            raise invalid(f"`{at}content` must be a string or a list of parts.", f"{at}content")
        if content and (mark := as_object(message.get("cache_control"))):  # of a whole message, as LiteLLM's callers write it
            yield CacheMark(fields.cache_ttl(mark))

    def _part(self, part: Json, at: str) -> TextPart | ImagePart | DocumentPart | OpaquePart:
        match part.get("type"):
            case "text":
                return TextPart(fields.text(part, "text", at))
            case "image_url":
                image = part.get("image_url")
                image = {"url": image} if isinstance(image, str) else fields.object_at(part, "image_url", at)
                data, media_type, url = fields.data_or_address(fields.text(image, "url", at), f"{at}image_url.url")
                return ImagePart(data, media_type, url, fields.picture_detail(image.get("detail")))
            case "file" if as_text(as_object(part.get("file")).get("file_data")):
                file = as_object(part.get("file"))
                data, media_type, url = fields.data_or_address(fields.text(file, "file_data"), f"{at}file.file_data")
                return DocumentPart(data, media_type, url, fields.text(file, "filename"))
            case _:
                return OpaquePart(FORMAT, orjson.dumps(part).decode())

    def _assistant(self, message: Json, at: str) -> Iterator[Content | SealedToken]:
        thought = fields.text(message, "reasoning_content", at) or fields.text(message, "reasoning", at)
        details = (unsealed(as_object(detail).get("data")) for detail in as_list(message.get("reasoning_details")))
        tokens = [token for token in details if token is not None]
        own = [token for token in tokens if not token.call and not token.text]
        if thought or own:
            yield ReasoningPart(thought, own[0].token if own else None)
        yield from own[1:]
        yield from (token for token in tokens if token not in own)
        yield from self._parts(message, at)
        if refusal := fields.text(message, "refusal", at):
            yield TextPart(refusal)
        for index, call in enumerate(fields.objects(message, "tool_calls", 1_000, at)):
            custom = call.get("type") == "custom"
            function = fields.object_at(call, "custom" if custom else "function", f"{at}tool_calls[{index}].")
            identity, name = fields.text(call, "id", at), fields.text(function, "name", at)
            if not identity or not name:
                raise invalid(f"`{at}tool_calls[{index}]` must have an id and a name.", f"{at}tool_calls[{index}]")
            yield ToolCall(identity, name, fields.text(function, "input" if custom else "arguments", at), custom=custom)

    def _result(self, message: Json, at: str) -> ToolResult:
        call_id = fields.text(message, "tool_call_id", at)
        if not call_id:
            raise invalid(f"`{at}tool_call_id` is missing.", f"{at}tool_call_id")
        inner = (part for part in self._parts(message, at) if isinstance(part, TextPart | ImagePart | DocumentPart | OpaquePart))
        return ToolResult(call_id, tuple(inner))

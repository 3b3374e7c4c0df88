"""The last check of a finished request: what looks like a credential is not sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from coderoute_ls.domain import Document, Position, Prompt, Span
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.errors import SecretFound
from coderoute_ls.ignore import find, redact
from coderoute_ls.text import with_endings

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation import OpaqueTool, Schema, Tool
    from coderoute_ls.domain.conversation.content import Content

REGION_CHARS = 32_000
"""Characters of a region that are looked at even where the prompt is shorter."""
AROUND = 2_000
"""Characters on each side of the region that are looked at for what they say of it."""


def cleared(call: EngineCall) -> EngineCall:
    """The call with each secret of its prompt replaced by a word.

    Raises `SecretFound` when the region that the answer is about, or would replace, holds one: a model that does not see it
    would destroy it. The message names the file, the line and the kind.
    """
    if call.region.start != call.region.end:
        _refuse(call.target.document, call.region, max(call.prompt.chars, REGION_CHARS))
    prompt = _without(call.prompt)
    if call.action.surface in ("replace", "insert") and prompt is not call.prompt:
        region = with_endings(call.target.document.slice(call.region), "\n").rstrip("\n")
        if region and not any(region in message.words for message in prompt.messages):
            raise SecretFound(_said(call.target.document, call.region.start.line, "secret"))
    return call if prompt is call.prompt else replace(call, prompt=prompt)


def _refuse(document: Document, region: Span, sent: int) -> None:
    """``sent``: characters of the prompt; of a longer region no more is looked at, because no more is sent."""
    before = document.before(region.start, AROUND)
    inside = document.slice(Span(region.start, min(region.end, Position(region.start.line + sent + 1, 0))))[:sent]
    text = before + inside + document.after(region.end, AROUND)
    for secret in find(text):
        if secret.start < len(before) + len(inside) and secret.end > len(before):
            line = region.start.line + text.count("\n", len(before), max(secret.start, len(before)))
            raise SecretFound(_said(document, line, secret.kind))


def _said(document: Document, line: int, kind: str) -> str:
    name = PurePath(document.path or document.uri).name or "this document"
    return (
        f"Nothing was sent: line {line + 1} of {name} holds what looks like a secret ({kind}). "
        "Move it out of the selection, or into a file that is not sent."
    )


def _without(prompt: Prompt) -> Prompt:
    """The prompt without its secrets; the same one where there are none."""
    messages = tuple(replace(message, text=redact(message.text), parts=_clean(message.parts)) for message in prompt.messages)
    fim = prompt.fim
    if fim is not None:
        snippets = tuple(replace(snippet, text=redact(snippet.text)) for snippet in fim.snippets)
        fim = replace(fim, prefix=redact(fim.prefix), suffix=redact(fim.suffix), snippets=snippets)
    system, said, tools = redact(prompt.system), _clean(prompt.system_parts), tuple(map(_without_in_tool, prompt.tools))
    if (system, said, messages, fim, tools) == (prompt.system, prompt.system_parts, prompt.messages, prompt.fim, prompt.tools):
        return prompt
    return replace(prompt, system=system, system_parts=said, messages=messages, fim=fim, tools=tools)


_WORDS_OF_SCHEMAS = frozenset({"description", "title", "$comment", "default", "example", "examples"})
"""What in a JSON Schema is there to be read. Anything else says what arguments are valid: changed, no call would fit."""


def texts_of(tool: "Tool | OpaqueTool") -> tuple[str, ...]:
    """What a tool says in words. One that we do not know is not looked into: its vendor may need a key that is in it."""
    from coderoute_ls.domain.conversation import Tool

    if not isinstance(tool, Tool):
        return ()
    found = [tool.description]
    _collect(tool.schema, found, read=False)
    return tuple(found)


def _collect(value: object, found: list[str], *, read: bool) -> None:
    """As `_told_in`, but nothing is made anew: this looks at each tool of each request."""
    if isinstance(value, str):
        if read:
            found.append(value)
    elif isinstance(value, Mapping):
        for key, part in cast("Mapping[str, object]", value).items():
            if not isinstance(part, str):
                _collect(part, found, read=read or _is_read(key, part))
            elif read or key in _WORDS_OF_SCHEMAS:
                found.append(part)
    elif isinstance(value, list | tuple):
        for part in cast("Sequence[object]", value):
            _collect(part, found, read=read)


def _is_read(key: str, part: object) -> bool:
    """Whether a part of a schema is there to be read. A property may be called like one of the words: then its value is a
    schema."""
    return key in _WORDS_OF_SCHEMAS and not isinstance(part, Mapping)


def _without_in_tool(tool: "Tool | OpaqueTool") -> "Tool | OpaqueTool":
    return _told(tool, redact) if any(map(find, texts_of(tool))) else tool


def _told(tool: "Tool | OpaqueTool", change: Callable[[str], str]) -> "Tool | OpaqueTool":
    """The tool with each of its texts as ``change`` makes it."""
    from coderoute_ls.domain.conversation import Tool

    if not isinstance(tool, Tool):
        return tool
    schema = cast("Schema", _told_in(tool.schema, change, read=False))
    return replace(tool, description=change(tool.description), schema=schema)


def _told_in(value: object, change: Callable[[str], str], *, read: bool) -> object:
    """A part of a schema. ``read``: it is there to be read."""
    if isinstance(value, str):
        return change(value) if read else value
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        return {key: _told_in(part, change, read=read or _is_read(key, part)) for key, part in table.items()}
    if isinstance(value, list | tuple):
        return [_told_in(part, change, read=read) for part in cast("Sequence[object]", value)]
    return value


def _clean(parts: "tuple[Content, ...]") -> "tuple[Content, ...]":
    """The parts with the secrets in their words replaced. What a vendor signed stays as it is: it would be refused."""
    if not parts:
        return ()
    from coderoute_ls.domain.conversation import TextPart, ToolCall, ToolResult

    def clean(part: "Content") -> "Content":
        match part:
            case TextPart(token=None):
                return TextPart(redact(part.text))
            case ToolCall(token=None):
                return replace(part, arguments=redact(part.arguments))
            case ToolResult():
                inner = (TextPart(redact(each.text)) if isinstance(each, TextPart) else each for each in part.parts)
                return replace(part, parts=tuple(inner))
            case _:
                return part

    return tuple(map(clean, parts))

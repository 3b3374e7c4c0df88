"""The messages of a keystroke, read and written by hand: what a converter for all of LSP takes a tenth of a millisecond for.

Only what looks exactly as expected is read here; anything else is None, and the converter says what is wrong with it.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from lsprotocol import types as lsp

from coderoute_ls.server.rpc.wire import Wire

Json = dict[str, Any]


def read(message: Json) -> lsp.DidChangeTextDocumentNotification | lsp.InlineCompletionRequest | None:
    """A typed message; None where it is another one, or not in the usual form."""
    reader = _READERS.get(message.get("method", ""))
    params: object = message.get("params")
    if reader is None or type(params) is not dict or message["jsonrpc"] != "2.0":
        return None
    try:
        return reader(message, cast("Json", params))
    except (KeyError, TypeError, ValueError):  # the last two by lsprotocol's own checks
        return None


def _change(message: Json, params: Json) -> lsp.DidChangeTextDocumentNotification | None:
    if message.keys() != _NOTIFIED or params.keys() != {"textDocument", "contentChanges"}:
        return None
    named, changes = params["textDocument"], params["contentChanges"]
    (change,) = changes
    if not _of(named, {"uri": str, "version": int}):
        return None
    if not (_of(change, {"range": dict, "text": str}) or _of(change, {"range": dict, "text": str, "rangeLength": int})):
        return None
    extent = change["range"]
    if not _of(extent, {"start": dict, "end": dict}):
        return None
    span = lsp.Range(_position(extent["start"]), _position(extent["end"]))
    part = lsp.TextDocumentContentChangePartial(span, change["text"], change.get("rangeLength"))
    document = lsp.VersionedTextDocumentIdentifier(named["version"], named["uri"])
    return lsp.DidChangeTextDocumentNotification(lsp.DidChangeTextDocumentParams(document, (part,)))


def _ghost_text(message: Json, params: Json) -> lsp.InlineCompletionRequest | None:
    if message.keys() != _REQUESTED or params.keys() != {"textDocument", "position", "context"}:
        return None
    named, context = params["textDocument"], params["context"]
    if type(message["id"]) not in {int, str}:
        return None
    if not (_of(named, {"uri": str}) and _of(context, {"triggerKind": int})):
        return None
    asked = lsp.InlineCompletionParams(
        lsp.InlineCompletionContext(lsp.InlineCompletionTriggerKind(context["triggerKind"])),
        lsp.TextDocumentIdentifier(named["uri"]),
        _position(params["position"]),
    )
    return lsp.InlineCompletionRequest(message["id"], asked)


_NOTIFIED, _REQUESTED = frozenset({"jsonrpc", "method", "params"}), frozenset({"jsonrpc", "method", "params", "id"})
_READERS: Mapping[str, Callable[[Json, Json], Any]] = {
    lsp.TEXT_DOCUMENT_DID_CHANGE: _change,
    lsp.TEXT_DOCUMENT_INLINE_COMPLETION: _ghost_text,
}


def _of(value: object, kinds: Mapping[str, type]) -> bool:
    """Whether it is an object of exactly these members."""
    return (
        type(value) is dict
        and value.keys() == kinds.keys()
        and all(type(cast("Json", value)[name]) is kind for name, kind in kinds.items())
    )


def _position(value: Json) -> lsp.Position:
    if not _of(value, {"line": int, "character": int}):
        raise TypeError
    return lsp.Position(value["line"], value["character"])


def told(response: lsp.InlineCompletionResponse) -> Json | None:
    """The answer as it goes over the wire; None where its result is not ours."""
    result = response.result
    if not isinstance(result, lsp.InlineCompletionList):
        return None
    return {"id": response.id, "result": {"items": [_item(item) for item in result.items]}, "jsonrpc": "2.0"}


def _item(item: lsp.InlineCompletionItem) -> Json:
    told: Json = {"insertText": item.insert_text}
    if item.filter_text is not None:
        told["filterText"] = item.filter_text
    if item.range is not None:
        told["range"] = {"start": _place(item.range.start), "end": _place(item.range.end)}
    if (command := item.command) is not None:
        arguments = [each.told() if isinstance(each, Wire) else each for each in command.arguments or ()]
        told["command"] = {"title": command.title, "command": command.command, "arguments": arguments}
    return told


def _place(position: lsp.Position) -> Json:
    return {"line": position.line, "character": position.character}

"""``textDocument/copilotInlineEdit``: next edits for clients that speak Copilot's protocol, as sidekick.nvim and copilot.el.

``{textDocument {uri, version}, position}`` is answered with ``{edits: [{text, textDocument, range, command}]}``: at most one, for
the document that was asked about, since some clients take several as alternatives and others as a sequence. Who takes it runs the
command, as a request or as a notification. The questions about an account are answered as if somebody were signed in.
"""

from collections.abc import Awaitable
from typing import Any, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import Kind, NextEdit
from coderoute_ls.server.features.next_edit.shared_next_edits import Question, SharedNextEdits
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.wire import Json
from coderoute_ls.server.session.request_context import RequestContexts

INLINE_EDIT = "textDocument/copilotInlineEdit"
DID_SHOW = "textDocument/didShowInlineEdit"
DID_FOCUS = "textDocument/didFocus"
REJECTED = "notifyNextEditRejected"
CHECK_STATUS = "checkStatus"
SIGN_IN = ("signInInitiate", "signIn")
ACCEPT = "coderoute.acceptNextEdit"
TEXTS: frozenset[Kind] = frozenset({"edit", "replace_all"})
"""The kinds that can be told as one range and its text."""
LONGEST = 40
"""Lines that one range may span; edits that lie further apart are not told as one."""
USER = "coderoute"
"""Name of the account that these clients show."""


class CopilotInlineEdits:
    """Answers clients of this protocol, whose messages are plain JSON."""

    def __init__(self, requests: RequestContexts, shared: SharedNextEdits) -> None:
        self._requests = requests
        self._shared = shared

    def handle(self, raw: Any) -> Awaitable[Json]:
        try:
            uri: str = raw["textDocument"]["uri"]
            version: int | None = raw["textDocument"].get("version", raw.get("version"))
            position = converter().structure(raw["position"], lsp.Position)
        except Exception as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {INLINE_EDIT} needs textDocument and position") from error
        context = self._requests.suggesting(uri)
        if context is None or (version is not None and version != context.document.version):
            return self._answer(None)
        cursor = context.positions.position_in(context.document.lines, position)
        return self._answer(self._shared.question(context, cursor, kinds=TEXTS, elsewhere=False))

    async def _answer(self, question: Question | None) -> Json:
        found = await self._shared.answer(question)
        one = None if found is None else as_one(found.edit, found.document)
        if found is None or one is None or question is None:
            return {"edits": []}
        command = lsp.Command("Accept the next edit", ACCEPT, arguments=[found.edit.id])
        told = {
            "text": one.text,
            "textDocument": {"uri": found.edit.uri, "version": found.edit.version},
            "range": converter().unstructure(question.context.positions.span_out(found.document.lines, one.span)),
            "command": converter().unstructure(command),
        }
        return {"edits": [told]}

    def shown(self, raw: Any) -> None:
        if (item := _item_of(raw)) is not None:
            self._shared.shown(item)

    def rejected(self, raw: Any) -> str:
        """Told by id; a reason other than ``rejected`` says that the user went on without a word."""
        params = cast("Json", raw) if isinstance(raw, dict) else {}
        item = params.get("uuid")
        if isinstance(item, str):
            tell = self._shared.rejected if params.get("reason", "rejected") == "rejected" else self._shared.ignored
            tell(item)
        return "OK"

    def focused(self, raw: object) -> None:
        """Which document is looked at: nothing depends on it."""

    def status(self, raw: object) -> Json:
        del raw
        return {"status": "OK", "user": USER}

    def sign_in(self, raw: object) -> Json:
        del raw
        return {"status": "AlreadySignedIn", "user": USER}


def as_one(edit: NextEdit, document: Document) -> TextEdit | None:
    """All edits as one, with what lies between them. None where they are too far apart, unless each is wanted by itself."""
    first, last = edit.edits[0], edit.edits[-1]
    if last.span.end.line - first.span.start.line > LONGEST:
        return first if edit.kind == "replace_all" else None
    text: list[str] = []
    at: Position = first.span.start
    for each in edit.edits:
        text += [document.slice(Span(at, each.span.start)), each.text]
        at = each.span.end
    return TextEdit(Span(first.span.start, at), "".join(text))


def _item_of(raw: Any) -> str | None:
    try:
        item = raw["item"]["command"]["arguments"][0]
    except (KeyError, IndexError, TypeError):
        return None
    return item if isinstance(item, str) else None

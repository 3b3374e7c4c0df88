"""``textDocument/completion``: the ghost text as an entry of the menu, in editors without ghost text."""

from collections.abc import Awaitable

from lsprotocol import types as lsp

from coderoute_ls.completion import InlineRequest
from coderoute_ls.server.features.shared_completer import Completions, accepted_command
from coderoute_ls.server.session.request_context import RequestContext, RequestContexts


class CompletionMenu:
    """Requests for the menu. ``silent`` where the editor asks for ghost text: both would be paid twice. ``tells_invoked`` where
    it sends LSP's kind Invoked only when its user asks; others, eglot and lsp-mode among them, send it for each typed letter."""

    def __init__(self, requests: RequestContexts, completions: Completions, *, silent: bool, tells_invoked: bool) -> None:
        self._requests = requests
        self._completions = completions
        self._silent = silent
        self._tells_invoked = tells_invoked

    def handle(self, params: lsp.CompletionParams) -> Awaitable[lsp.CompletionList]:
        context = None if self._silent else self._requests.suggesting(params.text_document.uri)
        if context is None:
            return self._answer(None, None)
        position = context.positions.position_in(context.document.lines, params.position)
        kind = params.context.trigger_kind if params.context else None
        invoked = self._tells_invoked and kind == lsp.CompletionTriggerKind.Invoked
        return self._answer(context, self._completions.request(context, position, invoked=invoked))

    async def _answer(self, context: RequestContext | None, request: InlineRequest | None) -> lsp.CompletionList:
        found = await self._completions.found(request)
        items: list[lsp.CompletionItem] = []
        if context is not None:
            for item in found.items:
                span = context.positions.span_out(context.document.lines, item.span)
                items.append(
                    lsp.CompletionItem(
                        label=item.filter_text.strip() or item.text.strip().splitlines()[0],
                        kind=lsp.CompletionItemKind.Text,
                        detail="coderoute",
                        documentation=item.text,
                        filter_text=item.filter_text,
                        insert_text_format=lsp.InsertTextFormat.PlainText,
                        text_edit=lsp.TextEdit(span, item.text),
                        command=accepted_command(item.id),
                    )
                )
        return lsp.CompletionList(is_incomplete=found.is_incomplete, items=items)

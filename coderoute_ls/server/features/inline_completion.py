"""``textDocument/inlineCompletion``: ghost text."""

from collections.abc import Awaitable

from lsprotocol import types as lsp

from coderoute_ls.completion import InlineRequest
from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.server.features.shared_completer import Completions, accepted_command
from coderoute_ls.server.session.request_context import RequestContext, RequestContexts


class InlineCompletion:
    """Requests for ghost text. The snapshot is taken while the handler is called, before anything is awaited."""

    def __init__(self, requests: RequestContexts, completions: Completions) -> None:
        self._requests = requests
        self._completions = completions

    def handle(self, params: lsp.InlineCompletionParams) -> Awaitable[lsp.InlineCompletionList]:
        context = self._requests.suggesting(params.text_document.uri)
        if context is None:
            return self._answer(None, None)
        lines = context.document.lines
        invoked = params.context.trigger_kind == lsp.InlineCompletionTriggerKind.Invoked
        if (selected := params.context.selected_completion_info) is not None:
            entry = TextEdit(context.positions.span_in(lines, selected.range), selected.text)
            return self._answer(context, self._request_after(context, entry, invoked=invoked), entry)
        position = context.positions.position_in(lines, params.position)
        return self._answer(context, self._completions.request(context, position, invoked=invoked))

    async def _answer(
        self, context: RequestContext | None, request: InlineRequest | None, entry: TextEdit | None = None
    ) -> lsp.InlineCompletionList:
        """``entry``: the menu's, which the editor previews; what is offered begins with it, and replaces what it would."""
        found = await self._completions.found(request)
        items: list[lsp.InlineCompletionItem] = []
        if context is not None:
            for item in found.items:
                text, span = item.text, item.span
                if entry is not None:
                    (line, end), replaced = entry.span.end, span.end.character - span.start.character
                    text, span = entry.text + text, Span(entry.span.start, Position(line, end + replaced))
                extent = context.positions.span_out(context.document.lines, span)
                items.append(lsp.InlineCompletionItem(text, filter_text=text, range=extent, command=accepted_command(item.id)))
        return lsp.InlineCompletionList(items)

    def _request_after(self, context: RequestContext, entry: TextEdit, *, invoked: bool) -> InlineRequest | None:
        """What to ask once the menu's entry were taken; nothing where that would change several lines."""
        (line, start), (last, end) = entry.span
        if line != last:
            return None
        document, position = accepted(context.document, entry.span.start, entry.text, end - start)
        after = RequestContext(document, context.settings, context.folder, context.positions)
        return self._completions.request(after, position, invoked=invoked)

"""The next edit as a code action, for editors that show none themselves. No model is asked for it: the menu opens at once."""

from lsprotocol import types as lsp

from coderoute_ls.domain.next_edits import Kind
from coderoute_ls.server.features.next_edit.shared_next_edits import Question, SharedNextEdits
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.session.request_context import RequestContext
from coderoute_ls.text.invisible_characters import without_controls

KIND = "quickfix.coderoute.nextEdit"
TEXTS: frozenset[Kind] = frozenset({"edit", "replace_all"})
"""The kinds that are an edit of texts."""


class NextEditActions:
    """Offers ``Apply next edit at line N``, with the edit and the command that tells us of it."""

    def __init__(self, can: ClientCapabilities, shared: SharedNextEdits) -> None:
        self._can = can
        self._shared = shared

    def question(self, context: RequestContext, params: lsp.CodeActionParams) -> Question | None:
        """At the start of the range that the editor asks about; None where the editor wants none."""
        only = params.context.only
        wanted = only is None or any(each in ("", KIND) or KIND.startswith(f"{each}.") for each in only)
        if self._can.ours.next_edit or not self._can.code_action_literals or not wanted:
            return None
        document, positions = context.document, context.positions
        return self._shared.question(
            context,
            positions.position_in(document.lines, params.range.start),
            diagnostics=tuple(positions.diagnostic_in(document, each) for each in params.context.diagnostics),
            kinds=TEXTS,
            invoked=True,
            free=True,
        )

    async def answer(self, question: Question | None) -> lsp.CodeAction | None:
        found = await self._shared.answer(question)
        if found is None or question is None:
            return None
        context = question.context
        edit = found.edit
        edits = context.positions.edits_out(found.document.lines, edit.edits)
        where = f"line {edit.place.line + 1}" + (f" of {edit.path}" if edit.uri != context.document.uri else "")
        title = without_controls(f"Apply next edit at {where}" + (f": {edit.why}" if edit.why else ""))
        return lsp.CodeAction(
            title=title,
            kind=KIND,
            edit=self._workspace_edit(edit.uri, edit.version, edits),
            command=lsp.Command(title, "coderoute.acceptNextEdit", arguments=[edit.id]),
        )

    def _workspace_edit(self, uri: str, version: int, edits: list[lsp.TextEdit]) -> lsp.WorkspaceEdit:
        if not self._can.document_changes:
            return lsp.WorkspaceEdit(changes={uri: edits})
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri, version)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(document, [*edits])])

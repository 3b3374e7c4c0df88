"""``coderoute/nextEdit``: our own form, with all four kinds and changes of other documents."""

from collections.abc import Awaitable
from typing import cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls.domain import Span
from coderoute_ls.server.features.next_edit.shared_next_edits import Question, SharedNextEdits
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.next_edit_messages import (
    NEXT_EDIT,
    NEXT_EDIT_OUTCOME,
    NextEditAnswer,
    NextEditOffered,
    NextEditOutcome,
    NextEditParams,
)
from coderoute_ls.server.rpc.wire import Json
from coderoute_ls.server.session.request_context import RequestContexts


class NextEditRequests:
    """Answers our own clients."""

    def __init__(self, requests: RequestContexts, shared: SharedNextEdits) -> None:
        self._requests = requests
        self._shared = shared

    def handle(self, raw: object) -> Awaitable[NextEditAnswer]:
        try:
            params = NextEditParams.read(raw)
            position = converter().structure(params.position, lsp.Position)
            diagnostics = [converter().structure(each, lsp.Diagnostic) for each in params.diagnostics]
        except Exception as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {NEXT_EDIT}: {error}") from error
        context = self._requests.suggesting(params.uri)
        if context is None or context.document.version != params.version:
            return self._answer(None)
        document, positions = context.document, context.positions
        question = self._shared.question(
            context,
            positions.position_in(document.lines, position),
            diagnostics=tuple(positions.diagnostic_in(document, each) for each in diagnostics),
            invoked=params.invoked,
        )
        return self._answer(question)

    async def _answer(self, question: Question | None) -> NextEditAnswer:
        found = await self._shared.answer(question)
        if found is None or question is None:
            return NextEditAnswer()
        edit, lines, positions = found.edit, found.document.lines, question.context.positions
        span = edit.edits[0].span if edit.edits else Span(edit.place, edit.place)
        return NextEditAnswer(
            edit=NextEditOffered(
                item=edit.id,
                kind=edit.kind,
                uri=edit.uri,
                version=edit.version,
                place=_json(positions.span_out(lines, span)),
                edits=[_json(each) for each in positions.edits_out(lines, edit.edits)],
                name=edit.name,
                why=edit.why,
                far=edit.far_from(question.asked.document.uri, question.asked.cursor),
            )
        )

    def outcome(self, raw: object) -> None:
        try:
            said = NextEditOutcome.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {NEXT_EDIT_OUTCOME}: {error}") from None
        tell = {
            "shown": self._shared.shown,
            "accepted": self._shared.accepted,
            "rejected": self._shared.rejected,
            "ignored": self._shared.ignored,
        }
        tell[said.outcome](said.item)


def _json(value: object) -> Json:
    return cast("Json", converter().unstructure(value))

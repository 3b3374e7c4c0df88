"""``textDocument/codeAction``: no model is asked and nothing is read; the title names the likely model."""

from collections.abc import Awaitable, Iterator
from dataclasses import replace
from typing import cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Action, Document, Span, Target
from coderoute_ls.engine import Router
from coderoute_ls.server.features.commit_message.commit_messages import CommitMessages
from coderoute_ls.server.features.engine_call import call_that_fits
from coderoute_ls.server.features.next_edit.next_edit_action import NextEditActions
from coderoute_ls.server.features.next_edit.shared_next_edits import Question
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.features.review.review_actions import ReviewActions
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.coderoute_messages import RunParams
from coderoute_ls.server.session.request_context import RequestContext, RequestContexts
from coderoute_ls.text import split_lines
from coderoute_ls.text.dollars import dollars
from coderoute_ls.text.invisible_characters import without_controls

LARGEST = 1 << 17
"""Characters of a region that may be rewritten: some 32,000 tokens."""
KINDS = ("refactor.rewrite.coderoute", "quickfix.coderoute", "source.coderoute")


class CodeActions:
    """Offers each action that applies where the editor asks."""

    def __init__(  # noqa: PLR0917
        self,
        requests: RequestContexts,
        can: ClientCapabilities,
        actions: OwnActions,
        router: Router,
        next_edits: NextEditActions,
        commit_messages: CommitMessages,
        reviews: ReviewActions,
    ) -> None:
        self._requests = requests
        self._can = can
        self._actions = actions
        self._router = router
        self._next_edits = next_edits
        self._commit_messages = commit_messages
        self._reviews = reviews

    def handle(self, params: lsp.CodeActionParams) -> Awaitable[list[lsp.CodeAction | lsp.Command]]:
        context = self._requests.of(params.text_document.uri)
        if context is None:
            return self._answer([], None)
        commit = list(self._commit_messages.offered(context.document, context.settings))
        found = commit or [*self._reviews.offered(context, params), *self._offered(context, params)]
        if self._can.code_action_literals:
            return self._answer([*found], self._next_edits.question(context, params))
        return self._answer([action.command for action in found if action.command is not None], None)

    async def _answer(
        self, found: list[lsp.CodeAction | lsp.Command], question: Question | None
    ) -> list[lsp.CodeAction | lsp.Command]:
        next_edit = await self._next_edits.answer(question)
        return found if next_edit is None else [next_edit, *found]

    def _offered(self, context: RequestContext, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
        span = context.positions.span_in(context.document.lines, params.range)
        for action in self._actions.of(context.document.uri).values():
            if not (action.kind and context.settings.settings.action(action.id).enable and self._can.takes(action.surface)):
                continue
            if params.context.only is not None and not any(_holds(only, action.kind) for only in params.context.only):
                continue
            target = context.target(span)
            if not action.needs_diagnostic:
                yield from self._code_action(context, action, target, params, None)
                continue
            for diagnostic in params.context.diagnostics:
                theirs = context.positions.diagnostic_in(context.document, diagnostic)
                at = replace(target, span=theirs.span, diagnostics=(theirs,))
                yield from self._code_action(context, action, at, params, diagnostic)

    def _code_action(
        self,
        context: RequestContext,
        action: Action,
        target: Target,
        params: lsp.CodeActionParams,
        diagnostic: lsp.Diagnostic | None,
    ) -> Iterator[lsp.CodeAction]:
        region = action.region(target)
        if region is None or (action.surface != "report" and _large(target.document, region)):
            return
        title = action.title if diagnostic is None else f"{action.title}: {_short(diagnostic.message)}"
        decision, _ = self._router.decide(call_that_fits(self._router, action, target, region, context.settings))
        if decision.chosen is None:
            return
        span = context.positions.span_out(target.document.lines, target.span) if diagnostic else params.range
        run = RunParams(
            action=action.id,
            uri=target.document.uri,
            range=_json(span),
            diagnostics=[_json(diagnostic)] if diagnostic else [],
        )
        name = decision.chosen.offer.name or decision.chosen.offer.id
        cost = decision.chosen.cost.expected_usd
        titled = without_controls(f"{title} ({name}, {f'≈ {dollars(cost, 2)}' if cost else 'free'})")
        yield lsp.CodeAction(
            title=titled,
            kind=action.kind,
            diagnostics=[diagnostic] if diagnostic else None,
            command=lsp.Command(titled, "coderoute.run", arguments=[run.told()]),
        )


def _large(document: Document, region: Span) -> bool:
    """Whether there is more text than any model writes in one answer. A report is about its beginning, then."""
    beginning = document.after(region.start, LARGEST)
    return len(beginning) == LARGEST and region.end.line - region.start.line >= len(split_lines(beginning))


def _holds(only: str, kind: str) -> bool:
    return only in ("", kind) or kind.startswith(f"{only}.")


def _short(message: str) -> str:
    first = message.strip().splitlines()[0] if message.strip() else "this problem"
    return first if len(first) <= 60 else first[:59] + "…"


def _json(value: object) -> dict[str, object]:
    return cast("dict[str, object]", converter().unstructure(value))

"""``textDocument/codeAction``: pure and instant. No model is asked and nothing is read; the title names whom it would be."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Action, Document, Span, Target
from coderoute_ls.server.features.engine_call import call_of, target_of
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages import RunParams
from coderoute_ls.text import split_lines

if TYPE_CHECKING:
    from coderoute_ls.server.session.session import Session

LARGEST = 1 << 17
"""Characters of a region that may be rewritten: some 32,000 tokens."""
KINDS = ("refactor.rewrite.coderoute", "quickfix.coderoute", "source.coderoute")


def code_action(session: "Session", params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
    document = session.documents.get(params.text_document.uri)
    if document is None or session.paused:
        return []
    found = list(_offered(session, document, params))
    if session.client.can.code_action_literals:
        return list(found)
    return [action.command for action in found if action.command is not None]


def _offered(session: "Session", document: Document, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    settings = session.configuration.settings_for(document.uri).settings
    span = session.border.span_in(document.lines, params.range)
    for action in session.house.actions.values():
        if not action.kind or not settings.action(action.id).enable or not session.client.can.takes(action.surface):
            continue
        if params.context.only is not None and not any(_holds(only, action.kind) for only in params.context.only):
            continue
        target = target_of(session, document, span)
        if not action.needs_diagnostic:
            yield from _code_action(session, action, target, params, None)
            continue
        for diagnostic in params.context.diagnostics:
            theirs = session.border.diagnostic_in(document, diagnostic)
            at = replace(target, span=theirs.span, diagnostics=(theirs,))
            yield from _code_action(session, action, at, params, diagnostic)


def _code_action(
    session: "Session", action: Action, target: Target, params: lsp.CodeActionParams, diagnostic: lsp.Diagnostic | None
) -> Iterator[lsp.CodeAction]:
    region = action.region(target)
    if region is None or (action.surface != "report" and _large(target.document, region)):
        return
    title = action.title if diagnostic is None else f"{action.title}: {_short(diagnostic.message)}"
    decision, _ = session.engine.chooser.decide(call_of(session, action, target, region))
    if decision.chosen is None:
        return
    run = RunParams(
        action=action.id,
        uri=target.document.uri,
        range=_json(session.border.span_out(target.document.lines, target.span) if diagnostic else params.range),
        diagnostics=[_json(diagnostic)] if diagnostic else [],
    )
    name = decision.chosen.offer.name or decision.chosen.offer.id
    cost = decision.chosen.cost.expected_usd
    titled = f"{title} ({name}, {f'≈ ${cost:.2g}' if cost else 'free'})"
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

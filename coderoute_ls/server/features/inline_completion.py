"""InlineCompletions text: ``textDocument/inlineCompletion``, and the same engine behind plain ``textDocument/completion``."""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from coderoute_ls.completion import Answering, Completer, InlineRequest, ModelRequest, Prospect, Suggestions, accepted_document
from coderoute_ls.completion import Event as Heard
from coderoute_ls.domain import Decision, Delta, Document, Draft, Fim, Finish, Position, Prompt, Span, Target, TextEdit
from coderoute_ls.engine import Asked, Done, EngineCall, RoutedCall
from coderoute_ls.errors import CoderouteError
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.selection.decision.built_in_engine import EMBEDDED_ALONE
from coderoute_ls.server.features.engine_call import CHARS_PER_TOKEN, shortened, target_of
from coderoute_ls.server.rpc.messages import GHOST_AGAIN, AcceptParams, GhostAgain

if TYPE_CHECKING:
    from coderoute_ls.server.session.session import Session

ACTION = "inline_completion"
PLAIN = "completion"

IDLE_S = 3.0
"""After so long without a change a local server reads what nobody has asked it about yet."""

_PROBE = Prompt(fim=Fim(" " * 6_000, " " * 2_000))
"""A prompt of ordinary size: asks the selector whom ghost text would go to, before there is a real one."""


class CompletionModel:
    """The engine as the completion room sees it."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._foreseen: tuple[str, Decision] | None = None
        """The document's address, not the document: a closed one would be kept alive."""
        self._thought: tuple[ModelRequest, RoutedCall] | None = None

    def prospect(self, target: Target) -> Prospect:
        likely = self._likely(target)
        self._foreseen, chosen = (target.document.uri, likely), likely.chosen
        settings = self._session.configuration.settings_for(target.document.uri)
        embedded = settings.settings.embedded
        action = self._session.house.actions[ACTION]
        floor = settings.floor_for(ACTION, action.axis, action.min_coding_score).value
        alone = max(floor, EMBEDDED_ALONE) if embedded.enable and embedded.answer_alone else math.inf
        if chosen is None or chosen.offer.provider == EMBEDDED.provider:
            return Prospect(local=True, first_token_s=0.0, alone_from=0.0 if embedded.enable else math.inf)
        health = self._session.engine.chooser.health.get(chosen.offer.id)
        return Prospect(
            local=chosen.offer.local,
            first_token_s=health.first_token_s if health else None,
            ahead=chosen.offer.local,
            alone_from=alone,
        )

    def prepare(self, target: Target) -> None:
        foreseen = self._foreseen
        chosen = (foreseen[1] if foreseen is not None and foreseen[0] == target.document.uri else self._likely(target)).chosen
        if chosen is not None and chosen.offer.provider != EMBEDDED.provider:
            self._session.engine.upstream.prepare(chosen.offer)

    def think(self, question: ModelRequest) -> None:
        with suppress(CoderouteError):  # asking raises it again
            self._thought = (question, self._choice(question))

    async def ask(self, question: ModelRequest) -> AsyncGenerator[Heard, None]:
        thought, self._thought = self._thought, None
        choice = thought[1] if thought is not None and thought[0] is question else self._choice(question)
        async with aclosing(self._session.engine.run(choice)) as events:
            async for event in events:
                match event:
                    case Asked():
                        self._session.status.working(event)
                        offer = event.chosen.offer
                        embedded = offer.provider == EMBEDDED.provider
                        yield Answering(event.call, local=offer.local, embedded=embedded, restart=event.restart)
                    case Delta() | Finish():
                        yield event
                    case Done():
                        pass

    def _choice(self, question: ModelRequest) -> RoutedCall:
        action = self._session.house.actions[ACTION]
        brief = question.brief
        prompt = action.prompt(brief)
        warmth = prompt.temperature if question.temperature is None else question.temperature
        prompt = replace(prompt, max_tokens=question.max_tokens, stop=question.stop, temperature=warmth)
        settings = self._session.configuration.settings_for(brief.target.document.uri)
        prompt = shortened(prompt, action, settings)
        return self._session.engine.choose(EngineCall(action, prompt, brief.target, brief.region, settings, draft=question.draft))

    def _likely(self, target: Target) -> Decision:
        settings = self._session.configuration.settings_for(target.document.uri)
        call = EngineCall(self._session.house.actions[ACTION], _PROBE, target, target.span, settings)
        return self._session.engine.chooser.decide(call)[0]


class InlineCompletions:
    """InlineCompletions text for one session."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._model = CompletionModel(session)
        self._idle: asyncio.TimerHandle | None = None
        self.completer = Completer(
            self._model,
            session.engine.clock,
            gather=session.context.gather,
            drafts=self._draft,
            feedback=session.engine.embedded.feedback,
            allowed=session.allowed,
            ledger=session.engine.ledger,
            again=lambda uri: session.client.notify(GHOST_AGAIN, GhostAgain(uri=uri)),
        )

    async def _draft(self, document: Document, position: Position) -> Draft | None:
        embedded = self._session.engine.embedded
        if not (embedded.ready and self._session.configuration.settings_for(document.uri).settings.embedded.enable):
            return None
        return await embedded.draft(document, position)

    # -- requests: the snapshot is taken while the handler is called, before anything is awaited ------------------------------

    def inline(self, params: lsp.InlineCompletionParams) -> Awaitable[lsp.InlineCompletionList]:
        document = self._session.documents.get(params.text_document.uri)
        if document is None:
            return self._inline(None, None)
        invoked = params.context.trigger_kind == lsp.InlineCompletionTriggerKind.Invoked
        if (selected := params.context.selected_completion_info) is not None:
            entry = TextEdit(self._session.border.span_in(document.lines, selected.range), selected.text)
            return self._inline(document, self._ask_after(document, entry, invoked=invoked), entry)
        position = self._session.border.position_in(document.lines, params.position)
        return self._inline(document, self._ask(document, position, invoked=invoked))

    async def _inline(
        self, document: Document | None, ask: InlineRequest | None, entry: TextEdit | None = None
    ) -> lsp.InlineCompletionList:
        """``entry``: the menu's, which the editor previews; what is offered begins with it, and replaces what it would."""
        found = Suggestions() if ask is None else await self.completer.complete(ask)
        items: list[lsp.InlineCompletionItem] = []
        if document is not None:
            for item in found.items:
                text, span = item.text, item.span
                if entry is not None:
                    (line, end), replaced = entry.span.end, span.end.character - span.start.character
                    text, span = entry.text + text, Span(entry.span.start, Position(line, end + replaced))
                extent = self._session.border.span_out(document.lines, span)
                items.append(lsp.InlineCompletionItem(text, filter_text=text, range=extent, command=_accepted(item.id)))
        return lsp.InlineCompletionList(items)

    def _ask_after(self, document: Document, entry: TextEdit, *, invoked: bool) -> InlineRequest | None:
        """What to ask once the menu's entry were taken; nothing where that would change several lines."""
        (line, start), (last, end) = entry.span
        if line != last:
            return None
        return self._ask(*accepted_document.accepted(document, entry.span.start, entry.text, end - start), invoked=invoked)

    def plain(self, params: lsp.CompletionParams) -> Awaitable[lsp.CompletionList]:
        document = self._session.documents.get(params.text_document.uri)
        if self._session.client.can.inline_completion:
            return self._plain(None)  # it shows the same as ghost text; twice would be paid twice
        kind = params.context.trigger_kind if params.context else lsp.CompletionTriggerKind.Invoked
        invoked = kind == lsp.CompletionTriggerKind.Invoked
        if document is None:
            return self._plain(None)
        position = self._session.border.position_in(document.lines, params.position)
        return self._plain(self._ask(document, position, invoked=invoked))

    async def _plain(self, ask: InlineRequest | None) -> lsp.CompletionList:
        found = Suggestions() if ask is None else await self.completer.complete(ask)
        items: list[lsp.CompletionItem] = []
        if ask is not None:
            for item in found.items:
                span = self._session.border.span_out(ask.document.lines, item.span)
                items.append(
                    lsp.CompletionItem(
                        label=item.filter_text.strip() or item.text.strip().splitlines()[0],
                        kind=lsp.CompletionItemKind.Text,
                        detail="coderoute",
                        documentation=item.text,
                        filter_text=item.filter_text,
                        insert_text_format=lsp.InsertTextFormat.PlainText,
                        text_edit=lsp.TextEdit(span, item.text),
                        command=_accepted(item.id),
                    )
                )
        return lsp.CompletionList(is_incomplete=found.is_incomplete, items=items)

    def _ask(self, document: Document, position: Position, *, invoked: bool = False) -> InlineRequest | None:
        session = self._session
        if session.paused:
            return None
        settings = session.configuration.settings_for(document.uri).settings
        return InlineRequest(
            document=document,
            position=position,
            inline=settings.inline,
            invoked=invoked,
            waited=session.client.can.waits_itself,
            folder=target_of(session, document, Span(position, position)).folder,
            max_chars=settings.context.max_tokens * CHARS_PER_TOKEN,
            other_files=settings.context.other_files,
            draft_first=settings.inline.draft_first and session.client.can.ours.ghost_again and not invoked,
        )

    # -- what the editor reports ------------------------------------------------------------------------------------------------

    def opened(self, document: Document) -> None:
        self._warm(document.uri, Position(0, 0))

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        self.completer.on_change(document, edits)
        if edits:
            self._rest()
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._warm, document.uri, edits[-1].span.start)

    def _warm(self, uri: str, position: Position) -> None:
        document = self._session.documents.get(uri)
        if document is not None and (ask := self._ask(document, position)) is not None:
            self.completer.warm(ask)

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()

    async def closed(self, uri: str) -> None:
        await self.completer.on_close(uri)

    async def close(self) -> None:
        self._rest()
        await self.completer.close()

    def suspend(self, uri: str) -> None:
        """An action is writing into this document."""
        self.completer.suspend(uri)

    def resume(self, uri: str) -> None:
        self.completer.resume(uri)

    def accepted(self, params: AcceptParams) -> None:
        self.completer.on_accept(params.item, params.chars)


def _accepted(item: str) -> lsp.Command:
    """Standard clients run this when the item is accepted: that is how they report it."""
    argument = AcceptParams(item=item).told()
    return lsp.Command("Accepted", "coderoute.accept", arguments=[argument])

"""What ghost text and the completion menu share: one engine of suggestions that follows the open documents."""

import asyncio

from lsprotocol import types as lsp

from coderoute_ls.completion import Completer, InlineRequest, Suggestions
from coderoute_ls.domain import Action, Document, Draft, Embedded, Position, TextEdit, Timing
from coderoute_ls.engine import Engine
from coderoute_ls.engine.completion_model import CompletionModel
from coderoute_ls.server.rpc.messages.coderoute_messages import GHOST_AGAIN, AcceptParams, GhostAgain
from coderoute_ls.server.session.request_context import RequestContext
from coderoute_ls.server.session.session import Session

CHARS_PER_TOKEN = 4
"""Turns the settings' token budgets into characters; the estimate of a call's cost is finer."""


class Completions:
    """Suggestions for one session, of one action: ``inline_completion``, or ``completion`` in editors without ghost text."""

    def __init__(self, session: Session, engine: Engine, action: Action, timing: Timing) -> None:
        self._requests = session.requests
        self._settings_for = session.configuration.settings_for
        self._background = session.background
        self._known = session.files.soon_known
        self._embedded: Embedded = engine.embedded
        self._action = action
        self._timing = timing
        self._client = session.client
        self._can = session.client.can
        self._idle: asyncio.TimerHandle | None = None
        self.wanted = False
        """The editor has asked for completions: it shows them itself."""
        self.completer = Completer(
            CompletionModel(engine, action, self._settings_for, session.status.working),
            engine.clock,
            timing=timing,
            gather=session.context.gather,
            drafts=self._draft,
            feedback=engine.embedded.feedback,
            allowed=session.files.allowed,
            ledger=engine.ledger,
            again=self._again,
        )

    def request(self, context: RequestContext | None, position: Position, *, invoked: bool = False) -> InlineRequest | None:
        """What to ask the completer, or None where nothing is to be suggested. ``invoked``: asked for by hand."""
        if context is None or not context.settings.settings.action(self._action.id).enable:
            return None
        settings = context.settings.settings
        return InlineRequest(
            document=context.document,
            position=position,
            inline=settings.inline,
            invoked=invoked,
            waited=self._can.waits_itself,
            folder=context.folder,
            max_chars=settings.context.max_tokens * CHARS_PER_TOKEN,
            other_files=settings.context.other_files,
            draft_first=settings.inline.draft_first and self._can.ours.ghost_again and not invoked,
        )

    async def found(self, request: InlineRequest | None) -> Suggestions:
        """The completer's answer. Waits for git's first word on a file; for nothing afterwards."""
        if request is None:
            return Suggestions()
        self.wanted = True
        await self._known(request.document.rules_path)
        return await self.completer.complete(request)

    def _again(self, uri: str) -> None:
        self._client.notify(GHOST_AGAIN, GhostAgain(uri=uri))

    async def _draft(self, document: Document, position: Position) -> Draft | None:
        if not (self._embedded.ready and self._settings_for(document.uri).settings.embedded.enable):
            return None
        return await self._embedded.draft(document, position)

    # -- what the editor reports ------------------------------------------------------------------------------------------

    def opened(self, document: Document) -> None:
        """Nothing is asked: a file that is only looked at loads no model and reads nothing ahead."""

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        self.completer.on_change(document, edits)
        if edits:
            self._rest()
            self._idle = asyncio.get_running_loop().call_later(self._timing.idle, self._warm, document.uri, edits[-1].span.start)

    def closed(self, uri: str) -> None:
        self._background.run(self.completer.on_close(uri))

    def accepted(self, params: AcceptParams) -> None:
        self.completer.on_accept(params.item, params.chars)

    def _warm(self, uri: str, position: Position) -> None:
        if (request := self.request(self._requests.suggesting(uri), position)) is not None:
            self.completer.warm(request)

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()

    async def close(self) -> None:
        self._rest()
        await self.completer.close()


def accepted_command(item: str) -> lsp.Command:
    """Standard clients run this when the item is accepted: that is how they report it."""
    return lsp.Command("Accepted", "coderoute.accept", arguments=[AcceptParams(item=item).told()])

"""What the faces of next edits share: one engine of suggestions that follows the open documents, one question at a time."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace

from lsprotocol import types as lsp

from coderoute_ls.domain import Action, Diagnostic, Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import Kind, NextEdit, Situation, fingerprint
from coderoute_ls.engine import Engine
from coderoute_ls.ignore import HUGE
from coderoute_ls.next_edit.suggestion_session import KINDS, Asked, ModelEdit, NextEdits
from coderoute_ls.server.features.shared_completer import Completions
from coderoute_ls.server.rpc.messages.coderoute_messages import AcceptParams
from coderoute_ls.server.session.request_context import RequestContext
from coderoute_ls.server.session.session import Session

OTHERS = 12
"""Other open documents that are looked through, those that were used last."""
KEPT = 100
"""Suggestions that an editor may still say something about."""
GHOST_CONFIDENCE = 0.75
"""How sure ghost text counts: its own filters have let it through."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an editor asks, on the snapshot that was current when it asked."""

    asked: Asked
    context: RequestContext


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion, and the document that it changes, at its version."""

    edit: NextEdit
    document: Document


class SharedNextEdits:
    """Next edits of one session: a handler takes its `question` when it is called, and awaits `answer` afterwards."""

    def __init__(self, session: Session, engine: Engine, action: Action, completions: Completions) -> None:
        self._documents = session.documents
        self._requests = session.requests
        self._settings_for = session.configuration.settings_for
        self._known = session.files.soon_known
        self._together = session.files.together
        self._engine = engine
        self._embedded = engine.embedded
        self._action = action
        self._clock = engine.clock
        self._model: ModelEdit | None = None
        self._completions = completions
        self._shows_ghost_text = session.client.can.inline_completion
        self._now: dict[str, Document] = {}
        """Of the documents that are followed, what `changed` has to know of the moment before."""
        self._pending: tuple[str, asyncio.Task[NextEdit | None]] | None = None
        self._suspended: set[str] = set()
        self._offered: OrderedDict[str, tuple[NextEdit, str]] = OrderedDict()
        """By id: the suggestion, and the workspace folder it was asked in."""
        self.edits = NextEdits(
            engine.clock,
            engine.ledger,
            allowed=session.files.allowed,
            examples=self._examples,
            model=self._asked_model,
            ghost=self._ghost,
        )

    # -- what the editor reports ------------------------------------------------------------------------------------------

    def opened(self, document: Document) -> None:
        if self._on(document):
            self._now[document.uri] = document

    def changed(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        before = self._now.pop(document.uri, None)
        self._supersede(document.uri)
        if not self._on(document):
            return
        self._now[document.uri] = document
        if before is not None:
            self.edits.changed(before, document, edits, self._settings_for(document.uri).settings.next_edit)

    def closed(self, uri: str) -> None:
        self._now.pop(uri, None)
        self._supersede(uri)
        self.edits.closed(uri)

    def saved(self, params: lsp.DidSaveTextDocumentParams) -> None:
        self.edits.saved(params.text_document.uri)

    def suspend(self, uri: str) -> None:
        """An action is writing into this document: nothing is suggested there until `resume`."""
        self._suspended.add(uri)
        self._supersede(uri)

    def resume(self, uri: str) -> None:
        self._suspended.discard(uri)

    async def close(self) -> None:
        if self._pending is not None:
            self._pending[1].cancel()
            await asyncio.wait({self._pending[1]})

    # -- suggesting -------------------------------------------------------------------------------------------------------

    def question(
        self,
        context: RequestContext | None,
        position: Position,
        *,
        diagnostics: tuple[Diagnostic, ...] = (),
        kinds: frozenset[Kind] = KINDS,
        elsewhere: bool = True,
        invoked: bool = False,
        free: bool = False,
    ) -> Question | None:
        """None where nothing is to be suggested. ``elsewhere``: also in other documents. ``free``: no model is asked."""
        if context is None or not self._on(context.document) or context.document.uri in self._suspended:
            return None
        others = [each for each in self._documents if self._on(each)] if elsewhere else []
        asked = Asked(
            context.document,
            position,
            diagnostics,
            tuple(reversed(others))[:OTHERS],
            context.folder,
            typing=self.edits.settles_in_s(context.settings.settings.next_edit) > 0,
            invoked=invoked,
            kinds=kinds,
            free=free,
        )
        return Question(asked, context)

    async def answer(self, question: Question | None) -> Offered | None:
        """The one suggestion for this moment, or None. A later question, or a change of the document, ends an earlier question
        with None."""
        if question is None:
            return None
        if question.asked.free:  # editors ask for menus at any time: that ends nothing
            found = await self._find(question)
            return None if found is None else self._offer(found, question)
        if self._pending is not None:
            self._pending[1].cancel()
        task = asyncio.create_task(self._find(question))
        self._pending = pending = question.asked.document.uri, task
        try:
            found = await task
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if asking is not None and asking.cancelling():
                raise
            return None
        finally:
            if self._pending is pending:
                self._pending = None
        return None if found is None else self._offer(found, question)

    def _offer(self, found: NextEdit, question: Question) -> Offered | None:
        document = question.asked.document if found.uri == question.asked.document.uri else self._documents.get(found.uri)
        if document is None or document.version != found.version:
            return None
        self._offered[found.id] = found, question.asked.folder
        while len(self._offered) > KEPT:
            self._offered.popitem(last=False)
        return Offered(found, document)

    async def _find(self, question: Question) -> NextEdit | None:
        asked, settings = question.asked, question.context.settings.settings.next_edit
        await self._known(asked.document.rules_path)
        if not asked.invoked and (wait := self.edits.settles_in_s(settings)) > 0:
            await self._clock.sleep(wait)
            asked = replace(asked, typing=False)
        return await self.edits.suggest(asked, settings)

    def _supersede(self, uri: str) -> None:
        if self._pending is not None and self._pending[0] == uri:
            self._pending[1].cancel()

    def _on(self, document: Document) -> bool:
        """Off means off: nothing of the document is kept, looked through or sent."""
        settings = self._settings_for(document.uri).settings
        if not (settings.next_edit.enable and settings.action(self._action.id).enable):
            return False
        return document.language not in settings.next_edit.languages_off and document.size <= HUGE

    # -- where they come from ---------------------------------------------------------------------------------------------

    async def _examples(self, situation: Situation) -> tuple[NextEdit, ...]:
        if not self._settings_for(situation.document.uri).settings.embedded.enable:
            return ()
        if situation.invoked and not self._embedded.ready:
            return ()  # nobody waits for a menu until the built-in engine has started
        return await self._embedded.next_edits(situation)

    async def _asked_model(self, situation: Situation) -> NextEdit | None:
        if self._model is None:
            from coderoute_ls.engine.suggestions.next_edit_model import NextEditModel  # many sessions never ask one

            self._model = NextEditModel(self._engine, self._action, self._settings_for)
        found = await self._model(self._of_this_folder(situation))
        if found is not None and self._shows_ghost_text and _continues(found, situation):
            return None  # ghost text says it, where it stands
        return found

    def _of_this_folder(self, situation: Situation) -> Situation:
        """Without what other folders' settings keep from whom this one may ask."""

        def may(uri: str) -> bool:
            return self._together(uri, situation.document.uri)

        return replace(
            situation,
            edits=tuple(edit for edit in situation.edits if may(edit.uri)),
            undone=tuple(edit for edit in situation.undone if may(edit.uri)),
            others=tuple(other for other in situation.others if may(other.uri)),
        )

    async def _ghost(self, situation: Situation) -> NextEdit | None:
        """What ghost text would show, for an editor that asks for next edits and for no ghost text."""
        if self._shows_ghost_text or self._completions.wanted:
            return None
        document, context = situation.document, self._requests.suggesting(situation.document.uri)
        if context is None or context.document.version != document.version:
            return None
        request = self._completions.request(context, situation.cursor)
        if request is None:
            return None
        found = await self._completions.completer.complete(replace(request, waited=True))
        return next((_as_next_edit(item.id, TextEdit(item.span, item.text), situation) for item in found.items), None)

    # -- what became of it ------------------------------------------------------------------------------------------------

    def shown(self, item: str) -> None:
        if (known := self._offered.get(item)) is not None:
            self.edits.shown(*known)

    def accepted(self, item: str) -> None:
        """The user took it; who took it has seen it."""
        self.shown(item)
        edit = self.edits.accepted(item)
        if edit is not None and edit.source == "ghost":
            self._completions.accepted(AcceptParams(item=edit.call))
        self._offered.pop(item, None)

    def rejected(self, item: str) -> None:
        self.shown(item)
        self.edits.rejected(item)
        self._offered.pop(item, None)

    def ignored(self, item: str) -> None:
        self.edits.ignored(item)
        self._offered.pop(item, None)


def _continues(edit: NextEdit, situation: Situation) -> bool:
    """Whether it only inserts something at the cursor."""
    if len(edit.edits) != 1 or edit.uri != situation.document.uri:
        return False
    (start, end), text, cursor = edit.edits[0].span, edit.edits[0].text, situation.cursor
    if not start <= cursor <= end:
        return False
    before, after = situation.document.slice(Span(start, cursor)), situation.document.slice(Span(cursor, end))
    return text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)


def _as_next_edit(item: str, edit: TextEdit, situation: Situation) -> NextEdit:
    document = situation.document
    key = fingerprint((document.uri, document.line(edit.span.start.line), edit.text))
    return NextEdit(
        "edit",
        document.uri,
        document.version,
        edit.span.start,
        (edit,),
        why="goes on at the cursor",
        confidence=GHOST_CONFIDENCE,
        source="ghost",
        rule="ghost",
        path=document.path,
        sameness=key,
        call=item,
    )

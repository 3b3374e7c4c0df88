"""The ghost-text pipeline: trigger → suppression → context → reuse → debounce → select → stream → clean → answer."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.cursor.suppression import refusal
from coderoute_ls.completion.debounce import Rhythm
from coderoute_ls.completion.document_state import DocumentState, PendingRequest
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.outcomes import OutcomeCounter
from coderoute_ls.completion.ports import Drafts, Feedback, Gather, Model, no_draft, no_feedback, no_snippets
from coderoute_ls.completion.preparation import Preparation
from coderoute_ls.completion.question import TEMPERATURES, context_of, cursor_of, snippets_of, target_of
from coderoute_ls.completion.request import CompletionRequest, CompletionServices, note
from coderoute_ls.completion.types import Found, InlineRequest, ModelRequest, Remembered, Suggestion, Suggestions, Why
from coderoute_ls.domain import TIMING, Brief, Document, Position, Span, TextEdit, Timing
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.ledger import Ledger, NullLedger
from coderoute_ls.text import split_lines

_GRACE_S = 0.300
"""Seconds that a generation outlives its cancelled request while the user types what it says: the next request will use it."""


class Completer:
    """Ghost text for all documents of one session. Built by the session; every method is called on its event loop."""

    def __init__(
        self,
        model: Model,
        clock: Clock,
        *,
        timing: Timing = TIMING,
        gather: Gather = no_snippets,
        drafts: Drafts = no_draft,
        feedback: Feedback = no_feedback,
        allowed: Callable[[str], bool] = lambda path: True,
        ledger: Ledger | None = None,
        again: Callable[[str], None] = lambda uri: None,
    ) -> None:
        self.tally = OutcomeCounter(clock, ledger or NullLedger(), feedback)
        self._services = CompletionServices(model, clock, timing, gather, drafts, CompletionCache(), Rhythm(), self._again)
        self._tell_again = again
        self._allowed = allowed
        self._states: dict[str, DocumentState] = {}
        self._preparation = Preparation(clock)
        self._tasks: set[asyncio.Task[None]] = set()

    # -- what the editor reports ---------------------------------------------------------------------------------------

    def on_change(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """The document is at a new version; ``edits`` in order, each on the text that the one before it left."""
        state = self._state(document.uri)
        deleting = bool(edits) and all(not edit.text and not edit.span.empty for edit in edits)
        state.deleted_at = document.version if deleting else None
        state.typed_on = state.drafted = None
        self._preparation.drop(document.uri)
        last, state.last = state.last, None
        if deleting:
            state.close_all()
        elif len(edits) == 1 and edits[0].text and edits[0].span.empty:
            state.typed_at = self._now()
            self._services.rhythm.key(state.typed_at)
            state.typed_on = (document, _end(edits[0]))
            if last is not None and last.waited:
                likely = replace(last, document=document, position=state.typed_on[1])
                asyncio.get_running_loop().call_soon(self._prepare, state, likely)

    def on_accept(self, item: str, chars: int | None = None) -> None:
        """The user took the suggestion, or its first ``chars`` characters; then the rest can still be taken."""
        shown = self.tally.accept(item, chars)
        if shown is None or chars is None or chars >= len(shown.answer.text):
            return
        taken = replace(shown.context, before=shown.context.before + shown.answer.text[:chars])
        rest = replace(shown.answer, text=shown.answer.text[chars:])
        self._services.cache.remember(taken, rest, self._now())

    async def on_close(self, uri: str) -> None:
        """The document was closed."""
        self._services.cache.forget(uri)
        self._preparation.drop(uri)
        self.tally.passed_by(uri)
        state = self._states.pop(uri, None)
        if state is not None:
            state.stop()
            await state.closed()

    def suspend(self, uri: str) -> None:
        """An action is writing into this document: no ghost text there until `resume`."""
        state = self._state(uri)
        state.suspended = True
        state.stop()
        self._stop_reading_ahead()

    def resume(self, uri: str) -> None:
        """The action is done."""
        self._state(uri).suspended = False

    def warm(self, request: InlineRequest) -> None:
        """Let a local server read this file up to the position into its prompt cache, where the user has typed: unless it has
        anything else to do, for whatever document, or was already asked at this version. Remote servers would cost money, so
        they are not warmed."""
        state = self._state(request.document.uri)
        if state.asked == request.document.version or state.suspended or not self._nothing_waits():
            return
        cursor = Cursor(request.document, request.document.clamp(request.position))
        target = target_of(request, cursor)
        prospect = state.prospect(self._services.model, target, self._now())
        if not (prospect.local and prospect.ahead):
            return
        if refusal(request, cursor, allowed=self._allowed, deleted=False) is None:
            self._background(self._request_aside(state, ModelRequest(Brief(target, target.span), "warming", 1), cursor, request))

    async def close(self) -> None:
        """End every request and close every connection."""
        for uri in list(self._states):
            await self.on_close(uri)
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    # -- trigger, gate, reuse ------------------------------------------------------------------------------------------

    async def complete(self, request: InlineRequest) -> Suggestions:
        """Answer one request. Raises nothing but `CancelledError`; a superseded request is answered at once, with nothing."""
        self.tally.counts["asked"] += 1
        state = self._state(request.document.uri)
        if state.pending is not None:
            state.pending.supersede()
        prepared = self._preparation.take(request)
        cursor = prepared.cursor if prepared is not None else cursor_of(request)

        if (why := self._why_not(state, request, cursor)) is not None:
            state.close_all()
            return Suggestions(why=why)

        state.asked = request.document.version
        state.last = None if request.invoked else request
        context = prepared.context if prepared is not None else context_of(request, cursor)
        recalled = None if request.invoked else self._services.cache.recall(context, self._now())
        if recalled is not None:
            kind = "typed" if recalled.typed else "cache"
            answer = self._suggestions(request, cursor, context, Found(recalled.answers, why=kind))
            if answer.items:
                self.tally.reused("typed" if recalled.typed else "cached", answer.items[0], request.folder)
            return answer

        self.tally.passed_by(request.document.uri, context)
        self._stop_reading_ahead(but=state)
        completion = prepared or CompletionRequest(self._services, state, request, cursor, context)
        pending = state.pending = completion.pending
        try:
            found = await pending.do(completion.run())
        except asyncio.CancelledError:
            if pending.only_superseded():
                self.tally.counts["superseded"] += 1
                return Suggestions(why="superseded")
            self.tally.counts["cancelled"] += 1
            self._abandon(state, pending)
            raise
        finally:
            pending.end()
            if state.pending is pending:
                state.pending = None
        if found.answers and not request.invoked and request.inline.prefetch and completion.prospect.ahead:
            self._background(self._look_ahead(state, request, cursor, found.answers[0]))
        return self._suggestions(request, cursor, context, found)

    def _abandon(self, state: DocumentState, pending: PendingRequest) -> None:
        """The editor cancelled. While the user types what a generation says, the next request will join that generation;
        otherwise no request waits any more, and the connections are closed now."""
        if state.pending is not pending:
            return
        through = None
        if state.typed_on is not None and state.typed_on[0].version > pending.context.version:
            through = CursorContext.of(*state.typed_on, pending.context.profile)
        state.close_all(keep=lambda generation: through is not None and bool(generation.text) and generation.follows(through))
        if state.live():
            self._background(self._close_after_grace(state))

    async def _close_after_grace(self, state: DocumentState) -> None:
        await self._services.clock.sleep(_GRACE_S)
        if state.pending is None:
            state.close_all()

    # -- answer --------------------------------------------------------------------------------------------------------

    def _suggestions(self, request: InlineRequest, cursor: Cursor, context: CursorContext, found: Found) -> Suggestions:
        answers = [answer for answer in found.answers if answer.text][: len(TEMPERATURES) if request.invoked else 1]
        items = tuple(_suggestion(cursor, answer) for answer in answers)
        for item, answer in zip(items, answers, strict=True):
            self.tally.show(item.id, context, answer)
        why = found.why if items or not found.answers else "nothing"
        return Suggestions(items, why, is_incomplete=why in ("deadline", "late"), problem=found.problem)

    # -- ahead of the user ---------------------------------------------------------------------------------------------

    def _prepare(self, state: DocumentState, request: InlineRequest) -> None:
        """Make the request ready that the editor is about to send, as it did after the last change."""
        changed = state.typed_on != (request.document, request.position) or self._states.get(request.document.uri) is not state
        if changed or state.asked == request.document.version:
            return
        cursor = cursor_of(request)
        context = context_of(request, cursor)
        if self._why_not(state, request, cursor) is None and self._services.cache.recall(context, self._now()) is None:
            self._preparation.put(request, CompletionRequest(self._services, state, request, cursor, context))

    async def _look_ahead(self, state: DocumentState, request: InlineRequest, cursor: Cursor, answer: Remembered) -> None:
        """Ask for what comes after the shown suggestion, so that it is there when the user accepts."""
        document, position = accepted(request.document, cursor.position, answer.text, answer.replaces)
        next_cursor = Cursor(document, position)
        if self._services.cache.recall(context_of(request, next_cursor), self._now()) is not None:
            return
        next_cursor = next_cursor.over_lines(several(next_cursor, request.inline.multiline))
        target = target_of(request, next_cursor)
        brief = Brief(target, target.span, await snippets_of(self._services.gather, request, target), request.max_chars)
        await self._request_aside(state, ModelRequest(brief, "ahead", request.inline.max_tokens), next_cursor, request)

    async def _request_aside(self, state: DocumentState, question: ModelRequest, cursor: Cursor, request: InlineRequest) -> None:
        """Ask while no request waits, and only when nothing else is asked, for whatever document."""
        if state.suspended or not self._nothing_waits():
            return
        context = context_of(request, cursor)
        state.ahead = Generation(
            self._services.model, question, cursor, context, lambda generation: note(self._services, state, generation)
        )
        state.generations.append(state.ahead)

    def _nothing_waits(self) -> bool:
        """Whether no document has a request, or one that is being answered: what is read ahead of the user goes last, one at a
        time."""
        return not any(state.pending is not None or state.live() for state in self._states.values())

    def _stop_reading_ahead(self, but: DocumentState | None = None) -> None:
        """A request comes before what is read ahead for other documents, an action before all of it."""
        for state in self._states.values():
            if state is not but and state.ahead is not None:
                state.close(state.ahead)

    def _again(self, uri: str) -> None:
        self.tally.withdraw(uri)
        self._tell_again(uri)

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _why_not(self, state: DocumentState, request: InlineRequest, cursor: Cursor) -> Why | None:
        why = refusal(request, cursor, allowed=self._allowed, deleted=state.deleted_at == request.document.version)
        return why or ("suspended" if state.suspended else None)

    def _state(self, uri: str) -> DocumentState:
        return self._states.setdefault(uri, DocumentState())

    def _now(self) -> float:
        return self._services.clock.monotonic()

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _suggestion(cursor: Cursor, answer: Remembered) -> Suggestion:
    line, character = cursor.position
    end = min(character + answer.replaces, len(cursor.line))
    word = len(cursor.left)
    while word and (cursor.left[word - 1].isalnum() or cursor.left[word - 1] == "_"):
        word -= 1
    return Suggestion(
        id=uuid4().hex,
        text=answer.text,
        span=Span(cursor.position, Position(line, end)),
        filter_text=cursor.left[word:] + answer.text.split("\n", 1)[0].rstrip("\r"),
        call=answer.call,
    )


def _end(edit: TextEdit) -> Position:
    """Where an inserted text ends."""
    lines = split_lines(edit.text)
    if len(lines) == 1:
        return Position(edit.span.start.line, edit.span.start.character + len(edit.text))
    return Position(edit.span.start.line + len(lines) - 1, len(lines[-1]))

"""The ghost-text pipeline: trigger → gate → context → reuse → debounce → select → stream → clean → answer."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.context import CursorContext
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.debounce import Rhythm
from coderoute_ls.completion.document_state import DocumentState, PendingRequest
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.outcomes import OutcomeCounter
from coderoute_ls.completion.ports import Clock, Drafts, Feedback, Gather, Model, no_draft, no_feedback, no_snippets
from coderoute_ls.completion.request import WARMTHS, CompletionRequest, CompletionServices, note, snippets_of, target_of
from coderoute_ls.completion.suppression import refusal
from coderoute_ls.completion.types import Found, InlineRequest, ModelRequest, Remembered, Suggestion, Suggestions
from coderoute_ls.domain import TIMING, Brief, Document, Position, Span, TextEdit, Timing
from coderoute_ls.domain.ledger import Ledger, NullLedger
from coderoute_ls.text import split_lines

_GRACE_S = 0.300
"""How long a run survives its cancelled request when the user types on through it: the next request is on its way."""


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
        self._parts = CompletionServices(model, clock, timing, gather, drafts, CompletionCache(), Rhythm(), self._again)
        self._tell_again = again
        self._allowed = allowed
        self._desks: dict[str, DocumentState] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- what the editor reports ---------------------------------------------------------------------------------------

    def on_change(self, document: Document, edits: tuple[TextEdit, ...]) -> None:
        """The document is at a new version; ``edits`` in order, each on the text that the one before it left."""
        desk = self._desk(document.uri)
        deleting = bool(edits) and all(not edit.text and not edit.span.empty for edit in edits)
        desk.deleted_at = document.version if deleting else None
        desk.typed_on = desk.drafted = None
        if deleting:
            desk.close_all()
        elif len(edits) == 1 and edits[0].text and edits[0].span.empty:
            desk.typed_at = self._now()
            self._parts.rhythm.key(desk.typed_at)
            desk.typed_on = (document, _end(edits[0]))

    def on_accept(self, item: str, chars: int | None = None) -> None:
        """The user took the suggestion, or its first ``chars`` characters; then the rest of it stays on offer."""
        shown = self.tally.accept(item, chars)
        if shown is None or chars is None or chars >= len(shown.answer.text):
            return
        taken = replace(shown.moment, before=shown.moment.before + shown.answer.text[:chars])
        rest = replace(shown.answer, text=shown.answer.text[chars:])
        self._parts.memory.remember(taken, rest, self._now())

    async def on_close(self, uri: str) -> None:
        """The document was closed."""
        self._parts.memory.forget(uri)
        self.tally.passed_by(uri)
        desk = self._desks.pop(uri, None)
        if desk is not None:
            desk.stop()
            await desk.closed()

    def suspend(self, uri: str) -> None:
        """An action is writing into this document: no ghost text there until `resume`."""
        desk = self._desk(uri)
        desk.suspended = True
        desk.stop()

    def resume(self, uri: str) -> None:
        """The action is done."""
        self._desk(uri).suspended = False

    def warm(self, ask: InlineRequest) -> None:
        """Let a local server read this file into its prompt cache, when nothing else is asked of it, or was at this version: up
        to the position, or, at the very start, as much of the file as a prompt shows. Remote servers would cost money."""
        desk = self._desk(ask.document.uri)
        if desk.asked == ask.document.version:
            return
        position = ask.document.clamp(ask.position)
        if position == (0, 0):
            position = _as_far_as_a_prompt_goes(ask)
        place = Cursor(ask.document, position)
        target = target_of(ask, place)
        prospect = desk.prospect(self._parts.model, target, self._now())
        if desk.suspended or desk.live() or not (prospect.local and prospect.ahead):
            return
        if refusal(ask, place, allowed=self._allowed, deleted=False) is None:
            self._background(self._ask_aside(desk, ModelRequest(Brief(target, target.span), "warming", 1), place, ask))

    async def close(self) -> None:
        """End every request and close every connection."""
        for uri in list(self._desks):
            await self.on_close(uri)
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    # -- trigger, gate, reuse ------------------------------------------------------------------------------------------

    async def complete(self, ask: InlineRequest) -> Suggestions:
        """Answer one request. Raises nothing but `CancelledError`; a superseded request is answered at once, with nothing."""
        self.tally.counts["asked"] += 1
        desk = self._desk(ask.document.uri)
        if desk.turn is not None:
            desk.turn.supersede()
        place = Cursor(ask.document, ask.document.clamp(ask.position), least=1 if ask.invoked else 4)

        why = refusal(ask, place, allowed=self._allowed, deleted=desk.deleted_at == ask.document.version)
        if why is not None or desk.suspended:
            desk.close_all()
            return Suggestions(why=why or "suspended")

        desk.asked = ask.document.version
        moment = CursorContext.of(ask.document, place.position, _profile(ask))
        recalled = None if ask.invoked else self._parts.memory.recall(moment, self._now())
        if recalled is not None:
            kind = "typed" if recalled.typed else "cache"
            answer = self._suggestions(ask, place, moment, Found(recalled.answers, why=kind))
            if answer.items:
                self.tally.reused("typed" if recalled.typed else "cached", answer.items[0], ask.folder)
            return answer

        self.tally.passed_by(ask.document.uri, moment)
        turn = desk.turn = PendingRequest(moment)
        pursuit = CompletionRequest(self._parts, desk, turn, ask, place)
        try:
            found = await turn.do(pursuit.run())
        except asyncio.CancelledError:
            if turn.only_superseded():
                self.tally.counts["superseded"] += 1
                return Suggestions(why="superseded")
            self.tally.counts["cancelled"] += 1
            self._abandon(desk, turn)
            raise
        finally:
            turn.end()
            if desk.turn is turn:
                desk.turn = None
        if found.answers and not ask.invoked and ask.inline.prefetch and pursuit.prospect.ahead:
            self._background(self._look_ahead(desk, ask, place, found.answers[0]))
        return self._suggestions(ask, place, moment, found)

    def _abandon(self, desk: DocumentState, turn: PendingRequest) -> None:
        """The editor cancelled. Where the user only types on through a run, the next request is on its way and will join it;
        otherwise nobody waits any more, and the connections are closed now."""
        if desk.turn is not turn:
            return
        through = None
        if desk.typed_on is not None and desk.typed_on[0].version > turn.moment.version:
            through = CursorContext.of(*desk.typed_on, turn.moment.profile)
        desk.close_all(keep=lambda run: through is not None and bool(run.text) and run.follows(through))
        if desk.live():
            self._background(self._close_after_grace(desk))

    async def _close_after_grace(self, desk: DocumentState) -> None:
        await self._parts.clock.sleep(_GRACE_S)
        if desk.turn is None:
            desk.close_all()

    # -- answer --------------------------------------------------------------------------------------------------------

    def _suggestions(self, ask: InlineRequest, place: Cursor, moment: CursorContext, found: Found) -> Suggestions:
        answers = [answer for answer in found.answers if answer.text][: len(WARMTHS) if ask.invoked else 1]
        items = tuple(_suggestion(place, answer) for answer in answers)
        for item, answer in zip(items, answers, strict=True):
            self.tally.show(item.id, moment, answer)
        why = found.why if items or not found.answers else "nothing"
        return Suggestions(items, why, is_incomplete=why in ("deadline", "late"), problem=found.problem)

    # -- ahead of the user ---------------------------------------------------------------------------------------------

    async def _look_ahead(self, desk: DocumentState, ask: InlineRequest, place: Cursor, answer: Remembered) -> None:
        """Ask for what comes after the shown suggestion, so that it is there when the user accepts."""
        document, position = accepted(ask.document, place.position, answer.text, answer.replaces)
        if self._parts.memory.recall(CursorContext.of(document, position, _profile(ask)), self._now()) is not None:
            return
        next_place = Cursor(document, position)
        next_place = replace(next_place, multiline=several(next_place, ask.inline.multiline))
        target = target_of(ask, next_place)
        brief = Brief(target, target.span, await snippets_of(self._parts.gather, ask, target), ask.max_chars)
        await self._ask_aside(desk, ModelRequest(brief, "ahead", ask.inline.max_tokens), next_place, ask)

    async def _ask_aside(self, desk: DocumentState, question: ModelRequest, place: Cursor, ask: InlineRequest) -> None:
        """Ask without anybody waiting, only while nothing else is asked for this document."""
        if desk.turn is not None or desk.live() or desk.suspended:
            return
        moment = CursorContext.of(place.document, place.position, _profile(ask))
        desk.ahead = Generation(self._parts.model, question, place, moment, lambda run: note(self._parts, desk, run))
        desk.runs.append(desk.ahead)

    def _again(self, uri: str) -> None:
        self.tally.withdraw(uri)
        self._tell_again(uri)

    # -- small parts ---------------------------------------------------------------------------------------------------

    def _desk(self, uri: str) -> DocumentState:
        return self._desks.setdefault(uri, DocumentState())

    def _now(self) -> float:
        return self._parts.clock.monotonic()

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _suggestion(place: Cursor, answer: Remembered) -> Suggestion:
    line, character = place.position
    end = min(character + answer.replaces, len(place.line))
    word = len(place.left)
    while word and (place.left[word - 1].isalnum() or place.left[word - 1] == "_"):
        word -= 1
    return Suggestion(
        id=uuid4().hex,
        text=answer.text,
        span=Span(place.position, Position(line, end)),
        filter_text=place.left[word:] + answer.text.split("\n", 1)[0].rstrip("\r"),
        call=answer.call,
    )


def _as_far_as_a_prompt_goes(ask: InlineRequest) -> Position:
    left = ask.max_chars * 3 // 4
    for number, line in enumerate(ask.document.lines):
        left -= len(line)
        if left <= 0:
            return Position(number, 0)
    return ask.document.end


def _profile(ask: InlineRequest) -> str:
    """What of the settings changes the text of an answer."""
    return f"{ask.inline.multiline} {ask.inline.max_tokens} {ask.other_files} {ask.max_chars}"


def _end(edit: TextEdit) -> Position:
    """Where an inserted text ends."""
    lines = split_lines(edit.text)
    if len(lines) == 1:
        return Position(edit.span.start.line, edit.span.start.character + len(edit.text))
    return Position(edit.span.start.line + len(lines) - 1, len(lines[-1]))

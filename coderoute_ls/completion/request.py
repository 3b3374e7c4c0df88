"""One request, from the cursor to an answer, stage by stage: begin → debounce → question → race → answer.

`begin` starts what others must find: the draft and the pieces of other files. `_put_question` makes of them what a model is
asked, and lets the engine decide ahead. `run` is the one place where the sources race: remembered text, a stream that is
running, the draft, a new stream.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.debounce import Rhythm, deadlines_s, wait_s
from coderoute_ls.completion.document_state import DocumentState, PendingRequest
from coderoute_ls.completion.filter_chain import clean, foresee
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.ports import Drafts, Gather, Model
from coderoute_ls.completion.question import question_of, snippets_of, target_of, with_alternatives
from coderoute_ls.completion.types import Found, InlineRequest, ModelRequest, Remembered
from coderoute_ls.domain import Draft, Snippet, Timing
from coderoute_ls.domain.clock import Clock

T = TypeVar("T")
IN_FLIGHT_REMOTE = 2
IN_FLIGHT_LOCAL = 1
TIMER_SLACK_S = 0.001
"""An event loop's timers may end this much too early."""
TIMER_LATE_S = 0.0005
"""An event loop sleeps for whole milliseconds, so its timers are late by this much on average."""
THINK_S = 0.003
"""Seconds before the end of the debounce at which the prompt is put together. That takes a millisecond, and keeps the processor
awake for what follows."""
DRAFT_AFTER_S = 0.300
"""Seconds after which the built-in engine's draft is shown while a local model has not begun."""


@dataclass(frozen=True, slots=True)
class CompletionServices:
    """What every completion request uses; one set for all documents."""

    model: Model
    clock: Clock
    timing: Timing
    gather: Gather
    drafts: Drafts
    cache: CompletionCache
    rhythm: Rhythm
    again: Callable[[str], None]
    """There is a better answer than the one that this document shows."""


class CompletionRequest:
    """Waits for the first answer: of a running generation, of the built-in engine when it is sure, or of a new generation."""

    def __init__(
        self, services: CompletionServices, state: DocumentState, request: InlineRequest, cursor: Cursor, context: CursorContext
    ) -> None:
        self.context = context
        self.cursor = cursor.over_lines(several(cursor, request.inline.multiline))
        self.target = target_of(request, cursor)
        self.prospect = state.prospect(services.model, self.target, services.clock.monotonic())
        self._services = services
        self._state = state
        self.pending = PendingRequest(context)
        self._request = request
        self._began = services.clock.monotonic()
        self._own: list[Generation] = []
        self._looked = services.cache.changes
        """State of the cache (`CompletionCache.changes`) that this request has seen."""
        self._question: ModelRequest | None = None
        """What is asked, without a draft: prompt and decision are made from it while the draft is on its way."""
        self._questions: list[ModelRequest] | None = None
        """What is still to be asked; None until that is known."""
        self._competes = True
        """Whether the draft was there when the questions were put together; else it stands in for models that say nothing."""
        self._draft: asyncio.Task[Draft | None] | None = None
        self._snippets: asyncio.Task[tuple[Snippet, ...]] | None = None

    async def prepare(self) -> None:
        """Do ahead what `run` does before it asks."""
        self._services.model.prepare(self.target)
        self._begin()
        self._questions = await self._ask_what()
        self._ask_for_a_draft()
        foresee(self.cursor)

    def drop(self) -> None:
        """Nobody will `run` this."""
        for task in (self._draft, self._snippets):
            if task is not None:
                task.cancel()

    def _begin(self) -> None:
        """Start what others must find. A draft that cannot change what is asked is asked for once that is under way."""
        if self.prospect.draft_decides:
            self._ask_for_a_draft()
        if self._snippets is None:
            self._snippets = asyncio.create_task(snippets_of(self._services.gather, self._request, self.target))

    def _ask_for_a_draft(self) -> None:
        if self._draft is None:
            self._draft = asyncio.create_task(_draft(self._services.drafts, self._request, self.cursor))
            self._draft.add_done_callback(lambda _: self.pending.changed.set())

    async def run(self) -> Found:
        """The answer. Cancelling this ends the wait and leaves the generations running."""
        self._began = self._services.clock.monotonic()
        pause = self._pause_s()
        soft, hard = deadlines_s(self._request)
        moments = (pause - THINK_S, pause - TIMER_LATE_S, DRAFT_AFTER_S, soft, hard)
        self._begin()
        try:
            while True:
                self.pending.changed.clear()
                elapsed = self._services.clock.monotonic() - self._began + TIMER_SLACK_S
                fitting = self._state.following(self.pending.context)
                if (found := self._settled(fitting)) is not None:
                    return found
                if self._questions is None and (elapsed >= pause - THINK_S or self._draft_is_sure()) and not self._joins(fitting):
                    self._questions = await self._ask_what()
                    continue
                due = elapsed >= pause or self._draft_is_sure()
                if due and (self._own or not self._joins(fitting)) and await self._start_some():
                    await asyncio.sleep(0)  # it is on its way now: what follows is done while the model works
                    foresee(self.cursor)
                    continue
                if elapsed >= hard:
                    self._state.close_all()
                    return self._partial(fitting) or self._drafted() or Found(why="late")
                if elapsed >= soft and (partial := self._partial(fitting)) is not None:
                    return partial
                if fitting and (first := self._draft_meanwhile(fitting, elapsed)) is not None:
                    return first
                self._ask_for_a_draft()
                if moments:
                    self.pending.timer(self._tick([moment for moment in moments if moment > elapsed]))
                    moments = ()
                await self.pending.changed.wait()
        finally:
            self.drop()

    async def _tick(self, moments: list[float]) -> None:
        """Wake `run` at these moments, in seconds after its begin. They are begun once something is waited for."""
        for moment in sorted(moments):
            if (left := self._began + moment - self._services.clock.monotonic()) > 0:
                await self._services.clock.sleep(left)
            self.pending.changed.set()

    # debounce

    def _pause_s(self) -> float:
        """What is left of the wait after the key that led here."""
        if self._request.invoked or self._request.waited or not self.prospect.alone_from:
            return 0.0
        self._services.model.prepare(self.target)
        shortest = self._request.inline.debounce_ms / 1000
        wait = wait_s(shortest, self._services.rhythm.gap_s, self.prospect.first_token_s, local=self.prospect.local)
        typed = self._state.typed_on
        here = typed is not None and typed[0] is self._request.document and typed[1] == self.cursor.position
        since = self._began - self._state.typed_at if here else 0.0
        return max(0.0, wait - since)

    @property
    def _made(self) -> Draft | None:
        """The draft, once it is there."""
        return self._draft.result() if self._draft is not None and self._draft.done() else None

    def _draft_is_sure(self) -> bool:
        """The built-in engine will win alone: no model is asked, so waiting for the next key saves nothing."""
        return (draft := self._made) is not None and draft.answers_alone(self.prospect.alone_from)

    def _joins(self, fitting: list[Generation]) -> bool:
        """A fitting generation has begun to answer, or was asked at this cursor: wait for it instead of asking again."""
        return not self._request.invoked and any(
            generation.text or generation.context.key == self.pending.context.key for generation in fitting
        )

    # context, select, stream

    async def _ask_what(self) -> list[ModelRequest]:
        """The questions, once what they are made of is there; no part of that is waited for longer than it is worth."""
        assert self._snippets is not None
        clock, patience = self._services.clock, self._services.timing.gather
        until = clock.monotonic() + patience
        if self._draft is not None and not self.prospect.alone_from:  # no model is there: it alone can answer, be it late
            await _wait_for(self._draft, max(deadlines_s(self._request)[0], patience))
        question = self._question or await self._put_question(self._snippets)
        if self._draft is not None and self.prospect.draft_decides:
            await _wait_for(self._draft, until - clock.monotonic())
        self._competes = self._draft is not None and self._draft.done()
        return with_alternatives(question, self._made)

    async def _put_question(self, snippets: asyncio.Task[tuple[Snippet, ...]]) -> ModelRequest:
        if self.prospect.alone_from:
            await _wait_for(snippets, self._services.timing.gather)
        found = snippets.result() if snippets.done() else ()
        self._question = question_of(self._request, self.cursor, self.target, self.prospect, found)
        self._services.model.think(self._question)
        return self._question

    async def _start_some(self) -> bool:
        """Send the next question when one more generation is allowed, or none was sent yet. True when one was sent."""
        # The likely offer may have failed, so that a local one answers instead.
        local = self.prospect.local or any(generation.answering.local for generation in self._state.live())
        limit = IN_FLIGHT_LOCAL if local else IN_FLIGHT_REMOTE
        if not self._questions or (self._own and len(self._state.live()) >= limit):
            return False
        await self._state.make_room(limit)
        generation = Generation(self._services.model, self._questions.pop(0), self.cursor, self.pending.context, self._keep)
        self._own.append(generation)
        self._state.generations.append(generation)
        return True

    def _keep(self, generation: Generation) -> None:
        note(self._services, self._state, generation)

    # clean, answer

    def _settled(self, fitting: list[Generation]) -> Found | None:
        """The answer, once it cannot become better: at the first one while typing, at the last one when invoked."""
        over = self._questions == [] and not any(generation.live for generation in self._own) and not fitting
        if (self._request.invoked or self._looked == self._services.cache.changes) and not over:
            return None
        self._looked = self._services.cache.changes
        recalled = self._services.cache.recall(self.pending.context, self._services.clock.monotonic())
        if recalled is not None and recalled.answers[0].text:
            return Found(recalled.answers)
        if not over and recalled is None:
            return None
        if not self._competes:
            self._ask_for_a_draft()
            if self._draft is not None and not self._draft.done():
                return None
            if (late := self._drafted()) is not None:
                return late
        problem = next((generation.problem for generation in self._own if generation.problem), "")
        return Found(why="failed" if problem else "nothing", problem=problem)

    def _partial(self, fitting: list[Generation]) -> Found | None:
        """The complete lines of what has come so far, and whole answers to a request that waited for more of them."""
        recalled = self._services.cache.recall(self.pending.context, self._services.clock.monotonic())
        if recalled is not None and recalled.answers[0].text:
            return Found(recalled.answers)
        for generation in fitting:
            typed = generation.typed(self.pending.context)
            found = clean(generation.text, generation.cursor, cut=True, judged=generation.judged) if generation.text else None
            if found is None or typed is None or not found.text.startswith(typed) or len(found.text) == len(typed):
                continue
            answer = Remembered(found.text[len(typed) :], found.replaces, generation.answering.call)
            return Found((answer,), why="deadline")
        return None

    def _draft_meanwhile(self, fitting: list[Generation], elapsed: float) -> Found | None:
        """The draft while a model's answer is on its way: at once where that can replace it, else once a local model has not
        begun within `DRAFT_AFTER_S`: its answer is there for the next key."""
        late = self.prospect.local and elapsed >= DRAFT_AFTER_S and not self._request.invoked
        if not (self._request.draft_first or (late and not any(generation.text for generation in fitting))):
            return None
        if (first := self._drafted()) is not None and self._request.draft_first:
            self._state.drafted = self.pending.context, first.answers[0].text
        return first

    def _drafted(self) -> Found | None:
        """The built-in engine's own answer."""
        found = clean(draft.text, self.cursor) if (draft := self._made) is not None else None
        return Found((Remembered(found.text, found.replaces, draft=draft),), why="draft") if found is not None else None


def note(services: CompletionServices, state: DocumentState, generation: Generation) -> None:
    """A generation has more text, or ended: its answer is remembered for each request that it fits."""
    if not generation.live:
        state.ended(generation)
    if generation.state in ("complete", "cut") and generation.question.purpose != "warming":
        found = clean(generation.text, generation.cursor, cut=generation.state == "cut", judged=generation.judged)
        draft = generation.question.draft if generation.answering.embedded else None
        answer = Remembered(found.text if found else "", found.replaces if found else 0, generation.answering.call, draft)
        services.cache.remember(generation.context, answer, services.clock.monotonic())
        if state.drafted is not None:
            _replace_draft(services, state, *state.drafted)
    state.notify()


def _replace_draft(services: CompletionServices, state: DocumentState, context: CursorContext, draft: str) -> None:
    recalled = services.cache.recall(context, services.clock.monotonic())
    if recalled is not None and recalled.answers[0].text not in ("", draft):
        state.drafted = None
        services.again(context.uri)


async def _draft(drafts: Drafts, request: InlineRequest, cursor: Cursor) -> Draft | None:
    return await drafts(request.document, cursor.position)


async def _wait_for(task: "asyncio.Task[T]", seconds: float) -> None:
    if not task.done():
        await asyncio.wait({task}, timeout=seconds)

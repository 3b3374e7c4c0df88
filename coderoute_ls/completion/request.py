"""One request on its way to an answer: debounce → context → select → stream, or the stream of an earlier request that fits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.context import CursorContext
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.debounce import Rhythm, wait_s
from coderoute_ls.completion.document_state import DocumentState, PendingRequest
from coderoute_ls.completion.filter_chain import clean
from coderoute_ls.completion.generation import Generation
from coderoute_ls.completion.ports import Clock, Drafts, Gather, Model
from coderoute_ls.completion.types import Found, InlineRequest, ModelRequest, Remembered
from coderoute_ls.domain import Brief, Draft, Snippet, Span, Target, Timing

IN_FLIGHT_REMOTE = 2
IN_FLIGHT_LOCAL = 1
WARMTHS = (None, 0.6, 0.9)
"""Temperatures of the three alternatives that the user's own request asks for; the first is the action's."""
TIMER_SLACK_S = 0.001
"""An event loop's timers may go off this much early."""
TIMER_LATE_S = 0.0005
"""An event loop sleeps for whole milliseconds, so that its timers are late by so much on average."""
THINK_S = 0.003
"""So long before the debounce ends, what is to be asked is put together: that takes a millisecond, and leaves the processor awake
for what follows."""
_LAST = (";", "}", ">", ":", "{", "*/")
"""What lines end with."""
SNIPPETS_SHARE = 0.4
"""Share of the prompt that other files may take."""


@dataclass(frozen=True, slots=True)
class CompletionServices:
    """What a pursuit works with; one set for all documents."""

    model: Model
    clock: Clock
    timing: Timing
    gather: Gather
    drafts: Drafts
    memory: CompletionCache
    rhythm: Rhythm
    again: Callable[[str], None]
    """A better answer than the one shown in this document is there."""


class CompletionRequest:
    """Waits for whatever answers first: a run under way, the built-in engine when it is sure, or a request of our own."""

    def __init__(
        self, parts: CompletionServices, desk: DocumentState, turn: PendingRequest, ask: InlineRequest, place: Cursor
    ) -> None:
        self.place = replace(place, multiline=several(place, ask.inline.multiline))
        self.target = target_of(ask, place)
        self.prospect = desk.prospect(parts.model, self.target, parts.clock.monotonic())
        self._parts = parts
        self._desk = desk
        self._turn = turn
        self._ask = ask
        self._began = parts.clock.monotonic()
        self._own: list[Generation] = []
        self._looked = parts.memory.changes
        """What of the memory was looked at before this pursuit began, or by it."""
        self._questions: list[ModelRequest] | None = None
        self._draft: asyncio.Task[Draft | None] | None = None
        self._snippets: asyncio.Task[tuple[Snippet, ...]] | None = None

    async def run(self) -> Found:
        """The answer. Cancelling this ends the wait, not the runs: who waits no longer decides about them."""
        pause = self._pause_s()
        soft, hard = _deadlines(self._ask)
        for seconds in (pause - THINK_S, pause - TIMER_LATE_S, soft, hard):
            if seconds > 0:
                self._turn.alarm(self._parts.clock.sleep(seconds))
        self._draft = asyncio.create_task(_draft(self._parts.drafts, self._ask, self.place))
        self._draft.add_done_callback(lambda _: self._turn.bell.set())
        self._snippets = asyncio.create_task(snippets_of(self._parts.gather, self._ask, self.target))
        try:
            while True:
                self._turn.bell.clear()
                elapsed = self._parts.clock.monotonic() - self._began + TIMER_SLACK_S
                fitting = self._desk.following(self._turn.moment)
                if (found := self._settled(fitting)) is not None:
                    return found
                if self._questions is None and (elapsed >= pause - THINK_S or self._sure()) and not self._joins(fitting):
                    self._questions = await self._ask_what()
                    if elapsed < pause:
                        self._parts.model.think(self._questions[0])
                    continue
                due = elapsed >= pause or self._sure()
                if due and (self._own or not self._joins(fitting)) and await self._start_some():
                    continue
                if elapsed >= hard:
                    self._desk.close_all()
                    return self._partial(fitting) or self._drafted() or Found(why="late")
                if elapsed >= soft and (partial := self._partial(fitting)) is not None:
                    return partial
                if self._ask.draft_first and fitting and (first := self._drafted()) is not None:
                    self._desk.drafted = self._turn.moment, first.answers[0].text
                    return first
                await self._turn.bell.wait()
        finally:
            self._draft.cancel()
            self._snippets.cancel()

    # debounce

    def _pause_s(self) -> float:
        """What is left of the wait after the key that led here."""
        if self._ask.invoked or self._ask.waited or not self.prospect.alone_from:
            return 0.0
        self._parts.model.prepare(self.target)
        least = self._ask.inline.debounce_ms / 1000
        wait = wait_s(least, self._parts.rhythm.gap_s, self.prospect.first_token_s)
        typed = self._desk.typed_on
        here = typed is not None and typed[0] is self._ask.document and typed[1] == self.place.position
        since = self._began - self._desk.typed_at if here else 0.0
        return max(0.0, wait - since)

    def _sure(self) -> bool:
        """The built-in engine will win alone, so nobody is asked and waiting on for the user's next key saves nothing."""
        draft = self._draft.result() if self._draft is not None and self._draft.done() else None
        return draft is not None and draft.answers_alone(self.prospect.alone_from)

    def _joins(self, fitting: list[Generation]) -> bool:
        """A run that fits has begun to answer, or was asked at this very place: wait for it instead of asking again."""
        return not self._ask.invoked and any(run.text or run.moment.key == self._turn.moment.key for run in fitting)

    # context, select, stream

    async def _ask_what(self) -> list[ModelRequest]:
        assert self._draft is not None and self._snippets is not None
        await asyncio.wait({self._draft, self._snippets}, timeout=self._parts.timing.gather)
        snippets = self._snippets.result() if self._snippets.done() else ()
        draft = self._draft.result() if self._draft.done() else None
        brief = Brief(self.target, self.target.span, snippets, self._ask.max_chars)
        single = not self.place.multiline and bool(self.place.left.strip()) and not _line_may_be_over(self.place)
        first = ModelRequest(
            brief,
            "invoked" if self._ask.invoked else "typing",
            self._ask.inline.max_tokens,
            stop=("\n",) if single else (),
            draft=draft,
        )
        if not self._ask.invoked:
            return [first]
        return [replace(first, temperature=warmth, draft=None if warmth else draft) for warmth in WARMTHS]

    async def _start_some(self) -> bool:
        """Send the next question when there is room for it, or none of ours is out yet. True when one was sent."""
        # The likely offer may have failed, and a local one be answering in its place.
        local = self.prospect.local or any(run.answering.local for run in self._desk.live())
        limit = IN_FLIGHT_LOCAL if local else IN_FLIGHT_REMOTE
        if not self._questions or (self._own and len(self._desk.live()) >= limit):
            return False
        await self._desk.make_room(limit)
        run = Generation(self._parts.model, self._questions.pop(0), self.place, self._turn.moment, self.news)
        self._own.append(run)
        self._desk.runs.append(run)
        return True

    def news(self, run: Generation) -> None:
        note(self._parts, self._desk, run)

    # clean, answer

    def _settled(self, fitting: list[Generation]) -> Found | None:
        """The answer, once it cannot become better: at the first one while typing, at the last one when invoked."""
        over = self._questions == [] and not any(run.live for run in self._own) and not fitting
        if (self._ask.invoked or self._looked == self._parts.memory.changes) and not over:
            return None
        self._looked = self._parts.memory.changes
        recalled = self._parts.memory.recall(self._turn.moment, self._parts.clock.monotonic())
        if recalled is not None and recalled.answers[0].text:
            return Found(recalled.answers)
        if not over and recalled is None:
            return None
        problem = next((run.problem for run in self._own if run.problem), "")
        return Found(why="failed" if problem else "nothing", problem=problem)

    def _partial(self, fitting: list[Generation]) -> Found | None:
        """The complete lines of what has come so far, and whole answers to a request that waited for more of them."""
        recalled = self._parts.memory.recall(self._turn.moment, self._parts.clock.monotonic())
        if recalled is not None and recalled.answers[0].text:
            return Found(recalled.answers)
        for run in fitting:
            typed = run.typed(self._turn.moment)
            found = clean(run.text, run.place, cut=True, judged=run.judged) if run.text else None
            if found is None or typed is None or not found.text.startswith(typed) or len(found.text) == len(typed):
                continue
            answer = Remembered(found.text[len(typed) :], found.replaces, run.answering.call)
            return Found((answer,), why="deadline")
        return None

    def _drafted(self) -> Found | None:
        """The built-in engine's own answer."""
        draft = self._draft.result() if self._draft is not None and self._draft.done() else None
        found = clean(draft.text, self.place) if draft is not None else None
        return Found((Remembered(found.text, found.replaces, draft=draft),), why="draft") if found is not None else None


def note(parts: CompletionServices, desk: DocumentState, run: Generation) -> None:
    """A run has more text, or ended: what it found is remembered for every request that it fits."""
    if not run.live:
        desk.ended(run)
    if run.state in ("complete", "cut") and run.question.purpose != "warming":
        found = clean(run.text, run.place, cut=run.state == "cut", judged=run.judged)
        draft = run.question.draft if run.answering.embedded else None
        answer = Remembered(found.text if found else "", found.replaces if found else 0, run.answering.call, draft)
        parts.memory.remember(run.moment, answer, parts.clock.monotonic())
        if desk.drafted is not None:
            _replace_draft(parts, desk, *desk.drafted)
    desk.ring()


def _replace_draft(parts: CompletionServices, desk: DocumentState, moment: CursorContext, draft: str) -> None:
    recalled = parts.memory.recall(moment, parts.clock.monotonic())
    if recalled is not None and recalled.answers[0].text not in ("", draft):
        desk.drafted = None
        parts.again(moment.uri)


def target_of(ask: InlineRequest, place: Cursor) -> Target:
    return Target(place.document, Span(place.position, place.position), folder=ask.folder, invoked=ask.invoked)


async def snippets_of(gather: Gather, ask: InlineRequest, target: Target) -> tuple[Snippet, ...]:
    return await gather(target, int(ask.max_chars * SNIPPETS_SHARE)) if ask.other_files else ()


def _line_may_be_over(place: Cursor) -> bool:
    """The cursor's line may be complete, so that an answer begins with the next: it must not stop at once."""
    return not place.right.strip() and (place.before.inside == "comment" or place.left.rstrip().endswith(_LAST))


def _deadlines(ask: InlineRequest) -> tuple[float, float]:
    """Soft and hard, in seconds. Who asked by hand waits longer, and for whole answers."""
    soft, hard = ask.inline.soft_deadline_ms / 1000, ask.inline.hard_deadline_ms / 1000
    return (hard, 2 * hard) if ask.invoked else (min(soft, hard), hard)


async def _draft(drafts: Drafts, ask: InlineRequest, place: Cursor) -> Draft | None:
    return await drafts(ask.document, place.position)

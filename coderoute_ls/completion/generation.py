"""One stream from a model: read until the answer is complete, joined by every later request that it still fits."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import NEAR, REACH, CursorContext
from coderoute_ls.completion.filter_chain import completion_of
from coderoute_ls.completion.ports import Model
from coderoute_ls.completion.types import Answering, ModelRequest
from coderoute_ls.domain import Delta, Finish
from coderoute_ls.errors import CoderouteError

State = Literal["waiting", "speaking", "complete", "cut", "failed", "closed"]
"""``waiting`` for the first token; ``cut`` by the token limit; ``closed`` by us."""

_LOOP_PASSES = 4
"""Passes of the event loop from a generation's end to the answer on the wire: completion, its task, the request, its reply."""


class Generation:
    """One stream. ``changed`` is called when there is more text or another state."""

    def __init__(
        self,
        model: Model,
        question: ModelRequest,
        cursor: Cursor,
        context: CursorContext,
        changed: Callable[["Generation"], None],
    ) -> None:
        self.question = question
        self.cursor = cursor
        self.context = context
        self.text = ""
        self.judged = 0
        """Up to where the text is known not to be complete."""
        self.state: State = "waiting"
        self.answering = Answering()
        self.problem = ""
        self._changed = changed
        self.task = asyncio.create_task(self._read(model))

    @property
    def live(self) -> bool:
        return self.state in ("waiting", "speaking")

    def follows(self, context: CursorContext) -> bool:
        """Whether this stream can still answer in a later context: the same text with a part of the answer typed into it."""
        typed = self.typed(context)
        if typed is None:
            return False
        return typed.startswith(self.text) if len(self.text) < len(typed) else self.text.startswith(typed)

    def typed(self, context: CursorContext) -> str | None:
        """What was typed between this generation's question and the context; None when something else changed."""
        if context.uri != self.context.uri or context.profile != self.context.profile:
            return None
        ours = self.context.before[-NEAR:]
        for count in range(min(REACH, len(context.before)) + 1):
            end = len(context.before) - count
            if context.before[max(0, end - NEAR) : end] == ours:
                added = context.auto_closed(context.before[end:]) if count else 0
                if any(context.earlier(count, n)[3] == self.context.earlier(0, 0)[3] for n in {0, added}):
                    return context.before[end:]
        return None

    def close(self) -> None:
        """Stop reading and close the connection; `task` ends when that is done."""
        if self.live:
            self.state = "closed"
            self.task.cancel()

    async def _read(self, model: Model) -> None:
        try:
            async with aclosing(model.ask(self.question)) as events:
                async for event in events:
                    if isinstance(event, Answering):
                        self.answering = event
                        if event.restart:
                            self.text, self.judged = "", 0
                    elif isinstance(event, Delta):
                        self._more(event.text)
                    else:
                        self._finish(event)
                    if not self.live:
                        await _let_the_answer_out()
                        break
            self._end("complete")
        except CoderouteError as error:
            self.problem = error.user_message
            self._end("failed")
        finally:
            self._end("closed")

    def _more(self, text: str) -> None:
        if not text:
            return
        self.text += text
        self.state = "speaking"
        end, self.judged = completion_of(self.text, self.cursor, self.judged)
        if end is not None:
            # The answer need not wait until the connection is closed.
            self._end("complete")
        else:
            self._changed(self)

    def _finish(self, finish: Finish) -> None:
        """Only an answer that ended well, or at its limit, is shown."""
        if finish.reason == "stop":
            self._end("complete")
        elif finish.reason in ("length", "incomplete"):
            self._end("cut")
        else:
            self.problem = finish.problem
            self._end("failed")

    def _end(self, state: State) -> None:
        """Only the first end counts."""
        if self.live:
            self.state = state
            self._changed(self)


async def _let_the_answer_out() -> None:
    """Let the waiting request continue first: no keystroke should wait for the end of a call."""
    for _ in range(_LOOP_PASSES):
        await asyncio.sleep(0)

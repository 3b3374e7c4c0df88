"""One stream from a model: read until the answer is complete, joined by every later request that it still fits."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal

from coderoute_ls.completion.cursor.context import NEAR, REACH, CursorContext
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.filter_chain import completion_of
from coderoute_ls.completion.ports import Model
from coderoute_ls.completion.types import Answering, ModelRequest
from coderoute_ls.domain import Delta, Finish
from coderoute_ls.errors import CoderouteError

State = Literal["waiting", "speaking", "complete", "cut", "failed", "closed"]
"""``waiting`` for the first token; ``cut`` by the token limit; ``closed`` by us."""

_TURNS = 4
"""Of the event loop, from a run's end to the answer on the wire: the pursuit, its task, the request, its reply."""


class Generation:
    """A question on its way. ``changed`` is called whenever there is more text or another state."""

    def __init__(
        self, model: Model, question: ModelRequest, place: Cursor, moment: CursorContext, changed: Callable[["Generation"], None]
    ) -> None:
        self.question = question
        self.place = place
        self.moment = moment
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

    def follows(self, moment: CursorContext) -> bool:
        """Whether what has come, and what may still come, can be an answer to this later moment: the same text with a part
        of the answer typed into it."""
        typed = self.typed(moment)
        if typed is None:
            return False
        return typed.startswith(self.text) if len(self.text) < len(typed) else self.text.startswith(typed)

    def typed(self, moment: CursorContext) -> str | None:
        """What was typed between this run's question and the moment; None when something else changed."""
        if moment.uri != self.moment.uri or moment.profile != self.moment.profile:
            return None
        ours = self.moment.before[-NEAR:]
        for count in range(min(REACH, len(moment.before)) + 1):
            end = len(moment.before) - count
            if moment.before[max(0, end - NEAR) : end] == ours:
                added = moment.auto_closed(moment.before[end:]) if count else 0
                if any(moment.earlier(count, n)[3] == self.moment.earlier(0, 0)[3] for n in {0, added}):
                    return moment.before[end:]
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
        end, self.judged = completion_of(self.text, self.place, self.judged)
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
    """Whoever waits for this run goes on first: ending a call is work that no keystroke should wait for."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)

"""One stream from a model: read until the answer is complete, joined by every later request that it still fits."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal

from coderoute_ls.completion.clean import complete
from coderoute_ls.completion.moment import NEAR, REACH, Moment
from coderoute_ls.completion.place import Place
from coderoute_ls.completion.ports import Model
from coderoute_ls.completion.values import Answering, Question
from coderoute_ls.domain import Delta
from coderoute_ls.errors import CoderouteError

State = Literal["waiting", "speaking", "complete", "cut", "failed", "closed"]
"""``waiting`` for the first token; ``cut`` by the token limit; ``closed`` by us."""


class Run:
    """A question on its way. ``changed`` is called whenever there is more text or another state."""

    def __init__(self, model: Model, question: Question, place: Place, moment: Moment, changed: Callable[["Run"], None]) -> None:
        self.question = question
        self.place = place
        self.moment = moment
        self.text = ""
        self.state: State = "waiting"
        self.answering = Answering()
        self.problem = ""
        self._changed = changed
        self._task = asyncio.create_task(self._read(model))

    @property
    def live(self) -> bool:
        return self.state in ("waiting", "speaking")

    def follows(self, moment: Moment) -> bool:
        """Whether what has come, and what may still come, can be an answer to this later moment: the same text with a part
        of the answer typed into it."""
        typed = self.typed(moment)
        if typed is None:
            return False
        return typed.startswith(self.text) if len(self.text) < len(typed) else self.text.startswith(typed)

    def typed(self, moment: Moment) -> str | None:
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

    def close(self) -> "asyncio.Task[None]":
        """Stop reading and close the connection; the task ends when that is done."""
        if self.live:
            self.state = "closed"
            self._task.cancel()
        return self._task

    async def _read(self, model: Model) -> None:
        try:
            async with aclosing(model.ask(self.question)) as events:
                async for event in events:
                    if isinstance(event, Answering):
                        self.answering = event
                        self.text = "" if event.restart else self.text
                    elif isinstance(event, Delta):
                        self._more(event.text)
                        if self.state == "complete":
                            break
                    else:
                        self.state = "cut" if event.reason in ("length", "incomplete") else "complete"
            if self.live:
                self.state = "complete"
        except CoderouteError as error:
            self.state, self.problem = "failed", error.user_message
        finally:
            self.state = "closed" if self.live else self.state
            self._changed(self)

    def _more(self, text: str) -> None:
        if not text:
            return
        self.text += text
        self.state = "speaking"
        if complete(self.text, self.place):
            self.state = "complete"
        else:
            self._changed(self)

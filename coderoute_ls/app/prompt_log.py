"""Writes prompts and answers to a file of the user's when ``log.prompts`` is set: they are in no other log or record."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Delta, Offer, Prompt, StreamEvent, Upstream
from coderoute_ls.domain.clock import Clock
from coderoute_ls.storage import Unwritten


@dataclass(slots=True)
class PromptLog:
    """An upstream that writes down what passes, one JSON object per call, while it is switched on."""

    upstream: Callable[[], Upstream]
    file: Path
    clock: Clock
    unwritten: Unwritten
    on: bool = False

    def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        events = self.upstream().stream(offer, prompt)
        return self._noted(events, offer, prompt) if self.on else events

    async def _noted(
        self, events: AsyncGenerator[StreamEvent, None], offer: Offer, prompt: Prompt
    ) -> AsyncGenerator[StreamEvent, None]:
        answer: list[str] = []
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Delta):
                        answer.append(event.text)
                    yield event
        finally:
            if self.on:
                row = {"time": self.clock.now(), "offer": offer.id, "prompt": _plain(prompt), "answer": "".join(answer)}
                try:
                    await asyncio.to_thread(_append, self.file, json.dumps(row, ensure_ascii=False) + "\n")
                except OSError as error:  # the answer is good nevertheless
                    self.unwritten.failed("What was asked and answered (`log.prompts`)", error)

    def prepare(self, offer: Offer) -> None:
        self.upstream().prepare(offer)

    async def close(self) -> None:
        await self.upstream().close()


def _plain(prompt: Prompt) -> dict[str, object]:
    fim = prompt.fim
    if fim is not None:
        return {"prefix": fim.prefix, "suffix": fim.suffix, "snippets": [[s.path, s.text] for s in fim.snippets]}
    return {"system": prompt.system_words, "messages": [[m.role, m.words] for m in prompt.messages]}


def _append(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as stream:
        stream.write(text)

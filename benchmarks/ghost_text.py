"""Ghost text: what a replay of typing costs and gains, with its features switched off one by one; and what the server adds.

``python -m benchmarks ghost_text``: functions of flask, zod and tokio are typed into their files. The first table is a
simulation in warped time (deterministic); the second drives the real server process over stdio and a loopback provider.
"""

import asyncio
import json
import random
import statistics
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks.ghost_text_typing import (
    ACCEPTED_SHARE,
    CHARS_PER_TOKEN,
    CORRECTED_SHARE,
    LoopClock,
    TruthModel,
    Typed,
    WarpLoop,
    edit,
    functions,
    gaps,
)
from coderoute_ls.completion import Completer, InlineRequest, Prospect, Suggestions
from coderoute_ls.completion.cache import CompletionCache, Recalled
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.generation import Generation
from coderoute_ls.settings.all_settings import Inline

FUNCTIONS = 12
"""Of each of the three packages."""
HELD_S = 0.5
"""How long a user looks at a suggestion before accepting it."""


@dataclass
class Replay:
    """What came out of typing all functions once. Times are seconds from the keystroke to the answer, waiting included."""

    keys: int = 0
    requests: int = 0
    tokens: int = 0
    shown_chars: int = 0
    without_request: int = 0
    answered: int = 0
    accepted: int = 0
    saved_chars: int = 0
    times: list[float] = field(default_factory=list)
    times_asked: list[float] = field(default_factory=list)
    """Of the answers that needed a request."""

    def figures(self) -> dict[str, Any]:
        times, asked = sorted(self.times), sorted(self.times_asked)
        useful = self.shown_chars / CHARS_PER_TOKEN
        return {
            "keys": self.keys,
            "requests_per_100_keys": round(100 * self.requests / self.keys, 1),
            "answered_without_request_share": round(self.without_request / self.keys, 3),
            "answered_share": round(self.answered / self.keys, 3),
            "time_to_answer_p50_ms": round(1000 * statistics.median(times)),
            "time_to_answer_p99_ms": round(1000 * times[int(len(times) * 0.99)]),
            "asked_p50_ms": round(1000 * statistics.median(asked)),
            "tokens_asked": self.tokens,
            "tokens_thrown_away_share": round(max(0.0, 1 - useful / max(1, self.tokens)), 3),
            "accepted": self.accepted,
        }


class Typist:
    """Types functions as a person does, in an editor that asks at every key and cancels what it asked before."""

    def __init__(self, completer: Completer, model: TruthModel, seed: int, inline: Inline) -> None:
        self.replay = Replay()
        self._completer = completer
        self._model = model
        self._chance = random.Random(seed)
        self._gaps = gaps(random.Random(seed + 1))
        self._inline = inline
        self._version = 0
        self._asked: asyncio.Task[Suggestions] | None = None
        self._seen: set[str] = set()

    async def type(self, function: Typed) -> None:
        self._model.typing = function
        keys, typed = list(function.keys()), ""
        while keys:
            await asyncio.sleep(next(self._gaps))
            if (taken := await self._accept(function, typed)) is not None:
                typed += taken
                keys = list(Typed(function.path, function.language, "", function.body[len(typed) :], "").keys())
                self._change(function, typed, taken)
                continue
            key = keys[0]
            if self._chance.random() < CORRECTED_SHARE and not key.isspace():
                self._change(function, typed + "#", "#")
                await asyncio.sleep(next(self._gaps))
                self._change(function, typed, "", deleted=1)
                continue
            typed += keys.pop(0)
            self._change(function, typed, key)
        await asyncio.sleep(2.0)
        await self._completer.on_close(function.document("", 0)[0].uri)

    def _change(self, function: Typed, typed: str, text: str, deleted: int = 0) -> None:
        self._version += 1
        document, cursor = function.document(typed, self._version)
        before = function.document(typed[: len(typed) - len(text)] + "#" * deleted, 0)[1]
        if self._asked is not None:
            self._asked.cancel()
        self._completer.on_change(document, (edit(before, text, deleted),))
        self._asked = asyncio.create_task(self._ask(InlineRequest(document, cursor, self._inline)))

    async def _ask(self, ask: InlineRequest) -> Suggestions:
        began, requests = asyncio.get_running_loop().time(), self._model.requests
        self.replay.keys += 1
        answer = await self._completer.complete(ask)
        if answer.items:
            self.replay.answered += 1
            took = asyncio.get_running_loop().time() - began
            self.replay.times.append(took)
            if self._model.requests == requests:
                self.replay.without_request += 1
            else:
                self.replay.times_asked.append(took)
            for item in answer.items:
                if item.call not in self._seen:
                    self._seen.add(item.call)
                    self.replay.shown_chars += len(item.text)
        return answer

    async def _accept(self, function: Typed, typed: str) -> str | None:
        """The text that the user takes with one key, when there is one and it is right."""
        if self._asked is None or not self._asked.done() or self._asked.cancelled():
            return None
        items = self._asked.result().items
        if not items or len(items[0].text) < 10 or not function.body[len(typed) :].startswith(items[0].text):
            return None
        if random.Random(items[0].call).random() > ACCEPTED_SHARE:
            return None
        await asyncio.sleep(HELD_S)
        self._completer.on_accept(items[0].id)
        self.replay.accepted += 1
        self.replay.saved_chars += len(items[0].text)
        return items[0].text


def replay(off: str = "", *, local: bool = False, count: int = FUNCTIONS) -> Replay:
    """Type everything once with one feature switched off: ``type-through``, ``running stream``, ``cache``, ``speculation``."""
    first_token_s, token_s = (0.08, 0.012) if local else (0.25, 0.008)
    prospect = Prospect(local=local, first_token_s=first_token_s, ahead=local)
    model = TruthModel(first_token_s, token_s, prospect)

    async def typed() -> Replay:
        completer = Completer(model, LoopClock())
        memory = _Forgetful() if off == "type-through" else CompletionCache(entries=2) if off == "cache" else None
        if memory is not None:
            completer._services = replace(completer._services, cache=memory)  # pyright: ignore[reportPrivateUsage]
        typist = Typist(completer, model, 5, Inline(prefetch=off != "speculation"))
        for function in functions(count):
            await typist.type(function)
        await completer.close()
        typist.replay.requests, typist.replay.tokens = model.requests, model.tokens
        return typist.replay

    follows = Generation.follows
    if off == "running stream":
        Generation.follows = lambda self, context: self.context.key == context.key  # pyright: ignore[reportAttributeAccessIssue]
    try:
        return _in_warped_time(typed)
    finally:
        Generation.follows = follows


class _Forgetful(CompletionCache):
    """Remembers places, but not what was typed since."""

    def recall(self, context: CursorContext, now: float) -> Recalled | None:
        found = super().recall(context, now)
        return found if found is None or not found.typed else None


def _in_warped_time(work: Callable[[], Coroutine[Any, Any, Replay]]) -> Replay:
    loop = WarpLoop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def run() -> dict[str, Any]:
    """All figures; prints them as tables."""
    results: dict[str, Any] = {}
    for local in (False, True):
        where = "local model, first token 80 ms" if local else "remote model, first token 250 ms"
        print(f"\n{where}: {FUNCTIONS} functions each of flask, zod, tokio (simulated time)")
        heads = ("keys", "req/100", "no req", "answered", "p50 ms", "p99 ms", "asked p50", "tokens", "wasted")
        print(" " * 22 + "".join(f"{head:>10}" for head in heads))
        for off in ("", "type-through", "running stream", "cache", *(("speculation",) if local else ())):
            found = replay(off, local=local)
            figures = found.figures()
            results[f"{'local' if local else 'remote'} without {off or 'nothing'}"] = {
                **figures,
                "saved_chars": found.saved_chars,
            }
            name = f"without {off}" if off else "every feature on"
            row = (
                figures["keys"],
                figures["requests_per_100_keys"],
                f"{figures['answered_without_request_share']:.0%}",
                f"{figures['answered_share']:.0%}",
                figures["time_to_answer_p50_ms"],
                figures["time_to_answer_p99_ms"],
                figures["asked_p50_ms"],
                figures["tokens_asked"],
                f"{figures['tokens_thrown_away_share']:.0%}",
            )
            print(f"{name:>22}" + "".join(f"{value:>10}" for value in row))
    from benchmarks.ghost_text_server import measure

    results["server"] = asdict(asyncio.run(measure()))
    return results


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))

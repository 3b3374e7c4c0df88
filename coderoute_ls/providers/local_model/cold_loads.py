"""Models that a server on this machine has to load first: loaded once, apart from the request that found them cold."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from coderoute_ls.domain import TIMING, Fim, Message, Prompt
from coderoute_ls.errors import NotReady, ProviderError, ProviderUnavailable

LOAD_S = 300.0
"""Loading a large model from a slow disk takes its time."""
KEPT_S = 240.0
"""Seconds after its last answer for which a model is taken to be loaded still: Ollama keeps one for five minutes."""
KEYSTROKE_S = 0.3
"""What a keystroke waits for a model that may be loaded already;"""
AGAIN_S = 0.5
"""and what lies between two questions to a server that says it is still loading."""
LOADING = "loading"
"""What such a server says, with a 503."""

SMALLEST_TALK = Prompt(messages=(Message("user", "."),), max_tokens=1)
SMALLEST_HOLE = Prompt(fim=Fim(".", ""), max_tokens=1)
"""Questions that make a server load a model, and do little else."""

Slow = Callable[[str, "asyncio.Task[object]"], None]
"""Hears of what takes longer than `Timing.slow_loading` to load: its name, and the loading, which may be cancelled."""
Model = tuple[str, str]
"""Provider and the model's name there."""


class Serve(Protocol):
    """Serves a vendor's model file for as long as the block lasts, at an address and with a key. Raises `ProviderError`."""

    def __call__(self, provider: str, *, patient: bool) -> AbstractAsyncContextManager[tuple[str, str]]: ...


@dataclass(slots=True)
class ColdLoads:
    """The models on servers of this machine that were asked. Wants a running loop."""

    on_slow: Slow = lambda name, loading: None
    slow_s: float = TIMING.slow_loading
    _answered: dict[Model, float] = field(default_factory=dict[Model, float])
    """Time of the last answer, on the event loop's clock."""
    _loading: dict[Model, "asyncio.Task[object]"] = field(default_factory=dict[Model, "asyncio.Task[object]"])

    async def ready(self, model: Model, load: Callable[[], Awaitable[None]], *, patient: bool) -> None:
        """Return when the model is loaded. ``load`` asks it the smallest question that there is. It goes on when the wait for it
        ends, by cancelling or by patience; its failure is told to the next one who asks. Raises `NotReady`, `ProviderError`."""
        loop = asyncio.get_running_loop()
        if model not in self._loading and loop.time() - self._answered.get(model, -KEPT_S) < KEPT_S:
            return
        task = self._loading.get(model)
        if task is None:
            task = self._loading[model] = asyncio.create_task(self._load(model, load), name=f"load {model[1]}")
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # told to the next one who asks, if any
        await asyncio.wait({task}, timeout=None if patient else KEYSTROKE_S)
        if not task.done():
            raise NotReady(f"{model[1]} is still loading; until then others answer.", provider=model[0])
        if self._loading.get(model) is task:
            del self._loading[model]
        if task.cancelled():
            raise ProviderUnavailable(f"{model[1]} was stopped while it was loading.", provider=model[0])
        task.result()

    def answered(self, model: Model) -> None:
        """It has begun an answer: it is loaded."""
        self._answered[model] = asyncio.get_running_loop().time()

    def cold(self, provider: str) -> None:
        """This server broke off or went away: nothing is known to be loaded there."""
        for model in [model for model in self._answered if model[0] == provider]:
            del self._answered[model]

    async def close(self) -> None:
        """Stop waiting for what is being loaded."""
        loading = tuple(self._loading.values())
        for task in loading:
            task.cancel()
        await asyncio.gather(*loading, return_exceptions=True)

    async def _load(self, model: Model, load: Callable[[], Awaitable[None]]) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        slow = loop.call_later(self.slow_s, self.on_slow, model[1], task)
        try:
            async with asyncio.timeout(LOAD_S):
                await _until_loaded(load)
            self.answered(model)
        except TimeoutError:
            raise ProviderUnavailable(f"{model[1]} was not loaded within {LOAD_S:.0f} s.", provider=model[0]) from None
        finally:
            slow.cancel()


async def _until_loaded(load: Callable[[], Awaitable[None]]) -> None:
    """Ask until it answers. That the server says that it is still loading is a state, and no failure."""
    while True:
        try:
            return await load()
        except ProviderError as error:
            if error.status != 503 or LOADING not in f"{error.user_message} {error.complaint}".lower():
                raise
        await asyncio.sleep(AGAIN_S)

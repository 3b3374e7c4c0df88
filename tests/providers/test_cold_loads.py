"""A server on this machine that has to load its model first: keystrokes do not wait for it, and none of them ends the loading."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace

import pytest

from coderoute_ls.domain import Fim, FimSupport, Offer, Prompt
from coderoute_ls.errors import ConnectionFailed, NotReady, ProviderUnavailable
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.local_model import cold_loads
from coderoute_ls.providers.local_model.cold_loads import KEPT_S, KEYSTROKE_S, ColdLoads
from coderoute_ls.providers.provider_client import ProviderClient
from tests.support.provider import ScriptedProvider
from tests.support.virtual_time import run_in_virtual_time

MODEL = ("ollama", "qwen2.5-coder:7b")
GAP_S = 0.24
"""Between two keys."""


class Server:
    """Loads for so many seconds, once; a load that is given up starts anew. ``says_so``: refuses with 503 meanwhile."""

    def __init__(self, seconds: float, *, says_so: bool = False) -> None:
        self.begun = 0
        self._seconds = seconds
        self._says_so = says_so
        self._ready_at: float | None = None

    async def load(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._ready_at is None:
            self.begun += 1
            self._ready_at = now + self._seconds
        if self._says_so and now < self._ready_at:
            raise ProviderUnavailable("llama.cpp: Loading model", status=503)
        try:
            await asyncio.sleep(self._ready_at - now)
        except asyncio.CancelledError:
            self._ready_at = None
            raise


@pytest.mark.parametrize("seconds", [0.1, 8.0, 12.0, 40.0])
@pytest.mark.parametrize("says_so", [False, True])
def test_ghost_text_comes_after_the_first_load_while_the_user_goes_on_typing(seconds: float, says_so: bool) -> None:
    async def main() -> None:
        server, loads, told = Server(seconds, says_so=says_so), ColdLoads(), list[str]()
        loads.on_slow = lambda name, loading: told.append(name)
        loop = asyncio.get_running_loop()
        first: float | None = None
        waited = 0.0
        while first is None and loop.time() < 2 * seconds + 2:
            began = loop.time()
            try:
                async with asyncio.timeout(GAP_S):  # the next key supersedes this one
                    await loads.ready(MODEL, server.load, patient=False)
                first = loop.time()
            except (NotReady, TimeoutError):
                waited = max(waited, loop.time() - began)
                await asyncio.sleep(max(0.0, began + GAP_S - loop.time()))
        assert first is not None and first <= seconds + 2, "one load, and the next key has its answer"
        assert server.begun == 1
        assert waited <= KEYSTROKE_S
        assert told == ([MODEL[1]] if seconds > 1 else []), "a long one is shown, and can be cancelled"
        await loads.ready(MODEL, server.load, patient=False)
        assert server.begun == 1

    run_in_virtual_time(main())


def test_an_action_waits_for_the_same_load_and_a_model_unused_for_long_is_asked_again() -> None:
    async def main() -> None:
        server, loads = Server(20.0), ColdLoads()
        with suppress(NotReady):
            await loads.ready(MODEL, server.load, patient=False)
        await loads.ready(MODEL, server.load, patient=True)
        assert (asyncio.get_running_loop().time(), server.begun) == (20.0, 1)
        asked = 0

        async def ask() -> None:
            nonlocal asked
            asked += 1

        await asyncio.sleep(KEPT_S - 1)
        loads.answered(MODEL)
        await asyncio.sleep(KEPT_S - 1)
        await loads.ready(MODEL, ask, patient=False)
        assert asked == 0
        await asyncio.sleep(2)
        await loads.ready(MODEL, ask, patient=False)
        assert asked == 1
        loads.cold(MODEL[0])
        await loads.ready(MODEL, ask, patient=False)
        assert asked == 2

    run_in_virtual_time(main())


def test_a_load_that_fails_is_told_to_the_next_key_and_tried_again_by_the_one_after() -> None:
    async def main() -> None:
        loads = ColdLoads()

        async def fail() -> None:
            await asyncio.sleep(5)
            raise ConnectionFailed("Ollama broke off.")

        with pytest.raises(NotReady):
            await loads.ready(MODEL, fail, patient=False)
        await asyncio.sleep(6)
        with pytest.raises(ConnectionFailed):
            await loads.ready(MODEL, fail, patient=False)
        with pytest.raises(NotReady):
            await loads.ready(MODEL, fail, patient=False)
        await loads.close()

    run_in_virtual_time(main())


async def test_the_smallest_question_loads_it_and_the_key_after_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cold_loads, "KEYSTROKE_S", 0.01)
    assert all(VENDORS[name].loads_models for name in ("ollama", "lmstudio", "llamacpp", "vllm"))
    async with ScriptedProvider() as server:
        mine = replace(VENDORS["ollama"], base_url=server.url)
        client = ProviderClient({"ollama": mine}, lambda _: None, Transport())
        offer = Offer(
            "ollama/m", "m", "ollama", "m", "ollama", local=True, fim=FimSupport("ollama", "<P>{prefix}<S>{suffix}<M>", ("<E>",))
        )
        prompt = Prompt(fim=Fim("a = ", "\n"), max_tokens=64)

        async def key() -> str:
            async with aclosing(client.stream(offer, prompt)) as events:
                return "".join([getattr(event, "text", "") async for event in events])

        for _ in range(3):
            with pytest.raises(NotReady, match="m is still loading"):
                await key()
        loading = await server.request()
        assert loading.json["options"] == {"num_predict": 1, "num_ctx": 16_384, "stop": ["<E>"]}, (
            "the context is the same as the real question's: else it would be loaded twice"
        )
        await loading.respond(200, b'{"response":"x","done":true,"done_reason":"length"}\n')
        await client.loads.ready(("ollama", "m"), Server(0).load, patient=True)
        asking = asyncio.create_task(key())
        asked = await server.request()
        assert asked.json["options"] == {"num_predict": 64, "num_ctx": 16_384, "stop": ["<E>"]}
        await asked.respond(200, b'{"response":" 1","done":true,"done_reason":"stop"}\n')
        assert await asking == "1", "blank never follows blank"
        await client.close()

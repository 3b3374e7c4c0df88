"""Servers on this machine that start late, change their model, or go away: who is used, and what is said of it."""

import asyncio
from dataclasses import dataclass, field

from coderoute_ls.app.local_servers.local_server_watch import LocalServerWatch, Servers
from coderoute_ls.domain import Offer
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.selection import Catalog, local_offers
from tests.support.virtual_time import run_in_virtual_time

WEAK, STRONG, UNKNOWN = "qwen2.5-coder-0.5b", "qwen2.5-coder:7b", "my-own"


class LoopClock:
    """The event loop's time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    monotonic = now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def llamacpp(*models: str) -> LocalServer:
    return LocalServer("llamacpp", "http://127.0.0.1:8080/v1", models)


def offer(model: str) -> Offer:
    return local_offers("llamacpp", [model], Catalog.bundled())[0]


@dataclass
class Machine:
    """What listens now, when it was looked for, who is used, and what was said."""

    listening: Servers = ()
    looks: list[float] = field(default_factory=list[float])
    used: list[tuple[float, Servers]] = field(default_factory=list[tuple[float, Servers]])
    said: list[str] = field(default_factory=list[str])

    def watch(self) -> LocalServerWatch:
        clock = LoopClock()

        async def find() -> Servers:
            self.looks.append(clock.now())
            return self.listening

        catalog = Catalog.bundled().with_offers(map(offer, (WEAK, STRONG, UNKNOWN)))
        return LocalServerWatch(
            clock, find, lambda servers: self.used.append((clock.now(), servers)), self.said.append, lambda: catalog
        )


def test_a_server_that_starts_late_is_used_within_30_s_and_then_left_alone() -> None:
    machine = Machine()

    async def main() -> None:
        running = asyncio.create_task(machine.watch().run())
        for _ in range(7):  # at any moment of the waiting
            started = asyncio.get_running_loop().time() + 11.3
            await asyncio.sleep(11.3)
            machine.listening, machine.used = (llamacpp(STRONG),), machine.used[:0]
            await asyncio.sleep(30)
            assert machine.used[0][0] - started <= 30
            looks = len(machine.looks)
            await asyncio.sleep(600)
            assert len(machine.looks) == looks, "a server that is known is not asked again and again"
            running.cancel()
            machine.listening = ()
            running = asyncio.create_task(machine.watch().run())
        running.cancel()

    run_in_virtual_time(main())


def test_an_exchanged_model_is_noticed_by_its_answers_and_said_once_with_its_score() -> None:
    machine = Machine(listening=(llamacpp(STRONG),))

    async def main() -> None:
        watch = machine.watch()
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(5)
        watch.answered(offer(STRONG), STRONG)
        watch.answered(offer(STRONG), "")
        await asyncio.sleep(60)
        assert (len(machine.looks), machine.said) == (1, [])
        machine.listening = (llamacpp(WEAK),)
        for _ in range(5):
            watch.answered(offer(STRONG), WEAK)
            await asyncio.sleep(5)
        assert machine.used[-1][1] == machine.listening
        (said,) = machine.said
        assert f"now serves {WEAK} (completion score 0.36) in place of {STRONG}." in said
        running.cancel()

    run_in_virtual_time(main())


def test_a_server_that_was_restarted_with_another_model_is_noticed_by_the_failed_request() -> None:
    machine = Machine(listening=(llamacpp(STRONG),))

    async def main() -> None:
        watch = machine.watch()
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(5)
        machine.listening = ()
        watch.failed(offer(STRONG))
        await asyncio.sleep(5)
        assert machine.used[-1][1] == ()
        machine.listening = (llamacpp(UNKNOWN),)
        await asyncio.sleep(30)
        assert machine.used[-1][1] == machine.listening
        assert [f"{UNKNOWN} (no completion score) in place of {STRONG}" in said for said in machine.said] == [True]
        running.cancel()

    run_in_virtual_time(main())


def test_a_server_that_always_answers_under_another_name_is_looked_into_once() -> None:
    machine = Machine(listening=(llamacpp(STRONG),))

    async def main() -> None:
        watch = machine.watch()
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(5)
        for _ in range(20):
            watch.answered(offer(STRONG), "gpt-3.5-turbo")
            await asyncio.sleep(10)
        assert (len(machine.looks), machine.said) == (2, [])
        running.cancel()

    run_in_virtual_time(main())

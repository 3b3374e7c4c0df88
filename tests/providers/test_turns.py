"""Servers on this machine that answer few requests at once: nobody waits behind an action, and the action comes to its end."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Delta, Fim, Finish, Message, Offer, Priority, Prompt, StreamEvent, Usage
from coderoute_ls.errors import NotReady, Paused
from coderoute_ls.providers.local_model.in_turn import InTurn
from coderoute_ls.providers.local_model.slot_count import KEPT_S, Beside, SlotCount
from coderoute_ls.providers.local_model.turns import LONGEST_REST_S, MOST_PAUSES, YOUNG_S
from tests.support.virtual_time import run_in_virtual_time

OFFER = Offer("ollama/m", "m", "ollama", "m", "ollama", local=True)
PIECE_S = 0.05
KEY = Prompt(fim=Fim("a = ", ""), max_tokens=4, priority="typing")
ACTION = Prompt(messages=(Message("user", "refactor"),), max_tokens=100, restarts=True)


@dataclass
class Server:
    """Answers so many requests at once, and the others in the order in which they came, as Ollama does; reads each prompt for so
    many seconds first, where ``keeps`` only what it has not read before, and then writes a piece per token."""

    slots: int
    reads_s: float = 0.5
    keeps: bool = False
    log: list[tuple[float, str, str]] = field(default_factory=list[tuple[float, str, str]])
    _free: asyncio.Semaphore = field(init=False)
    _read: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.slots)

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        del offer
        name, loop = prompt.priority, asyncio.get_running_loop()
        self.log.append((loop.time(), name, "asked"))
        async with self._free:
            left = (self.reads_s if prompt.fim is None else 0.1) - self._read.get(name, 0.0)
            began = loop.time()
            try:
                await asyncio.sleep(max(0.0, left))
            finally:
                if self.keeps:
                    self._read[name] = self._read.get(name, 0.0) + loop.time() - began
            for number in range(prompt.max_tokens):
                yield Delta(f"{number} ")
                await asyncio.sleep(PIECE_S)
            yield Finish("stop", Usage(), "m")

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...

    def asked(self, name: Priority) -> int:
        return sum(entry[1] == name for entry in self.log)


@dataclass
class Told:
    """What came of one request."""

    text: str = ""
    first_s: float | None = None
    ended_s: float = 0.0
    error: Exception | None = None
    again: int = 0


async def ask(upstream: InTurn, prompt: Prompt, told: Told | None = None) -> Told:
    """As the engine does: what was paused is asked again."""
    told, loop = told or Told(), asyncio.get_running_loop()
    began = loop.time()
    while True:
        try:
            async with aclosing(upstream.stream(OFFER, replace(prompt, pauses=told.again))) as events:
                async for event in events:
                    if isinstance(event, Delta):
                        told.first_s = told.first_s if told.first_s is not None else loop.time() - began
                        told.text += event.text
            break
        except Paused:
            told.again, told.text = told.again + 1, ""
        except NotReady as error:
            told.error = error
            break
    told.ended_s = loop.time() - began
    return told


async def typing(upstream: InTurn, keys: int, gap_s: float = 0.4) -> list[Told]:
    """So many keys, each of which ends the one before."""
    found: list[Told] = []
    for _ in range(keys):
        told = Told()
        with suppress(TimeoutError):
            async with asyncio.timeout(gap_s):
                began = asyncio.get_running_loop().time()
                await ask(upstream, KEY, told)
                await asyncio.sleep(gap_s - (asyncio.get_running_loop().time() - began))
        found.append(told)
    return found


def text(count: int) -> str:
    return "".join(f"{number} " for number in range(count))


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_in_virtual_time(main())


def test_at_a_server_with_one_slot_a_key_goes_before_a_young_action_which_then_begins_again() -> None:
    async def main() -> None:
        server = Server(1)
        upstream = InTurn(server, lambda provider: 1)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(1.0)  # it is writing
        key = await ask(upstream, KEY)
        assert key.error is None and key.text == text(4)
        assert key.first_s is not None and key.first_s <= 0.2, "as fast as alone"
        told = await action
        assert told.text == text(100) and told.again == 1, "the whole answer, once"

    run(main)


def test_an_action_that_only_reads_begins_again_without_a_word_to_anybody() -> None:
    async def main() -> None:
        server = Server(1, reads_s=3.0)
        upstream = InTurn(server, lambda provider: 1)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(0.5)
        assert (await ask(upstream, KEY)).text == text(4)
        told = await action
        assert (told.again, server.asked("action")) == (0, 2) and told.text == text(100)

    run(main)


def test_an_old_action_is_left_alone_and_keys_are_answered_by_others_at_once() -> None:
    async def main() -> None:
        server = Server(1)
        upstream = InTurn(server, lambda provider: 1)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(YOUNG_S + 0.1)
        for key in await typing(upstream, 3):
            assert isinstance(key.error, NotReady) and key.ended_s == 0.0
        assert server.asked("typing") == 0, "nothing stands in its queue"
        assert (await action).again == 0
        assert (await ask(upstream, KEY)).error is None

    run(main)


def test_typing_without_end_holds_no_action_up_for_ever() -> None:
    async def main() -> None:
        server = Server(1)
        upstream = InTurn(server, lambda provider: 1)
        action = asyncio.create_task(ask(upstream, ACTION))
        keys = asyncio.create_task(typing(upstream, 400))
        told = await action
        keys.cancel()
        assert told.text == text(100) and told.again <= MOST_PAUSES
        assert told.ended_s < (MOST_PAUSES + 1) * (YOUNG_S + LONGEST_REST_S + 2)

    run(main)


def test_what_nobody_can_take_back_is_paused_only_before_it_has_said_anything() -> None:
    async def main() -> None:
        upstream = InTurn(Server(1), lambda provider: 1)
        action = asyncio.create_task(ask(upstream, replace(ACTION, restarts=False)))
        await asyncio.sleep(1.0)
        assert isinstance((await ask(upstream, KEY)).error, NotReady)
        assert (await action).again == 0

    run(main)


def test_a_model_file_reads_on_where_a_key_paused_it_and_writes_beside_keys() -> None:
    async def main() -> None:
        server = Server(2, reads_s=3.0, keeps=True)
        upstream = InTurn(server, is_file=lambda provider: True)
        action = asyncio.create_task(ask(upstream, ACTION))
        reading = await typing(upstream, 7)
        assert all(key.first_s is not None and key.first_s <= 0.2 for key in reading), "as fast as alone"
        await asyncio.sleep(2.0)
        asked = server.asked("action")
        writing = await typing(upstream, 3)
        assert all(key.first_s is not None and key.first_s <= 0.2 for key in writing)
        told = await action
        assert server.asked("action") == asked and told.again == 0, "while it writes, both are answered"
        assert told.text == text(100)
        assert told.ended_s <= 3.0 + 7 * 0.4 + 100 * PIECE_S + 0.5

    run(main)


def test_what_is_read_ahead_waits_for_nobody_and_lets_everybody_go_first() -> None:
    async def main() -> None:
        server = Server(1)
        upstream = InTurn(server, lambda provider: 1)
        ahead = asyncio.create_task(ask(upstream, replace(KEY, priority="ahead", max_tokens=100)))
        await asyncio.sleep(0.2)
        key = await ask(upstream, KEY)
        assert key.first_s is not None and key.first_s <= 0.2
        assert isinstance((await ahead).error, NotReady)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(0.2)
        assert isinstance((await ask(upstream, replace(KEY, priority="ahead"))).error, NotReady)
        await action

    run(main)


def test_who_asks_by_hand_waits_where_a_key_does_not() -> None:
    async def main() -> None:
        upstream = InTurn(Server(1), lambda provider: 1)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(YOUNG_S + 0.1)
        assert (await ask(upstream, replace(KEY, priority="by_hand"))).text == text(4)
        assert (await action).again == 0

    run(main)


def test_that_an_unknown_server_has_one_slot_is_learned_from_the_first_keys_that_wait() -> None:
    async def main() -> None:
        server = Server(1)
        upstream = InTurn(server)
        assert (await ask(upstream, KEY)).text == text(4), "what it takes alone"
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(1.0)
        first = await typing(upstream, 1, gap_s=1.5)
        assert first[0].first_s is None, "it stood in the server's queue"
        later = await ask(upstream, KEY)
        assert later.text == text(4) and later.first_s is not None and later.first_s <= 0.2
        assert (await action).again == 1

    run(main)


def test_a_server_that_answers_at_once_is_never_taken_for_another() -> None:
    async def main() -> None:
        server = Server(4)
        upstream = InTurn(server)
        action = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(1.0)
        keys = await typing(upstream, 8)
        assert all(key.text == text(4) for key in keys)
        assert (await action).again == 0 and server.asked("action") == 1

    run(main)


def test_one_slot_is_forgotten_after_a_while_and_when_the_server_goes_away() -> None:
    count = SlotCount()
    count.alone(0.1)
    count.beside(Beside(10.0, None, 12.0), 12.0)
    assert (count.at(13.0), count.at(12.0 + KEPT_S)) == (1, None)
    count.forget()
    assert count.at(13.0) is None
    count.beside(Beside(10.0, None, 12.0), 12.0)
    assert count.at(13.0) is None, "how long it takes alone is not known: one key says little"
    count.beside(Beside(20.0, None, 22.0), 22.0)
    assert count.at(23.0) == 1
    assert SlotCount(told=4).at(0.0) == 4


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(["by_hand", "typing", "action", "ahead"]), st.floats(0, 12)), min_size=1, max_size=12),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_everything_ends_whatever_is_asked_when(slots: int, wishes: list[tuple[Priority, float]], told: bool) -> None:
    async def main() -> None:
        server = Server(slots)
        upstream = InTurn(server, (lambda provider: slots) if told else (lambda provider: None))

        async def one(priority: Priority, after_s: float) -> Told:
            await asyncio.sleep(after_s)
            return await ask(upstream, replace(ACTION if priority == "action" else KEY, priority=priority))

        async with asyncio.timeout(600):
            for (priority, _), ended in zip(wishes, await asyncio.gather(*(one(*wish) for wish in wishes)), strict=True):
                if priority in ("action", "by_hand"):
                    assert ended.error is None and ended.text == text(100 if priority == "action" else 4)
                else:
                    assert (ended.error is None) == (ended.text == text(4))

    run(main)


@pytest.mark.parametrize("when_s", [0.0, 0.2, 1.0, 3.0])
def test_who_gives_up_leaves_the_place_to_the_next(when_s: float) -> None:
    async def main() -> None:
        upstream = InTurn(Server(1), lambda provider: 1)
        first = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(0)
        second = asyncio.create_task(ask(upstream, ACTION))
        await asyncio.sleep(when_s)
        first.cancel()
        told = await second
        assert told.text == text(100) and told.ended_s <= when_s + 0.5 + 100 * PIECE_S + 0.1

    run(main)

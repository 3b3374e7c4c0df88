"""Whether another process runs, and when it ends: a real one each time."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import cast

import pytest

from coderoute_ls.processes import ASK_EVERY_S, ask_until_ended, is_running, when_ended

WAITS = "import sys; sys.stdin.read()"


async def waiting() -> Process:
    """A child that lives until its standard input ends."""
    return await asyncio.create_subprocess_exec(sys.executable, "-c", WAITS, stdin=PIPE, stdout=PIPE)


async def ended_number() -> int:
    process = await waiting()
    await process.communicate(b"")
    return process.pid


def test_this_process_runs() -> None:
    assert is_running(os.getpid())


async def test_a_child_runs_until_it_has_ended() -> None:
    process = await waiting()
    assert is_running(process.pid)
    await process.communicate(b"")
    assert not is_running(process.pid)


@pytest.mark.parametrize("number", [2**31 - 1, 2**40])
def test_a_number_that_no_process_can_have_is_no_error(number: int) -> None:
    assert is_running(number) in (True, False)


@pytest.mark.parametrize("end", ["kill", "leave"])
async def test_the_end_of_a_process_is_told_once(end: str) -> None:
    process = await waiting()
    told: asyncio.Queue[str] = asyncio.Queue()
    stop = when_ended(process.pid, lambda: told.put_nowait("ended"))
    await asyncio.sleep(0)
    assert told.empty()
    if end == "kill":
        process.kill()
    await process.communicate(b"")
    assert await told.get() == "ended"
    stop()
    assert told.empty()


async def test_the_end_of_one_that_is_gone_already_is_told_too() -> None:
    told = asyncio.Event()
    stop = when_ended(await ended_number(), told.set)
    await told.wait()
    stop()


async def test_who_stops_waiting_is_told_nothing() -> None:
    process = await waiting()
    told = asyncio.Event()
    when_ended(process.pid, told.set)()
    other = asyncio.Event()
    stop = when_ended(process.pid, other.set)
    await process.communicate(b"")
    await other.wait()
    stop()
    assert not told.is_set()


class Clock:
    """The part of a loop that is asked for a later turn; a test takes the turns."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(0.0, call, (), asyncio.get_running_loop())
        self.later.append((delay, call, handle))
        return handle

    def turn(self) -> None:
        _, call, handle = self.later.pop(0)
        if not handle.cancelled():
            call()


async def test_a_system_that_does_not_tell_is_asked_again_and_again() -> None:
    process = await waiting()
    clock, told = Clock(), asyncio.Event()
    ask_until_ended(cast("asyncio.AbstractEventLoop", clock), process.pid, told.set)
    for _ in range(3):
        assert [delay for delay, _, _ in clock.later] == [ASK_EVERY_S]
        clock.turn()
    assert not told.is_set()
    await process.communicate(b"")
    clock.turn()
    assert told.is_set()
    assert clock.later == []


async def test_asking_stops_when_nobody_waits_any_more() -> None:
    process = await waiting()
    clock, told = Clock(), asyncio.Event()
    ask_until_ended(cast("asyncio.AbstractEventLoop", clock), process.pid, told.set)()
    await process.communicate(b"")
    clock.turn()
    assert not told.is_set()
    assert clock.later == []

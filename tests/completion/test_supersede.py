"""Newer requests, cancelled ones, and how many may be under way."""

import asyncio

import pytest

from coderoute_ls.completion import Prospect
from tests.completion.support import AREA, Buffer, ScriptedModel, StandingClock, settle, started


async def test_a_newer_request_ends_an_older_one_at_once() -> None:
    _, clock, completer = started()
    buffer = Buffer(completer, "x = $0\n")
    first = buffer.ask()
    await clock.pass_s(0.01)
    buffer.type("f")
    second = buffer.ask()
    await settle()
    assert first.done() and (await first).why == "superseded"
    assert not second.done()
    await completer.close()
    assert (await second).items == ()


async def test_cancel_closes_the_stream() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("wid")
    asking.cancel()
    await settle()
    assert asking.cancelled() and model.asked[0].closed
    await completer.close()


async def typed_on(buffer: Buffer, model: ScriptedModel, clock: StandingClock) -> None:
    """Ask; when half of the answer is there, type what it says, and cancel, as editors do."""
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("width")
    buffer.type("w")
    asking.cancel()


async def test_cancel_by_typing_on_leaves_the_stream_for_the_next_request() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    await typed_on(buffer, model, clock)
    await settle()
    assert not model.asked[0].closed
    again = buffer.ask()
    await model.asked[0].say(" * height\n")
    assert (await again).items[0].text == "idth * height"
    await completer.close()


async def test_a_stream_left_for_a_next_request_that_never_comes_is_closed() -> None:
    model, clock, completer = started()
    await typed_on(Buffer(completer, AREA), model, clock)
    await clock.pass_s(1.0)
    assert model.asked[0].closed
    await completer.close()


@pytest.mark.parametrize(("local", "most"), [(False, 2), (True, 1)])
async def test_no_more_requests_are_in_flight_than_the_server_can_take(local: bool, most: int) -> None:
    model, clock, completer = started(Prospect(local=local))
    buffer = Buffer(completer, "value = $0\n")
    asking = [buffer.ask()]
    for letter in "compute_all(":
        await clock.pass_s(0.2)
        buffer.type(letter)
        asking.append(buffer.ask())
    await clock.pass_s(0.2)
    assert model.most_in_flight == most
    assert len(model.asked) > 5
    await model.asked[-1].answer("prices)")
    answers = await asyncio.gather(*asking)
    assert [answer.why for answer in answers[:-1]] == ["superseded"] * (len(answers) - 1)
    assert answers[-1].items[0].text == "prices)"
    await completer.close()


async def test_a_local_server_that_took_over_gets_one_request_at_a_time() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "value = $0\n")
    first = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].restart(local=True)
    buffer.type("c")
    second = buffer.ask()
    await clock.pass_s(0.5)
    assert model.asked[0].closed and model.in_flight == 1
    await completer.close()
    await asyncio.gather(first, second)


async def test_closing_leaves_nothing_behind() -> None:
    model, clock, completer = started()
    before = asyncio.all_tasks()
    buffers = [Buffer(completer, AREA, uri=f"file:///{number}") for number in range(5)]
    asking = [buffer.ask() for buffer in buffers]
    await clock.pass_s(0.1)
    assert model.in_flight == 5
    await completer.on_close(buffers[0].document.uri)
    assert model.in_flight == 4
    await completer.close()
    assert model.in_flight == 0
    assert all(answer.items == () for answer in await asyncio.gather(*asking))
    await settle()
    assert asyncio.all_tasks() == before

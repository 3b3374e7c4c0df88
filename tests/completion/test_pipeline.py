"""The pipeline, step by step, on a clock that stands still."""

from coderoute_ls.completion import Completer
from tests.completion.support import Buffer, ScriptedModel, StandingClock, settle


def started() -> tuple[ScriptedModel, StandingClock, Completer]:
    model, clock = ScriptedModel(), StandingClock()
    return model, clock, Completer(model, clock)


async def test_a_suggestion_comes_after_the_debounce_and_one_request() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "def area(width, height):\n    return $0\n")
    asking = buffer.ask()
    await clock.pass_s(0.070)
    assert model.prepared == 1 and not model.asked
    await clock.pass_s(0.010)
    await model.asked[0].say("width * height\n")
    assert asking.done()
    (item,) = (await asking).items
    assert item.text == "width * height"
    assert model.in_flight == 0, "a complete line is enough: the stream is closed"
    await completer.close()


async def test_typing_what_was_suggested_asks_nobody() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "def area(width, height):\n    return $0\n")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("width * height\n")
    await asking
    for typed, rest in (("w", "idth * height"), ("idth ", "* height"), ("* heigh", "t")):
        buffer.type(typed)
        again = buffer.ask()
        await settle()
        assert again.done()
        assert [item.text for item in (await again).items] == [rest]
        assert (await again).why == "typed"
    assert len(model.asked) == 1
    await completer.close()


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


async def test_the_stream_of_an_earlier_request_answers_a_later_one_that_it_fits() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "total = $0\n")
    first = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("sum(")
    buffer.type("su")
    second = buffer.ask()
    await clock.pass_s(0.5)
    assert (await first).why == "superseded"
    await model.asked[0].say("prices)\n")
    assert [item.text for item in (await second).items] == ["m(prices)"]
    assert len(model.asked) == 1
    await completer.close()

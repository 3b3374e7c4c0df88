"""Answers without a new request: what was typed is what was suggested, the cache, a stream under way."""

from tests.completion.support import AREA, Buffer, settle, started


async def test_typing_what_was_suggested_asks_nobody() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
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


async def test_typing_an_opening_bracket_that_the_editor_closes_is_typing_what_was_suggested() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "total = sum$0\n")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("(price for price in prices)\n")
    await asking
    buffer.type("(")
    buffer.type_behind(")")
    (item,) = (await buffer.ask()).items
    assert item.text == "price for price in prices" and item.span.empty
    assert len(model.asked) == 1
    await completer.close()


async def test_the_same_place_is_answered_from_the_cache() -> None:
    model, clock, completer = started()
    first = Buffer(completer, AREA)
    asking = first.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height")
    await asking
    again = await first.ask()
    assert (again.why, again.items[0].text) == ("cache", "width * height")
    await clock.pass_s(301)
    late = first.ask()
    await clock.pass_s(0.1)
    assert len(model.asked) == 2, "five minutes later it is asked again"
    await completer.close()
    await late


async def test_a_model_that_had_nothing_to_say_is_not_asked_the_same_again() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("")
    assert (await asking).why == "nothing"
    assert (await buffer.ask()).why == "nothing"
    assert len(model.asked) == 1
    await completer.close()


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


async def test_a_stream_that_goes_another_way_than_the_user_is_closed_and_asked_anew() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "total = $0\n")
    first = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("sum(")
    buffer.type("max")
    second = buffer.ask()
    await settle()
    assert model.asked[0].closed
    await clock.pass_s(0.1)
    await model.asked[1].answer("(prices)")
    assert (await second).items[0].text == "(prices)"
    assert (await first).items == ()
    await completer.close()

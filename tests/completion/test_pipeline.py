"""From a request to its answer, step by step, on a clock that stands still."""

from coderoute_ls.domain import Position
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.settings.all_settings import Inline
from tests.completion.support import AREA, Buffer, settle, started

# -- debounce, stream, answer -------------------------------------------------------------------------------------------


async def test_a_suggestion_comes_after_the_debounce_and_one_request() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.070)
    assert model.prepared == 1 and not model.asked, "the connection is opened while the debounce runs"
    await clock.pass_s(0.010)
    await model.asked[0].say("width * height\n")
    assert asking.done()
    (item,) = (await asking).items
    assert item.text == "width * height"
    assert model.in_flight == 0, "a complete line is enough: the stream is closed"
    await completer.close()


async def test_what_is_asked_is_put_together_before_the_debounce_ends_and_asked_when_it_does() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.070)
    assert not model.thought, "who types on is not thought for"
    await clock.pass_s(0.003)
    assert len(model.thought) == 1 and not model.asked
    await clock.pass_s(0.007)
    assert model.asked[0].question is model.thought[0]
    await model.asked[0].say("width * height\n")
    await asking
    await completer.close()


async def test_the_debounce_counts_from_the_key_and_not_from_the_request() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    buffer.type("w")
    await clock.pass_s(0.050)
    asking = buffer.ask()
    await clock.pass_s(0.020)
    assert not model.asked
    await clock.pass_s(0.010)
    await model.asked[0].say("idth * height\n")
    assert (await asking).items[0].text == "idth * height"
    await completer.close()


async def test_an_editor_that_waits_by_itself_is_not_kept_waiting_again() -> None:
    model, _, completer = started()
    asking = Buffer(completer, AREA).ask(waited=True)
    await settle()
    assert len(model.asked) == 1
    await model.asked[0].answer("width * height")
    assert (await asking).items[0].text == "width * height"
    await completer.close()


async def test_several_lines_come_where_a_block_begins_and_one_where_it_does_not() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, "def area(width, height):$0\n").ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("\n    size = width * height\n    return size\n\nprint(1)\n")
    assert (await asking).items[0].text == "\n    size = width * height\n    return size"
    assert model.asked[0].question.stop == ()
    single = Buffer(completer, "total = $0\n", "go").ask()
    await clock.pass_s(0.1)
    assert model.asked[1].question.stop == ("\n",)
    await model.asked[1].answer("a + b\nc\n")
    assert (await single).items[0].text == "a + b"
    await completer.close()


async def test_an_answer_replaces_the_bracket_that_the_editor_added() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "  expect($0)\n", "typescript")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("a).toBe(b);")
    (item,) = (await asking).items
    assert (item.text, item.span) == ("a).toBe(b);", (Position(0, 9), Position(0, 10)))
    await completer.close()


async def test_the_filter_text_begins_with_the_word_before_the_cursor() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, "x = comp$0\n").ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("ute(a)\n")
    assert (await asking).items[0].filter_text == "compute(a)"
    await completer.close()


async def test_text_of_an_offer_that_broke_off_is_void_when_another_one_starts_over() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("wid")
    await model.asked[0].restart()
    await model.asked[0].answer("height * width")
    assert (await asking).items[0].text == "height * width"
    await completer.close()


async def test_a_failing_model_is_told_and_not_silent() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    await model.asked[0].fail(ProviderUnavailable("The vendor is down."))
    answer = await asking
    assert (answer.items, answer.why, answer.problem) == ((), "failed", "The vendor is down.")
    await completer.close()


async def test_a_refusal_is_no_suggestion() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("I cannot help with that")
    await model.asked[0].finish("refused")
    assert ((await asking).items, (await asking).why) == ((), "failed")
    await completer.close()


async def test_an_answer_cut_by_the_token_limit_shows_its_complete_lines() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, "def f(values):\n    $0\n").ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("total = 0\n    for value in val")
    await model.asked[0].finish("length")
    assert [item.text for item in (await asking).items] == ["total = 0"]
    await completer.close()


# -- deadlines ----------------------------------------------------------------------------------------------------------


async def test_the_soft_deadline_shows_the_lines_that_are_complete() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, "def f(values):\n    $0\n").ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("total = 0\n    for value in val")
    await clock.pass_s(1.3)
    assert not asking.done()
    await clock.pass_s(0.2)
    answer = await asking
    assert (answer.items[0].text, answer.is_incomplete) == ("total = 0", True)
    await completer.close()


async def test_the_hard_deadline_gives_up_and_closes_the_stream() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("width * hei")
    await clock.pass_s(2.8)
    assert not asking.done()
    await clock.pass_s(0.2)
    answer = await asking
    assert (answer.items, answer.why, answer.is_incomplete) == ((), "late", True)
    assert model.in_flight == 0
    await completer.close()


# -- asked for by hand --------------------------------------------------------------------------------------------------


async def test_asked_by_hand_three_alternatives_come_without_debounce_and_without_gates() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "x = $0 + something long after it\n", inline=Inline(enable=False))
    assert (await buffer.ask()).why == "disabled"
    asking = buffer.ask(invoked=True)
    await settle()
    assert len(model.asked) == 2, "two in flight at most"
    await model.asked[0].answer("first")
    assert len(model.asked) == 3 and not asking.done()
    await model.asked[1].answer("second")
    await model.asked[2].answer("second")
    assert [item.text for item in (await asking).items] == ["first", "second"], "equal ones are one"
    assert len({asked.question.temperature for asked in model.asked}) == 3
    assert model.most_in_flight == 2
    await completer.close()
    del clock


async def test_asked_by_hand_the_wait_is_longer_and_what_has_come_is_shown() -> None:
    model, clock, completer = started()
    asking = Buffer(completer, AREA).ask(invoked=True)
    await clock.pass_s(2.0)
    await model.asked[0].answer("width * height")
    assert not asking.done()
    await clock.pass_s(1.1)
    assert [item.text for item in (await asking).items] == ["width * height"]
    await completer.close()

"""The pipeline, step by step, on a clock that stands still."""

import asyncio
from dataclasses import replace

import pytest

from coderoute_ls.completion import Completer, Prospect
from coderoute_ls.domain import Document, Draft, Position, Snippet, Target
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.settings.model import Inline
from tests.completion.support import Buffer, ScriptedModel, StandingClock, settle

AREA = "def area(width, height):\n    return $0\n"


def started(prospect: Prospect | None = None) -> tuple[ScriptedModel, StandingClock, Completer]:
    model, clock = ScriptedModel(prospect), StandingClock()
    return model, clock, Completer(model, clock)


# -- debounce, stream, answer ------------------------------------------------------------------------------------------


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
    await clock.pass_s(0.060)
    assert not model.thought, "who types on is not thought for"
    await clock.pass_s(0.010)
    assert len(model.thought) == 1 and not model.asked
    await clock.pass_s(0.010)
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


# -- reuse --------------------------------------------------------------------------------------------------------------


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


# -- supersede, cancel, limits ------------------------------------------------------------------------------------------


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


async def test_cancel_by_typing_on_leaves_the_stream_for_the_next_request() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("width")
    buffer.type("w")
    asking.cancel()
    await settle()
    assert not model.asked[0].closed
    again = buffer.ask()
    await model.asked[0].say(" * height\n")
    assert (await again).items[0].text == "idth * height"
    await completer.close()


async def test_a_stream_left_for_a_next_request_that_never_comes_is_closed() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].say("width")
    buffer.type("w")
    asking.cancel()
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


# -- accepting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["width", "width * "])
async def test_accepting_a_part_keeps_the_rest_on_offer(taken: str) -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height")
    (item,) = (await asking).items
    completer.on_accept(item.id, len(taken))
    buffer.type(taken)
    assert [item.text for item in (await buffer.ask()).items] == ["width * height".removeprefix(taken)]
    assert completer.tally.counts["partly"] == 1 and len(model.asked) == 1
    await completer.close()


async def test_accepting_word_by_word_goes_on_to_the_end_and_counts_once_each() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height")
    (item,) = (await asking).items
    for word, rest in (("width", " * height"), (" *", " height")):
        completer.on_accept(item.id, len(word))
        buffer.type(word)
        (item,) = (await buffer.ask()).items
        assert item.text == rest
    completer.on_accept(item.id)
    assert (completer.tally.counts["partly"], completer.tally.counts["accepted"], len(model.asked)) == (1, 1, 1)
    await completer.close()


async def test_accepting_a_long_first_part_keeps_the_rest_on_offer_too() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, "def f():\n    $0\n")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    long = "value = compute(" + ", ".join(f"argument_{number}" for number in range(14)) + ")"
    await model.asked[0].answer(f"{long}\n    return value")
    (item,) = (await asking).items
    completer.on_accept(item.id, len(long))
    buffer.type(long)
    assert [item.text for item in (await buffer.ask()).items] == ["\n    return value"]
    await completer.close()


async def test_the_state_after_accepting_is_asked_ahead_where_that_is_free() -> None:
    model, clock, completer = started(Prospect(local=True, ahead=True))
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height\n")
    (item,) = (await asking).items
    await settle()
    ahead = model.asked[1].question
    assert ahead.purpose == "ahead" and ahead.brief.target.document.line(1) == "    return width * height"
    await model.asked[1].answer("\n\nprint(area(2, 3))")
    completer.on_accept(item.id)
    buffer.type(item.text)
    answer = await buffer.ask()
    assert (answer.why, answer.items[0].text) == ("cache", "\n\nprint(area(2, 3))")
    assert len(model.asked) == 2
    await completer.close()


@pytest.mark.parametrize(("prospect", "inline"), [(Prospect(), Inline()), (Prospect(ahead=True), Inline(prefetch=False))])
async def test_nothing_is_asked_ahead_where_it_costs_or_is_switched_off(prospect: Prospect, inline: Inline) -> None:
    model, clock, completer = started(prospect)
    asking = Buffer(completer, AREA, inline=inline).ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("width * height\n")
    await asking
    await settle()
    assert len(model.asked) == 1
    await completer.close()


# -- the built-in engine, other files, actions --------------------------------------------------------------------------


async def test_a_sure_draft_of_the_built_in_engine_does_not_wait_for_the_debounce() -> None:
    model, clock = ScriptedModel(Prospect(alone_from=0.8)), StandingClock()
    draft = Draft("width * height", 0.9, completes_line=True)

    async def drafts(document: Document, position: Position) -> Draft | None:
        del document, position
        return draft

    completer = Completer(model, clock, drafts=drafts)
    asking = Buffer(completer, AREA).ask()
    await settle()
    assert model.asked[0].question.draft == draft
    await model.asked[0].answer("width * height")
    assert (await asking).items[0].text == "width * height"
    await completer.close()


async def test_an_unsure_draft_waits_and_goes_along_with_the_question() -> None:
    model, clock = ScriptedModel(Prospect(alone_from=0.8)), StandingClock()
    draft = Draft("width", 0.6)

    async def drafts(document: Document, position: Position) -> Draft | None:
        del document, position
        return draft

    completer = Completer(model, clock, drafts=drafts)
    asking = Buffer(completer, AREA).ask()
    await settle()
    assert not model.asked
    await clock.pass_s(0.1)
    assert model.asked[0].question.draft == draft
    await completer.close()
    await asking


async def test_pieces_of_other_files_go_into_the_brief_within_their_share() -> None:
    model, clock = ScriptedModel(), StandingClock()
    budgets: list[int] = []

    async def gather(target: Target, max_chars: int) -> tuple[Snippet, ...]:
        budgets.append(max_chars)
        return (Snippet("b.py", "def b(): ...", "definition"),)

    completer = Completer(model, clock, gather=gather)
    asking = Buffer(completer, AREA).ask()
    await clock.pass_s(0.1)
    assert [snippet.path for snippet in model.asked[0].question.brief.snippets] == ["b.py"]
    assert 0 < budgets[0] < 8_000
    await completer.close()
    await asking


async def test_no_ghost_text_while_an_action_writes_into_the_document() -> None:
    model, clock, completer = started()
    buffer = Buffer(completer, AREA)
    asking = buffer.ask()
    await clock.pass_s(0.1)
    completer.suspend(buffer.document.uri)
    await settle()
    assert (await asking).items == () and model.in_flight == 0
    assert (await buffer.ask()).why == "suspended"
    completer.resume(buffer.document.uri)
    again = buffer.ask()
    await clock.pass_s(0.1)
    assert len(model.asked) == 2
    await completer.close()
    await again


@pytest.mark.parametrize(("prospect", "warmed"), [(Prospect(local=True, ahead=True), 1), (Prospect(), 0)])
async def test_a_local_server_is_warmed_and_a_remote_one_is_not(prospect: Prospect, warmed: int) -> None:
    model, clock, completer = started(prospect)
    buffer = Buffer(completer, AREA)
    completer.warm(replace(buffer.asked(), position=Position(0, 0)))
    await settle()
    assert [asked.question.purpose for asked in model.asked] == ["warming"] * warmed
    if warmed:
        assert model.asked[0].question.max_tokens == 1
        assert model.asked[0].question.brief.region.start > Position(0, 0), "the start of the file has nothing before it"
        await model.asked[0].answer("x")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    assert len(model.asked) == warmed + 1, "a warming answer is no answer"
    await completer.close()
    await asking

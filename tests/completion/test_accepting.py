"""Taking a suggestion, or a part of it, and what is asked ahead of that."""

import pytest

from coderoute_ls.completion import Prospect
from coderoute_ls.settings.all_settings import Inline
from tests.completion.support import AREA, Buffer, settle, started


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

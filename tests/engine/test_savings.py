"""What a call saved: one alternative for each answer, at its real tokens, by a rival that could have answered it.

Each case goes through the engine into a real ledger; the table of `Usage` is compared with what a script that knows only the
exported rows makes of them, run as a process of its own.
"""

import asyncio
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from coderoute_ls.domain import Alternative, Delta, Finish, LedgerEntry, Offer, Usage
from coderoute_ls.engine import EngineCall
from coderoute_ls.errors import CoderouteError, ConnectionFailed, ProviderUnavailable
from coderoute_ls.ledger import SqliteLedger
from coderoute_ls.ledger.call_export import Export
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.usage_queries import Period
from coderoute_ls.ledger.usage_queries import Usage as Read
from tests.engine.support import CHEAP, DEAR, THIRD, Ledger, Step, answer, call, heard, offer, world

SCRIPT = Path(__file__).parents[1] / "ledger" / "naive.py"
EVER = Period("0000-01-01", "9999-12-31")
KINDS: tuple[Literal["strongest", "single"], ...] = ("strongest", "single")
GPT = replace(offer("cheap", 1.0, 0.7), model="openai/gpt-5-mini")
CLAUDE = replace(offer("dear", 2.0, 0.9), model="anthropic/claude-opus-5.5")
THINKING = replace(CLAUDE, id="dear/m@high", effort="high")
DOWN = ProviderUnavailable("down", status=503)


async def rows(asked: EngineCall, offers: Sequence[Offer], **plays: list[Sequence[Step]]) -> list[LedgerEntry]:
    """What one call leaves in the ledger; an error of the call is no matter here."""
    here = world(plays, offers, ledger=Ledger())
    with suppress(CoderouteError):
        await heard(here.engine, asked)
    return here.ledger.rows


async def only(asked: EngineCall, offers: Sequence[Offer], **plays: list[Sequence[Step]]) -> Alternative:
    """The alternative of a call that left one row."""
    (row,) = await rows(asked, offers, **plays)
    return row.alternative


async def test_the_rivals_price_is_for_the_real_prompt_and_text_in_its_own_tokens() -> None:
    found = await only(call(), (GPT, CLAUDE), cheap=[[Delta("x" * 400), Finish("stop", Usage(1_000, 100))]])
    assert found.strongest == "dear/m"
    assert found.strongest_usd == pytest.approx((round(1_000 * 1.44) + round(100 * 1.44)) * 2e-6)


async def test_a_short_answer_is_short_at_the_rival_too() -> None:
    short = await only(call(), (GPT, CLAUDE), cheap=[[Delta("ok"), Finish("stop", Usage(1_000, 1))]])
    assert short.strongest_usd == pytest.approx((1_440 + 1) * 2e-6)


async def test_thinking_of_the_answering_model_is_not_the_rivals_but_the_rivals_own_is() -> None:
    thought = Usage(1_000, 900, reasoning=800)
    found = await only(call(), (GPT, CLAUDE), cheap=[[Delta("x" * 400), Finish("stop", thought)]])
    assert found.strongest_usd == pytest.approx((1_440 + 144) * 2e-6)
    found = await only(call(), (GPT, THINKING), cheap=[[Delta("x" * 400), Finish("stop", thought)]])
    assert found.strongest_usd == pytest.approx((1_440 + 144 * 7) * 2e-6 if 144 * 7 < 1_000 else (1_440 + 1_000) * 2e-6)


async def test_what_was_cached_would_have_been_cached_there() -> None:
    reading = replace(CLAUDE, prices=replace(CLAUDE.prices, cached_read=CLAUDE.prices.input and CLAUDE.prices.input / 10))
    found = await only(call(), (GPT, reading), cheap=[[Delta("x" * 400), Finish("stop", Usage(1_000, 100, cached_read=500))]])
    assert found.strongest_usd == pytest.approx((720 + 720 / 10 + 144) * 2e-6)


async def test_the_same_offer_saves_exactly_nothing() -> None:
    (row,) = await rows(call(), (CHEAP,), cheap=[answer("fine", 777)])
    assert (row.alternative.strongest, row.alternative.single) == ("cheap/m", "cheap/m")
    assert row.alternative.strongest_usd == row.alternative.single_usd == row.alternative.paid_usd == row.billed_usd


async def test_one_vendor_whose_only_model_is_below_a_floor_still_has_a_single_model() -> None:
    weak = offer("cheap", 1.0, 0.3)
    found = await only(call(), (weak,), cheap=[answer()])
    assert (found.single, found.single_usd) == ("cheap/m", found.paid_usd)


async def test_the_single_model_clears_the_floors_of_its_own_axis_and_stays_the_same() -> None:
    offers = (offer("cheap", 1.0, 0.6), offer("third", 1.5, 0.8), offer("dear", 4.0, 0.95))
    named = {
        (await only(call(text="x" * size), offers, cheap=[[Delta("y" * reply), Finish("stop", None)]])).single
        for size, reply in ((10, 4_000), (20_000, 4), (400, 400))
    }
    assert named == {"third/m"}, "refactor and fix want 0.70"


@pytest.mark.parametrize(
    "asked",
    [
        call(privacy="zdr"),
        call(models={"deny": ["dear*"]}),
        call(models={"allow": ["cheap*", "third*"]}),
        call(budget={"action_usd": 0.0033}),
    ],
    ids=["privacy", "deny", "allow", "cap"],
)
async def test_a_rival_that_could_not_have_answered_is_none(asked: EngineCall) -> None:
    offers = (replace(CHEAP, privacy=("zdr",)), replace(THIRD, privacy=("zdr",)), replace(offer("dear", 4.0, 0.99)))
    found = await only(asked, offers, cheap=[answer()])
    assert found.strongest == found.single == "cheap/m"
    assert found.strongest_usd == found.paid_usd


async def test_neither_a_small_window_nor_a_doubtful_score_makes_a_rival() -> None:
    small, doubted = offer("dear", 4.0, 0.99, context=1_500), offer("third", 4.0, 0.98)
    rumour = replace(doubted.scores["coding"], confidence="maker-only")
    offers = (CHEAP, small, replace(doubted, scores={"coding": rumour}))
    assert (await only(call(text="x = f(y)\n" * 900), offers, cheap=[answer()])).strongest == "cheap/m"


async def test_two_failed_hops_leave_one_alternative_and_count_as_spent() -> None:
    lost: list[Step] = [ConnectionFailed("lost")]
    found = await rows(call(), (CHEAP, DEAR, THIRD), cheap=[lost], dear=[lost], third=[answer()])
    assert [row.alternative.strongest_usd is None for row in found] == [True, True, False]
    other = found[-1].alternative
    assert other.paid_usd == pytest.approx(sum(row.billed_usd for row in found))
    assert other.strongest_usd is not None and other.paid_usd is not None
    assert other.strongest_usd < other.paid_usd, "the hops were spent for nothing"


async def test_nothing_is_saved_by_an_outage() -> None:
    down: list[Step] = [DOWN]
    everything_down = await rows(call(embedded={"enable": False}), (CHEAP, DEAR), cheap=[down], dear=[down])
    stood_in = await rows(call(), (CHEAP, DEAR), cheap=[down], dear=[down])
    best_first = call(objective="quality")
    cheaper = await rows(best_first, (offer("cheap", 1.0, 0.7), offer("dear", 2.0, 0.9)), dear=[down], cheap=[answer()])
    assert [row.offer for row in cheaper] == ["dear/m", "cheap/m"]
    for row in (*everything_down, *stood_in, *cheaper):
        assert row.alternative == Alternative()


async def test_an_offer_whose_circuit_is_open_is_no_rival() -> None:
    lost: list[Step] = [DOWN]
    here = world({"dear": [lost] * 3, "cheap": [answer()] * 4}, (offer("cheap", 1.0, 0.7), offer("dear", 2.0, 0.9)))
    for _ in range(3):
        await heard(here.engine, call(objective="quality"))
    await heard(here.engine, call())
    assert here.ledger.rows[-1].alternative.strongest == "cheap/m"


CASES: dict[str, tuple[EngineCall, Sequence[Offer], dict[str, list[Sequence[Step]]]]] = {
    "two failed hops": (
        call(),
        (CHEAP, DEAR, THIRD),
        {"cheap": [[Delta("x" * 99), ConnectionFailed("lost")]], "dear": [[ConnectionFailed("lost")]], "third": [answer()]},
    ),
    "an outage": (call(), (CHEAP, DEAR), {"cheap": [[DOWN]], "dear": [[DOWN]]}),
    "a short answer": (call(), (GPT, CLAUDE), {"cheap": [[Delta("ok"), Finish("stop", Usage(1_000, 1))]]}),
    "one offer only": (call(), (CHEAP,), {"cheap": [answer("fine", 777)]}),
    "privacy zdr": (
        call(privacy="zdr"),
        (replace(GPT, privacy=("zdr",)), CLAUDE, replace(THIRD, privacy=("zdr",))),
        {"cheap": [answer()]},
    ),
}


async def test_the_table_is_what_an_independent_script_makes_of_the_exported_rows(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite"
    ledger = SqliteLedger(path)
    for asked, offers, plays in CASES.values():
        for row in await rows(asked, offers, **plays):
            ledger.record(row)
    await ledger.close()
    with closing(connect(path)) as connection:
        with (tmp_path / "calls.csv").open("w", encoding="utf-8", newline="") as file:
            Export(connection, EVER).write_csv(file)
        read = Read(connection, EVER)
        table = {kind: read.alternative(kind) for kind in KINDS}
    script = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, tmp_path / "calls.csv", stdout=subprocess.PIPE)
    by_hand = json.loads((await script.communicate())[0])
    for kind in KINDS:
        assert table[kind].calls == int(by_hand[kind]["calls"]) == 4, "all but the outage"
        assert math.isclose(table[kind].billed_usd, float(by_hand[kind]["billed"]), abs_tol=1e-12)
        assert math.isclose(table[kind].instead_usd, float(by_hand[kind]["instead"]), abs_tol=1e-12)

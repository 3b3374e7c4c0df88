"""What the ledger answers about a period."""

import csv
import json
import math
import random
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Alternative, LedgerEntry, Outcome, ReviewCount
from coderoute_ls.ledger.acceptance_rates import MOST, correction, experience, wilson
from coderoute_ls.ledger.call_export import Export
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.schema import day_of
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.ledger.usage_queries import Period, Usage
from coderoute_ls.ledger.usage_summary import summary
from tests.ledger.moments import DAY, NOON
from tests.ledger.naive import savings

TODAY = day_of(NOON)
WEEK = Period(day_of(NOON - 6 * DAY), TODAY)


@pytest.fixture
def connection(tmp_path: Path) -> Generator[sqlite3.Connection]:
    with closing(connect(tmp_path / "ledger.sqlite")) as connection:
        yield connection


def add(connection: sqlite3.Connection, *calls: LedgerEntry, **outcomes: Outcome) -> None:
    store = LedgerStore(connection)
    for call in calls:
        store.record(call)
    for name, outcome in outcomes.items():
        store.outcome(name, outcome, None)


def call(
    name: str, usd: float = 0.0, *, action: str = "refactor", offer: str = "v/m", when: float = NOON, **more: Any
) -> LedgerEntry:
    return LedgerEntry(
        name, when, "/w", action, offer=offer, model=offer, expected_usd=usd, billed_usd=usd, shown_chars=100, **more
    )


def test_an_empty_ledger_answers_zeros(connection: sqlite3.Connection) -> None:
    usage = Usage(connection, WEEK)
    assert usage.total().calls == 0
    assert usage.total().usd_per_accepted is None
    assert usage.totals("action") == ()
    assert usage.alternative("single").saved_usd == 0
    assert usage.estimates().bias is None
    assert usage.latencies("first", "action") == ()
    assert experience(connection, WEEK) == ()


def test_sums_are_by_group_dearest_first_and_of_the_period_only(connection: sqlite3.Connection) -> None:
    add(
        connection,
        call("a", 0.01, action="explain"),
        call("b", 0.02),
        call("c", 0.03, when=NOON - DAY),
        call("old", 9.0, when=NOON - 30 * DAY),
        b="accepted",
        c="undone",
    )
    usage = Usage(connection, WEEK)
    assert [(line.name, line.calls, line.billed_usd) for line in usage.totals("action")] == [
        ("refactor", 2, 0.05),
        ("explain", 1, 0.01),
    ]
    assert [line.name for line in usage.totals("day")] == [day_of(NOON - DAY), TODAY]
    total = usage.total()
    assert (total.calls, total.judged, total.accepted, total.undone, total.accepted_chars) == (3, 2, 1, 1, 100)
    assert total.usd_per_accepted == pytest.approx(0.06)
    assert total.usd_per_1000_accepted_chars == pytest.approx(0.6)


def test_answers_without_a_model_are_counted_by_where_they_came_from(connection: sqlite3.Connection) -> None:
    ways = ("model", "embedded", "cache", "cache", "typed")
    add(connection, *(call(str(index), answered_by=way) for index, way in enumerate(ways)))
    total = Usage(connection, WEEK).total()
    assert (total.by_model, total.by_embedded, total.by_cache, total.by_typed) == (1, 1, 2, 1)


def test_percentiles_are_within_their_buckets_width(connection: sqlite3.Connection) -> None:
    chance = random.Random(3)
    times = [chance.lognormvariate(0, 1) for _ in range(1001)]
    add(connection, *(call(str(index), first_token_s=seconds) for index, seconds in enumerate(times)))
    (line,) = Usage(connection, WEEK).latencies("first", "offer")
    ranked = sorted(times)
    for share, found in ((0.5, line.p50), (0.9, line.p90), (0.99, line.p99)):
        assert found == pytest.approx(ranked[math.ceil(share * len(times)) - 1], rel=0.053)


def test_the_error_of_estimates_is_a_ratio_and_its_spread(connection: sqlite3.Connection) -> None:
    ratios = (1.1, 1.1 * 1.5, 1.1 / 1.5)
    add(
        connection,
        *(
            LedgerEntry(str(index), NOON, "", "edit", expected_usd=0.01, billed_usd=0.01 * ratio)
            for index, ratio in enumerate(ratios)
        ),
        LedgerEntry("free", NOON, "", "edit"),
    )
    estimates = Usage(connection, WEEK).estimates()
    assert estimates.calls == 3
    assert estimates.bias == pytest.approx(1.1)
    assert estimates.spread == pytest.approx(math.exp(math.sqrt(2 / 3) * math.log(1.5)))


def test_a_naive_script_over_the_exported_rows_finds_the_same_savings(connection: sqlite3.Connection, tmp_path: Path) -> None:
    chance = random.Random(7)
    calls = [
        call(
            str(index),
            chance.uniform(0, 0.01),
            when=NOON - chance.uniform(0, 5) * DAY,
            action=chance.choice(["edit", "explain"]),
            alternative=Alternative(
                chance.choice(["big/one", "big/two"]),
                chance.choice([None, chance.uniform(0, 0.5)]),
                "one/model",
                chance.choice([None, 0.001 / 3]),
            ),
        )
        for index in range(2_000)
    ]
    LedgerStore(connection).record_many(calls)
    with (tmp_path / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        assert Export(connection, WEEK).write_csv(file) == 2_000
    naive = savings(tmp_path / "rows.csv")
    for kind in ("strongest", "single"):
        ours = Usage(connection, WEEK).alternative(kind)
        theirs = naive[kind]
        assert ours.calls == theirs["calls"] > 0
        assert f"{ours.billed_usd:.9f}" == str(theirs["billed"])
        assert f"{ours.instead_usd:.9f}" == str(theirs["instead"])
    assert set(Usage(connection, WEEK).alternative("strongest").offers) == {"big/one", "big/two"}


def test_csv_and_json_hold_the_same_rows(connection: sqlite3.Connection, tmp_path: Path) -> None:
    add(connection, call("a", 0.000000123, error="RateLimited"), call('"b",\n', 0.02, score=0.7), a="shown")
    with (tmp_path / "r.csv").open("w", newline="", encoding="utf-8") as file:
        Export(connection, WEEK).write_csv(file)
    with (tmp_path / "r.json").open("w", encoding="utf-8") as file:
        Export(connection, WEEK).write_json(file)
    with (tmp_path / "r.csv").open(newline="", encoding="utf-8") as file:
        from_csv = list(csv.DictReader(file))
    from_json = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert [row["id"] for row in from_csv] == [row["id"] for row in from_json]
    assert {row["outcome"] for row in from_csv} == {"shown", ""}
    assert [float(row["billed_usd"]) for row in from_csv] == [row["billed_usd"] for row in from_json]
    assert from_json[0]["billed_usd"] in (0.000000123, 0.02)


def test_an_empty_period_exports_a_header_and_an_empty_list(connection: sqlite3.Connection, tmp_path: Path) -> None:
    with (tmp_path / "r").open("w+", encoding="utf-8") as file:
        assert Export(connection, WEEK).write_csv(file) == 0
        assert Export(connection, WEEK).write_json(file) == 0
        file.seek(0)
        text = file.read()
    assert text.startswith("id,time,")
    assert text.endswith("[]\n")


def test_erasing_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    add(connection, call("a", 1.0, first_token_s=1.0, alternative=Alternative("s", 2.0)), call("old", 1.0, when=NOON - 9 * DAY))
    store = LedgerStore(connection)
    assert store.erase(TODAY) == 1
    assert Usage(connection, Period("2000-01-01", TODAY)).total().calls == 1
    assert store.erase() == 1
    for table in ("calls", "sums", "alternatives", "latencies"):
        assert connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)


# -- learning -------------------------------------------------------------------------------------------------------------


def test_experience_is_counted_per_offer_and_action(connection: sqlite3.Connection) -> None:
    add(
        connection,
        call("a", offer="v/good"),
        call("b", offer="v/good"),
        call("c", offer="v/bad"),
        call("d", offer="v/bad"),
        call("e", offer="v/none"),
        a="accepted",
        b="partly",
        c="rejected",
        d="retried",
    )
    bad, good = experience(connection, WEEK)
    assert (good.offer, good.judged, good.kept, good.rate) == ("v/good", 2, 2, 1.0)
    assert (bad.offer, bad.judged, bad.kept) == ("v/bad", 2, 0)
    assert 0 < good.correction == -bad.correction < MOST
    assert 0 < good.low < good.high == 1.0


def test_a_correction_is_bounded_and_grows_with_what_is_known() -> None:
    few, many, endless = (correction(count, count, 0, count) for count in (3, 300, 10**9))
    assert 0 < few < many < endless <= MOST
    assert correction(5, 10, 500, 1000) == 0
    assert correction(5, 10, 0, 0) == correction(0, 0, 5, 10) == 0


def test_the_interval_covers_the_share_and_narrows() -> None:
    for kept, judged in ((0, 1), (1, 1), (5, 10), (500, 1000)):
        low, high = wilson(kept, judged)
        assert 0 <= low <= kept / judged <= high <= 1
    assert wilson(0, 0) == (0.0, 1.0)
    narrow, wide = wilson(500, 1000), wilson(5, 10)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_hunks_are_counted_once_and_a_line_costs_what_all_edits_cost(connection: sqlite3.Connection) -> None:
    add(
        connection,
        *(call("a", 0.02), call("b", 0.03), call("c", 0.01, action="fix"), call("d", 5.0, action="explain")),
        a="accepted",
        b="accepted",
        c="accepted",
    )
    store = LedgerStore(connection)
    for name, count in (
        ("a", ReviewCount(4, 0, 0, 20)),
        ("a", ReviewCount(4, 1, 0, 20)),
        ("a", ReviewCount(4, 1, 2, 8)),
        ("b", ReviewCount(1, 0, 0, 2)),
        ("c", ReviewCount(2, 2, 0, 5)),
        ("unknown", ReviewCount(9, 9, 9, 9)),
    ):
        store.reviewed(name, count)
    usage = Usage(connection, WEEK)
    lines = {line.name: line for line in usage.totals("action")}
    told = {name: (line.hunks, line.hunks_kept, line.hunks_rejected, line.accepted_lines) for name, line in lines.items()}
    assert told == {"refactor": (5, 1, 2, 10), "fix": (2, 2, 0, 5), "explain": (0, 0, 0, 0)}
    assert lines["refactor"].usd_per_accepted_line == pytest.approx(0.005)
    assert lines["explain"].usd_per_accepted_line is None
    assert usage.total().usd_per_accepted_line == pytest.approx(0.06 / 15)  # an explanation has no lines
    told = summary(connection, NOON)
    assert "| refactor | 5 | 1 | 2 | 10 | $0.005 |" in told
    assert "| explain | 0 |" not in told
    (day,) = usage.totals("day")
    assert (day.hunks_rejected, day.usd_per_accepted_line) == (2, pytest.approx(0.06 / 15))


def test_an_edit_that_is_undone_has_no_accepted_lines(connection: sqlite3.Connection) -> None:
    add(connection, call("a", 0.02))
    store = LedgerStore(connection)
    store.reviewed("a", ReviewCount(2, 0, 0, 7))
    store.outcome("a", "accepted", None)
    assert Usage(connection, WEEK).total().accepted_lines == 7
    store.outcome("a", "undone", None)
    assert Usage(connection, WEEK).total().accepted_lines == 0
    assert Usage(connection, WEEK).total().usd_per_accepted_line is None
    row = dict(zip((export := Export(connection, WEEK)).columns, next(iter(export)), strict=True))
    assert (row["hunks"], row["hunks_kept"], row["hunks_rejected"], row["accepted_lines"]) == (2, 0, 0, 0)

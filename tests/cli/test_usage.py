"""``coderoute-ls usage`` over a small ledger."""

import csv
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from coderoute_ls.cli._exit_codes import FAILED, INTERRUPTED
from coderoute_ls.cli._program import main
from coderoute_ls.domain import Alternative, LedgerEntry, ReviewCount
from coderoute_ls.ledger.daily_cost_chart import Bar, plot_html, plot_svg
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.journal import Journal
from coderoute_ls.ledger.postings import Posting
from coderoute_ls.ledger.transactions import LedgerStore


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def recorded(path: Path) -> None:
    now = time.time()
    other = Alternative("big/model", 0.4, "one/model", 0.03)
    with closing(connect(path)) as connection:
        store = LedgerStore(connection)
        store.record(
            LedgerEntry(
                "a",
                now,
                "/home/u/shop",
                "refactor",
                offer="v/m",
                model="m",
                expected_usd=0.01,
                billed_usd=0.02,
                first_token_s=0.5,
                total_s=2.0,
                shown_chars=500,
                alternative=other,
            )
        )
        store.record(LedgerEntry("b", now, "/home/u/shop", "inline_completion", answered_by="typed", shown_chars=10))
        store.outcome("a", "accepted", None)
        store.reviewed("a", ReviewCount(hunks=5, kept=3, rejected=1, lines=40))


def test_without_a_ledger_nothing_was_recorded(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage"]) == 0
    assert "Nothing was recorded yet" in capsys.readouterr().out
    assert main(["usage", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"total": None}
    assert not path.exists()


@pytest.mark.usefixtures("recorded")
def test_what_a_killed_session_could_not_write_is_counted(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "pass"])
    killed.wait()
    journal = Journal(path, [path.parent], killed.pid)
    assert journal.append([Posting(LedgerEntry("kept", time.time(), "/home/u/shop", "refactor", billed_usd=0.25))])
    assert main(["usage", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["billed_usd"] == pytest.approx(0.27)
    assert not journal.files[0].exists()


@pytest.mark.usefixtures("recorded")
def test_the_tables_say_what_was_spent_saved_and_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage"]) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "Today 2 0 $0.02 $0.01 1 of 1 $0.02 $0.04" in lines
    assert "50% needed no model: 1 typed as suggested, 0 from the cache, 0 by the built-in engine." in lines
    assert "refactor 1 0 $0.02 $0.01 1 of 1 $0.02 $0.04" in lines
    assert "/home/u/shop 2 0 $0.02 $0.01 1 of 1 $0.02 $0.04" in lines
    assert "refactor 5 3 1 40 $0.0005" in lines
    assert "always the strongest model 1 $0.40 $0.02 $0.38 big/model" in lines
    assert any(line.startswith("An estimate. Each answered call counts once") for line in lines)
    assert "always one model that meets every floor 1 $0.03 $0.02 $0.01 one/model" in lines
    assert "Calls cost 2.00 × what was expected; two in three lie within a factor of 1.00." in lines
    assert any(line.startswith("refactor v/m 1 100% 21%–100%") for line in lines)
    assert "\x1b" not in out


@pytest.mark.usefixtures("recorded")
def test_json_holds_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage", "--period", "today", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["billed_usd"] == 0.02
    assert told["by_workspace"][0]["name"] == "/home/u/shop"
    assert told["instead"]["strongest"]["saved_usd"] == pytest.approx(0.38)
    assert told["first_token_s"][0]["p50"] == pytest.approx(0.5, rel=0.06)
    assert main(["usage", "--until", "2000-01-01", "--period", "all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["calls"] == 0


@pytest.mark.usefixtures("recorded")
def test_calls_are_exported_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["usage", "--export", "calls.csv"]) == 0
    with (tmp_path / "calls.csv").open(newline="") as file:
        assert {row["id"] for row in csv.DictReader(file)} == {"a", "b"}
    assert main(["usage", "--export", "calls.json"]) == 0
    assert len(json.loads((tmp_path / "calls.json").read_text())) == 2
    assert main(["usage", "--export", "no/such/folder.csv"]) == FAILED

    def no(_: str) -> str:
        return "n"

    monkeypatch.setattr("click.termui.visible_prompt_func", no)
    assert main(["usage", "--delete"]) == INTERRUPTED
    assert main(["usage", "--delete-before", "2000-01-01", "--yes"]) == 0
    assert main(["usage", "--delete", "--yes"]) == 0
    assert "Deleted 0 calls.\nDeleted 2 calls.\n" in capsys.readouterr().out


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("name", ["cost.svg", "cost.html"])
def test_a_plot_is_written(tmp_path: Path, name: str) -> None:
    assert main(["usage", "--plot", name]) == 0
    assert "$0.02" in (tmp_path / name).read_text("utf-8")


def test_a_damaged_ledger_is_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 500)
    assert main(["usage"]) == FAILED
    assert str(path) in capsys.readouterr().err


def test_a_plot_is_well_formed_shows_every_day_and_runs_nothing() -> None:
    names = ["<script>alert(1)</script>", *(f"vendor/model-{index}" for index in range(9))]
    bars = [Bar("2026-11-18", name, 0.01 * (index + 1)) for index, name in enumerate(names)] + [Bar("2026-11-20", names[3], 0.5)]
    svg = plot_svg(bars, "Cost & more")
    root = ElementTree.fromstring(svg)
    assert all(day in svg for day in ("11-18", "11-19", "11-20"))
    assert "4 others" in svg
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "<script" not in plot_html(bars, "</title><script>")


def test_a_plot_of_nothing_says_so() -> None:
    assert "Nothing was spent" in plot_svg([], "Cost")

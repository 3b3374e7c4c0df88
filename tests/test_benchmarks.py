"""What ``make bench`` writes: promises beside their floors, told the same whatever the figures are."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import names
from benchmarks.picture import svg
from benchmarks.report import ROOT, document
from benchmarks.targets import LINES, WHY, Kind, Line, Result, results

_RUN = re.compile(r"python -m benchmarks ([a-z_]+)")
KEPT: dict[str, Any] = {
    "name": "protocol",
    "doc": "The protocol core.\n\n``python -m benchmarks protocol``\n\nTwo processes.",
    "date": "2026-11-21T06:00:00+00:00",
    "seconds": 6.4,
    "printed": "a table\n",
    "figures": {"round_trip_ms": {"ours": [0.1, 0.9], "bare pygls": [0.4, 0.8]}, "snapshot_us": 19.0},
}


def test_every_promise_names_a_benchmark_that_exists_and_has_a_name_of_its_own() -> None:
    assert {line.benchmark for line in LINES} <= set(names())
    assert len({line.id for line in LINES}) == len({line.question for line in LINES}) == len(LINES)
    assert set(WHY) <= {line.id for line in LINES}


def test_whatever_says_how_it_is_run_can_be_run() -> None:
    told = {found for path in (ROOT / "benchmarks").rglob("*.py") for found in _RUN.findall(path.read_text("utf-8"))}
    assert len(told) > 15 and told <= set(names())


@pytest.mark.parametrize(
    ("kind", "target", "ours", "floor", "met"),
    [
        ("≤", 2.0, 2.0, None, True),
        ("≤", 2.0, 2.1, 5.0, False),
        ("≥", 50, 49, None, False),
        ("≤ × floor", 0.5, 0.4, 1.0, True),
        ("≤ × floor", 0.5, 0.6, 1.0, False),
        ("≤ × floor", 0.5, 0.6, None, None),
        ("≥ × floor", 6, 70, 10, True),
        ("≥ × floor", 6, 50, 10, False),
        ("≤", 2.0, None, 1.0, None),
    ],
)
def test_a_target_is_met_missed_or_not_measured(
    kind: Kind, target: float, ours: float | None, floor: float | None, met: bool | None
) -> None:
    line = Line("a", "A question", "bench", ("ours",), "ms", kind, target, ("floor",), "the floor")
    assert Result(line, ours, floor).met is met


def test_the_document_tells_what_is_met_what_is_missed_and_what_was_not_measured() -> None:
    text = document([KEPT], results({"protocol": KEPT["figures"]}))
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    assert rows["Round trip on stdio, median"].endswith("| 0.25 | ≤ 0.2 ms | yes |")
    assert rows["Round trip on stdio, p99"].endswith("| **no** |")
    assert rows["Memory, idle"].endswith("| not measured |")
    assert "* Round trip on stdio, p99: " in text
    assert "Two processes.\n\n```text\na table\n```" in text
    assert "python -m benchmarks protocol" not in text


def test_the_picture_is_one_bar_for_each_figure_that_has_a_floor() -> None:
    drawn = ElementTree.fromstring(svg(results({"protocol": KEPT["figures"]})))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}rect")) == 2
    said = [text.text for text in drawn.findall(f"{space}text")]
    assert "Round trip on stdio, median" in said
    assert "prefers-color-scheme: dark" in (drawn.findtext(f"{space}style") or "")

"""Which regions are hard, and when the stronger offer is asked first for it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.domain import (
    Chosen,
    Cost,
    Decision,
    Diagnostic,
    Document,
    Floor,
    Offer,
    Position,
    Prices,
    Request,
    Score,
    Span,
    Target,
    Unmet,
)
from coderoute_ls.selection.decision.hard_regions import DEARER, REMEMBERED, FailedRegions, difficulties, raised
from coderoute_ls.text import split_lines


def nested(levels: int) -> str:
    return "".join(f"{'    ' * level}if x:\n" for level in range(levels)) + "    " * levels + "pass\n"


def target(text: str, diagnostics: int = 0) -> Target:
    """All of a text, with so many diagnostics in it."""
    document = Document("file:///a.py", "python", 1, split_lines(text))
    found = tuple(Diagnostic(Span(Position(0, n), Position(0, n + 1)), "wrong") for n in range(diagnostics))
    return Target(document, Span(Position(0, 0), document.end), diagnostics=found)


@pytest.mark.parametrize(
    ("text", "diagnostics", "failures", "told"),
    [
        ("x = 1\n" * 10, 0, 0, ()),
        ("x = 1\n" * 200, 0, 0, ()),
        (nested(8), 0, 0, ()),
        ("xxxxxxxx\n", 5, 0, ()),
        (nested(6) + "x = 1\n" * 100, 0, 0, ("107 lines", "nested 6 deep")),
        (nested(6), 3, 0, ("nested 6 deep", "3 diagnostics")),
        ("x = 1\n", 0, 1, ("an earlier answer here failed",)),
        ("x = 1\n", 0, 3, ("3 earlier answers here failed",)),
    ],
)
def test_one_failure_here_is_reason_enough_and_else_two_signs_together(
    text: str, diagnostics: int, failures: int, told: tuple[str, ...]
) -> None:
    all_of_it = target(text, diagnostics)
    assert difficulties(all_of_it, all_of_it.span, failures) == told


def chosen(low: float, usd: float) -> Chosen:
    offer = Offer(f"v/{low}", "m", "v", "w", "openai-chat", name=f"M{low}", prices=Prices(Decimal(1), Decimal(1)))
    return Chosen(offer, Score(low, low, low, "multi", "test", "2026-01-01"), Cost(usd, 2 * usd), "")


DECISION = Decision(Request("refactor", "coding", Floor(0.7), chars=10), "", 0.0, chosen(0.72, 0.01))


@given(st.floats(0.0, 1.0))
def test_the_floor_is_raised_to_the_stronger_offer_only_within_the_ceiling(usd: float) -> None:
    floor = raised(DECISION, chosen(0.86, usd), "a hard region (99 lines, nested 9 deep)")
    assert (floor is not None) == (0 < usd <= DEARER * 0.01)
    if floor is not None:
        assert floor == Floor(0.86, "a hard region (99 lines, nested 9 deep), so M0.72 was not asked first")


def test_nothing_is_raised_where_nobody_is_stronger_the_first_is_free_or_the_floor_is_not_met() -> None:
    assert raised(DECISION, None, "x") is None
    assert raised(replace(DECISION, chosen=chosen(0.72, 0.0)), chosen(0.86, 0.01), "x") is None
    assert raised(replace(DECISION, unmet=Unmet("all_below_floor")), chosen(0.86, 0.02), "x") is None
    assert raised(replace(DECISION, chosen=None), chosen(0.86, 0.02), "x") is None


def test_failures_are_remembered_by_document_and_first_line_and_only_so_many() -> None:
    failed = FailedRegions()
    first = target("\ndef f():\n    pass\n")
    failed.add(first, first.span)
    moved = target("\n\n\ndef f():\n    return 1\n")
    assert failed.count(moved, moved.span) == 1
    other = target("def g():\n    pass\n")
    assert failed.count(other, other.span) == 0
    for number in range(REMEMBERED):
        one = target(f"x{number} = 1\n")
        failed.add(one, one.span)
    assert failed.count(first, first.span) == 0

"""The age of the catalogue's facts is told by kind, and what is missing from them by name."""

from datetime import date

import pytest

from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog import catalog_age
from tests.selection.lists import ONE, SCORE, SMALL

TODAY = date(2026, 11, 29)


def catalogue(*models: tuple[str, str, bool], **dated: str) -> Catalog:
    """Models by id, day of release, and whether they have a score."""
    rows = [
        {
            "id": name, "released": released, "scores": {"coding": SCORE} if scored else {},
            "offers": [{"provider": "openrouter", "wire_id": name, **ONE}],
        }
        for name, released, scored in models
    ]  # fmt: skip
    return Catalog.parse({**SMALL, "models": rows, "dated": dated})


def test_prices_models_and_scores_each_tell_their_day() -> None:
    apart = catalogue(prices="2026-11-28", models="2026-11-01", scores="2026-09-01")
    assert catalog_age.told(apart, TODAY) == (
        "prices of 2026-11-28 (1 day old), models of 2026-11-01 (28 days old), scores of 2026-09-01 (89 days old)"
    )
    together = catalogue(prices="2026-11-29", models="2026-11-29", scores="some day")
    assert catalog_age.told(together, TODAY) == "prices and models of 2026-11-29 (0 days old), scores of some day"


@pytest.mark.parametrize(("day", "warned"), [("2026-08-31", False), ("2026-08-30", True), ("2025-01-01", True), ("", False)])
def test_scores_older_than_ninety_days_are_a_warning(day: str, warned: bool) -> None:
    found = list(catalog_age.warnings(catalogue(scores=day), TODAY))
    assert ["days old: newer models" in warning for warning in found] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("today", "wrong"),
    [("2026-11-29", False), ("2026-11-28", False), ("2026-11-27", True), ("2020-01-01", True), ("1970-01-01", True)],
)
def test_a_clock_before_the_facts_is_named_and_no_age_is_negative(today: str, wrong: bool) -> None:
    found = catalogue(prices="2026-11-29", models="2026-11-29", scores="2026-11-20")
    day = date.fromisoformat(today)
    assert [today in warning for warning in catalog_age.warnings(found, day)] == ([True] if wrong else [])
    assert "(-" not in catalog_age.told(found, day)


def test_a_makers_newest_models_without_a_score_are_named() -> None:
    found = catalogue(
        ("a/old", "2025-01-01", False), ("a/m-1", "2026-01-01", True), ("a/m-2", "2026-06-01", False),
        ("a/m-3", "2026-07-01", False), ("b/m-1", "2026-01-01", True), ("stranger/m", "2026-09-01", False),
        ("a/undated", "", False),
    )  # fmt: skip
    assert catalog_age.unscored_newest(found) == ["a/m-3", "a/m-2"]
    assert list(catalog_age.warnings(found, date(2026, 11, 2))) == [
        "Newer than every scored model of their makers, and without a score yet: a/m-3, a/m-2."
    ]


def test_many_are_counted() -> None:
    many = catalogue(("a/m", "2026-01-01", True), *((f"a/n{number}", f"2026-06-{number:02}", False) for number in range(1, 8)))
    assert next(iter(catalog_age.warnings(many, date(2026, 11, 2)))).endswith("a/n7, a/n6, a/n5 and 4 more.")


def test_what_is_shipped_is_of_this_autumn_and_leaves_no_newest_generation_unscored() -> None:
    makers = {name.split("/")[0] for name in catalog_age.unscored_newest(Catalog.bundled())}
    assert not makers & {
        "openai",
        "anthropic",
        "google",
        "x-ai",
        "deepseek",
        "qwen",
        "moonshotai",
        "z-ai",
        "mistralai",
        "minimax",
    }
    assert catalog_age.age_days(Catalog.bundled(), "scores", TODAY) == 0

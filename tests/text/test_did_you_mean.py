"""Names that are nearly right."""

import doctest

import pytest

from coderoute_ls.text import did_you_mean as module
from coderoute_ls.text.did_you_mean import did_you_mean, nearest

ACTIONS = ("refactor", "explain", "explain_error", "fix", "tests")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("refator", ("refactor",)), ("Refactor", ("refactor",)), ("expl", ("explain", "explain_error")), ("test", ("tests",)),
        ("zzz", ()), ("", ()),
    ],
)  # fmt: skip
def test_the_nearest_come_first(name: str, found: tuple[str, ...]) -> None:
    assert nearest(name, ACTIONS) == found


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_they_are_suggested_in_a_sentence() -> None:
    assert did_you_mean("expl", ACTIONS) == "; did you mean explain or explain_error?"
    assert did_you_mean("refator", ACTIONS) == "; did you mean refactor?"
    assert did_you_mean("zzz", ACTIONS) == "."

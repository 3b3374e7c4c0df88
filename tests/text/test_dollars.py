"""Money as people read it, everywhere by the same function."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import coderoute_ls
from coderoute_ls.text.dollars import LEAST_USD, dollars, price

PACKAGE = Path(coderoute_ls.__file__).parent


@pytest.mark.parametrize(
    ("usd", "told"),
    [
        (0, "$0"),
        (0.0000000004, "< $0.000001"),
        (0.000097, "$0.000097"),
        (1.8e-05, "$0.000018"),
        (0.012345, "$0.01235"),
        (0.5, "$0.50"),
        (0.99996, "$1.00"),
        (1, "$1.00"),
        (1234.567, "$1,234.57"),
        (-0.002, "-$0.002"),
    ],
)
def test_an_amount_is_told_as_people_write_it(usd: float, told: str) -> None:
    assert dollars(usd) == told


@given(st.floats(-1e6, 1e6), st.integers(2, 6))
def test_any_amount_has_no_exponent_and_says_what_it_is(usd: float, digits: int) -> None:
    told = dollars(usd, digits)
    assert re.fullmatch(r"(< |> )?-?\$[\d,]+(\.\d{2,})?", told)
    if abs(usd) >= LEAST_USD:
        back = float(Decimal(told.replace("$", "").replace(",", "")))
        assert back == pytest.approx(usd, rel=0.5 * 10.0 ** (1 - digits), abs=0.005 if abs(usd) >= 1 else 0)


def test_nothing_is_free() -> None:
    assert (price(0), price(0.25)) == ("free", "$0.25")


def test_dollars_are_formatted_nowhere_else() -> None:
    by_hand = re.compile(r"\$\{[^{}]*:[^{}]*[fg]\}")
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "dollars.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if by_hand.search(line)
    ]
    assert found == []

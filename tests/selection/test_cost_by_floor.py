"""What a floor costs on 225 real tasks: the benchmark's figures hold."""

import pytest

from benchmarks.aider_floors import choices
from tests.support.shared import shared_data


def test_floors_up_to_070_cost_three_percent_of_the_strongest_and_075_a_third() -> None:
    shares = {floor: share for floor, _, share in choices(shared_data("catalog").parent)}
    for floor in (0.50, 0.55, 0.60, 0.65, 0.70):
        assert shares[floor] == pytest.approx(0.03, abs=0.005)
    assert shares[0.75] == pytest.approx(1 / 3, abs=0.04)
    assert list(shares.values()) == sorted(shares.values())

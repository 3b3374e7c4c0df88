"""What ``benchmarks/policy`` compares: our rule is the selector's own, others get what they would get, losses are told."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.policy import DOCUMENT
from benchmarks.policy.document import HINDSIGHT, document, lost_to
from benchmarks.policy.outcomes import AIDER, aider, read
from benchmarks.policy.policies import Answers, Known, Result
from benchmarks.policy.rounds import FREE, OWN, compare
from coderoute_ls.domain import Floor, Offer, Prices, ProviderState, Request, Score, State
from coderoute_ls.selection import Catalog, select
from tests.support.shared import shared_data

SHARES = st.integers(1, 99).map(lambda percent: percent / 100)
OFFERS = st.lists(st.tuples(SHARES, st.integers(1, 500)), min_size=1, max_size=12, unique_by=(lambda o: o[0], lambda o: o[1]))


def offer(number: int, low: float, cents: int) -> Offer:
    prices = Prices(Decimal(0), Decimal(0), request=Decimal(cents) / 100)
    score = Score(low, low, low, "multi", "test", "2026-01-01", rows=9)
    return Offer(f"v/{number}", f"m{number}", "v", str(number), "openai-chat", prices=prices, scores={"coding": score})


@given(OFFERS, SHARES)
def test_our_choice_is_the_selectors(offers: list[tuple[float, int]], floor: float) -> None:
    low, price = np.array([o[0] for o in offers]), np.array([o[1] / 100 for o in offers])
    catalog = Catalog("", "sha256:test", tuple(offer(number, *each) for number, each in enumerate(offers)))
    request = Request("benchmark", "coding", Floor(floor), chars=0, messages=0)
    chosen = select(request, catalog, State(0.0, {"v": ProviderState(reachable=True)}), tie_band=0.0).chosen
    assert chosen is not None
    assert Known(low, low, price).choice(floor) == int(chosen.offer.wire_id)


def write(folder: Path, rows: list[str], **about: str) -> Path:
    """A set with these rows of ``outcomes.csv``."""
    (folder / "set.json").write_text(json.dumps({"name": "mine", "source": "here", "licence": "own", "date": "now", **about}))
    (folder / "outcomes.csv").write_text("\n".join(["task,offer,solved,cost_usd,caught", *rows]))
    return folder


def by_task(folder: Path, tasks: int = 40) -> Path:
    """``cheap`` solves the even tasks for a cent and fails visibly at every fourth; ``dear`` solves all for a dollar."""
    rows = [f"t{n:02},cheap,{int(n % 2 == 0)},0.01,{int(n % 4 == 1)}" for n in range(tasks)]
    return write(folder, [*rows, *(f"t{n:02},dear,1,1.00,0" for n in range(tasks))])


def test_a_set_with_single_tasks_is_answered_task_by_task(tmp_path: Path) -> None:
    answers = Answers.of(read(by_task(tmp_path)), np.arange(40))
    assert told(answers.oracle()) == (1.0, (20 * 0.01 + 20 * 1.0) / 40)
    assert told(answers.escalated(0, 1, all_seen=False)) == (0.75, 0.01 + 10 * 1.0 / 40)
    assert told(answers.escalated(0, 1, all_seen=True)) == (1.0, 0.01 + 20 * 1.0 / 40)
    assert told(answers.single(0.5)) == (0.5, 0.01)
    assert told(answers.random()) == (0.75, 0.505)


def told(result: Result) -> tuple[float, float]:
    return round(result.solved, 9), round(result.usd, 9)


def test_floors_without_a_scale_are_shares_of_the_tasks(tmp_path: Path) -> None:
    found = compare(read(by_task(tmp_path, 200)), rounds=50)
    at = {each.floor: each for each in found.floors}
    assert (at[0.20].offer, at[0.90].offer) == ("cheap", "dear")
    assert at[0.20].ours.solved.low < 0.5 < at[0.20].ours.solved.high
    assert at[0.20].missed == pytest.approx(0.5)
    free, own = (at[0.20].escalated[check, "measured"] for check in (FREE, OWN))
    assert free.more.mean == pytest.approx(0.25, abs=0.03)
    assert own.solved.mean == 1.0


def test_the_same_seed_gives_the_same_document(tmp_path: Path) -> None:
    outcomes = read(by_task(tmp_path))
    assert document(compare(outcomes, rounds=20)) == document(compare(outcomes, rounds=20))
    assert compare(outcomes, rounds=20, seed=1).floors[0].ours != compare(outcomes, rounds=20, seed=2).floors[0].ours


def test_a_rival_that_solves_as_much_for_less_is_a_loss_and_is_in_the_document(tmp_path: Path) -> None:
    """Two offers are as good, and no half of the tasks says so: the higher bound is often the dear one's. Both are OpenRouter's
    upper tier, and there the price decides."""
    good = [f"t{n:03},{name},{int((n + shift) % 10 < 8)},{usd}," for n in range(200) for name, shift, usd in TWINS]
    poor = [f"t{n:03},poor {k},{int(n % 10 < 2)},0.001," for n in range(200) for k in range(10)]
    found = compare(read(write(tmp_path, [*good, *poor])), rounds=50)
    lost = {at.floor: set(lost_to(at)) - {HINDSIGHT} for at in found.floors}
    assert lost[0.20] == set()
    assert lost[0.90] == {"OpenRouter's tier"}
    losses = document(found).partition("## Where it loses")[2].splitlines()
    assert any(line.startswith("* Floor") and "0.90: OpenRouter's tier solves" in line for line in losses)


TWINS = (("cheap", 0, 0.01), ("dear", 5, 0.9))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["a,x,1,0.1,0", "b,x,1,0.1,0", "a,y,1,0.1,0"], "3 rows for 2 offers and 2 tasks"),
        (["a,x,1,0.1,0", "a,x,1,0.1,0"], "2 rows for 1 offers and 1 tasks"),
        (["a,x,yes,0.1,0"], "neither 0 nor 1"),
        (["a,x,1,-3,0"], "no price"),
        (["a,x,1,nan,0"], "no price"),
        (["a,x,1,0.1,1"], "both `solved` and `caught`"),
    ],
)
def test_a_set_that_cannot_be_is_refused_with_the_reason(tmp_path: Path, rows: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(write(tmp_path, rows))


def test_totals_keep_each_offers_counts_whatever_is_assumed_of_the_tasks(tmp_path: Path) -> None:
    write(tmp_path, [])
    (tmp_path / "outcomes.csv").unlink()
    (tmp_path / "totals.csv").write_text("offer,tasks,solved,cost_usd,caught\nx,50,20,1.5,10\ny,50,45,9,0\n")
    outcomes = read(tmp_path)
    for one in (outcomes, outcomes.unrelated(7)):
        assert one.solved.sum(axis=1).tolist() == [20, 45]
        assert one.caught.sum(axis=1).tolist() == [10, 0]
        assert not (one.solved & one.caught).any()
        assert one.cost.sum(axis=1).tolist() == [pytest.approx(1.5), pytest.approx(9)]


def test_the_document_in_the_repository_is_fresh() -> None:
    outcomes = aider(shared_data(*AIDER.parts))
    assert DOCUMENT.read_text("utf-8") == document(compare(outcomes)), "stale: run `python -m benchmarks policy`"

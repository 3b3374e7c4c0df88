"""Many rounds of the comparison, each on other halves of the tasks: figures with intervals, the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.policy.outcomes import Outcomes
from benchmarks.policy.policies import Answers, Known, Result

ROUNDS = 200
SEED = 18
FLOORS = tuple(round(0.05 * step, 2) for step in range(4, 19))
RIVALS = ("best single at our bill", "always the strongest", "OpenRouter's tier", "random")
FREE, OWN = "free checks", "a check that sees all"


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of all rounds, and the interval that holds 95 % of them."""

    mean: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> "Figure":
        low, high = np.quantile(values, (0.025, 0.975))
        return Figure(float(np.mean(values)), float(low), float(high))


@dataclass(frozen=True, slots=True)
class Summary:
    """One policy at one floor."""

    solved: Figure
    usd: Figure
    """For a task."""
    more: Figure
    """Share solved, less ours in the same round."""
    factor: float
    """Its bill over ours."""
    beats_ours: float
    """Share of the rounds in which it solves at least as much for at most the same money."""

    @staticmethod
    def of(results: Sequence[Result], ours: Sequence[Result]) -> "Summary":
        pairs = list(zip(results, ours, strict=True))
        return Summary(
            Figure.of([r.solved for r in results]),
            Figure.of([r.usd for r in results]),
            Figure.of([r.solved - own.solved for r, own in pairs]),
            sum(r.usd for r in results) / max(sum(own.usd for own in ours), 1e-12),
            sum(r.beats(own) for r, own in pairs) / len(pairs),
        )


@dataclass(frozen=True, slots=True)
class AtFloor:
    floor: float
    reached: float
    """Share of the rounds in which some offer reached the floor."""
    offer: str
    """Chosen most often."""
    ours: Summary
    rivals: dict[str, Summary]
    escalated: dict[tuple[str, str], Summary] = field(default_factory=dict[tuple[str, str], Summary])
    """By check, and by what is assumed of the tasks that two offers solve."""
    missed: float = 0.0
    """Share of the chosen offer's wrong answers that free checks let pass."""


@dataclass(frozen=True, slots=True)
class Comparison:
    outcomes: Outcomes
    floors: tuple[AtFloor, ...]
    oracle: dict[str, Summary]
    """By what is assumed of the tasks."""


@dataclass(frozen=True, slots=True)
class _Round:
    known: Known
    answers: Answers


def compare(outcomes: Outcomes, rounds: int = ROUNDS, seed: int = SEED) -> Comparison:
    """All policies at all floors. Half of the tasks, drawn anew in each round, say what is known of the offers; the other half,
    drawn from with replacement, is answered."""
    ends = {one.joint: _rounds(one, rounds, seed) for one in (outcomes, outcomes.unrelated(seed))}
    main = ends[outcomes.unrelated(seed).joint]
    oracle = {joint: _summary(played, lambda r: r.answers.oracle()) for joint, played in ends.items()}
    return Comparison(outcomes, tuple(_at(floor, outcomes, main, ends) for floor in FLOORS), oracle)


def _rounds(outcomes: Outcomes, rounds: int, seed: int) -> list[_Round]:
    random = np.random.default_rng(seed)
    played: list[_Round] = []
    for _ in range(rounds):
        order = random.permutation(outcomes.tasks)
        first, rest = order[: outcomes.tasks // 2], order[outcomes.tasks // 2 :]
        played.append(_Round(Known.of(outcomes, first), Answers.of(outcomes, random.choice(rest, len(rest)))))
    return played


def _summary(played: Sequence[_Round], policy: Callable[[_Round], Result], ours: Sequence[Result] = ()) -> Summary:
    results = [policy(each) for each in played]
    return Summary.of(results, ours or results)


def _at(floor: float, outcomes: Outcomes, main: Sequence[_Round], ends: dict[str, list[_Round]]) -> AtFloor:
    chosen = [each.known.choice(floor) for each in main]
    ours = [each.answers.by(place) for each, place in zip(main, chosen, strict=True)]
    spent = {id(each): own.usd for each, own in zip(main, ours, strict=True)}
    policies: tuple[Callable[[_Round], Result], ...] = (
        lambda r: r.answers.single(spent[id(r)]),
        lambda r: r.answers.by(r.known.strongest()),
        lambda r: r.answers.by(r.known.tier(floor)),
        lambda r: r.answers.random(),
    )
    usual = max(sorted(set(chosen)), key=chosen.count)
    wrong = int((~outcomes.solved[usual]).sum())
    return AtFloor(
        floor,
        float(np.mean([(each.known.low >= floor).any() for each in main])),
        outcomes.offers[usual],
        Summary.of(ours, ours),
        {name: _summary(main, policy, ours) for name, policy in zip(RIVALS, policies, strict=True)},
        {(check, joint): _escalated(played, floor, check) for joint, played in ends.items() for check in (FREE, OWN)},
        1 - int(outcomes.caught[usual].sum()) / wrong if wrong else 0.0,
    )


def _escalated(played: Sequence[_Round], floor: float, check: str) -> Summary:
    def policy(each: _Round) -> Result:
        place = each.known.choice(floor)
        return each.answers.escalated(place, each.known.stronger(place), all_seen=check == OWN)

    return _summary(played, policy, [each.answers.by(each.known.choice(floor)) for each in played])

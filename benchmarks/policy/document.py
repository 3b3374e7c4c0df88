"""The comparison as Markdown: what each floor solves and costs, where it loses, and what asking twice brings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from benchmarks.policy.rounds import FREE, OWN, RIVALS, ROUNDS, SEED, AtFloor, Comparison, Figure, Summary

SAME_POINTS, SAME_BILL = 0.005, 0.01
"""Differences that count as none: half a point of the tasks, a hundredth of the bill."""
HINDSIGHT = RIVALS[0]


@dataclass(frozen=True, slots=True)
class Step:
    """Neighbouring floors with the same figures for every policy."""

    first: float
    last: float
    at: AtFloor

    @property
    def floors(self) -> str:
        return f"{self.first:.2f}" if self.first == self.last else f"{self.first:.2f} – {self.last:.2f}"


def figures(found: Comparison) -> dict[str, object]:
    """The figures by floor, for who keeps them."""
    return {
        f"{at.floor:.2f}": {
            "offer": at.offer,
            "solved": at.ours.solved.mean,
            "usd": at.ours.usd.mean,
            "lost_to": lost_to(at),
            "rivals": {name: {"solved": s.solved.mean, "usd": s.usd.mean} for name, s in at.rivals.items()},
        }
        for at in found.floors
    }


def lost_to(at: AtFloor) -> list[str]:
    """The rivals that solve as many tasks for less money, or more tasks for as much. Hindsight is listed as well."""
    return [name for name, rival in at.rivals.items() if _better(rival, at.ours)]


def _better(rival: Summary, ours: Summary) -> bool:
    points, bill = rival.solved.mean - ours.solved.mean, rival.usd.mean / ours.usd.mean - 1
    return points >= -SAME_POINTS and bill <= SAME_BILL and (points > SAME_POINTS or bill < -SAME_BILL)


def document(found: Comparison) -> str:
    """All of it, the same for the same outcomes."""
    steps = list(_steps(found))
    parts = (_head(found), _floors(found, steps), _rivals(found, steps), _losses(steps), _twice(found, steps), _method(found))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _steps(found: Comparison) -> Iterator[Step]:
    for _, group in groupby(found.floors, key=lambda at: (at.offer, at.ours, tuple(at.rivals.values()), at.reached > 0)):
        same = list(group)
        yield Step(same[0].floor, same[-1].floor, same[0])


def _head(found: Comparison) -> list[str]:
    of = found.outcomes
    first, strongest = found.floors[0], found.floors[0].rivals[RIVALS[1]]
    lost = sum(bool(set(lost_to(at)) - {HINDSIGHT}) for at in found.floors)
    return [
        "# What a quality floor saves, and where it loses",
        "",
        "Written by `python -m benchmarks policy`; do not edit.",
        "",
        f"{of.name}: {of.tasks} tasks, {len(of.offers)} offers with a real bill, of {of.date}, {of.licence}",
        f"(<{of.source}>).",
        "",
        (
            f"* The lowest floor costs {_share(first.ours.usd.mean / strongest.usd.mean)} of always asking the strongest model, "
            f"and solves {_share(first.ours.solved.mean)} of the tasks instead of {_share(strongest.solved.mean)}."
        ),
        (
            f"* At {lost} of {len(found.floors)} floors somebody without hindsight does better for the same money or less: "
            "see [Where it loses](#where-it-loses)."
        ),
        "* An interval holds 95 % of the rounds. Money is USD for 100 tasks.",
    ]


def _floors(found: Comparison, steps: list[Step]) -> list[str]:
    scale = found.outcomes.scale
    head = "| floor | that is | chosen most often | solved | $ | of the strongest's bill |"
    rows = ["## Our choice", "", head, "|---|---:|---|---:|---:|---:|"]
    for step in steps:
        ours, strongest = step.at.ours, step.at.rivals[RIVALS[1]]
        least = _share(scale.rate(step.first) if scale else step.first)
        name = step.at.offer if step.at.reached else f"{step.at.offer} (nothing reaches the floor)"
        share = _share(ours.usd.mean / strongest.usd.mean)
        rows.append(f"| {step.floors} | {least} | {name} | {_points(ours.solved)} | {_money(ours.usd)} | {share} |")
    return [*rows, "", "“That is”: the share of these tasks that an offer with just this score solves."]


def _rivals(found: Comparison, steps: list[Step]) -> list[str]:
    rows = ["## Beside others", "", f"| floor | ours | {' | '.join(RIVALS)} |", "|---|---:" + "|---:" * len(RIVALS) + "|"]
    for step in steps:
        told = " | ".join(_both(rival) for rival in step.at.rivals.values())
        rows.append(f"| {step.floors} | {_both(step.at.ours)} | {told} |")
    rows += ["", "Share solved, and USD for 100 tasks. The oracle asks, for each task, the cheapest offer that solves it:"]
    return rows + [f"{_both(summary)} ({_assumed(joint)})." for joint, summary in found.oracle.items()]


def _losses(steps: list[Step]) -> list[str]:
    lines = ["## Where it loses", ""]
    for step in steps:
        ours = step.at.ours
        for name in lost_to(step.at):
            rival = step.at.rivals[name]
            lines.append(
                f"* Floor {step.floors}: {name} solves {_share(rival.solved.mean)} for ${_usd(rival.usd.mean)}, we "
                f"{_share(ours.solved.mean)} for ${_usd(ours.usd.mean)}" + (" (hindsight)." if name == HINDSIGHT else ".")
            )
    if len(lines) == 2:
        lines.append("No rival solves as many tasks for less.")
    lines += [
        "",
        "Hindsight is the price of not knowing beforehand which offer is best on the tasks to come: no rule can have it.",
    ]
    lines += [
        "",
        "A low floor also loses where a solved task is worth more than this to you, for always asking the strongest solves more:",
        "",
        "| floor | points more (95 %) | price of one more solved task |",
        "|---|---:|---:|",
    ]
    for step in steps:
        rival, ours = step.at.rivals[RIVALS[1]], step.at.ours
        if (more := rival.more.mean) > SAME_POINTS:
            lines.append(f"| {step.floors} | {_difference(rival.more)} | ${(rival.usd.mean - ours.usd.mean) / more:.2f} |")
    return lines


def _twice(found: Comparison, steps: list[Step]) -> list[str]:
    joints = list(found.oracle)
    lines = [
        "## Asking a stronger model once, when a check fails",
        "",
        (
            "The next offer up is asked on the old text where the check saw a wrong answer. “Passes”: the share of wrong answers "
            "that free checks let pass, as this source counted them."
        ),
        "",
        f"| floor | passes | {' | '.join(f'{check}: points, bill' for check in (FREE, OWN))} |",
        "|---|---:|---:|---:|",
    ]
    for step in steps:
        cells = (_gain([step.at.escalated[check, joint] for joint in joints]) for check in (FREE, OWN))
        lines.append(f"| {step.floors} | {_share(step.at.missed)} | {' | '.join(cells)} |")
    if len(joints) > 1:
        lines += ["", f"Two figures: {' to '.join(_assumed(joint) for joint in joints)}. The truth is most likely between them."]
    return lines


def _method(found: Comparison) -> list[str]:
    of = found.outcomes
    lines = [
        "## How it was measured",
        "",
        (
            f"* {ROUNDS} rounds with seed {SEED}. In each, a random half of the tasks gives the scores: share solved, lower "
            "bound one standard error below it, mean bill. The policies then answer the other half, drawn from with replacement. "
            "No policy but hindsight and the oracle sees what it is measured on."
        ),
        "* Ours is the selector's rule: the cheapest offer whose lower bound reaches the floor, else the highest bound.",
        (
            "* OpenRouter's tier: the better half by score in three equal tiers, the floor picks one at 0.33 and 0.66, and in "
            "it the cheapest by the real bill is asked. That is generous: its own axis is the list price."
        ),
        "* Random asks any offer, each with the same chance.",
    ]
    if of.joint != "measured":
        lines += [
            (
                "* The source publishes totals, not tasks: which tasks two offers both solve is not known, and each of an "
                "offer's tasks costs the same. Intervals are those of unrelated offers (wider than true ones), money has none."
            ),
            (
                "* The free checks are the source's own count of edits that cannot be applied, taken to be as frequent among "
                "wrong answers as among all. No free check sees a wrong result, so most wrong answers pass."
            ),
            "* Whether skipping the cheap offer in hard regions pays cannot be measured here: no task's size is published.",
        ]
    if of.kept_out:
        lines.append(f"* Left out, for they have no bill: {', '.join(of.kept_out)}.")
    return [*lines, f"* Another set of outcomes: see [{README}](../{README})."]


README = Path("benchmarks") / "policy" / "README.md"
_ASSUMED: Mapping[str, str] = {
    "measured": "measured task by task",
    "same tasks": "if all offers find the same tasks hard",
    "unrelated": "if offers have nothing in common",
}


def _assumed(joint: str) -> str:
    return _ASSUMED[joint]


def _gain(ends: list[Summary]) -> str:
    """Points and bill that asking twice adds, from one assumption to the other."""
    points = dict.fromkeys(f"{100 * end.more.mean:+.1f}" for end in ends)
    bills = dict.fromkeys(f"× {end.factor:.2f}" for end in ends)
    return f"{' to '.join(points)}, {' to '.join(bills)}"


def _both(summary: Summary) -> str:
    return f"{_share(summary.solved.mean)} for ${_usd(summary.usd.mean)}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _points(figure: Figure) -> str:
    return f"{_share(figure.mean)} ({100 * figure.low:.0f} – {100 * figure.high:.0f})"


def _difference(figure: Figure) -> str:
    return f"{100 * figure.mean:+.1f} ({100 * figure.low:+.0f} to {100 * figure.high:+.0f})"


def _usd(value: float) -> str:
    return f"{100 * value:.2f}"


def _money(figure: Figure) -> str:
    return f"{_usd(figure.mean)} ({_usd(figure.low)} – {_usd(figure.high)})"

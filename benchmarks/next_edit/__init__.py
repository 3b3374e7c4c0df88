"""Next edits measured: recorded scenarios with the answers of twelve providers, and real releases done again hunk by hunk.

``python -m benchmarks next_edit`` runs both parts; ``python -m benchmarks.next_edit FOLDER`` part 1 with other scenarios,
``python -m benchmarks.next_edit tuning`` part 2 on the packages that everything was tuned on.
"""

from collections.abc import Sequence
from pathlib import Path
from subprocess import SubprocessError

from benchmarks.embedded_data import REPORT, Package
from benchmarks.next_edit import recorded
from benchmarks.next_edit.releases import Tally, percentile, replay
from benchmarks.next_edit.scenarios import SHARED

SECONDS = 30.0
"""Of each package at most; its files are taken in a random order that is always the same."""


def run(folder: Path = SHARED, packages: Sequence[Package] = REPORT) -> dict[str, object]:
    """Prints both parts and returns their figures. A part whose data is not here says so."""
    figures: dict[str, object] = {}
    if folder.is_dir():
        figures["recorded"] = recorded.report(folder)
    else:
        print(f"part 1 needs the recorded scenarios, and there are none at {folder}")
    figures["releases"] = done_again(packages)
    return figures


def done_again(packages: Sequence[Package]) -> dict[str, dict[str, float]]:
    """Part 2, by package and by language."""
    rows: dict[str, dict[str, float]] = {}
    by_language: dict[str, Tally] = {}
    whole = Tally()
    print(f"{'package':28}  later  exact  part  wrong precision  share  p50 ms  p99 ms")
    for package in packages:
        try:
            tally = replay(package, SECONDS)
        except (SubprocessError, OSError, StopIteration) as error:
            print(f"{package.name:28} cannot be fetched here: {type(error).__name__}")
            continue
        rows[package.name] = _row(package.name, tally)
        by_language.setdefault(package.language, Tally()).add(tally)
        whole.add(tally)
    for language, tally in sorted(by_language.items()):
        rows[language] = _row(f"· {language}", tally)
    rows["all"] = _row("all", whole)
    print("by rule: " + ", ".join(f"{rule} {count}" for rule, count in sorted(whole.by_rule.items())))
    print("rank of what was right: " + ", ".join(f"{rank}: {count}" for rank, count in sorted(whole.ranks.items())))
    for failure in whole.failures[:: max(1, len(whole.failures) // 20)]:
        print(f"  wrong: {failure}")
    return rows


def _row(name: str, tally: Tally) -> dict[str, float]:
    p50, p99 = percentile(tally.seconds, 0.5), percentile(tally.seconds, 0.99)
    print(
        f"{name:28} {tally.later:6} {tally.offered:6} {tally.parts:5} {tally.wrong:6} {tally.precision:9.2f} {tally.share:6.1%}"
        f" {p50:7.1f} {p99:7.1f}"
    )
    return {
        "later": tally.later,
        "precision": tally.precision,
        "whole": tally.strict,
        "share": tally.share,
        "p50": p50,
        "p99": p99,
    }

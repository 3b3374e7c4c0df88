"""Part 1: what twelve providers answered to the recorded scenarios: as it came, behind our gate, and after our examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.next_edit.chrf import delta_chrf
from benchmarks.next_edit.recordings import providers, texts
from benchmarks.next_edit.scenarios import SHARED, Scenario, scenarios
from coderoute_ls.domain.next_edits import NextEdit, Situation, applied
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed
from coderoute_ls.next_edit.suggestion_from_answer import model_edit

INSERTING = "qwen"
"""Providers that fill a hole: what they write in the middle of a line breaks it, which a score of characters does not see."""
Step = Callable[[Scenario, str, int, int], str | None]
"""Scenario, text now, case, request → the text as it would be shown; None: silence."""


@dataclass(slots=True)
class Score:
    """Of one provider over all scenarios."""

    quality: dict[str, float] = field(default_factory=dict[str, float])
    """deltaChrF by scenario; 0 where nothing was shown."""
    shown: int = 0
    quiet: list[bool] = field(default_factory=list[bool])
    failures: list[str] = field(default_factory=list[str])

    @property
    def show_share(self) -> float:
        return self.shown / len(self.quality) if self.quality else 0.0

    @property
    def quiet_share(self) -> float:
        return sum(self.quiet) / len(self.quiet) if self.quiet else 1.0

    @property
    def mean(self) -> float:
        return sum(self.quality.values()) / len(self.quality) / 100 if self.quality else 0.0

    @property
    def score(self) -> float:
        both = self.show_share + self.quiet_share
        return self.mean * (2 * self.show_share * self.quiet_share / both) if both else 0.0


def scored(cases: Sequence[Scenario], step: Step) -> Score:
    """Quality scenarios take one request; what follows an accept is asked for as well, and the last text counts."""
    score = Score()
    for scenario in cases:
        if scenario.expected is None:
            for case in range(len(scenario.cursors)):
                said = step(scenario, scenario.buffer, case, case) if scenario.modified else None
                score.quiet.append(said is None)
                if said is not None:
                    score.failures.append(f"spoke where silence was right: {scenario.name} at {scenario.cursors[case]}")
            continue
        text, shown = scenario.buffer, False
        for request in range(scenario.requests):
            said = step(scenario, text, 0, request)
            if said is None:
                break
            text, shown = said, True
        got = delta_chrf(scenario.buffer.rstrip("\n"), scenario.expected.rstrip("\n"), text.rstrip("\n")) if shown else 0.0
        score.quality[scenario.name] = got
        score.shown += shown
        if not shown:
            score.failures.append(f"silent: {scenario.name}")
        elif got < 60:
            score.failures.append(f"shown and poor ({got:.0f}): {scenario.name}")
    return score


def as_recorded(provider: str) -> Step:
    """The first answer of a case, as it came."""

    def step(scenario: Scenario, text: str, case: int, request: int) -> str | None:
        if request != case:
            return None  # later answers were given for texts that only that provider's client had
        answers = list(texts(scenario, provider))
        said = answers[case] if case < len(answers) else None
        return said if said is not None and said.rstrip("\n") != text.rstrip("\n") else None

    return step


def gated(provider: str) -> Step:
    """The same behind our gate."""
    recorded = as_recorded(provider)

    def step(scenario: Scenario, text: str, case: int, request: int) -> str | None:
        said = recorded(scenario, text, case, request)
        if said is None:
            return None
        situation = scenario.situation(text, scenario.cursors[case])
        edit = suggested(situation, said)
        if edit is None or why_suppressed(edit, situation) is not None:
            return None
        return applied(situation.document, edit.edits)

    return step


def suggested(situation: Situation, said: str) -> NextEdit | None:
    """The answer's text as a suggestion; blank lines at the end of the text are nobody's edit."""
    document = situation.document
    lines = said.rstrip("\n").split("\n")
    end = len(document.lines)
    while end > 1 and not document.line(end - 1).strip():
        end -= 1
    edit = model_edit(document, 0, end, lines, "model")
    return None if edit is None else replace(edit, confidence=1.0)


def examples(scenario: Scenario, text: str, case: int, request: int) -> str | None:
    """Our own engine, without any model."""
    del request
    situation = scenario.situation(text, scenario.cursors[case])
    found = (each for each in candidates(situation) if each.kind == "edit")
    shown = next((each for each in found if why_suppressed(each, situation, ConfidenceThreshold()) is None), None)
    return None if shown is None else applied(situation.document, shown.edits)


def raced(provider: str) -> Step:
    """Our own engine first, the provider behind the gate where that is silent."""
    model = gated(provider)

    def step(scenario: Scenario, text: str, case: int, request: int) -> str | None:
        return examples(scenario, text, case, request) or model(scenario, text, case, request)

    return step


def report(folder: Path = SHARED) -> dict[str, object]:
    """Prints the table and returns it."""
    cases = scenarios(folder)
    rows: dict[str, object] = {}
    gains: dict[str, tuple[float, float]] = {}
    print(f"{len(cases)} scenarios of {folder}")
    print(f"{'provider':22} {'as it came':>22} {'behind the gate':>22} {'after our examples':>22}")
    for provider in providers(folder):
        plain, gate, race = (scored(cases, made(provider)) for made in (as_recorded, gated, raced))
        gains[provider] = gate.score - plain.score, race.score - plain.score
        rows[provider] = {"recorded": plain.score, "gated": gate.score, "raced": race.score}
        print(f"{provider:22} {_shown(plain)} {_shown(gate)} {_shown(race)}")
    alone = scored(cases, examples)
    rows["examples"] = {"score": alone.score, "quiet": alone.quiet_share, "show": alone.show_share}
    print(f"{'examples alone':22} {_shown(alone)}")
    for name, number in (("gate alone", 0), ("gate and examples", 1)):
        all_gains = [gain[number] for gain in gains.values()] or [0.0]
        of_regions = [gain[number] for provider, gain in gains.items() if not provider.startswith(INSERTING)] or [0.0]
        rows[name] = {"mean": _mean(all_gains), "smallest": min(all_gains)}
        print(f"{name}: mean gain {_mean(all_gains):+.3f}, smallest {min(all_gains):+.3f}")
        print(f"  of providers that write regions {_mean(of_regions):+.3f}, smallest {min(of_regions):+.3f}")
    for failure in alone.failures:
        print(f"  examples {failure}")
    return rows


def _shown(score: Score) -> str:
    return f"{score.score:6.3f} ({score.show_share:4.0%} {score.quiet_share:4.0%} {score.mean:4.2f})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

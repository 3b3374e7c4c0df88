"""What the clean-up, the parser and the user's check say about a finished edit, and whether it needs another attempt."""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.domain import Chosen
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.engine import CallRecord
from coderoute_ls.server.checks.command import Verdict
from coderoute_ls.text.dollars import dollars

Outcome = Literal["applied", "unchanged", "refused", "cancelled", "stopped", "failed"]
TORN = (
    "You typed inside the lines being rewritten, or a formatter changed them. A part of the answer is among these changes; "
    "Undo brings the old lines back, without what was changed in the answer's lines."
)
"""Where the answer cannot be taken back without the user's own words."""
_TYPED = "You typed inside the lines being rewritten, or a formatter changed them, so the answer was not written."
_TAKEN_BACK = (
    "You typed inside the lines being rewritten, or a formatter changed them, so the answer was taken back; that change stays."
)
_CLOSED = "The file was closed, so the rest of the answer was not written."
_WHEN_OPEN = "What was written of it is taken back when the file is opened again."
_UNCHANGED = "The model did not change the text."


def outcome_of(edit: EditStateMachine) -> Outcome:
    """How an edit ended whose answer was all there."""
    if edit.problem:
        return "refused"
    return "applied" if edit.changes else "unchanged"


def why_stopped(edit: EditStateMachine, *, wrote: bool) -> str:
    """What remains after the user changed the region or closed the document. ``wrote``: some of the answer was written."""
    if edit.closed:
        return f"{_CLOSED} {_WHEN_OPEN}" if edit.touched else _CLOSED
    if edit.torn:
        return TORN
    return _TAKEN_BACK if wrote else _TYPED


@dataclass(slots=True)
class EditReview:
    """Everything tried for one edit: the steps with their costs, and the problems of what is there now."""

    cap_usd: float
    """The most that all steps together may cost."""
    steps: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    spent_usd: float = 0.0

    def look(self, edit: EditStateMachine, record: CallRecord | None) -> None:
        """Note what fitting the answer has found."""
        self.spent_usd += record.cost_usd if record else 0.0
        self.problems = [said for said in (edit.problem, *edit.notes) if said]

    def told(self, outcome: Outcome, notes: tuple[str, ...]) -> str:
        """What was tried, or what the built-in engine has to say; an edit that changes nothing always says a word."""
        return "; ".join(self.steps or notes) or (_UNCHANGED if outcome == "unchanged" else "")

    def checked(self, verdict: Verdict, chosen: Chosen | None, record: CallRecord | None) -> None:
        """Note what the check said of one step."""
        self.step(chosen, record, "passed the check" if verdict.passed else f"failed the check: {verdict.reason}")
        if not verdict.passed:
            self.problems.append(" ".join(filter(None, (f"The check failed: {verdict.reason}.", verdict.missed))))

    def step(self, chosen: Chosen | None, record: CallRecord | None, said: str) -> None:
        """Note what became of one model's answer, with what it cost."""
        name = chosen.offer.name or chosen.offer.id if chosen else "The answer"
        cost = f" ({dollars(record.cost_usd)})" if record and record.cost_usd else ""
        self.steps.append(f"{name}{cost} {said}")

    def announced(self, stronger: Chosen, failed: str) -> str:
        """What is said before the next offer up is asked."""
        usd = stronger.cost.expected_usd
        return f"{failed} Asking {stronger.offer.name or stronger.offer.id} instead ({f'≈ {dollars(usd, 2)}' if usd else 'free'})"

    def affords(self, stronger: Chosen | None) -> bool:
        """Whether the next offer up may be asked as well; notes why not."""
        if stronger is None:
            if self.steps:  # the user's own check ran, and failed
                self.problems.append(f"No stronger model may be asked for at most {dollars(self.cap_usd)} a call.")
            return False
        if self.spent_usd + stronger.cost.expected_usd > self.cap_usd:
            name, usd = stronger.offer.name or stronger.offer.id, stronger.cost.expected_usd
            self.problems.append(
                f"{name} (≈ {dollars(usd, 2)}) was not asked: together that is more than {dollars(self.cap_usd)}."
            )
            return False
        return True

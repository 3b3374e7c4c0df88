"""What is said about an edit once it stands: by the clean-up, the parser, the user's check; and whether that asks for more."""

import asyncio
from dataclasses import dataclass, field

from coderoute_ls.domain import Chosen, Document
from coderoute_ls.edits import EditJob
from coderoute_ls.edits.check import broke
from coderoute_ls.engine import CallRecord
from coderoute_ls.server.checks.command import Verdict


@dataclass(slots=True)
class EditReview:
    """Everything tried for one edit: the steps with their costs, and the problems of what stands now."""

    cap_usd: float
    """Most that all steps together may cost."""
    steps: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    spent_usd: float = 0.0

    async def look(self, edit: EditJob, before: Document, record: CallRecord | None) -> None:
        """Note what can be seen without running anything."""
        self.spent_usd += record.cost_usd if record else 0.0
        self.problems = list(edit.notes)
        if record is not None and record.finish is not None and record.finish.reason == "length":
            self.problems.append("The answer reached its length limit and may be cut off.")
        if edit.touched and await asyncio.to_thread(broke, before, edit.document, edit.original, edit.text):
            self.problems.append("The file parsed before and does not parse now.")

    def checked(self, verdict: Verdict, chosen: Chosen | None, record: CallRecord | None) -> None:
        """Note what the check said of one step."""
        name = chosen.offer.name or chosen.offer.id if chosen else "The answer"
        cost = f" (${record.cost_usd:.4g})" if record and record.cost_usd else ""
        self.steps.append(f"{name}{cost} {'passed the check' if verdict.passed else f'failed the check: {verdict.reason}'}")
        if not verdict.passed:
            self.problems.append(" ".join(filter(None, (f"The check failed: {verdict.reason}.", verdict.missed))))

    def affords(self, stronger: Chosen | None) -> bool:
        """Whether the next offer up may be asked as well; notes why not."""
        if stronger is None:
            self.problems.append(f"No stronger model may be asked for at most ${self.cap_usd:.4g} a call.")
            return False
        if self.spent_usd + stronger.cost.expected_usd > self.cap_usd:
            name, price = stronger.offer.name or stronger.offer.id, stronger.cost.expected_usd
            self.problems.append(f"{name} (≈ ${price:.2g}) was not asked: together that is more than ${self.cap_usd:.4g}.")
            return False
        return True

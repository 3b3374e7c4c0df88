"""One further attempt on a stronger model, when a check of the answer fails: at most once, within the cap, and never unsaid."""

from dataclasses import dataclass

from coderoute_ls.domain import Chosen
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.engine import CallRecord
from coderoute_ls.errors import CoderouteError
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.features.edit.edit_attempt import EditAttempt
from coderoute_ls.server.features.edit.edit_outcome import EditReview
from coderoute_ls.text.dollars import dollars


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first model gave, for the case that no other model answers."""

    text: str
    problem: str
    chosen: Chosen | None
    call_id: str

    @staticmethod
    def of(edit: EditStateMachine, asked: EditAttempt) -> "FirstAnswer":
        return FirstAnswer(edit.answer, edit.problem, asked.chosen, asked.call_id)

    async def restore(self, writer: EditWriter, asked: EditAttempt, review: EditReview, error: CoderouteError) -> None:
        """Write it once more, or refuse it as before; the stronger model failed with ``error``."""
        name = asked.chosen.offer.name if asked.chosen else "A stronger model"
        review.steps.append(f"{name} did not answer: {error.user_message}")
        asked.chosen, asked.call_id = self.chosen, self.call_id
        await writer.take_back()
        if self.problem:
            writer.edit.refuse(self.problem)
        elif not writer.edit.stopped:
            writer.edit.feed(self.text)
            writer.edit.finish()
            await writer.settle()


def may_be_better(record: CallRecord | None) -> bool:
    """Whether another model may do better: not where a vendor's policy or the length limit ended the answer, and not than the
    built-in engine, which answers only because no model could."""
    if record is None or record.finish is None or record.answered is None:
        return False
    return record.finish.reason == "stop" and record.answered.offer.provider != EMBEDDED.provider


def because(first: Chosen | None, record: CallRecord | None, failed: str) -> str:
    """Why the stronger model is asked, for `why`."""
    name = first.offer.name or first.offer.id if first else "A cheaper model"
    paid = f" for {dollars(record.cost_usd)}" if record and record.cost_usd else ""
    return f"{name} was asked first{paid}, and its answer failed a check: {failed}"

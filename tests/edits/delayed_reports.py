"""An editor with one job, whose reports wait in two queues until the test tells them; and how an edit changes a text."""

from collections import deque
from dataclasses import dataclass, field

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.text import split_lines


@dataclass(kw_only=True)
class DelayedReports:
    """What the editor has to tell the job: its changes, and how it took the flushes."""

    job: EditStateMachine
    changes: deque[tuple[Document, tuple[TextEdit, ...]]] = field(default_factory=deque[tuple[Document, tuple[TextEdit, ...]]])
    answers: deque[bool] = field(default_factory=deque[bool])

    def flush(self) -> None:
        """Take the job's next flush, if there is one."""
        raise NotImplementedError

    def tell_change(self) -> None:
        if self.changes:
            self.job.on_change(*self.changes.popleft())

    def tell_answer(self) -> None:
        if self.answers:
            self.job.answered(self.answers.popleft())

    def settle(self, *, again: bool = False) -> None:
        """Until nothing is left to tell and nothing to send. ``again``: what was refused is offered once more."""
        while True:
            while self.changes or self.answers:
                self.tell_change()
                self.tell_answer()
            if again:
                self.job.try_again()
            self.flush()
            if not self.answers:
                return


def applied(text: str, edit: TextEdit) -> str:
    """The text after an edit."""
    lines = split_lines(text)
    start, end = (sum(map(len, lines[: place.line])) + place.character for place in edit.span)
    return text[:start] + edit.text + text[end:]

"""What was asked and answered by the last jobs, so that one can ask on. In memory alone."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from coderoute_ls.domain import Action, Message, Position, Prompt, Span, Target
from coderoute_ls.engine import CallRecord

KEPT = 20


class ShownAnswers(Protocol):
    """The document that a conversation is shown in, as far as asking on needs it (`ReportDocument`)."""

    problem: str

    @property
    def answer(self) -> str: ...

    def ask_on(self, question: str) -> None: ...

    async def feed(self, text: str) -> None: ...

    async def finish(self, record: CallRecord | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """One job's question and answer, and what was asked on."""

    job: str
    title: str
    action: Action
    target: Target
    """Without the document's text, which is not kept for a conversation: see `without_text`."""
    prompt: Prompt
    """All messages so far, the answers among them."""
    record: CallRecord
    """Of the last answer."""
    report: ShownAnswers | None = None
    """Where it is shown; None where nothing was yet: an answer that went into the code."""

    def answered(self, prompt: Prompt, answer: str, record: CallRecord, report: ShownAnswers) -> "Conversation":
        """With one more answer, to this prompt."""
        return replace(self, prompt=with_answer(prompt, answer), record=record, report=report)


NOWHERE = Span(Position(0, 0), Position(0, 0))


def without_text(target: Target) -> Target:
    """The target's file, settings and wishes alone: what was said of its text is in the prompt."""
    return replace(target, document=replace(target.document, lines=("",)), span=NOWHERE, diagnostics=(), named=())


def with_answer(prompt: Prompt, answer: str) -> Prompt:
    return replace(prompt, messages=(*prompt.messages, Message("assistant", answer)))


def place_of(target: Target) -> str:
    """File and line, for a heading."""
    document = target.document
    return f"{Path(document.path or document.uri).name}:{target.span.start.line + 1}"


class Conversations:
    """The last ones, by job."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Conversation] = OrderedDict()

    def keep(self, conversation: Conversation) -> None:
        """Remember it as the latest."""
        self._known[conversation.job] = conversation
        self._known.move_to_end(conversation.job)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def get(self, job: str = "") -> Conversation | None:
        """The one of this job; the latest where none is named."""
        return self._known.get(job) if job else next(reversed(self._known.values()), None)
